/*
 * What the overview and a run's page show, in one look at the tables each. Reads only. What a run found and saw is
 * reported.queries.ts's to say.
 */

import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { SkipReason } from '../domain/agenda.js';
import type { Coverage, RunVerdict } from '../domain/report/exposure/exposure.js';
import { MOST_PRINT_ATTEMPTS } from '../reports/reports.service.js';
import { AgendaRow, SkippedSlots } from './agenda.entities.js';
import { type RunPage, runConditions } from './run-conditions.js';
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
    /** Since when what it says is not kept any more. */
    readonly letGoAt: Date | null;
    readonly problem: string | null;
    readonly gaveUp: boolean;
  } | null;
}

/** What the scheduler remembers of an audit, for its card. */
export interface AuditAgenda {
  readonly pausedAt: Date | null;
  readonly pausedBy: string | null;
  readonly pausedWhy: string | null;
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

export type GateLook = Pick<GateLookRow, 'runId' | 'phase' | 'at' | 'blindness' | 'seen'>;

export interface ScanProgress {
  readonly round: number;
  readonly probes: number;
  readonly probed: number;
  readonly notBefore: Date;
  readonly finished: boolean;
}

/** `fresh` and `resolved` are those of the report; before there is one they are counted as FindingsService.movedBy does. */
const RUNS = `
select run.id::text, run.audit, run.trigger, run.vantage, run.state, run.verdict, run.because, run.coverage, run.cancelled_at is not null as cancelled,
  run.due_at, run.started_at, run.finished_at, version.path, version.sha256, coalesce(report.fresh, moved.fresh) as fresh, coalesce(report.resolved, moved.resolved) as resolved,
  report.id is not null as reported, report.printed_at is not null and report.let_go_at is null as printed, report.let_go_at, report.problem,
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

/** `ran` is every audit that has run. */
const AUDITS_RUN = `
with recursive ran as (
  (select audit from run order by audit limit 1)
  union all
  select (select run.audit from run where run.audit > ran.audit order by run.audit limit 1) from ran where ran.audit is not null
)`;

const PROGRESS = `
select scan.round, scan.probes::float8 as probes, scan.not_before as "notBefore", scan.finished_at is not null as finished,
  (select coalesce(sum(shard.probed), 0)::float8 from shard where shard.scan_id = scan.id) as probed
from scan where scan.run_id = $1 order by scan.round`;

@Injectable()
export class ScansQueries {
  constructor(private readonly database: DataSource) {}

  /** The newest first, from below `before` on. */
  async runs(page: RunPage): Promise<RunRow[]> {
    const { where, parameters } = runConditions(page);
    const rows = await this.database.query(
      `${RUNS} where ${where} order by run.id desc limit $${parameters.length + 1}`,
      [...parameters, page.limit],
    );
    return rows.map(toRun);
  }

  /** The audits that have ever run: by the index, whose first key they are, from one to the next. */
  async auditsThatRan(): Promise<string[]> {
    const rows = (await this.database.query(
      `${AUDITS_RUN} select audit from ran where audit is not null order by audit`,
    )) as Array<{
      audit: string;
    }>;
    return rows.map(({ audit }) => audit);
  }

  async run(id: string): Promise<RunRow | null> {
    const [row] = await this.database.query(`${RUNS} where run.id = $1`, [id]);
    return row ? toRun(row) : null;
  }

  /** Of every audit the last run that has a verdict, and those that are still going. */
  async latestRuns(): Promise<RunRow[]> {
    const rows = await this.database.query(
      `${AUDITS_RUN}, latest as (
         select last.id from ran cross join lateral
           (select id from run where run.audit = ran.audit and verdict is not null order by id desc limit 1) as last
         union select id from run where state <> 'finished')
       ${RUNS} where run.id in (select id from latest) order by run.id`,
    );
    return rows.map(toRun);
  }

  async agendas(): Promise<Map<string, AuditAgenda>> {
    const agendas = await this.database.getRepository(AgendaRow).find();
    const skipped = await this.database
      .getRepository(SkippedSlots)
      .createQueryBuilder('skipped')
      .where(
        `skipped.id in (select last.id from agenda cross join lateral
          (select id from skipped_slots where audit = agenda.audit order by id desc limit 1) as last)`,
      )
      .getMany();
    const last = new Map(skipped.map((row) => [row.audit, skippedOf(row)]));
    return new Map(agendas.map((row) => [row.audit, { ...row, skipped: last.get(row.audit) ?? null }]));
  }

  /** Of every audit the last run that judged something, and when it ended. */
  async trusted(): Promise<Map<string, { readonly runId: string; readonly at: Date }>> {
    const rows = (await this.database.query(
      `${AUDITS_RUN} select ran.audit, last.id::text as "runId", last.finished_at as at from ran cross join lateral
         (select id, finished_at from run where run.audit = ran.audit and coverage is not null order by id desc limit 1) as last`,
    )) as Array<{ audit: string; runId: string; at: Date | string }>;
    return new Map(rows.map(({ audit, runId, at }) => [audit, { runId, at: new Date(at) }]));
  }

  /** The last slots of an audit that had no run, the newest first. */
  async skipped(audit: string, limit: number): Promise<Array<NonNullable<AuditAgenda['skipped']>>> {
    const rows = await this.database
      .getRepository(SkippedSlots)
      .find({ where: { audit }, order: { id: 'DESC' }, take: limit });
    return rows.map(skippedOf);
  }

  /** The last time that the scanner was asked whether it is to be believed. */
  async lastGateLook(): Promise<GateLook | null> {
    const [last] = await this.database.getRepository(GateLookRow).find({ order: { id: 'DESC' }, take: 1 });
    return last ?? null;
  }

  /** What was seen of the canaries of a run, look by look. */
  async gateLooks(runId: string): Promise<GateLook[]> {
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
         (select count(printed_at) from (select printed_at from report order by id desc limit 50) as printed),
         (select max(noted_at) from skipped_slots), (select max(id) from finding_event),
         (select string_agg(audit, '-' order by audit) from agenda where paused_at is not null),
         (select string_agg(id || state, '-' order by id) from run where state <> 'finished')) as version`,
    )) as Array<{ version: string }>;
    return row!.version;
  }
}

const skippedOf = ({ firstDue, lastDue, slots, isAtLeast, why, detail }: SkippedSlots) => ({
  ...{ first: firstDue, last: lastDue, slots, isAtLeast, why, detail },
});

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
    report: row.reported
      ? { printed: row.printed, letGoAt: at(row.let_go_at), problem: row.problem, gaveUp: row.gave_up }
      : null,
  };
}
