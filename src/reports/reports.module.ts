/*
 * Wires the reports: snapshots of runs, the press that prints them, and the seal. The browser goes down with the service.
 */
import { Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import type { Logger } from 'pino';
import { CONFIG, type Config } from '../config.js';
import { FindingsModule } from '../findings/findings.module.js';
import { LOGGER } from '../platform/log.js';
import { ScansModule } from '../scans/scans.module.js';
import { ReportDownloads } from './forms/report-downloads.js';
import { RunReportApi } from './forms/run-report.api.js';
import { RunReportPages } from './forms/run-report.pages.js';
import { SchemasApi } from './forms/schemas.api.js';
import { PdfPrinter } from './printer/pdf-printer.js';
import { ReportPress } from './report-press.js';
import { Reporter } from './reporter.js';
import { ReportsApi } from './reports.api.js';
import { ReportsPages } from './reports.pages.js';
import { ReportsQueries } from './reports.queries.js';
import { ReportsService } from './reports.service.js';
import { KeyWatch } from './seal/key-watch.js';
import { Sealer } from './seal/sealer.js';
import { SigningKeysService } from './seal/signing-keys.service.js';

@Module({
  imports: [ScansModule, FindingsModule],
  controllers: [ReportsPages, ReportsApi, RunReportPages, RunReportApi, SchemasApi],
  providers: [
    ReportsService,
    ReportsQueries,
    ReportDownloads,
    Reporter,
    ReportPress,
    Sealer,
    SigningKeysService,
    KeyWatch,
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
  exports: [Reporter, ReportPress, KeyWatch, ReportsService],
})
export class ReportsModule implements OnApplicationShutdown {
  constructor(@Inject(PdfPrinter) private readonly printer: PdfPrinter) {}

  async onApplicationShutdown(): Promise<void> {
    await this.printer.close();
  }
}
