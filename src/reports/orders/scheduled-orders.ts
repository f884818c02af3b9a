/*
 * Asks for a report of a schedule, and says to whom it goes. Both are safe to do twice: whoever dies in between does it again, and there is
 * one order, and one mail an address.
 */
import { Injectable } from '@nestjs/common';
import { MailService } from '../../alerts/mail.service.js';
import type { Inventory } from '../../domain/inventory.js';
import { addressesOf } from '../../domain/report/schedule/report-receivers.js';
import {
  type Occasion,
  parametersOf,
  type ScheduledReport,
} from '../../domain/report/schedule/scheduled-report.js';
import { ReportOrdersService } from './report-orders.service.js';
import { ReportSchedulesService } from './report-schedules.service.js';

export interface ScheduledAsking {
  readonly report: ScheduledReport;
  readonly occasion: Occasion;
  /** Whom it is about. */
  readonly owner: string | null;
  readonly inventory: Pick<Inventory, 'owners' | 'receivers'>;
  readonly by: string;
  /** Together with the schedule, the run and the owner it is there once. */
  readonly slot: Date;
  /** Besides those that come by themselves. */
  readonly isByHand: boolean;
  /** To its receivers; else it only waits to be fetched. */
  readonly isSent: boolean;
}

export interface AskedOrder {
  readonly id: string;
  readonly owner: string | null;
}

@Injectable()
export class ScheduledOrders {
  constructor(
    private readonly orders: ReportOrdersService,
    private readonly schedules: ReportSchedulesService,
    private readonly mail: MailService,
  ) {}

  /** Throws Refusal where it can't be asked for. */
  async ask(asking: ScheduledAsking): Promise<AskedOrder> {
    const { report, occasion, owner, inventory, by, slot, isByHand, isSent } = asking;
    const run = occasion.kind === 'run' ? occasion.run : null;
    const order = await this.orders.ask({
      ...{ parameters: parametersOf(report, occasion, owner), by, slot },
      schedule: slotName(report.name, run, owner),
    });
    const addresses = isSent ? addressesOf(report, owner, inventory, this.mail.operators) : [];
    const of = { schedule: report.name, at: occasion.at, runId: isByHand ? null : run, owner };
    await this.schedules.asked(order.id, of, addresses);
    return { id: order.id, owner };
  }
}

/** What is unique together with the time. A name has no space in it, so that none of these is another's. */
const slotName = (schedule: string, run: string | null, owner: string | null): string =>
  [schedule, ...(run === null ? [] : [`run-${run}`]), ...(owner === null ? [] : [owner])].join(' ');
