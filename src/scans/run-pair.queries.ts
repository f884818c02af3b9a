/*
 * What two runs saw, host by host, for their difference: only of hosts that may differ, so that two large runs that saw the same
 * cost little. Reads only. Where the looks of one were let go (archivist.ts), its report still says what it saw.
 */
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { canonicalAddress } from '../domain/address-set.js';
import { nothingObserved, overlay, PORT_STATES, type PortState } from '../domain/observation.js';
import { PortSet } from '../domain/port-set.js';
import type { RunVerdict } from '../domain/report/exposure/exposure.js';
import type { Seen } from '../domain/run-difference.js';

export interface OtherRun {
  readonly id: string;
  readonly verdict: RunVerdict | null;
  readonly dueAt: Date;
  /** The last one before it. */
  readonly isPrevious: boolean;
}

type Ports = Record<PortState, string>;
type LookRow = Ports & { readonly run: string; readonly round: number; readonly address: string };
type ReportedRow = Ports & { readonly address: string };

/** Both runs' rows of every host that one of them saw in another way, and of all that were looked at again. */
const LOOKS = `
with looks as (select id, run_id, round from scan where run_id in ($1, $2)),
one as (select seen.* from observed_host as seen where scan_id = (select id from looks where run_id = $1 and round = 0)),
other as (select seen.* from observed_host as seen where scan_id = (select id from looks where run_id = $2 and round = 0)),
moved as (
  select coalesce(one.address, other.address) as address from one full join other on other.address = one.address
  where (one.open, one.closed, one.filtered, one.unreachable, one.unknown)
    is distinct from (other.open, other.closed, other.filtered, other.unreachable, other.unknown)
  union
  select address from observed_host where scan_id in (select id from looks where round > 0)
)
select looks.run_id::text as run, looks.round, host(seen.address) as address, open::text, closed::text, filtered::text, unreachable::text, unknown::text
from looks join observed_host as seen on seen.scan_id = looks.id where seen.address in (select address from moved)
order by looks.round`;

const PAGES = `
select host.address, host.open, host.closed, host.filtered, host.unreachable, host.unknown
from report_page as page cross join lateral json_to_recordset(page.content)
  as host (address text, open text, closed text, filtered text, unreachable text, unknown text)
where page.number > 0 and page.report_id = (select id from report where run_id = $1)`;

/** Of an earlier version, whose reports have no pages. */
const WHOLE = `
select host.address, host.open, host.closed, host.filtered, host.unreachable, host.unknown
from (select snapshot::jsonb as it from report where run_id = $1) as whole
cross join lateral jsonb_to_recordset(it -> 'hosts') as host (address text, open text, closed text, filtered text, unreachable text, unknown text)`;

@Injectable()
export class RunPairQueries {
  constructor(private readonly database: DataSource) {}

  /** Ended runs of an audit around one of them, the newest first. */
  async around(id: string, audit: string, most: number): Promise<OtherRun[]> {
    const rows = (await this.database.query(
      `select id::text, verdict, due_at as "dueAt", id = (select max(id) from run where audit = $2 and id < $1 and state = 'finished') as "isPrevious"
       from ((select id, verdict, due_at from run where audit = $2 and id < $1 and state = 'finished' order by id desc limit $3)
         union all (select id, verdict, due_at from run where audit = $2 and id > $1 and state = 'finished' order by id limit $3)) as other
       order by other.id desc`,
      [id, audit, most],
    )) as OtherRun[];
    return rows.map((row) => ({ ...row, dueAt: new Date(row.dueAt), isPrevious: row.isPrevious === true }));
  }

  /** Has either of them let go of its looks? */
  async areKept(one: string, other: string): Promise<boolean> {
    const archived = await this.database.query(
      'select from scan where run_id in ($1, $2) and is_archived limit 1',
      [one, other],
    );
    return archived.length === 0;
  }

  /** What each saw, where they may differ. */
  async looks(one: string, other: string): Promise<[Map<string, Seen>, Map<string, Seen>]> {
    const rows = (await this.database.query(LOOKS, [one, other])) as LookRow[];
    return [seenBy(one, rows), seenBy(other, rows)];
  }

  /** What its report says that it saw; null where there is no report, or it was let go of. */
  async reported(run: string): Promise<Map<string, Seen> | null> {
    const [report] = (await this.database.query(
      'select exists (select from report_page where report_id = report.id) as "isInPages" from report where run_id = $1 and let_go_at is null',
      [run],
    )) as Array<{ isInPages: boolean }>;
    if (!report) return null;
    const rows = (await this.database.query(report.isInPages ? PAGES : WHOLE, [run])) as ReportedRow[];
    return new Map(rows.map((row) => [row.address, portsOf(row, PortSet.parse)]));
  }
}

/** Later looks over earlier ones, as a run's verdict takes them. */
function seenBy(run: string, rows: readonly LookRow[]): Map<string, Seen> {
  const hosts = new Map<string, ReturnType<typeof nothingObserved>>();
  for (const row of rows) {
    if (row.run !== run) continue;
    const address = canonicalAddress(row.address) ?? row.address;
    const look = { ...nothingObserved(address), ...portsOf(row, PortSet.fromMultirange) };
    const earlier = hosts.get(address);
    hosts.set(address, earlier ? overlay(earlier, look) : look);
  }
  return hosts;
}

const portsOf = (row: Ports, read: (text: string) => PortSet): Seen =>
  Object.fromEntries(PORT_STATES.map((state) => [state, read(row[state])])) as Record<PortState, PortSet>;
