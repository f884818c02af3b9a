/*
 * What the looks of a run have seen, one after the other, and which addresses are declared now. Looks that have been let go are
 * left out: they say nothing, and not that nothing is there.
 */
import { Injectable } from '@nestjs/common';
import { expectationsIndex } from '../domain/expectations.js';
import { InventoryService } from '../inventory/inventory.service.js';
import { ObservationsService } from '../scans/observations.service.js';
import { ScansService } from '../scans/scans.service.js';
import type { Sighted } from './charted.service.js';

@Injectable()
export class SightedRuns {
  constructor(
    private readonly scans: ScansService,
    private readonly observations: ObservationsService,
    private readonly inventory: InventoryService,
  ) {}

  async of(runId: string): Promise<{ sighted: Sighted[]; isDeclared: (address: string) => boolean }> {
    const { audit, vantage, resolved } = await this.scans.run(runId);
    const sighted: Sighted[] = [];
    for (const { id, isArchived } of await this.scans.scansOf(runId)) {
      if (isArchived) continue;
      const looking = { audit, run: runId, order: Number(id), vantage };
      sighted.push({ looking, hosts: await this.observations.ofScan(id) });
    }
    const current = await this.inventory.current();
    if (!current) return { sighted, isDeclared: () => false };
    const expected = expectationsIndex(current.inventory, vantage, new Map(Object.entries(resolved)));
    return { sighted, isDeclared: (address) => expected(address).host !== null };
  }
}
