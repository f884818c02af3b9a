/*
 * Explains one port from what the service knows: the current inventory, the last look, the findings.
 */
import { Inject, Injectable } from '@nestjs/common';
import { dayOf } from '../domain/day.js';
import { expectationsFor } from '../domain/expectations.js';
import { type Explanation, explain } from '../domain/explain.js';
import { type HostObserved, nothingObserved } from '../domain/observation.js';
import { InventoryService } from '../inventory/inventory.service.js';
import { CLOCK, type Clock } from '../platform/clock.js';
import { Refusal } from '../platform/refusal.js';
import { RunLooks } from '../scans/run-looks.js';
import { ScansService } from '../scans/scans.service.js';
import { LOCAL_VANTAGE } from '../scans/scheduler.js';
import { ExplainQueries } from './explain.queries.js';

type Run = Awaited<ReturnType<ScansService['run']>>;

@Injectable()
export class Explainer {
  constructor(
    private readonly inventory: InventoryService,
    private readonly queries: ExplainQueries,
    private readonly scans: ScansService,
    private readonly looks: RunLooks,
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
    const observed = run ? await this.observedIn(run, address) : null;
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

  /** All the looks of a run together: a confirmation alone sees few ports, and would make the host look silent. */
  private async observedIn(run: Run, address: string): Promise<HostObserved | null> {
    const seen = await this.looks.of(run);
    return seen.ok ? (seen.observed.get(address) ?? null) : null;
  }
}
