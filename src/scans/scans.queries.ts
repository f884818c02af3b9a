/*
 * What the overview and a run's page show, in one look at the tables each. Reads only. What a run found and saw comes
 * from its report's snapshot, so that the page of an old run says what its PDF says, whatever has happened since.
 */

import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { SkipReason } from '../domain/agenda.js';
import type { Coverage, ReportFinding, ReportHost, RunVerdict } from '../domain/report.js';
import { MOST_PRINT_ATTEMPTS } from '../reports/reports.service.js';
import { AgendaRow, SkippedSlots } from './agenda.entities.js';
import { GateLookRow, type RunState, type RunTrigger } from './scans.entities.js';

export interface RunRow {
  readonly id: string;
  readonly audit: string;
  readonly trigger: RunTrigger;
  readonly vantage: string;
  readonly state: RunState;
  readonly verdict: RunVerdict | null;
  readonly because: string | null;
  /** Ended by hand. */
  readonly cancelled: boolean;
  readonly coverage: Coverage | null;
  readonly dueAt: Date;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
  /** Findings that the run brought or brought back, and those that it resolved. */
  readonly fresh: number;
  readonly resolved: number;
  readonly inventory: { readonly path: string; readonly sha256: string };
  readonly report: {
    readonly printed: boolean;
    readonly problem: string | null;
    readonly gaveUp: boolean;
  } | null;
}

/** What the scheduler remembers of an audit, for its card. */
export interface AuditAgenda {
  readonly pausedAt: Date | null;
  readonly pausedBy: string | null;
  readonly pausedWhy: string | null;
  /** When its last run ended that judged something; null where there is none. */
  readonly trustedAt: Date | null;
  /** The last slots that had no run; null where there are none. */
  readonly skipped: {
    readonly first: Date;
    readonly last: Date;
    readonly slots: number;
    readonly isAtLeast: boolean;
    readonly why: SkipReason;
    readonly detail: string;
  } | null;
}

export interface ScanProgress {
  readonly round: number;
  readonly probes: number;
  readonly probed: number;
  readonly notBefore: Date;
  readonly finished: boolean;
}

export interface RunFinding extends ReportFinding {
  /** The finding that lives on, for a link. */
  readonly id: string | null;
}

/** `fresh` and `resolved` are those of the report; before there is one they are counted as FindingsService.movedBy does. */
const RUNS = `
select run.id::text, run.audit, run.trigger, run.vantage, run.state, run.verdict, run.because, run.coverage, run.cancelled_at is not null as cancelled,
  run.due_at, run.started_at, run.finished_at, version.path, version.sha256, coalesce(report.fresh, moved.fresh) as fresh, coalesce(report.resolved, moved.resolved) as resolved,
  report.id is not null as reported, report.printed_at is not null as printed, report.problem,
  coalesce(report.attempts, 0) >= ${MOST_PRINT_ATTEMPTS} as gave_up
from run
join inventory_version version on version.id = run.inventory_version_id
left join report on report.run_id = run.id
cross join lateral (
  select count(*) filter (where came and last <> 'resolved')::int as fresh, count(*) filter (where went)::int as resolved
  from (
    select bool_or(to_state <> 'resolved' and (from_state is null or from_state = 'resolved')) as came,
      bool_or(to_state = 'resolved' and from_state <> 'suspected') as went,
      (array_agg(to_state order by id desc))[1] as last
    from finding_event where run_id = run.id and report.id is null group by finding_id
  ) as one
) as moved`;

const PROGRESS = `
select scan.round, scan.probes::float8 as probes, scan.not_before as "notBefore", scan.finished_at is not null as finished,
  (select coalesce(sum(shard.probed), 0)::float8 from shard where shard.scan_id = scan.id) as probed
from scan where scan.run_id = $1 order by scan.round`;

/** How much of each list is shown. */
export interface Shown {
  readonly findings: number;
  readonly resolved: number;
  readonly hosts: { readonly offset: number; readonly limit: number };
}

export interface Reported {
  readonly findings: readonly RunFinding[];
  readonly resolved: readonly RunFinding[];
  readonly hosts: readonly ReportHost[];
  /** How many hosts there are. */
  readonly total: number;
  /** The owners' names as they were when the run was judged. */
  readonly owners: ReadonlyMap<string, string>;
}

export const NOTHING_REPORTED: Reported = {
  ...{ findings: [], resolved: [], hosts: [], total: 0 },
  owners: new Map(),
};

interface ReportedRest extends Pick<Reported, 'hosts' | 'total'> {
  readonly owners: ReadonlyArray<{ readonly id: string; readonly name: string }>;
}

const listed = (
  list: string,
  limit: string,
  offset = '0',
): string => `(select coalesce(jsonb_agg(item order by place), '[]') from (
  select item, place from jsonb_array_elements(it -> '${list}') with ordinality as one (item, place)
  where place > ${offset} order by place limit ${limit}) as part)`;

/** The snapshot is read once, and not for each of its rows: a large run's has tens of megabytes. */
const REPORTED = `
with whole as materialized (select snapshot::jsonb as it from report where run_id = $1)
select ${listed('findings', '$2')} as findings, ${listed('resolved', '$3')} as resolved, ${listed('hosts', '$5', '$4')} as hosts,
  coalesce(jsonb_array_length(it -> 'hosts'), 0) as total, coalesce(it -> 'owners', '[]') as owners
from whole`;

const IDS = `
select key, id::text from finding where key in (select jsonb_array_elements_text($1::jsonb))`;

@Injectable()
export class ScansQueries {
  constructor(private readonly database: DataSource) {}

  /** The newest first, from below `before` on. */
  async runs(page: { before: string | null; audit: string | null; limit: number }): Promise<RunRow[]> {
    const rows = await this.database.query(
      `${RUNS} where ($1::bigint is null or run.id < $1::bigint) and ($2::text is null or run.audit = $2)
       order by run.id desc limit $3`,
      [page.before, page.audit, page.limit],
    );
    return rows.map(toRun);
  }

  async run(id: string): Promise<RunRow | null> {
    const [row] = await this.database.query(`${RUNS} where run.id = $1`, [id]);
    return row ? toRun(row) : null;
  }

  /** Of every audit the last run that has a verdict, and those that are still going. */
  async latestRuns(): Promise<RunRow[]> {
    const rows = await this.database.query(
      `${RUNS} where run.id in (select max(id) from run where verdict is not null group by audit)
         or run.state <> 'finished' order by run.id`,
    );
    return rows.map(toRun);
  }

  async agendas(): Promise<Map<string, AuditAgenda>> {
    const agendas = await this.database.getRepository(AgendaRow).find();
    const skipped = await this.database
      .getRepository(SkippedSlots)
      .createQueryBuilder('skipped')
      .where('skipped.id in (select max(id) from skipped_slots group by audit)')
      .getMany();
    const last = new Map(
      skipped.map(({ audit, firstDue, lastDue, ...row }) => [
        audit,
        { ...row, first: firstDue, last: lastDue },
      ]),
    );
    const trusted = (await this.database.query(
      `select audit, max(finished_at) as at from run where coverage is not null group by audit`,
    )) as Array<{ audit: string; at: Date }>;
    const trustedAt = new Map(trusted.map(({ audit, at }) => [audit, new Date(at)]));
    return new Map(
      agendas.map((row) => [
        row.audit,
        { ...row, skipped: last.get(row.audit) ?? null, trustedAt: trustedAt.get(row.audit) ?? null },
      ]),
    );
  }

  /** Why the scanner was not to be believed when it was last asked; null where it was. */
  async blindness(): Promise<{ runId: string; at: Date; why: string } | null> {
    const [last] = await this.database.getRepository(GateLookRow).find({ order: { id: 'DESC' }, take: 1 });
    return last?.blindness ? { runId: last.runId, at: last.at, why: last.blindness } : null;
  }

  /** What was seen of the canaries of a run, look by look. */
  async gateLooks(runId: string): Promise<GateLookRow[]> {
    return this.database.getRepository(GateLookRow).find({ where: { runId }, order: { id: 'ASC' } });
  }

  /** The looks that a run has ordered so far, in their order. */
  async progress(runId: string): Promise<ScanProgress[]> {
    const rows = (await this.database.query(PROGRESS, [runId])) as ScanProgress[];
    return rows.map((row) => ({ ...row, notBefore: new Date(row.notBefore) }));
  }

  /** Changes whenever the overview would look different, but for the progress of what is going. */
  async overviewVersion(): Promise<string> {
    const [row] = (await this.database.query(
      `select concat_ws('.', (select max(id) from run), (select max(id) from inventory_version),
         (select count(*) from report where printed_at is not null), (select max(noted_at) from skipped_slots),
         (select string_agg(audit, '-' order by audit) from agenda where paused_at is not null),
         (select string_agg(id || state, '-' order by id) from run where state <> 'finished')) as version`,
    )) as Array<{ version: string }>;
    return row!.version;
  }

  /** Of what a run's report says so much as a page shows; nothing where there is no report yet. */
  async reported(runId: string, { findings, resolved, hosts }: Shown): Promise<Reported> {
    const [row] = (await this.database.query(REPORTED, [
      ...[runId, findings, resolved, hosts.offset, hosts.limit],
    ])) as Array<Record<'findings' | 'resolved', ReportFinding[]> & ReportedRest>;
    if (!row) return NOTHING_REPORTED;
    const keys = [...row.findings, ...row.resolved].map(({ key }) => key);
    const found = (await this.database.query(IDS, [JSON.stringify(keys)])) as Array<
      Record<'key' | 'id', string>
    >;
    const ids = new Map(found.map(({ key, id }) => [key, id]));
    const alive = (list: readonly ReportFinding[]): RunFinding[] =>
      list.map((finding) => ({ ...finding, id: ids.get(finding.key) ?? null }));
    return {
      ...{ findings: alive(row.findings), resolved: alive(row.resolved) },
      ...{ hosts: row.hosts, total: row.total },
      owners: new Map(row.owners.map(({ id, name }) => [id, name])),
    };
  }
}

// biome-ignore lint/suspicious/noExplicitAny: a row of the query above, in the driver's own types
function toRun(row: any): RunRow {
  const at = (time: unknown): Date | null => (time === null ? null : new Date(time as string));
  return {
    ...{ id: row.id, audit: row.audit, trigger: row.trigger, vantage: row.vantage, state: row.state },
    ...{
      verdict: row.verdict,
      because: row.because,
      cancelled: row.cancelled,
      coverage: row.coverage,
      fresh: row.fresh,
      resolved: row.resolved,
    },
    dueAt: new Date(row.due_at),
    startedAt: at(row.started_at),
    finishedAt: at(row.finished_at),
    inventory: { path: row.path, sha256: row.sha256 },
    report: row.reported ? { printed: row.printed, problem: row.problem, gaveUp: row.gave_up } : null,
  };
}
