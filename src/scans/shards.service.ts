/*
 * Every write to shards: who works on one, how far it is, and its end. One worker each: whoever has lost a shard, because
 * its lease has ended, can neither go on with it, nor end it, nor give it back. The last one to end closes its scan.
 *
 * One shard of a scan at a time: each is probed at the scan's whole rate, and a fragile host gets one probe at a time, so
 * that a second worker would double what was promised. Other workers take other scans.
 */
import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { grantOf, type OtherScan } from '../domain/rate-budget.js';
import type { EngineName } from '../domain/scan-plan.js';
import { CLOCK, type Clock } from '../platform/clock.js';
import { Run, Scan, Shard } from './scans.entities.js';
import { ShardLogEntry } from './shard-log.entities.js';
import type { LogEntry } from './shard-log.js';

/** A shard that was begun so often, and never ended, is not tried again: its ports stay unknown. */
const MOST_ATTEMPTS = 3;

/** Further ahead no look is ordered: the clock was wrong when it was. */
const FAR_AHEAD_MS = 2 * 3_600_000;

/** `$1` is the time. */
const CLAIMABLE = `(shard.state = 'waiting' or (shard.state = 'leased' and shard.leased_until < $1))`;

/** What a worker may take. */
export interface ClaimTerms {
  /** May the audit not be worked on now? */
  isBarred(audit: string): boolean;
  /** Packets a second, all scans together. */
  readonly budget: number;
}

export interface Claimed {
  readonly shard: Shard;
  readonly scan: Scan;
  readonly run: Run;
  /** Packets a second that this piece of the scan has been granted. */
  readonly ratePerSecond: number;
}

/** How far a worker is with its shard. */
export interface ShardProgress {
  readonly probed: number;
  readonly settledTo: number;
  /** Null until the engine has said so. */
  readonly engine: EngineName | null;
}

@Injectable()
export class ShardsService {
  constructor(
    private readonly database: DataSource,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Takes the next shard that is due, or one whose worker has not been heard of, of a scan that nobody works on; null where
   * there is none, or too little of the common rate is left. Claims take turns, so that what they read of each other holds.
   */
  async claim(leaseMs: number, terms: ClaimTerms): Promise<Claimed | null> {
    const now = this.clock();
    return this.database.transaction(async (rows) => {
      await rows.query('select pg_advisory_xact_lock(hashtext($1))', ['claim of a shard']);
      const active = await activeScans(rows, now, terms);
      for (const { id, wanted, granted } of active) {
        if (granted !== null) continue;
        const grant = grantOf(
          terms.budget,
          wanted,
          active.filter((other) => other.id !== id),
        );
        if (grant === null) continue;
        const claimed = await this.claimOf(rows, id, { now, leaseMs, grant });
        if (claimed) return claimed;
      }
      return null;
    });
  }

  private async claimOf(
    rows: EntityManager,
    scanId: string,
    { now, leaseMs, grant }: { now: Date; leaseMs: number; grant: number },
  ): Promise<Claimed | null> {
    const [free] = (await rows.query(
      `select shard.id from shard where shard.scan_id = $2 and ${CLAIMABLE}
       order by shard.id limit 1 for update of shard`,
      [now, scanId],
    )) as Array<{ id: string }>;
    if (!free) return null;
    const shard = await rows.findOneByOrFail(Shard, { id: String(free.id) });
    const scan = await rows.findOneByOrFail(Scan, { id: shard.scanId });
    if (shard.attempts >= MOST_ATTEMPTS) {
      await this.end(rows, shard, 'given-up');
      return null;
    }
    Object.assign(shard, {
      state: 'leased',
      attempts: shard.attempts + 1,
      settledTo: String(Math.max(Number(shard.fromPosition), Number(shard.settledTo))),
      leasedUntil: new Date(now.getTime() + leaseMs),
      ratePerSecond: grant,
    });
    await rows.save(shard);
    const run = await rows.findOneByOrFail(Run, { id: scan.runId });
    return { shard, scan, run, ratePerSecond: grant };
  }

  /**
   * Still at it: the lease goes on, and the progress is kept with what was seen on the way. False where the lease had ended and
   * another has it; nothing is kept then.
   */
  async renew(
    shard: Shard,
    progress: ShardProgress,
    leaseMs: number,
    seen: LogEntry | null = null,
  ): Promise<boolean> {
    const leasedUntil = new Date(this.clock().getTime() + leaseMs);
    return this.database.transaction(async (rows) => {
      const renewed = await rows.update(Shard, held(shard), { ...columnsOf(progress), leasedUntil });
      if (renewed.affected !== 1) return false;
      if (seen) await rows.insert(ShardLogEntry, { ...seen, shardId: shard.id });
      return true;
    });
  }

  async finish(shard: Shard): Promise<void> {
    await this.database.transaction((rows) => this.end(rows, shard, 'done'));
  }

  /** Given back unfinished, for example because the service stops; this does not count as an attempt. */
  async giveBack(shard: Shard, progress: ShardProgress): Promise<void> {
    const back = { state: 'waiting' as const, leasedUntil: null, attempts: shard.attempts - 1 };
    await this.database.getRepository(Shard).update(held(shard), { ...columnsOf(progress), ...back });
  }

  /** The engines that have probed a run, in the order of the alphabet. */
  async enginesOf(runId: string): Promise<string[]> {
    const rows = (await this.database.query(
      `select distinct shard.engine from shard join scan on scan.id = shard.scan_id
       where scan.run_id = $1 and shard.engine is not null order by shard.engine`,
      [runId],
    )) as Array<{ engine: string }>;
    return rows.map(({ engine }) => engine);
  }

  async givenUpIn(runId: string): Promise<number> {
    return this.database.getRepository(Shard).count({ where: { state: 'given-up', scan: { runId } } });
  }

  /** The last shard of a scan closes it, and moves its run on. */
  private async end(rows: EntityManager, shard: Shard, state: 'done' | 'given-up'): Promise<void> {
    // The run first, then the scan, then the shard: in the order in which others lock them who end all three.
    await rows.query('select id from run where id = (select run_id from scan where id = $1) for update', [
      shard.scanId,
    ]);
    await rows.query('select id from scan where id = $1 for update', [shard.scanId]);
    const ended = await rows.update(Shard, held(shard), {
      state,
      leasedUntil: null,
      ...(state === 'done'
        ? { probed: () => 'to_position - from_position', settledTo: shard.toPosition }
        : {}),
    });
    if (ended.affected === 1) await closeScanIfDone(rows, shard.scanId, this.clock());
  }
}

/** All of its shards have ended: the scan has, too, and what they wrote down is ready to be put together. */
export async function closeScanIfDone(rows: EntityManager, scanId: string, now: Date): Promise<void> {
  const [left] = (await rows.query(
    `select count(*)::int as shards from shard where scan_id = $1 and state in ('waiting', 'leased')`,
    [scanId],
  )) as Array<{ shards: number }>;
  if (left!.shards > 0) return;
  await rows.update(Scan, { id: scanId }, { finishedAt: now });
  await rows.query(
    `update run set state = 'scanned' where id = (select run_id from scan where id = $1) and state = 'scanning'`,
    [scanId],
  );
}

/**
 * The scans that have something to do now, the oldest first: what each wants of the common rate, and what it was granted
 * where somebody works on it. Those of barred audits count only while somebody still does.
 */
async function activeScans(
  rows: EntityManager,
  now: Date,
  { isBarred }: Pick<ClaimTerms, 'isBarred'>,
): Promise<Array<{ id: string } & OtherScan>> {
  const found = (await rows.query(
    `select scan.id, run.audit, (scan.settings ->> 'ratePerSecond')::float8 as wanted, at_work.rate as granted
     from scan join run on run.id = scan.run_id
     left join lateral (select coalesce(shard.rate_per_second, 0) as rate from shard where shard.scan_id = scan.id
       and shard.state = 'leased' and shard.leased_until >= $1 limit 1) as at_work on true
     where (scan.not_before <= $1 or scan.not_before > $2) and scan.finished_at is null
       and (at_work.rate is not null or exists (select from shard where shard.scan_id = scan.id and ${CLAIMABLE}))
     order by scan.id`,
    [now, new Date(now.getTime() + FAR_AHEAD_MS)],
  )) as Array<{ id: string; audit: string; wanted: number | null; granted: number | null }>;
  const active = found.filter(({ audit, granted }) => granted !== null || !isBarred(audit));
  return active.map(({ id, wanted, granted }) => ({
    id: String(id),
    wanted: wanted ?? Number.POSITIVE_INFINITY,
    granted,
  }));
}

function columnsOf({ probed, settledTo, engine }: ShardProgress) {
  return {
    probed: String(probed),
    settledTo: String(settledTo),
    ...(engine === null ? {} : { engine }),
  };
}

/** The shard as this worker claimed it: whoever claims it after the lease has ended counts one attempt more. */
function held({ id, attempts }: Shard): { id: string; state: 'leased'; attempts: number } {
  return { id, state: 'leased', attempts };
}
