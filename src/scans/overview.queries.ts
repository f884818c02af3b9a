/*
 * What the overview says of findings: how many there are, how old, and what is different from yesterday. Reads only, and never the
 * findings one by one: what is not kept counted comes from an index over what is open, or over what was resolved of late.
 */
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type DriftKind, SEVERITIES, type Severity } from '../domain/drift.js';
import type { FindingState } from '../domain/finding.js';
import type { Deadlines } from '../domain/inventory.js';

/** Counts that the database keeps. */
export interface StandingCell {
  readonly state: FindingState;
  readonly severity: Severity;
  /** Null for nobody. */
  readonly owner: string | null;
  readonly count: number;
}

/** Findings that somebody has to put right, by how long they have been open. */
export interface AgeRow {
  readonly severity: Severity;
  readonly day: number;
  readonly week: number;
  readonly month: number;
  readonly older: number;
  readonly overdue: number;
}

export interface MovedRow {
  readonly id: string;
  readonly kind: DriftKind;
  readonly severity: Severity;
  readonly host: string;
  readonly address: string | null;
  readonly port: number | null;
  readonly service: string | null;
  readonly at: Date;
}

/** What was moved since an instant: how many, and the first few of them. */
export interface Moved {
  readonly count: number;
  readonly first: readonly MovedRow[];
}

const DAY_MS = 86_400_000;
const OPEN = `state in ('open', 'acknowledged')`;
const ORDER = `array_position(array[${SEVERITIES.map((name) => `'${name}'`).join(', ')}], severity)`;
/** Said, so that the index over severity and time serves. */
const ANY_SEVERITY = `severity in (${SEVERITIES.map((name) => `'${name}'`).join(', ')})`;

@Injectable()
export class OverviewQueries {
  constructor(private readonly database: DataSource) {}

  /** Changes with every step of every finding. */
  async version(): Promise<string> {
    const [row] = (await this.database.query(
      `select concat((select max(id) from finding_event), ' ', (select max(id) from inventory_version)) as version`,
    )) as Array<{ version: string }>;
    return row!.version;
  }

  async counts(): Promise<StandingCell[]> {
    return (await this.database.query(
      `select state, severity, nullif(owner, '') as owner, sum(findings)::int as count
       from finding_count where state <> 'resolved' group by 1, 2, 3`,
    )) as StandingCell[];
  }

  async ages(now: Date, deadlines: Deadlines): Promise<AgeRow[]> {
    const ago = (days: number): Date => new Date(now.getTime() - days * DAY_MS);
    return (await this.database.query(
      `select severity, count(*) filter (where opened_at > $1)::int as day,
         count(*) filter (where opened_at <= $1 and opened_at > $2)::int as week,
         count(*) filter (where opened_at <= $2 and opened_at > $3)::int as month,
         count(*) filter (where opened_at <= $3)::int as older,
         count(*) filter (where opened_at < case severity when 'critical' then $4::timestamptz when 'high' then $5 when 'medium' then $6 else $7 end)::int as overdue
       from finding where ${OPEN} group by severity`,
      [ago(1), ago(7), ago(30), ...SEVERITIES.map((severity) => ago(deadlines[severity]))],
    )) as AgeRow[];
  }

  /** Open now, and not before: for the first time, or again. */
  async opened(since: Date, most: number): Promise<{ readonly fresh: Moved; readonly again: Moved }> {
    const where = `${OPEN} and ${ANY_SEVERITY} and opened_at >= $1`;
    const [row] = (await this.database.query(
      `select count(*) filter (where reopened = 0)::int as fresh, count(*) filter (where reopened > 0)::int as again
       from finding where ${where}`,
      [since],
    )) as Array<{ fresh: number; again: number }>;
    const first = (which: string): Promise<MovedRow[]> =>
      this.rows(`${where} and ${which}`, 'opened_at', since, most);
    return {
      fresh: { count: row!.fresh, first: row!.fresh > 0 ? await first('reopened = 0') : [] },
      again: { count: row!.again, first: row!.again > 0 ? await first('reopened > 0') : [] },
    };
  }

  async resolved(since: Date, most: number): Promise<Moved> {
    const where = `state = 'resolved' and resolved_at >= $1`;
    const [row] = (await this.database.query(`select count(*)::int as count from finding where ${where}`, [
      since,
    ])) as Array<{ count: number }>;
    const { count } = row!;
    return { count, first: count > 0 ? await this.rows(where, 'resolved_at', since, most) : [] };
  }

  private async rows(where: string, at: string, since: Date, most: number): Promise<MovedRow[]> {
    const rows = (await this.database.query(
      `select id::text, kind, severity, host, address, port, service, ${at} as at from finding
       where ${where} order by ${ORDER}, ${at} desc, id desc limit ${most}`,
      [since],
    )) as MovedRow[];
    return rows.map((row) => ({ ...row, at: new Date(row.at) }));
  }
}
