/*
 * Makes a report of a schedule now, on somebody's word: as if it were due at this moment, or after the last run that can be trusted. Its
 * slots stay as they are.
 */
import { Inject, Injectable } from '@nestjs/common';
import { type Actor, owns } from '../../domain/access.js';
import type { Inventory } from '../../domain/inventory.js';
import {
  AFTER_RUN,
  EACH,
  type Occasion,
  ownersOf,
  type ScheduledReport,
} from '../../domain/report/schedule/scheduled-report.js';
import { InventoryService } from '../../inventory/inventory.service.js';
import { CLOCK, type Clock } from '../../platform/clock.js';
import { Refusal } from '../../platform/refusal.js';
import { type AskedOrder, ScheduledOrders } from './scheduled-orders.js';
import { SchedulesQueries } from './schedules.queries.js';

@Injectable()
export class ReportsNow {
  constructor(
    private readonly inventory: InventoryService,
    private readonly asks: ScheduledOrders,
    private readonly queries: SchedulesQueries,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @param isSent to its receivers, too. Of a report for each owner, those that are theirs. */
  async make(
    name: string,
    actor: Actor,
    { by, isSent }: { by: string; isSent: boolean },
  ): Promise<AskedOrder[]> {
    const { inventory, report } = await this.find(name, actor);
    const occasion = await this.occasion(report);
    const asking = { report, occasion, inventory, by, slot: this.clock(), isByHand: true, isSent };
    const asked: AskedOrder[] = [];
    for (const owner of ownersOf(report, inventory.owners).filter((one) => owns(actor, one)))
      asked.push(await this.asks.ask({ ...asking, owner }));
    return asked;
  }

  private async find(name: string, actor: Actor): Promise<{ inventory: Inventory; report: ScheduledReport }> {
    const inventory = (await this.inventory.current())?.inventory;
    const report = inventory?.reports.find((one) => one.name === name);
    if (inventory && report && seesSchedule(actor, report)) return { inventory, report };
    throw new Refusal('not-found', `there is no report by schedule '${name.slice(0, 100)}'`);
  }

  private async occasion({ schedule, audits }: ScheduledReport): Promise<Occasion> {
    if (schedule !== AFTER_RUN) return { kind: 'slot', at: this.clock() };
    const run = await this.queries.latestRun(audits);
    if (run) return { kind: 'run', ...run };
    throw new Refusal(
      'conflict',
      `no run of ${audits.join(', ')} has ended yet that can be trusted; expected one, for a report after a run`,
    );
  }
}

/** An owner's account sees what is about its owners alone. */
export const seesSchedule = (
  actor: Pick<Actor, 'owners'>,
  { owner }: Pick<ScheduledReport, 'owner'>,
): boolean => (owner === EACH ? actor.owners === null || actor.owners.length > 0 : owns(actor, owner));
