/*
 * Explains one port from what the service knows: the current inventory, the last look, the findings.
 */
import { Inject, Injectable } from '@nestjs/common';
import { dayOf } from '../domain/day.js';
import { expectationsFor } from '../domain/expectations.js';
import { type Explanation, explain } from '../domain/explain.js';
import { nothingObserved } from '../domain/observation.js';
import { InventoryService } from '../inventory/inventory.service.js';
import { CLOCK, type Clock } from '../platform/clock.js';
import { Refusal } from '../platform/refusal.js';
import { ScansService } from '../scans/scans.service.js';
import { LOCAL_VANTAGE } from '../scans/scheduler.js';
import { ExplainQueries } from './explain.queries.js';

@Injectable()
export class Explainer {
  constructor(
    private readonly inventory: InventoryService,
    private readonly queries: ExplainQueries,
    private readonly scans: ScansService,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async explain(address: string, port: number): Promise<Explanation> {
    const current = await this.inventory.current();
    if (!current)
      throw new Refusal(
        'not-found',
        'there is no inventory yet; set PORTOLAN_INVENTORY and start the service',
      );
    const look = await this.queries.lastLook(address, port);
    const run = look ? await this.scans.run(look.runId) : null;
    const observed = run ? await this.queries.hostIn(run.id, address) : null;
    const resolved = new Map(Object.entries(run?.resolved ?? {}));
    return explain(
      {
        inventory: current.inventory,
        expectations: expectationsFor(current.inventory, address, LOCAL_VANTAGE, resolved),
        vantage: LOCAL_VANTAGE,
        today: dayOf(this.clock()),
        observed: observed ?? nothingObserved(address),
        run: run?.id ?? null,
        findings: await this.queries.findingsAt(address, port),
      },
      port,
    );
  }
}
