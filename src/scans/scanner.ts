/*
 * The worker: takes a shard, has the engine scan it, and hands what it sees to the intake. A shard whose worker dies
 * is free again when its lease ends; one that is interrupted by the service's own stop is given back at once. A worker
 * that was away for longer than its lease finds the shard taken, and lets go of it. When a blackout begins it is given back
 * as well, and goes on after it; a host that is in a blackout by itself is left out, and what lies there stays unknown.
 *
 * Before it probes, and before it says that it has, it looks at ports whose state is known. A worker that can't see them leaves
 * the shard to others; what it saw meanwhile is not to be judged by, so that the run ends there.
 *
 * A shard that was begun before goes on from the position that was settled then; of what lies beyond, the ports that
 * have answered are not probed again, unless their answer was to be confirmed and has not been. What hosts have said
 * before counts for their canaries, also where nothing but canaries is left to do.
 */
import { Inject, Injectable } from '@nestjs/common';
import { heardFrom } from '../domain/heard.js';
import { answered, type HostObserved, unconfirmed } from '../domain/observation.js';
import type { PortSet } from '../domain/port-set.js';
import type { ScanPlan } from '../domain/scan-plan.js';
import { ProbeOrder } from '../engine/probe-order.js';
import { scan as runEngine } from '../engine/scan.js';
import { CLOCK, type Clock } from '../platform/clock.js';
import { storeTrouble } from '../platform/store-trouble.js';
import { Gatekeeper } from './gatekeeper.js';
import { Intake } from './intake.js';
import { Leave, type LeaveNow } from './leave.js';
import { careOf, targetsOf } from './scan-settings.js';
import type { Scan, Shard } from './scans.entities.js';
import { ShardLog } from './shard-log.js';
import { ShardLogsService } from './shard-logs.service.js';
import { type Claimed, ShardsService } from './shards.service.js';

/** Well above the longest silence between two batches: a probe's time-out with its retries. */
const LEASE_MS = 15_000;

/** As many as there are workers. */
const ORDERS_MOST = 2;

/** A worker that could not see lets others have the work for so long. */
const BLIND_REST_MS = 30_000;

@Injectable()
export class Scanner {
  readonly name = 'scanner';
  private blindUntilMs = 0;
  /** Of the scans that were worked on last: what is found out of a host's addresses serves all of its shards. */
  private readonly orders = new Map<string, ProbeOrder>();

  constructor(
    private readonly shards: ShardsService,
    private readonly logs: ShardLogsService,
    private readonly leave: Leave,
    private readonly gatekeeper: Gatekeeper,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async workOnce(signal: AbortSignal): Promise<number> {
    const restMs = this.blindUntilMs - this.clock().getTime();
    // Longer than anybody rests: the clock was set back.
    if (restMs > 0 && restMs <= BLIND_REST_MS) return 0;
    const leave = await this.leave.now();
    const claimed = await this.shards.claim(LEASE_MS, leave);
    if (!claimed) return 0;
    const { shard, scan, run } = claimed;
    const leaseMs = LEASE_MS + scan.settings.timeoutMs * (scan.settings.retries + 1);
    const intake = new Intake(shard, leaseMs, this.shards, this.logOf(claimed), () => this.clock().getTime());
    intake.stopAt(leave.until(run.audit));
    try {
      return await this.look(claimed, leave, intake, signal);
    } catch (error) {
      // The store's own trouble is no attempt at the shard. Where it can't even take it back, the lease ends.
      if (storeTrouble(error) !== null) await intake.giveBack().catch(() => undefined);
      throw error;
    }
  }

  private async look(
    claimed: Claimed,
    leave: LeaveNow,
    intake: Intake,
    signal: AbortSignal,
  ): Promise<number> {
    await intake.flush();
    // Whoever probes has to see: another server's eyes prove nothing of ours.
    if ((await this.gatekeeper.ofWorker(claimed, 'before', signal)) !== null) {
      this.blindUntilMs = this.clock().getTime() + BLIND_REST_MS;
      await intake.giveBack();
      return 0;
    }
    const plan = await this.planOf(claimed, leave);
    const until = AbortSignal.any([signal, intake.stopped]);
    for await (const seen of runEngine(plan, until, (progress) => intake.watch(progress)))
      await intake.take(seen);
    await intake.flush();
    if (intake.isLost) return 1;
    const blindness = signal.aborted ? null : await this.gatekeeper.ofWorker(claimed, 'after', signal);
    if (blindness !== null) await this.gatekeeper.turnAway(claimed.run, blindness);
    else if (signal.aborted || intake.isInterrupted) await intake.giveBack();
    else await this.shards.finish(claimed.shard);
    return 1;
  }

  private logOf({ scan, shard }: Claimed): ShardLog {
    const order = this.orders.get(scan.id) ?? new ProbeOrder(targetsOf(scan), scan.settings.seed);
    this.orders.delete(scan.id);
    this.orders.set(scan.id, order);
    if (this.orders.size > ORDERS_MOST) this.orders.delete(this.orders.keys().next().value!);
    return new ShardLog(order, Number(shard.fromPosition), Number(shard.toPosition));
  }

  /** A run keeps its inventory; leave to scan does not: it may have been withdrawn, or have ended, since. */
  private async planOf({ scan, shard, run, ratePerSecond }: Claimed, leave: LeaveNow): Promise<ScanPlan> {
    const care = careOf(scan.settings);
    return {
      ...care,
      ratePerSecond,
      targets: targetsOf(scan),
      from: Number(shard.settledTo),
      to: Number(shard.toPosition),
      allowed: leave.allowed(run.audit, new Map(Object.entries(run.resolved))),
      // What has been called fragile since is as fragile.
      fragile: care.fragile.union(leave.fragile),
      ...(await this.begunWith(scan, shard)),
    };
  }

  /** What an earlier attempt at the shard has been told. Nothing is read for a shard that is begun for the first time. */
  private async begunWith(scan: Scan, shard: Shard): Promise<Pick<ScanPlan, 'known' | 'heard'>> {
    if (shard.attempts === 1 && shard.probed === '0') return {};
    const hosts = await this.logs.ofShard(shard);
    const isFinal = (host: HostObserved): PortSet =>
      scan.settings.verify ? answered(host).subtract(unconfirmed(host)) : answered(host);
    return {
      known: new Map(hosts.map((host) => [host.address, isFinal(host)])),
      heard: heardFrom(hosts),
    };
  }
}
