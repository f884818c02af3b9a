/*
 * The worker: takes a shard, has the engine scan it, and hands what it sees to the intake. A shard whose worker dies
 * is free again when its lease ends; one that is interrupted by the service's own stop is given back at once. A worker
 * that was away for longer than its lease finds the shard taken, and lets go of it. When a blackout begins it is given back
 * as well, and goes on after it; a host that is in a blackout by itself is left out, and what lies there stays unknown.
 *
 * A shard that was begun before goes on from the position that was settled then; of what lies beyond, the ports that
 * have answered are not probed again, unless their answer was to be confirmed and has not been. What hosts have said
 * before counts for their canaries, also where nothing but canaries is left to do.
 */
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../config.js';
import { AddressSet } from '../domain/address-set.js';
import { allowedOn, blackedOut, fragileIn } from '../domain/audit-plan.js';
import { POLITE } from '../domain/courtesy.js';
import { dayOf } from '../domain/day.js';
import { heardFrom } from '../domain/heard.js';
import type { Inventory } from '../domain/inventory.js';
import { answered, type HostObserved, unconfirmed } from '../domain/observation.js';
import { PortSet } from '../domain/port-set.js';
import type { ScanPlan } from '../domain/scan-plan.js';
import { blackoutOf, nextBlackout } from '../domain/window.js';
import { scan as runEngine } from '../engine/scan.js';
import { InventoryService } from '../inventory/inventory.service.js';
import { CLOCK, type Clock } from '../platform/clock.js';
import { Intake } from './intake.js';
import { ObservationsService } from './observations.service.js';
import { careOf } from './scan-settings.js';
import type { Scan, Shard } from './scans.entities.js';
import { type Claimed, ShardsService } from './shards.service.js';

/** Where nobody says otherwise, all audits together keep to what the fastest of them may do alone. */
function budgetOf(inventory: Inventory | null): number {
  return Math.max(
    POLITE.ratePerSecond,
    ...(inventory?.audits.map(({ ratePerSecond }) => ratePerSecond) ?? []),
  );
}

/** Well above the longest silence between two batches: a probe's time-out with its retries. */
const LEASE_MS = 15_000;

@Injectable()
export class Scanner {
  readonly name = 'scanner';

  constructor(
    private readonly shards: ShardsService,
    private readonly observations: ObservationsService,
    private readonly inventory: InventoryService,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async workOnce(signal: AbortSignal): Promise<number> {
    const current = (await this.inventory.current())?.inventory ?? null;
    const now = this.clock();
    const barred = current?.audits.filter((audit) => blackoutOf(current.windows, audit, now)) ?? [];
    const budget = this.config.ratePerSecond ?? budgetOf(current);
    const claimed = await this.shards.claim(LEASE_MS, { budget, barred: barred.map(({ name }) => name) });
    if (!claimed) return 0;
    const { shard, scan, run } = claimed;
    const leaseMs = LEASE_MS + scan.settings.timeoutMs * (scan.settings.retries + 1);
    const intake = new Intake(shard, leaseMs, this.shards, this.observations, () => this.clock().getTime());
    if (current) intake.stopAt(nextBlackout(current.windows, { name: run.audit }, now));
    await intake.flush();
    const plan = await this.planOf(claimed, current);
    const until = AbortSignal.any([signal, intake.stopped]);
    for await (const seen of runEngine(plan, until, (progress) => intake.watch(progress)))
      await intake.take(seen);
    await intake.flush();
    if (intake.isLost) return 1;
    if (signal.aborted || intake.isInterrupted) await intake.giveBack();
    else await this.shards.finish(shard);
    return 1;
  }

  /** A run keeps its inventory; leave to scan does not: it may have been withdrawn, or have ended, since. */
  private async planOf(
    { scan, shard, run, ratePerSecond }: Claimed,
    current: Inventory | null,
  ): Promise<ScanPlan> {
    const targets = scan.targets.map(({ addresses, ports }) => ({
      addresses: AddressSet.unionOf(addresses.map((text) => AddressSet.parse(text))),
      ports: PortSet.parse(ports),
    }));
    const care = careOf(scan.settings);
    const now = this.clock();
    const resolved = new Map(Object.entries(run.resolved));
    return {
      ...care,
      ratePerSecond,
      targets,
      from: Number(shard.settledTo),
      to: Number(shard.toPosition),
      allowed: current
        ? allowedOn(dayOf(now), current).subtract(blackedOut(current, resolved, now))
        : AddressSet.empty,
      // What has been called fragile since is as fragile.
      fragile: current ? care.fragile.union(fragileIn(current)) : care.fragile,
      ...(await this.begunWith(scan, shard)),
    };
  }

  /** What an earlier attempt at the shard has been told. Nothing is read for a shard that is begun for the first time. */
  private async begunWith(scan: Scan, shard: Shard): Promise<Pick<ScanPlan, 'known' | 'heard'>> {
    if (shard.attempts === 1 && shard.probed === '0') return {};
    const hosts = Array.from((await this.observations.ofScan(shard.scanId)).values());
    const isFinal = (host: HostObserved): PortSet =>
      scan.settings.verify ? answered(host).subtract(unconfirmed(host)) : answered(host);
    return {
      known: new Map(hosts.map((host) => [host.address, isFinal(host)])),
      heard: heardFrom(hosts),
    };
  }
}
