/*
 * Findings as runs leave them, planted by SQL: many at once, of several hosts, with their first steps.
 */
import type { Rooms } from './rooms.js';

export interface Planted {
  readonly host: string;
  readonly address: string | null;
  readonly port: number | null;
  readonly owner: string | null;
  readonly severity: string;
  readonly state: string;
  readonly kind?: string;
  readonly vantage?: string;
  readonly assignee?: string | null;
  readonly service?: string;
  readonly evidence?: string;
  readonly firstSeen?: string;
  readonly lastSeen?: string;
}

/** Returns their ids, in the order in which they were given. */
export async function plantFindings(
  rooms: Pick<Rooms, 'query'>,
  planted: readonly Planted[],
): Promise<string[]> {
  const ids: string[] = [];
  for (const one of planted) {
    const { kind = 'unexpected-open', vantage = 'local', service = null, evidence = 'a handshake' } = one;
    const first = one.firstSeen ?? '2026-06-01T00:00:00Z';
    const [row] = await rooms.query(
      `insert into finding (key, kind, host, address, port, declared, observed, service, owner, severity, severity_reasons, evidence,
         state, confirmations, first_seen, last_seen, opened_at, assignee, reopened, evidence_at, looks, turns)
       values ($1, $2, $3, $4, $5, 'closed', 'open', $6, $7, $8, '[]', $9, $10, 1, $11, $12, $11, $13, 0, $12, '1', '[]') returning id::text`,
      [
        ...[[kind, vantage, one.address, one.port].join('|'), kind, one.host, one.address, one.port, service],
        ...[one.owner, one.severity, evidence, one.state, first, one.lastSeen ?? first, one.assignee ?? null],
      ],
    );
    ids.push(row!.id);
    await rooms.query(
      `insert into finding_event (finding_id, at, actor, from_state, to_state, why) values ($1, $2, 'run 1', null, $3, 'first sight')`,
      [row!.id, first, one.state],
    );
  }
  return ids;
}

/** Of one host, alike but for their ports and severities. */
export const manyFindings = (count: number, some: Partial<Planted> = {}, fromPort = 1000): Planted[] =>
  Array.from({ length: count }, (_, index) => ({
    ...{ host: 'web-1', address: '127.0.61.1', port: fromPort + index, owner: 'shop' },
    ...{ severity: ['critical', 'high', 'medium', 'low'][index % 4]!, state: 'open' },
    ...some,
  }));
