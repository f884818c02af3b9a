/*
 * The runs, newest first, among those that are asked for. The first page keeps itself up to date while it is open; what is further back
 * has ended.
 */
import { Controller, Inject, type MessageEvent, Query, Req, Sse } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Observable } from 'rxjs';
import { CLOCK, type Clock } from '../platform/clock.js';
import { SLOW_READERS } from '../platform/live-streams.js';
import { PageRoute } from '../platform/page-route.js';
import { Needs } from '../platform/permission.js';
import { readBody } from '../platform/read-body.js';
import { WebViews } from '../platform/web-views.js';
import { LivePages } from './live-pages.js';
import {
  type AskedRuns,
  filterView,
  placeAfter,
  placeOf,
  RunListQuery,
  runRow,
  runsPath,
} from './run-list.js';
import { RunProgress } from './run-progress.js';
import { isOver } from './run-view.js';

const RUNS_A_PAGE = 50;
type View = Awaited<ReturnType<RunListPages['view']>>;

@Controller()
@Needs('runs.read')
export class RunListPages {
  constructor(
    @Inject(RunProgress) private readonly progress: RunProgress,
    @Inject(LivePages) private readonly live: LivePages,
    @Inject(WebViews) private readonly views: WebViews,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @PageRoute('runs')
  async list(@Query() query: Record<string, unknown>): Promise<string> {
    const asked = readBody(RunListQuery, query);
    const version = await this.live.version();
    const shown = await this.view(asked);
    const view = {
      ...shown,
      ...filterView(asked, await this.progress.queries.auditsThatRan()),
      stream: shown.isFirst ? streamPath(asked, version) : null,
    };
    const going = shown.runs.some(({ over }) => !over) ? { refreshSeconds: 10 } : {};
    const frame = { title: asked.audit ? `Runs of ${asked.audit}` : 'Runs', section: 'audits' as const };
    return this.views.page('pages/scans/runs', { ...frame, path: '/runs', ...going }, view);
  }

  /** Not under `runs/`: there, every name is a run's. */
  @Sse('progress/runs', SLOW_READERS)
  stream(
    @Req() request: FastifyRequest,
    @Query() { since, ...query }: Record<string, unknown>,
  ): Observable<MessageEvent> {
    const asked = { ...readBody(RunListQuery, query), after: undefined };
    return this.live.watch(request, since, {
      key: runsPath(asked),
      fragment: 'fragments/scans/runs-update',
      view: () => this.view(asked),
      shows: (view, run) => (view as View).runs.some(({ id }) => id === run),
    });
  }

  private async view(asked: AskedRuns) {
    const { filter, before } = placeOf(asked);
    const { after: _after, ...filtered } = asked;
    const found = await this.progress.queries.runs({ ...filter, before, limit: RUNS_A_PAGE + 1 });
    const shown = found.slice(0, RUNS_A_PAGE);
    const now = this.clock();
    const runs = [];
    for (const run of shown) runs.push(runRow(run, isOver(run) ? null : await this.progress.look(run), now));
    const isMore = found.length > RUNS_A_PAGE;
    return {
      runs,
      isFirst: before === null,
      filtered: Object.values(filtered).some((value) => value !== null),
      newest: runsPath(filtered),
      older: isMore ? runsPath({ ...filtered, after: placeAfter(shown.at(-1)!, filtered) }) : null,
    };
  }
}

function streamPath({ audit, verdict, from, until }: AskedRuns, since: string): string {
  const query = Object.entries({ audit, verdict, from, until, since }).filter((pair) => pair[1] !== null);
  return `/progress/runs?${new URLSearchParams(query as Array<[string, string]>)}`;
}
