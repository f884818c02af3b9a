/*
 * Starts a run in a service of this very process, and waits until its report is printed or has been given up.
 */
import type { INestApplicationContext } from '@nestjs/common';
import { ReportSnapshot } from '../domain/report/exposure/exposure.js';
import { pause } from '../platform/loop.js';
import { Refusal } from '../platform/refusal.js';
import { ReportsService } from '../reports/reports.service.js';
import { ScansService } from '../scans/scans.service.js';
import { Scheduler } from '../scans/scheduler.js';
import { progressLine } from './progress.js';

const LOOK_EVERY_MS = 200;

export interface PrintedReport {
  readonly snapshot: ReportSnapshot;
  readonly pdf: Uint8Array | null;
  readonly problem: string | null;
}

/** null where the wait was interrupted. A run that could not be carried out has no report, and is refused. */
export async function watchRun(
  app: INestApplicationContext,
  audit: string,
  signal: AbortSignal,
): Promise<PrintedReport | null> {
  const scans = app.get(ScansService);
  const reports = app.get(ReportsService);
  const runId = await app.get(Scheduler).runNow(audit);
  let line = progressLine(0);
  let lineTotal = 0;
  for (; !signal.aborted; await pause(LOOK_EVERY_MS, signal)) {
    const { probed, probes, round } = await scans.progressOf(runId);
    if (probes !== lineTotal) {
      line.end();
      line = progressLine(probes);
      lineTotal = probes;
    }
    line.update(probed, round === 0 ? '' : 'looking again to confirm');
    const run = await scans.run(runId);
    const report = await reports.ofRun(runId);
    if (!report && run.state === 'finished') {
      line.end();
      throw new Refusal('unavailable', `the run failed: ${run.because}`);
    }
    if (report && (report.printedAt || reports.isGivenUp(report))) {
      line.end();
      return {
        // It was made just now, and nothing so new is let go of.
        snapshot: ReportSnapshot.parse(JSON.parse(report.snapshot!)),
        pdf: report.pdf,
        problem: report.problem,
      };
    }
  }
  line.end();
  return null;
}
