/*
 * Prints the snapshots that have no PDF yet, one at a time, and has each sealed. A browser that is missing or dies costs a few attempts
 * and leaves the reason; the snapshot stays, and the run with it. A disk that is full costs no attempt: it is waited for.
 */
import { tmpdir } from 'node:os';
import { Inject, Injectable } from '@nestjs/common';
import type { Logger } from 'pino';
import { spaceLeft } from '../platform/disk-space.js';
import { LOGGER } from '../platform/log.js';
import { isDiskFull, storeTrouble } from '../platform/store-trouble.js';
import { drawParts } from './drawing/render-apart.js';
import { PdfPrinter, type PrintProgress } from './printer/pdf-printer.js';
import { type HeldReport, ReportsService } from './reports.service.js';
import { Sealer } from './seal/sealer.js';
import { Stationery } from './stationery.js';

/** A browser that has less for its profile fails, and says anything but why. */
const LEAST_BYTES = 16 * 1024 * 1024;
const FULL_REST_MS = 20_000;

@Injectable()
export class ReportPress {
  readonly name = 'report-press';
  /** Since when the disk has been too full for a browser, as of the last attempt. */
  private fullAtMs: number | null = null;

  constructor(
    private readonly reports: ReportsService,
    private readonly printer: PdfPrinter,
    private readonly sealer: Sealer,
    @Inject(LOGGER) private readonly log: Logger,
    private readonly stationery: Stationery,
  ) {}

  async workOnce(signal: AbortSignal): Promise<number> {
    if (this.fullAtMs !== null && performance.now() - this.fullAtMs < FULL_REST_MS) return 0;
    const report = await this.reports.nextUnprinted();
    if (!report || signal.aborted) return 0;
    // A print may take two minutes, and a stop must not: the next start prints it.
    const stop = (): void => void this.printer.close();
    signal.addEventListener('abort', stop);
    try {
      const { id, snapshot: text, snapshotSha256: sha256, runId: run } = report;
      const { letterhead } = this.stationery;
      const parts = drawParts(text, { signal, evidenceSha256: sha256, letterhead });
      const told = (progress: PrintProgress): void => void this.reports.printing.set(id, progress);
      const printed = await this.printer.printPdf(parts, { told });
      const sealed = await this.sealer.seal(printed, { run, report: id, text, sha256 }, signal);
      // A time stamp that nobody waited for would be missing for good.
      if (signal.aborted) return 0;
      await this.reports.printed(report, sealed);
      this.fullAtMs = null;
    } catch (error) {
      if (signal.aborted) return 0;
      // A database that can't take it is not the report's fault.
      if (storeTrouble(error) !== null) throw error;
      await this.failed(report, error);
    } finally {
      signal.removeEventListener('abort', stop);
      this.reports.printing.delete(report.id);
    }
    return 1;
  }

  private async failed(report: HeldReport, error: unknown): Promise<void> {
    const why = error instanceof Error ? error.message : String(error);
    const isFull = isDiskFull(error) || spaceLeft(tmpdir()) < LEAST_BYTES;
    if (isFull) {
      const told = `the disk of ${tmpdir()} is full, and a browser needs a place there: ${why}`;
      if (this.fullAtMs === null)
        this.log.error(
          { reason: told, report: report.id, run: report.runId },
          'a report waits for space to be printed',
        );
      this.fullAtMs = performance.now();
      return this.reports.waitsToBePrinted(report, told);
    }
    this.log.error({ err: error, report: report.id, run: report.runId }, 'a report could not be printed');
    await this.reports.notPrinted(report, why);
  }
}
