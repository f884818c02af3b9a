/*
 * Every write to runs and scans. The rooms decide and call; the moves between a run's states are here, each in one
 * transaction, and each guarded by the state that it starts from, so that two servers can't both make it. What becomes of
 * a scan's shards is in shards.service.ts.
 */
import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { Finding } from '../domain/finding.js';
import type { Audit } from '../domain/inventory.js';
import type { Coverage, RunVerdict } from '../domain/report/exposure/exposure.js';
import { probeCount, type Target } from '../domain/scan-plan.js';
import { CLOCK, type Clock } from '../platform/clock.js';
import { Refusal } from '../platform/refusal.js';
import { storeTrouble } from '../platform/store-trouble.js';
import { revived } from './revived.js';
import { type RunEnd, RunLog } from './run-log.js';
import { Run, type RunTrigger, Scan, type ScanSettings } from './scans.entities.js';
import { closeScanIfDone } from './shards.service.js';

/** A shard is what one worker does in a minute or so at the default rate. */
const SHARD_PROBES = 262_144;
/** A look that began so much later than now did so by a wrong clock. */
const CLOCK_OFF_MS = 60_000;
/** With the loop's growing pauses these are some minutes. */
const MOST_STUMBLES = 10;

export interface Slot {
  readonly audit: string;
  readonly dueAt: Date;
  readonly trigger: RunTrigger;
  readonly inventoryVersionId: string;
  readonly vantage: string;
}

@Injectable()
export class ScansService {
  constructor(
    private readonly database: DataSource,
    @Inject(CLOCK) private readonly clock: Clock,
    /** Also for whoever has a part in these transactions: what they have done is told after the commit. */
    readonly told: RunLog,
  ) {}

  /** Adds a run of an audit, outside of any other transaction; null as {@link ScansService.addRun} has it. */
  async createRun(slot: Slot): Promise<string | null> {
    const id = await this.database.transaction(async (rows) => {
      await this.lockAudit(rows, slot.audit);
      return this.addRun(rows, slot);
    });
    if (id !== null) this.told.made(id, slot);
    return id;
  }

  /** Two servers, or two clicks, take turns; otherwise each would find nothing going, and both would start. */
  async lockAudit(rows: EntityManager, audit: string): Promise<void> {
    await rows.query('select pg_advisory_xact_lock(hashtext($1))', [`run of ${audit}`]);
  }

  /** Null where the slot has its run already, or a run of the audit is still going. The audit is locked. */
  async addRun(rows: EntityManager, slot: Slot): Promise<string | null> {
    const [made] = (await rows.query(
      `insert into run (audit, due_at, trigger, inventory_version_id, vantage, state) select $1, $2, $3, $4, $5, 'due'
       where not exists (select from run where audit = $1 and state not in ('compared', 'finished'))
       on conflict on constraint run_slot_uq do nothing returning id`,
      [slot.audit, slot.dueAt, slot.trigger, slot.inventoryVersionId, slot.vantage],
    )) as Array<{ id: string }>;
    return made ? String(made.id) : null;
  }

  /** Changes whenever a run ends. */
  async lastEnded(): Promise<string> {
    const [row] = (await this.database.query(
      `select concat_ws(' ', count(*), max(finished_at)) as ended from run where state in ('compared', 'finished')`,
    )) as Array<{ ended: string }>;
    return row!.ended;
  }

  async isGoing(audit: string): Promise<boolean> {
    const going = await this.database.query(
      `select from run where audit = $1 and state not in ('compared', 'finished') limit 1`,
      [audit],
    );
    return going.length > 0;
  }

  async run(id: string): Promise<Run> {
    const run = /^\d{1,18}$/.test(id) ? await this.database.getRepository(Run).findOneBy({ id }) : null;
    if (!run) throw new Refusal('not-found', `there is no run ${id}`);
    return run;
  }

  /**
   * Has a room work on the next run of a state. A run over which a room fails again and again, through a bug, goes
   * to the end of the queue and at last ends as failed, so that it never holds up the others. A database that is away, or
   * whose disk is full, is no fault of the run's, however long it takes.
   */
  async workOnNext(state: Run['state'], room: string, work: (run: Run) => Promise<void>): Promise<number> {
    const [run] = await this.database
      .getRepository(Run)
      .find({ where: { state }, order: { stumbles: 'ASC', id: 'ASC' }, take: 1 });
    if (!run) return 0;
    try {
      await work(run);
    } catch (error) {
      if (storeTrouble(error) !== null) throw error;
      const why = error instanceof Error ? error.message : String(error);
      if (run.stumbles + 1 >= MOST_STUMBLES) await this.fail(run, `the ${room} failed over it: ${why}`);
      else await this.database.getRepository(Run).increment({ id: run.id }, 'stumbles', 1);
      throw error;
    }
    return 1;
  }

  /** Locks a run for the rest of a transaction; false where another server has moved it on since `scans` were read. */
  async hold(rows: EntityManager, run: Run, scans: readonly Scan[]): Promise<boolean> {
    const held = await rows.query('select id from run where id = $1 and state = $2 for update', [
      run.id,
      run.state,
    ]);
    return held.length > 0 && (await rows.countBy(Scan, { runId: run.id })) === scans.length;
  }

  /** scanned → observed; false where another server has moved it on. Part of the collator's transaction. */
  async collated(rows: EntityManager, run: Run): Promise<boolean> {
    const moved = await rows.update(Run, { id: run.id, state: 'scanned' }, { state: 'observed' });
    return moved.affected === 1;
  }

  /** due → scanning, with the first look's shards. */
  async start(
    run: Run,
    resolved: Record<string, string[]>,
    targets: readonly Target[],
    settings: ScanSettings,
  ): Promise<void> {
    const hasStarted = await this.database.transaction(async (rows) => {
      const now = this.clock();
      const moved = await rows.update(
        Run,
        { id: run.id, state: 'due' },
        { state: 'scanning', resolved, startedAt: now },
      );
      if (moved.affected !== 1) return false;
      await this.orderScan(rows, run.id, { round: 0, targets, settings, notBefore: now });
      return true;
    });
    if (hasStarted) this.told.started(run, probeCount(targets));
  }

  /** A run that may not or can't be carried out ends here, with its reason. */
  async fail(run: Run, because: string): Promise<void> {
    const end = await this.endEarly(run, 'failed', because);
    if (end) this.told.ended(run, end);
  }

  /**
   * The scanner can't be believed: the run ends without a word about the network.
   * @param looks how many looks it had then; nothing is done where another has been ordered since
   */
  async endBlind(run: Run, blindness: string, looks?: number): Promise<void> {
    const end = await this.endEarly(run, 'inconclusive', blindness, looks);
    if (end) this.told.turnedAway(run, end);
  }

  /** Null where another server has moved it on. */
  private async endEarly(
    run: Run,
    verdict: RunVerdict,
    because: string,
    looks?: number,
  ): Promise<RunEnd | null> {
    return this.database.transaction(async (rows) => {
      const now = this.clock();
      const end = { verdict, because, finishedAt: now, startedAt: run.startedAt ?? now };
      const moved = await rows.update(Run, { id: run.id, state: run.state }, { ...end, state: 'finished' });
      if (moved.affected !== 1) return null;
      if (looks !== undefined && (await rows.countBy(Scan, { runId: run.id })) !== looks)
        throw new Error(`run ${run.id} was given another look while it was turned away`);
      await this.giveUpScans(rows, run.id, now);
      return end;
    });
  }

  /** Ends a run on somebody's word: nothing more is probed for it, and what it has seen opens and resolves nothing. */
  async cancel(id: string, by: string): Promise<void> {
    const { run, end } = await this.database.transaction(async (rows) => {
      const now = this.clock();
      const run = await rows.findOne(Run, { where: { id }, lock: { mode: 'pessimistic_write' } });
      if (!run) throw new Refusal('not-found', `there is no run ${id}`);
      if (run.state === 'compared' || run.state === 'finished')
        throw new Refusal('conflict', `run ${id} has ended; expected one that is still going`);
      const when = { cancelledAt: now, cancelledBy: by, finishedAt: now, startedAt: run.startedAt ?? now };
      const ended = { verdict: 'inconclusive' as const, because: `cancelled by ${by}`, ...when };
      await rows.update(Run, { id }, { ...ended, state: 'finished' });
      await this.giveUpScans(rows, id, now);
      return { run, end: ended };
    });
    this.told.cancelled(run, end);
  }

  /** Whoever works on one of its shards finds it lost at its next word. The run is locked. */
  private async giveUpScans(rows: EntityManager, runId: string, now: Date): Promise<void> {
    await rows.query(
      `update shard set state = 'given-up', leased_until = null
       where scan_id in (select id from scan where run_id = $1) and state in ('waiting', 'leased')`,
      [runId],
    );
    await rows.query('update scan set finished_at = $2 where run_id = $1 and finished_at is null', [
      runId,
      now,
    ]);
  }

  /** observed → scanning: one more look at what is suspected. Part of the comparer's transaction. */
  async orderConfirmation(
    rows: EntityManager,
    run: Run,
    after: Scan,
    targets: readonly Target[],
    audit: Audit,
  ): Promise<void> {
    // Later than the look before, also where the clock was set back a little.
    const dueMs = this.clock().getTime() + audit.confirm.afterMs;
    const laterMs = after.notBefore.getTime() + 1;
    const notBefore = new Date(laterMs < dueMs + CLOCK_OFF_MS ? Math.max(dueMs, laterMs) : dueMs);
    const settings = { ...after.settings, seed: after.settings.seed + 1 };
    await rows.update(Run, { id: run.id }, { state: 'scanning' });
    await this.orderScan(rows, run.id, { round: after.round + 1, targets, settings, notBefore });
  }

  /** observed → compared: nothing is left to look at. Part of the comparer's transaction. */
  async close(
    rows: EntityManager,
    run: Run,
    end: { verdict: RunVerdict; because: string; coverage: Coverage; judged: Finding[] },
  ): Promise<RunEnd> {
    const finishedAt = this.clock();
    await rows.update(Run, { id: run.id }, { ...end, state: 'compared', finishedAt });
    return { verdict: end.verdict, because: end.because, startedAt: run.startedAt, finishedAt };
  }

  /** The findings on which a run's verdict was given. */
  async judgedIn(run: Run): Promise<Finding[]> {
    const { judged } = await this.database
      .getRepository(Run)
      .findOneOrFail({ where: { id: run.id }, select: { id: true, judged: true } });
    return (judged ?? []).map(revived);
  }

  /** compared → finished: what its verdict was given on has served. Part of the reporter's transaction. */
  async finish(rows: EntityManager, run: Run): Promise<void> {
    await rows.update(Run, { id: run.id, state: 'compared' }, { state: 'finished', judged: null });
  }

  async scansOf(runId: string): Promise<Scan[]> {
    return this.database.getRepository(Scan).find({ where: { runId }, order: { round: 'ASC' } });
  }

  /** How far the current look of a run is. */
  async progressOf(runId: string): Promise<{ probed: number; probes: number; round: number }> {
    const [row] = (await this.database.query(
      `select scan.round, scan.probes, coalesce(sum(shard.probed), 0) as probed
       from scan left join shard on shard.scan_id = scan.id where scan.run_id = $1
       group by scan.id order by scan.round desc limit 1`,
      [runId],
    )) as Array<{ round: number; probes: string; probed: string }>;
    return { probed: Number(row?.probed ?? 0), probes: Number(row?.probes ?? 0), round: row?.round ?? 0 };
  }

  private async orderScan(
    rows: EntityManager,
    runId: string,
    order: { round: number; targets: readonly Target[]; settings: ScanSettings; notBefore: Date },
  ): Promise<void> {
    const { round, settings, notBefore } = order;
    const probes = probeCount(order.targets);
    const targets = order.targets.map(({ addresses, ports }) => ({
      addresses: addresses.toStrings(),
      ports: `${ports}`,
    }));
    const scan = await rows.save(
      rows.create(Scan, {
        ...{ runId, round, targets, settings, notBefore },
        probes: String(probes),
        finishedAt: null,
      }),
    );
    // One statement, however many they are.
    await rows.query(
      `insert into shard (scan_id, from_position, to_position, state)
       select $1, start, least(start + $3::bigint, $2::bigint), 'waiting'
       from generate_series(0::bigint, $2::bigint - 1, $3::bigint) as start`,
      [scan.id, probes, SHARD_PROBES],
    );
    await closeScanIfDone(rows, scan.id, this.clock());
  }
}
