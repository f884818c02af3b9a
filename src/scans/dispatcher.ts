/*
 * Turns a due run into shards: looks up its names, plans it, and cuts the plan's shuffled order into ranges. A run that
 * may not be carried out ends as failed, with the reason that a person is told; one whose scanner can't see, as inconclusive.
 */
import { randomInt } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { InventoryService } from '../inventory/inventory.service.js';
import { Gatekeeper } from './gatekeeper.js';
import { resolveNames } from './resolver.js';
import { RunPlans } from './run-plans.js';
import { scanSettings } from './scan-settings.js';
import { ScansService } from './scans.service.js';

@Injectable()
export class Dispatcher {
  readonly name = 'dispatcher';

  constructor(
    private readonly scans: ScansService,
    private readonly inventory: InventoryService,
    private readonly plans: RunPlans,
    private readonly gatekeeper: Gatekeeper,
  ) {}

  async workOnce(signal?: AbortSignal): Promise<number> {
    return this.scans.workOnNext('due', this.name, async (run) => {
      const { inventory } = await this.inventory.version(run.inventoryVersionId);
      const resolved = await resolveNames(inventory.hosts);
      const { planned } = await this.plans.of({ ...run, resolved });
      if (!planned.ok) return this.scans.fail(run, planned.why);
      const blindness = await this.gatekeeper.before({ ...run, resolved }, planned.plan, signal);
      if (signal?.aborted) return;
      if (blindness !== null) return this.scans.endBlind(run, blindness);
      const settings = scanSettings(planned.plan, randomInt(2 ** 31));
      return this.scans.start(run, resolved, planned.plan.targets, settings);
    });
  }
}
