/*
 * Makes the immutable snapshot of a run that has been compared, and so finishes the run. A snapshot whose numbers do
 * not tie out is a bug and is never kept: that run ends as failed, so that the runs behind it get their reports.
 */
import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { buildSnapshot, snapshotProblem } from '../domain/report/exposure/build-exposure.js';
import type { ReportSnapshot } from '../domain/report/exposure/exposure.js';
import { FindingsService } from '../findings/findings.service.js';
import { VERSION } from '../platform/project-root.js';
import { type RunLook, RunLooks } from '../scans/run-looks.js';
import { ScansService } from '../scans/scans.service.js';
import { ReportsService } from './reports.service.js';

type Run = Awaited<ReturnType<ScansService['run']>>;

@Injectable()
export class Reporter {
  readonly name = 'reporter';

  constructor(
    @Inject(DataSource) private readonly database: DataSource,
    private readonly scans: ScansService,
    private readonly looks: RunLooks,
    private readonly findings: FindingsService,
    private readonly reports: ReportsService,
  ) {}

  async workOnce(): Promise<number> {
    return this.scans.workOnNext('compared', this.name, async (run) => {
      const seen = await this.looks.of(run);
      if (!seen.ok) return this.scans.fail(run, seen.why);
      const snapshot = await this.snapshot(run, seen);
      const problem = snapshotProblem(snapshot);
      if (problem !== null) {
        return this.scans.fail(run, `its report's numbers do not add up, which is a bug of ours: ${problem}`);
      }
      return this.database.transaction(async (rows) => {
        if (!(await this.scans.hold(rows, run, seen.scans))) return;
        await this.reports.add(rows, run.id, snapshot);
        await this.scans.finish(rows, run);
      });
    });
  }

  private async snapshot(run: Run, seen: RunLook): Promise<ReportSnapshot> {
    const { newKeys, resolvedKeys } = await this.findings.movedBy(run.id);
    const judged = await this.scans.judgedIn(run);
    return buildSnapshot({
      run: run.id,
      plan: seen.plan,
      comparison: seen.comparison,
      observed: seen.observed,
      findings: judged.filter(({ key, state }) => state !== 'resolved' || resolvedKeys.has(key)),
      newKeys,
      resolvedKeys,
      verdict: run.verdict!,
      because: run.because!,
      inventory: seen.inventory,
      tool: { version: VERSION, engine: seen.engine },
      arguments: [`audit ${run.audit}`, `trigger ${run.trigger}`],
      startedAt: run.startedAt!,
      finishedAt: run.finishedAt!,
    });
  }
}
