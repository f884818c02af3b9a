/*
 * What Prometheus is told of runs, slots and shards, read from the database at each scrape. Labels are the names of the
 * current inventory's audits and words of our own; each has its series from the start, at 0, so that a first drift is seen
 * as an increase. What can't be known, as the coverage before there was a run, has none.
 *
 * The trap is Prometheus' own word for a counter: one that goes down was reset. An audit that leaves the inventory takes
 * its counts with it.
 */
import { Inject, Injectable } from '@nestjs/common';
import { Counter, Gauge } from 'prom-client';
import { DataSource } from 'typeorm';
import { SKIP_REASONS, startOf } from '../domain/agenda.js';
import type { Audit } from '../domain/inventory.js';
import type { Coverage, RunVerdict } from '../domain/report/exposure/exposure.js';
import { staleSince } from '../domain/staleness.js';
import { blackoutOf } from '../domain/window.js';
import { InventoryService, type VersionedInventory } from '../inventory/inventory.service.js';
import { CLOCK, type Clock } from '../platform/clock.js';
import { Metrics } from '../platform/metrics.js';
import { AgendaService } from './agenda.service.js';
import { LOCAL_VANTAGE } from './scheduler.js';

const VERDICTS: readonly RunVerdict[] = ['clean', 'drift', 'inconclusive', 'failed'];

/** Runs with a verdict, and slots without a run, by audit. */
const COUNTS = `
select 'run' as what, audit, verdict as name, count(*)::float8 as count, max(finished_at) as last
from run where verdict is not null group by audit, verdict
union all
select 'skipped', audit, why, sum(slots)::float8, null from skipped_slots group by audit, why`;

/** Of each audit its last run that has ended, and the slot whose run has not begun. */
const AUDITS = `
select named.audit, agenda.paused_at is not null as paused, last.coverage, last.id is not null as ran,
  (select min(due_at) from run where run.audit = named.audit and run.state = 'due' and run.trigger = 'schedule') as due_at
from jsonb_array_elements_text($1::jsonb) as named (audit)
left join agenda on agenda.audit = named.audit
left join lateral (select run.id, run.coverage from run where run.audit = named.audit and run.verdict is not null
  order by run.id desc limit 1) as last on true`;

/** A shard whose lease has ended is anybody's: it waits, and nothing is sent for it. `$1` is the time. */
const SHARDS = `
select count(*) filter (where not at_work)::int as waiting, count(*) filter (where at_work)::int as leased,
  coalesce(sum(rate_per_second) filter (where at_work), 0)::float8 as rate
from (
  select shard.rate_per_second, shard.state = 'leased' and shard.leased_until >= $1 as at_work
  from run join scan on scan.run_id = run.id join shard on shard.scan_id = scan.id
  where run.state = 'scanning' and shard.state in ('waiting', 'leased')
) as one`;

interface Count {
  readonly what: 'run' | 'skipped';
  readonly audit: string;
  readonly name: string;
  readonly count: number;
  readonly last: Date | null;
}

interface AuditRow {
  readonly audit: string;
  readonly paused: boolean;
  readonly ran: boolean;
  readonly coverage: Coverage | null;
  readonly due_at: Date | null;
}

@Injectable()
export class ScansMetrics {
  private readonly series: ReturnType<typeof seriesIn>;

  constructor(
    metrics: Metrics,
    private readonly database: DataSource,
    private readonly inventory: InventoryService,
    private readonly agenda: AgendaService,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    this.series = seriesIn(metrics);
    metrics.beforeScrape(() => this.read());
  }

  private async read(): Promise<void> {
    const now = this.clock();
    const current = await this.inventory.current();
    const audits = current?.inventory.audits ?? [];
    const ours = audits.filter(isOurs);
    const counts = (await this.database.query(COUNTS)) as Count[];
    const names = JSON.stringify(audits.map(({ name }) => name));
    const rows = (await this.database.query(AUDITS, [names])) as AuditRow[];
    const waiting = current ? await this.agenda.waiting(current, ours) : new Map<string, Date>();
    const [shards] = (await this.database.query(SHARDS, [now])) as [Record<string, number>];
    for (const metric of Object.values(this.series)) metric.reset();
    this.series.shards.set({ state: 'waiting' }, shards.waiting!);
    this.series.shards.set({ state: 'leased' }, shards.leased!);
    this.series.rate.set(shards.rate!);
    const byAudit = new Map(rows.map((row) => [row.audit, row]));
    for (const audit of audits) {
      const own = counts.filter((count) => count.audit === audit.name);
      const row = byAudit.get(audit.name)!;
      this.setCounts(audit, own);
      if (row.ran) this.series.coverage.set({ audit: audit.name }, judgedShare(row.coverage));
      this.setTrust(audit, own, { current: current!, isPaused: row.paused, now });
      if (isOurs(audit)) this.series.lag.set({ audit: audit.name }, lagOf(audit, row, waiting, now));
    }
  }

  private setCounts({ name: audit }: Audit, own: readonly Count[]): void {
    const countOf = (what: Count['what'], name: string): number =>
      own.find((one) => one.what === what && one.name === name)?.count ?? 0;
    for (const verdict of VERDICTS) this.series.runs.inc({ audit, verdict }, countOf('run', verdict));
    for (const reason of SKIP_REASONS) this.series.skipped.inc({ audit, reason }, countOf('skipped', reason));
  }

  /** The overview's card of the audit says the same (agenda-view.ts). */
  private setTrust(
    audit: Audit,
    own: readonly Count[],
    { current, isPaused, now }: { current: VersionedInventory; isPaused: boolean; now: Date },
  ): void {
    const trusted = own.filter(
      ({ what, name, last }) => what === 'run' && (name === 'clean' || name === 'drift') && last !== null,
    );
    const trustedMs = trusted.map(({ last }) => new Date(last!).getTime());
    const trustedAt = trusted.length === 0 ? null : new Date(Math.max(...trustedMs));
    if (trustedAt) this.series.trusted.set({ audit: audit.name }, secondsBetween(trustedAt, now));
    if (!isOurs(audit)) return;
    const mayRun = !isPaused && !blackoutOf(current.inventory.windows, audit, now);
    const isStale = mayRun && staleSince(audit, trustedAt, current.loadedAt, now) !== null;
    this.series.stale.set({ audit: audit.name }, isStale ? 1 : 0);
  }
}

const isOurs = ({ schedule, from }: Audit): boolean => schedule !== null && from.includes(LOCAL_VANTAGE);

const secondsBetween = (from: Date, until: Date): number => (until.getTime() - from.getTime()) / 1000;

/** A run that was turned away, cancelled, or failed has judged nothing. */
function judgedShare(coverage: Coverage | null): number {
  if (coverage === null) return 0;
  return coverage.expected === 0 ? 1 : (coverage.expected - coverage.unknown) / coverage.expected;
}

/** By whichever is later: a run that nobody begins, or the latest slot that has none. */
function lagOf(audit: Audit, row: AuditRow, waiting: ReadonlyMap<string, Date>, now: Date): number {
  const starts = [waiting.get(audit.name), row.due_at && startOf(audit, new Date(row.due_at))];
  return Math.max(0, ...starts.map((start) => (start ? secondsBetween(start, now) : 0)));
}

function seriesIn({ features }: Metrics) {
  const registers = [features];
  return {
    runs: new Counter({
      name: 'portolan_runs_total',
      help: 'Runs that have ended, by their verdict.',
      labelNames: ['audit', 'verdict'],
      registers,
    }),
    skipped: new Counter({
      name: 'portolan_slots_skipped_total',
      help: 'Slots of which no run was made, by the reason; where very many were missed at once, at least so many.',
      labelNames: ['audit', 'reason'],
      registers,
    }),
    lag: gauge('portolan_schedule_lag_seconds', 'How late the slot is that should have begun; 0 for none.'),
    trusted: gauge(
      'portolan_last_trusted_run_age_seconds',
      'Time since the last run ended that judged something, clean or drift.',
    ),
    stale: gauge(
      'portolan_audit_stale',
      '1 where two intervals have gone by without a run that can be trusted, and nobody paused it.',
    ),
    coverage: gauge(
      'portolan_last_run_coverage_ratio',
      'Pairs of host and port that the last run judged, of those that it was ordered to.',
    ),
    shards: new Gauge({
      name: 'portolan_shards',
      help: 'Pieces of scans that wait for a worker, and that one works on.',
      labelNames: ['state'],
      registers,
    }),
    rate: new Gauge({
      name: 'portolan_granted_rate_packets_per_second',
      help: 'What all scans together may send now.',
      registers,
    }),
  };

  function gauge(name: string, help: string) {
    return new Gauge({ name, help, labelNames: ['audit'], registers });
  }
}
