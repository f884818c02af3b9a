/*
 * What owners have to do: their findings by severity, what is due and what is overdue, what has come lately, and which acceptances end soon.
 * Reads only, each time what one of the indexes of findings has: an owner may have tens of thousands.
 */
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type DriftKind, SEVERITIES, type Severity } from '../../domain/drift.js';
import type { FindingState } from '../../domain/finding.js';
import type { Deadlines } from '../../domain/inventory.js';

export type Counts = Readonly<Record<Severity, number>>;

export interface OwnerCounts {
  /** Open or acknowledged. */
  readonly toDo: Counts;
  readonly suspected: number;
  readonly accepted: number;
}

export interface OwnedFinding {
  readonly id: string;
  readonly kind: DriftKind;
  readonly severity: Severity;
  readonly state: FindingState;
  readonly host: string;
  readonly address: string | null;
  readonly port: number | null;
  readonly service: string | null;
  readonly declared: string | null;
  readonly observed: string | null;
  readonly assignee: string | null;
  readonly openedAt: Date;
  readonly acceptedUntil: string | null;
  readonly acceptedBy: string | null;
}

const DAY_MS = 86_400_000;
const TO_DO = `state in ('open', 'acknowledged')`;
const COLUMNS = `id::text, kind, severity, state, host, address, port, service, declared, observed, assignee,
  opened_at as "openedAt", accepted_until::text as "acceptedUntil", accepted_by as "acceptedBy"`;

@Injectable()
export class OwnerQueries {
  constructor(private readonly database: DataSource) {}

  /** By the owner's id; whoever has no finding is not among them. */
  async counts(): Promise<Map<string, OwnerCounts>> {
    const cells = (await this.database.query(
      `select owner, state, severity, sum(findings)::int as count from finding_count where owner <> '' group by 1, 2, 3`,
    )) as Array<{ owner: string; state: FindingState; severity: Severity; count: number }>;
    const owners = new Map<string, { toDo: Record<Severity, number>; suspected: number; accepted: number }>();
    for (const { owner, state, severity, count } of cells) {
      const known = owners.get(owner) ?? { toDo: noCounts(), suspected: 0, accepted: 0 };
      if (state === 'open' || state === 'acknowledged') known.toDo[severity] += count;
      if (state === 'suspected' || state === 'accepted') known[state] += count;
      owners.set(owner, known);
    }
    return owners;
  }

  /** Those of each severity that are due first, and how many are overdue. */
  async due(
    owner: string,
    deadlines: Deadlines,
    now: Date,
    most: number,
  ): Promise<{ findings: OwnedFinding[]; overdue: number }> {
    const parts = SEVERITIES.map(
      (
        severity,
      ) => `(select ${COLUMNS} from finding where owner = $1 and ${TO_DO} and severity = '${severity}'
        order by opened_at limit ${most})`,
    );
    const findings = await this.findings(parts.join(' union all '), [owner]);
    const due = ({ openedAt, severity }: OwnedFinding): number =>
      openedAt.getTime() + deadlines[severity] * DAY_MS;
    const [row] = (await this.database.query(
      `select count(*)::int as overdue from finding where owner = $1 and ${TO_DO}
       and (${SEVERITIES.map((severity, i) => `(severity = '${severity}' and opened_at < $${i + 2})`).join(' or ')})`,
      [owner, ...SEVERITIES.map((severity) => new Date(now.getTime() - deadlines[severity] * DAY_MS))],
    )) as Array<{ overdue: number }>;
    return { findings: findings.sort((a, b) => due(a) - due(b)).slice(0, most), overdue: row!.overdue };
  }

  /** What has opened at an instant or after it and is still to be put right: the newest, and how many. */
  async opened(
    owner: string,
    since: Date,
    most: number,
  ): Promise<{ findings: OwnedFinding[]; total: number }> {
    const where = `owner = $1 and ${TO_DO} and opened_at >= $2`;
    const [row] = (await this.database.query(`select count(*)::int as total from finding where ${where}`, [
      owner,
      since,
    ])) as Array<{ total: number }>;
    const newest = `select ${COLUMNS} from finding where ${where} order by opened_at desc, id desc limit ${most}`;
    return { total: row!.total, findings: await this.findings(newest, [owner, since]) };
  }

  /** How many were put right at an instant or after it, and still are. */
  async resolved(owner: string, since: Date): Promise<number> {
    const [row] = (await this.database.query(
      `select count(*)::int as resolved from finding where owner = $1 and state = 'resolved' and resolved_at >= $2`,
      [owner, since],
    )) as Array<{ resolved: number }>;
    return row!.resolved;
  }

  /** Acceptances whose last day is this one or before it; the first to end come first. */
  async ending(owner: string, day: string, most: number): Promise<OwnedFinding[]> {
    return this.findings(
      `select ${COLUMNS} from finding where owner = $1 and state = 'accepted' and accepted_until <= $2::date
       order by accepted_until, id limit ${most}`,
      [owner, day],
    );
  }

  private async findings(sql: string, parameters: unknown[]): Promise<OwnedFinding[]> {
    const rows = (await this.database.query(sql, parameters)) as OwnedFinding[];
    return rows.map((row) => ({ ...row, openedAt: new Date(row.openedAt) }));
  }
}

export const noCounts = (): Record<Severity, number> => ({ critical: 0, high: 0, medium: 0, low: 0 });
