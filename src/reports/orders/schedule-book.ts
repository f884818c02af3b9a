/*
 * Every report by schedule with what came of it, as whoever looks may see it: to an owner's account the others are not there, and of one
 * for each owner only theirs.
 */
import { Inject, Injectable } from '@nestjs/common';
import { type Actor, owns } from '../../domain/access.js';
import { nextReports } from '../../domain/report/schedule/report-slots.js';
import type { ScheduledReport } from '../../domain/report/schedule/scheduled-report.js';
import { InventoryService } from '../../inventory/inventory.service.js';
import { CLOCK, type Clock } from '../../platform/clock.js';
import { Refusal } from '../../platform/refusal.js';
import { seesSchedule } from './reports-now.js';
import {
  type DeliveryRow,
  type MadeOfSchedule,
  type MissedRow,
  SchedulesQueries,
} from './schedules.queries.js';

const NEXT_SHOWN = 10;
const MADE_SHOWN = 20;
const MISSED_SHOWN = 5;

export interface ScheduleFacts {
  readonly report: ScheduledReport;
  readonly next: readonly Date[];
  /** The last of each whom it is about, the latest first. */
  readonly made: ReadonlyArray<MadeOfSchedule & { readonly deliveries: readonly DeliveryRow[] }>;
  readonly missed: readonly MissedRow[];
}

@Injectable()
export class ScheduleBook {
  constructor(
    private readonly inventory: InventoryService,
    private readonly queries: SchedulesQueries,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  now(): Date {
    return this.clock();
  }

  /** In the order of the inventory. */
  async all(actor: Pick<Actor, 'owners'>): Promise<ScheduleFacts[]> {
    const now = this.clock();
    const reports = (await this.inventory.current())?.inventory.reports ?? [];
    const seen = reports.filter((report) => seesSchedule(actor, report));
    const names = seen.map(({ name }) => name);
    const made = await this.queries.made(names, actor.owners, MADE_SHOWN);
    const missed = await this.queries.missed(names, actor.owners, MISSED_SHOWN);
    const deliveries = await this.queries.deliveries(made.map(({ orderId }) => orderId));
    return seen.map((report) => ({
      report,
      next: nextReports(report, now, NEXT_SHOWN),
      made: lastOfEach(made.filter(({ schedule }) => schedule === report.name)).map((one) => ({
        ...one,
        deliveries: deliveries.filter(({ orderId }) => orderId === one.orderId),
      })),
      missed: missed.filter(({ schedule }) => schedule === report.name),
    }));
  }

  /** Throws Refusal where there is none, or none that is about theirs. */
  async refuseOthers(deliveryId: string, actor: Pick<Actor, 'owners'>): Promise<void> {
    const owner = /^\d{1,18}$/.test(deliveryId) ? await this.queries.ownerOfDelivery(deliveryId) : undefined;
    if (owner === undefined || !owns(actor, owner))
      throw new Refusal('not-found', `there is no mail ${deliveryId.slice(0, 40)} of a report`);
  }
}

function lastOfEach(made: readonly MadeOfSchedule[]): MadeOfSchedule[] {
  const seen = new Set<string | null>();
  return made.filter(({ owner }) => !seen.has(owner) && seen.add(owner));
}
