/*
 * Wires the reports: snapshots of runs, the press that prints them, and the seal. The browser goes down with the service.
 */
import { Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import type { Logger } from 'pino';
import { CONFIG, type Config } from '../config.js';
import { FindingsModule } from '../findings/findings.module.js';
import { InventoryModule } from '../inventory/inventory.module.js';
import { LOGGER } from '../platform/log.js';
import { ScansModule } from '../scans/scans.module.js';
import { AttestationQueries } from './kinds/attestation.queries.js';
import { AttestationSource } from './kinds/attestation-source.js';
import { DriftMovesQueries } from './kinds/drift-moves.queries.js';
import { DriftRunsQueries } from './kinds/drift-runs.queries.js';
import { DriftSource } from './kinds/drift-source.js';
import { ExposuresSource } from './kinds/exposures-source.js';
import { SourceRunsQueries } from './kinds/source-runs.queries.js';
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
import { SignOffsApi } from './sign-offs/sign-offs.api.js';
import { SignOffsPages } from './sign-offs/sign-offs.pages.js';
import { SignOffsService } from './sign-offs/sign-offs.service.js';

@Module({
  imports: [InventoryModule, ScansModule, FindingsModule],
  controllers: [ReportsPages, ReportsApi, SignOffsPages, SignOffsApi],
  providers: [
    ReportsService,
    ReportsQueries,
    Reporter,
    ReportPress,
    Sealer,
    SigningKeysService,
    KeyWatch,
    SignOffsService,
    SourceRunsQueries,
    ExposuresSource,
    DriftMovesQueries,
    DriftRunsQueries,
    DriftSource,
    AttestationQueries,
    AttestationSource,
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
