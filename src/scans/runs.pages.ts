/*
 * One run's page: live while it is going, then what came of it. The stream ends with the finished page, which takes
 * the place of the live part, the stream's own element among it, so that nothing has to be loaded again by hand.
 */
import { Controller, Inject, type MessageEvent, Param, Query, Sse } from '@nestjs/common';
import type { Observable } from 'rxjs';
import { CLOCK, type Clock } from '../platform/clock.js';
import { liveStream, type Told } from '../platform/live-stream.js';
import { PageRoute } from '../platform/page-route.js';
import { instant } from '../platform/page-times.js';
import { Needs } from '../platform/permission.js';
import { Refusal } from '../platform/refusal.js';
import { WebViews } from '../platform/web-views.js';
import { RunProgress } from './run-progress.js';
import { findingRow, hostRow, isOver, runView } from './run-view.js';
import { NOTHING_REPORTED, type RunFinding, type RunRow, ScansQueries } from './scans.queries.js';

const ASK_EVERY_MS = 400;
const FINDINGS_SHOWN = 200;
const HOSTS_A_PAGE = 100;

@Controller('runs')
@Needs('runs.read')
export class RunsPages {
  constructor(
    @Inject(ScansQueries) private readonly queries: ScansQueries,
    @Inject(RunProgress) private readonly progress: RunProgress,
    @Inject(WebViews) private readonly views: WebViews,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @PageRoute(':id')
  async page(@Param('id') id: string, @Query('hosts') hosts?: unknown): Promise<string> {
    const run = await this.run(id);
    const view = await this.view(run, Number(/^[1-9]\d{0,5}$/.exec(String(hosts ?? ''))?.[0] ?? 1));
    const refresh = isOver(run) ? {} : { refreshSeconds: 3 };
    return this.views.page('pages/scans/run', { title: titleOf(run), section: 'overview', ...refresh }, view);
  }

  @Sse(':id/progress')
  async stream(@Param('id') id: string): Promise<Observable<MessageEvent>> {
    await this.run(id);
    const follow = this.progress.follow();
    return liveStream(async (): Promise<Told> => {
      const run = await this.run(id);
      if (!isOver(run)) {
        const html = this.views.fragment('fragments/scans/progress', await follow.look(run));
        return { html, nextMs: ASK_EVERY_MS };
      }
      const view = { ...(await this.view(run, 1)), title: titleOf(run) };
      return { html: this.views.fragment('fragments/scans/run-update', view), nextMs: null };
    });
  }

  private async run(id: string): Promise<RunRow> {
    const run = /^\d{1,18}$/.test(id) ? await this.queries.run(id) : null;
    if (!run) throw new Refusal('not-found', `there is no run ${id.slice(0, 40)}`);
    return run;
  }

  private async view(run: RunRow, hostsPage: number) {
    const over = isOver(run);
    const { findings, resolved, hosts, total, owners } = over
      ? await this.queries.reported(run.id, {
          findings: FINDINGS_SHOWN + 1,
          resolved: FINDINGS_SHOWN,
          hosts: { offset: (hostsPage - 1) * HOSTS_A_PAGE, limit: HOSTS_A_PAGE },
        })
      : NOTHING_REPORTED;
    const gates = await this.queries.gateLooks(run.id);
    const row = (finding: RunFinding) => findingRow(finding, owners);
    const active = findings.filter(({ state }) => state !== 'accepted');
    return {
      run: runView(run, this.clock()),
      gates: gates.map(({ phase, blindness, seen, at }) => ({
        phase,
        blindness,
        at: instant(at, this.clock()),
        right: seen.filter(
          ({ expect, state }) => expect === state || (expect === 'closed' && state !== 'open'),
        ).length,
        total: seen.length,
      })),
      progress: over ? null : await this.progress.follow().look(run),
      findings: [...active, ...findings.filter(({ state }) => state === 'accepted')]
        .slice(0, FINDINGS_SHOWN)
        .map(row),
      moreFindings: findings.length > FINDINGS_SHOWN,
      resolved: resolved.map(row),
      hosts: hosts.map((host) => hostRow(host, owners)),
      hostPages: pages(`/runs/${run.id}?hosts=`, hostsPage, Math.ceil(total / HOSTS_A_PAGE), total),
    };
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
