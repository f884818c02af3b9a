/*
 * Rooms in which reports are made by themselves: a kind whose snapshot is planted, a press that needs no browser, and a mail server that
 * keeps what it is given.
 */

import { OrderClerk } from '../../src/reports/orders/order-clerk.js';
import { ReportDeliverer } from '../../src/reports/orders/report-deliverer.js';
import { ReportKinds } from '../../src/reports/orders/report-kinds.js';
import { ReportScheduler } from '../../src/reports/orders/report-scheduler.js';
import { ReportsService } from '../../src/reports/reports.service.js';
import { driftSnapshot } from '../fixtures/report-snapshots.js';
import { NEVER, type Rooms } from './rooms.js';

export const UNSIGNED = {
  ...{ signedBy: null, certificateSha256: null, unsignedBecause: 'a test', stampedAt: null },
  ...{ stampedBy: null, unstampedBecause: null },
};

export class ReportRooms {
  /** What stands in each PDF that the press makes from now on. */
  pdf: Uint8Array = Buffer.from('%PDF-1.7 planted');
  readonly scheduler: ReportScheduler;
  private readonly clerk: OrderClerk;
  private readonly deliverer: ReportDeliverer;
  private readonly reports: ReportsService;

  constructor(readonly rooms: Rooms) {
    const { app } = rooms;
    this.scheduler = app.get(ReportScheduler);
    this.clerk = app.get(OrderClerk);
    this.deliverer = app.get(ReportDeliverer);
    this.reports = app.get(ReportsService);
    const draw = () => Promise.resolve(driftSnapshot);
    for (const kind of ['exposure', 'drift', 'attestation'] as const)
      app.get(ReportKinds).plug(kind, { draw }, { problem: () => null });
  }

  /** What was asked for is made and printed. */
  async print(): Promise<void> {
    while ((await this.clerk.workOnce()) > 0);
    for (;;) {
      const report = await this.reports.nextUnprinted();
      if (!report) return;
      await this.reports.printed(report, { pdf: this.pdf, seal: UNSIGNED });
    }
  }

  /** Every mail that is due is tried once; how many there were. */
  async deliver(signal: AbortSignal = NEVER): Promise<number> {
    let done = 0;
    while ((await this.deliverer.workOnce(signal)) > 0) done++;
    return done;
  }

  async orders(): Promise<Array<Record<string, unknown>>> {
    const rows = await this.rooms.query(
      `select schedule, slot, asked_by, parameters from report_order order by schedule, slot`,
    );
    return rows.map((row) => ({ ...row, slot: row.slot.toISOString() }));
  }

  async mails() {
    return this.rooms.query(
      'select address, receiver, state, attempts, problem, is_whole from report_delivery order by address',
    );
  }
}
