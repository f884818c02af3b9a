/*
 * The worker: takes a shard, has the engine scan it, and hands what it sees to the intake. A shard whose worker dies
 * is free again when its lease ends; one that is interrupted by the service's own stop is given back at once. A worker
 * that was away for longer than its lease finds the shard taken, and lets go of it.
 */
import { Inject, Injectable } from '@nestjs/common';
import { AddressSet } from '../domain/address-set.js';
import { allowedOn } from '../domain/audit-plan.js';
import { dayOf } from '../domain/day.js';
import { PortSet } from '../domain/port-set.js';
import type { ScanPlan } from '../domain/scan-plan.js';
import { scan as runEngine } from '../engine/scan.js';
import { InventoryService } from '../inventory/inventory.service.js';
import { CLOCK, type Clock } from '../platform/clock.js';
import { Intake } from './intake.js';
import { ObservationsService } from './observations.service.js';
import type { Scan, Shard } from './scans.entities.js';
import { ScansService } from './scans.service.js';

/** Well above the longest silence between two batches: a probe's time-out with its retries. */
const LEASE_MS = 15_000;

@Injectable()
export class Scanner {
  readonly name = 'scanner';

  constructor(
    private readonly scans: ScansService,
    private readonly observations: ObservationsService,
    private readonly inventory: InventoryService,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async workOnce(signal: AbortSignal): Promise<number> {
    const claimed = await this.scans.claimShard(LEASE_MS);
    if (!claimed) return 0;
    const { shard, scan } = claimed;
    const leaseMs = LEASE_MS + scan.settings.timeoutMs * (scan.settings.retries + 1);
    const intake = new Intake(shard, leaseMs, this.scans, this.observations, () => this.clock().getTime());
    await intake.flush();
    for await (const seen of runEngine(
      { ...planOf(scan, shard), allowed: await this.allowedNow() },
      signal,
    )) {
      await intake.take(seen);
      if (intake.isLost) return 1;
    }
    await intake.flush();
    if (signal.aborted) await this.scans.returnShard(shard);
    else await this.scans.finishShard(shard, intake.probed);
    return 1;
  }

  /** A run keeps its inventory; leave to scan does not: it may have been withdrawn, or have ended, since. */
  private async allowedNow(): Promise<AddressSet> {
    const current = await this.inventory.current();
    return current ? allowedOn(dayOf(this.clock()), current.inventory) : AddressSet.empty;
  }
}

function planOf(scan: Scan, shard: Shard): ScanPlan {
  const targets = scan.targets.map(({ addresses, ports }) => ({
    addresses: AddressSet.unionOf(addresses.map((text) => AddressSet.parse(text))),
    ports: PortSet.parse(ports),
  }));
  return { ...scan.settings, targets, from: Number(shard.fromPosition), to: Number(shard.toPosition) };
}
