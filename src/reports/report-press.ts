/*
 * Prints the snapshots that have no PDF yet, one at a time. A browser that is missing or dies costs a few attempts
 * and leaves the reason; the snapshot stays, and the run with it.
 */
import { Inject, Injectable } from '@nestjs/common';
import type { Logger } from 'pino';
import { ReportSnapshot } from '../domain/report.js';
import { LOGGER } from '../platform/log.js';
import { PdfPrinter } from './pdf-printer.js';
import { renderReport } from './render-report.js';
import { ReportsService } from './reports.service.js';

@Injectable()
export class ReportPress {
  readonly name = 'report-press';

  constructor(
    private readonly reports: ReportsService,
    private readonly printer: PdfPrinter,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  async workOnce(signal: AbortSignal): Promise<number> {
    const report = await this.reports.nextUnprinted();
    if (!report || signal.aborted) return 0;
    // A print may take two minutes, and a stop must not: the next start prints it.
    const stop = (): void => void this.printer.close();
    signal.addEventListener('abort', stop);
    try {
      const html = renderReport(ReportSnapshot.parse(JSON.parse(report.snapshot)));
      await this.reports.printed(report, await this.printer.printPdf(html));
    } catch (error) {
      if (signal.aborted) return 0;
      this.log.error({ err: error, run: report.runId }, 'a report could not be printed');
      await this.reports.notPrinted(report, error instanceof Error ? error.message : String(error));
    } finally {
      signal.removeEventListener('abort', stop);
    }
    return 1;
  }
}
