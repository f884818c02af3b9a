/*
 * A past for tests of pages: intervals, hours and findings as the rooms leave them behind, written straight into their tables, as a year
 * of looks would take a year.
 */
import type { Interval } from '../../src/domain/history.js';

type Query = (sql: string, parameters?: unknown[]) => Promise<unknown>;

export interface PastFinding {
  readonly kind: string;
  readonly host: string;
  readonly address: string;
  readonly port: number;
  readonly severity: string;
  readonly state: string;
  readonly owner: string | null;
  readonly openedAt: Date;
  readonly resolvedAt?: Date;
  readonly acceptedUntil?: string;
}

const HOUR_MS = 3_600_000;

/** @param states each with how many hours it lasted, the last one up to `until` */
export function pastOf(
  standing: Pick<Interval, 'address' | 'port' | 'host'> & Partial<Interval>,
  until: Date,
  states: ReadonlyArray<readonly [Interval['state'], number]>,
): Interval[] {
  const hours = states.reduce((all, [, length]) => all + length, 0);
  let at = until.getTime() - hours * HOUR_MS;
  return states.map(([state, length]) => {
    const from = new Date(at);
    at += length * HOUR_MS;
    const observed = state === 'unknown' ? 'unknown' : state === 'failing' ? 'closed' : 'open';
    return {
      ...{ vantage: 'local', service: null, owner: null, state, observed, from, until: new Date(at) },
      ...standing,
    } as Interval;
  });
}

export async function writeIntervals(query: Query, intervals: readonly Interval[]): Promise<void> {
  await query(
    `insert into port_interval (address, port, vantage, host, service, owner, state, observed, from_at, until_at)
     select address, port, vantage, host, service, owner, state, observed, "from", "until"
     from jsonb_to_recordset($1::jsonb) as one (address text, port integer, vantage text, host text, service text,
       owner text, state text, observed text, "from" timestamptz, "until" timestamptz)`,
    [JSON.stringify(intervals)],
  );
}

/** An hour of looks, each of which connected in so many milliseconds; null where none did. */
export async function writeHours(
  query: Query,
  { address, port }: Pick<Interval, 'address' | 'port'>,
  hours: ReadonlyArray<readonly [Date, number | null]>,
): Promise<void> {
  await query(
    `insert into port_hour (address, port, vantage, hour, as_declared, failing, unknown, connects, sum_ms, min_ms, max_ms)
     select $2, $3, 'local', at, (ms is not null)::int, (ms is null)::int, 0, (ms is not null)::int, coalesce(ms, 0), ms, ms
     from jsonb_to_recordset($1::jsonb) as one (at timestamptz, ms float8)`,
    [JSON.stringify(hours.map(([at, ms]) => ({ at, ms }))), address, port],
  );
}

export async function writeFindings(query: Query, findings: readonly PastFinding[]): Promise<void> {
  const rows = findings.map((one) => ({ ...one, key: `${one.kind}|local|${one.address}|${one.port}` }));
  await query(
    `insert into finding (key, kind, host, address, port, declared, observed, service, owner, severity, severity_reasons, evidence,
       state, confirmations, first_seen, last_seen, opened_at, resolved_at, accepted_until, accepted_by, reopened, looks, turns, evidence_at)
     select key, kind, host, address, port, 'undeclared', 'open', null, owner, severity, '[]'::jsonb, 'seen', state, 1, "openedAt",
       "openedAt", "openedAt", "resolvedAt", "acceptedUntil", case when "acceptedUntil" is not null then 'Ada' end, 0, '1', '[]'::jsonb, "openedAt"
     from jsonb_to_recordset($1::jsonb) as one (key text, kind text, host text, address text, port integer, owner text,
       severity text, state text, "openedAt" timestamptz, "resolvedAt" timestamptz, "acceptedUntil" date)`,
    [JSON.stringify(rows)],
  );
}
