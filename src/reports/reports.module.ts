/*
 * Wires the reports: snapshots of runs, those that are asked for, the press that prints them, and the seal. The browser goes down with the
 * service.
 */
import { Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import type { Logger } from 'pino';
import { CONFIG, type Config } from '../config.js';
import { FindingsModule } from '../findings/findings.module.js';
import { InventoryModule } from '../inventory/inventory.module.js';
import { LedgerModule } from '../ledger/ledger.module.js';
import { LOGGER } from '../platform/log.js';
import { ScansModule } from '../scans/scans.module.js';
import { RunReportApi } from './forms/run-report.api.js';
import { SchemasApi } from './forms/schemas.api.js';
import { KindsModule } from './kinds/kinds.module.js';
import { OldReportsQueries } from './orders/old-reports.queries.js';
import { OrderBook } from './orders/order-book.js';
import { OrderClerk } from './orders/order-clerk.js';
import { OrdersApi } from './orders/orders.api.js';
import { OrdersPages } from './orders/orders.pages.js';
import { OrdersQueries } from './orders/orders.queries.js';
import { ReportFetchesService } from './orders/report-fetches.service.js';
import { ReportOrdersMetrics } from './orders/report-orders.metrics.js';
import { ReportOrdersService } from './orders/report-orders.service.js';
import { ReportWeeder } from './orders/report-weeder.js';
import { SchedulesQueries } from './orders/schedules.queries.js';
import { PdfPrinter } from './printer/pdf-printer.js';
import { ReportDesk } from './report-desk.js';
import { ReportDownloadPages } from './report-download.pages.js';
import { ReportPress } from './report-press.js';
import { ReportSheet } from './report-sheet.js';
import { Reporter } from './reporter.js';
import { ReportsApi } from './reports.api.js';
import { ReportsPages } from './reports.pages.js';
import { ReportsQueries } from './reports.queries.js';
import { ReportsService } from './reports.service.js';
import { KeyWatch } from './seal/key-watch.js';
import { SealRecord } from './seal/seal-record.js';
import { Sealer } from './seal/sealer.js';
import { SigningKeysService } from './seal/signing-keys.service.js';
import { SignOffsApi } from './sign-offs/sign-offs.api.js';
import { SignOffsPages } from './sign-offs/sign-offs.pages.js';
import { SignOffsService } from './sign-offs/sign-offs.service.js';
import { Stationery } from './stationery.js';

@Module({
  imports: [InventoryModule, ScansModule, FindingsModule, LedgerModule, KindsModule],
  controllers: [
    ReportsPages,
    ReportDownloadPages,
    OrdersPages,
    ReportsApi,
    OrdersApi,
    RunReportApi,
    SchemasApi,
    SignOffsPages,
    SignOffsApi,
  ],
  providers: [
    ReportsService,
    ReportsQueries,
    ReportSheet,
    ReportDesk,
    Reporter,
    ReportPress,
    Stationery,
    Sealer,
    SealRecord,
    SigningKeysService,
    KeyWatch,
    ReportOrdersService,
    OrdersQueries,
    OrderBook,
    OrderClerk,
    ReportWeeder,
    OldReportsQueries,
    ReportFetchesService,
    ReportOrdersMetrics,
    SignOffsService,
    SchedulesQueries,
    {
      provide: PdfPrinter,
      useFactory: ({ chromium, chromiumSandbox }: Config, log: Logger) =>
        new PdfPrinter({
          executable: chromium,
          sandbox: chromiumSandbox,
          warn: (message) => log.warn(message),
        }),
      inject: [CONFIG, LOGGER],
    },
  ],
  exports: [
    ...[Reporter, ReportPress, KeyWatch, ReportsService],
    ...[ReportOrdersService, ReportFetchesService, OrderClerk, ReportWeeder],
    ...[SchedulesQueries, OldReportsQueries],
  ],
})
export class ReportsModule implements OnApplicationShutdown {
  constructor(@Inject(PdfPrinter) private readonly printer: PdfPrinter) {}

  async onApplicationShutdown(): Promise<void> {
    await this.printer.close();
  }
}
