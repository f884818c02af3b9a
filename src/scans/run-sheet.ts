/*
 * Everything that a run's page says, while it is going and when it is over.
 */
import { Inject, Injectable } from '@nestjs/common';
import { FINDINGS_SHOWN, HOSTS_A_PAGE } from '../domain/report/exposure/exposure-pages.js';
import { CLOCK, type Clock } from '../platform/clock.js';
import { instant } from '../platform/page-times.js';
import { Refusal } from '../platform/refusal.js';
import { NOTHING_REPORTED, ReportedQueries, type RunFinding } from './reported.queries.js';
import { RunPairQueries } from './run-pair.queries.js';
import { RunProgress } from './run-progress.js';
import { findingRow, hostRow, isAsExpected, isOver, runView } from './run-view.js';
import { type RunRow, ScansQueries } from './scans.queries.js';

const OTHERS_SHOWN = 20;

@Injectable()
export class RunSheet {
  constructor(
    @Inject(ScansQueries) private readonly queries: ScansQueries,
    @Inject(ReportedQueries) private readonly reported: ReportedQueries,
    @Inject(RunProgress) private readonly progress: RunProgress,
    @Inject(RunPairQueries) private readonly pairs: RunPairQueries,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  now(): Date {
    return this.clock();
  }

  /** Throws Refusal where there is none. */
  async run(id: string): Promise<RunRow> {
    const run = /^\d{1,18}$/.test(id) ? await this.queries.run(id) : null;
    if (!run) throw new Refusal('not-found', `there is no run ${id.slice(0, 40)}`);
    return run;
  }

  async view(run: RunRow, hostsPage: number) {
    const over = isOver(run);
    const { findings, resolved, hosts, total, owners } = over
      ? await this.reported.of(run.id, hostsPage)
      : NOTHING_REPORTED;
    const row = (finding: RunFinding) => findingRow(finding, owners);
    const active = findings.filter(({ state }) => state !== 'accepted');
    return {
      title: titleOf(run),
      run: runView(run, this.clock()),
      gates: await this.gates(run),
      progress: over ? null : await this.progress.look(run),
      findings: [...active, ...findings.filter(({ state }) => state === 'accepted')]
        .slice(0, FINDINGS_SHOWN)
        .map(row),
      moreFindings: findings.length > FINDINGS_SHOWN,
      resolved: resolved.map(row),
      hosts: hosts.map((host) => hostRow(host, owners)),
      hostPages: pages(`/runs/${run.id}?hosts=`, hostsPage, Math.ceil(total / HOSTS_A_PAGE), total),
      others: over ? await this.others(run) : [],
    };
  }

  private async gates({ id }: RunRow) {
    const gates = await this.queries.gateLooks(id);
    return gates.map(({ phase, blindness, seen, at }) => ({
      phase,
      blindness,
      at: instant(at, this.clock()),
      right: seen.filter(isAsExpected).length,
      total: seen.length,
    }));
  }

  /** Runs that it can be held against: those of its audit before it and after it. */
  async others({ id, audit }: RunRow) {
    const found = await this.pairs.around(id, audit, OTHERS_SHOWN);
    return found.map((run) => ({
      ...{ id: run.id, verdict: run.verdict },
      due: instant(run.dueAt, this.clock()).minute,
      isPrevious: run.isPrevious,
    }));
  }
}

function pages(path: string, page: number, last: number, total: number) {
  return {
    total,
    page,
    last,
    previous: page > 1 && last > 1 ? `${path}${page - 1}#hosts` : null,
    next: page < last ? `${path}${page + 1}#hosts` : null,
  };
}

const titleOf = (run: RunRow): string =>
  `${run.audit}, run ${run.id}${run.verdict ? `: ${run.verdict}` : ''}`;
