/*
 * Has the reports made that are due by themselves: for each slot that has come an order, and after each run that can be trusted one. An
 * order is there once, however many servers look and however often one dies in between: it is unique by its schedule and slot.
 *
 * What was missed while nobody was there is made once, the newest; of the others it is kept that there were some. What can't be asked for
 * is kept with the reason. Only then is a slot dealt with.
 */
import { Inject, Injectable } from '@nestjs/common';
import type { Inventory } from '../../domain/inventory.js';
import { decideReportSlots } from '../../domain/report/schedule/report-slots.js';
import {
  AFTER_RUN,
  type Occasion,
  ownersOf,
  type ScheduledReport,
} from '../../domain/report/schedule/scheduled-report.js';
import { InventoryService } from '../../inventory/inventory.service.js';
import { CLOCK, type Clock } from '../../platform/clock.js';
import { Refusal } from '../../platform/refusal.js';
import { ReportSchedulesService } from './report-schedules.service.js';
import { ScheduledOrders } from './scheduled-orders.js';
import { SchedulesQueries } from './schedules.queries.js';

/** Nobody needs a report within the second, and a look costs a few questions to the database. */
const REST_MS = 2000;
/** A server that dies between two orders of a run is back by then, or another is there. */
const LATELY_MS = 3_600_000;

@Injectable()
export class ReportScheduler {
  readonly name = 'report-scheduler';
  private lookedAtMs = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly inventory: InventoryService,
    private readonly asks: ScheduledOrders,
    private readonly schedules: ReportSchedulesService,
    private readonly queries: SchedulesQueries,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async workOnce(): Promise<number> {
    if (performance.now() - this.lookedAtMs < REST_MS) return 0;
    const done = await this.look();
    if (done === 0) this.lookedAtMs = performance.now();
    return done;
  }

  /** Deals with all that has come; returns how many orders came of it. */
  async look(): Promise<number> {
    const current = await this.inventory.current();
    if (!current) return 0;
    const { inventory } = current;
    const judged = await this.schedules.judged(inventory.reports);
    let done = 0;
    for (const report of inventory.reports) {
      const judgedTo = judged.get(report.name);
      // Another server has just taken in an inventory without it.
      if (!judgedTo) continue;
      const deal = report.schedule === AFTER_RUN ? this.afterRuns : this.atSlots;
      done += await deal.call(this, report, judgedTo, inventory);
    }
    return done;
  }

  private async atSlots(report: ScheduledReport, judgedTo: Date, inventory: Inventory): Promise<number> {
    const decided = decideReportSlots(report, judgedTo, this.clock());
    if (decided.dueAt === null) return 0;
    if (decided.missed) await this.schedules.missed(report.name, { ...decided.missed, why: 'down' });
    const asked = await this.ask(report, { kind: 'slot', at: decided.dueAt }, inventory);
    await this.schedules.advance(report.name, decided.judgedTo);
    return asked;
  }

  private async afterRuns(report: ScheduledReport, since: Date, inventory: Inventory): Promise<number> {
    const lately = new Date(this.clock().getTime() - LATELY_MS);
    const orders = ownersOf(report, inventory.owners).length;
    let done = 0;
    for (const run of await this.queries.runsWithout(report, { since, lately, orders }))
      done += await this.ask(report, { kind: 'run', ...run }, inventory);
    return done;
  }

  /** One for each whom it is about. */
  private async ask(report: ScheduledReport, occasion: Occasion, inventory: Inventory): Promise<number> {
    const { at: slot } = occasion;
    const by = `the schedule ${report.name}`;
    const owners = ownersOf(report, inventory.owners);
    for (const owner of owners) {
      try {
        await this.asks.ask({ report, occasion, owner, inventory, by, slot, isByHand: false, isSent: true });
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        const one = { first: slot, last: slot, slots: 1, isAtLeast: false, owner };
        await this.schedules.missed(report.name, { ...one, why: 'refused', detail: error.message });
      }
    }
    return owners.length;
  }
}
