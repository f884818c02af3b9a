/*
 * The overview: what became of each audit, how the findings stand, what is different from yesterday, and whether the scanner can be
 * believed. It keeps itself up to date: one look serves all who have it open.
 */
import { Controller, Inject, type MessageEvent, Query, Req, Sse } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Observable } from 'rxjs';
import type { Look } from '../platform/live-stream.js';
import { LiveStreams, SLOW_READERS } from '../platform/live-streams.js';
import { PageRoute } from '../platform/page-route.js';
import { Needs } from '../platform/permission.js';
import { WebViews } from '../platform/web-views.js';
import { Overview } from './overview.js';
import { overviewView } from './overview-view.js';
import { type ProgressView, RunProgress } from './run-progress.js';
import { isOver } from './run-view.js';
import { ScansQueries } from './scans.queries.js';

const WHILE_RUNNING_MS = 500;
const WHILE_IDLE_MS = 1500;

/** What all viewers look at: the whole of it, the same object until something else has moved, and the bars of what is going. */
interface Live {
  readonly version: string;
  readonly page: object;
  readonly bars: { readonly bars: readonly ProgressView[] };
}

@Controller()
@Needs('runs.read')
export class OverviewPages {
  constructor(
    @Inject(Overview) private readonly overview: Overview,
    @Inject(ScansQueries) private readonly queries: ScansQueries,
    @Inject(RunProgress) private readonly progress: RunProgress,
    @Inject(LiveStreams) private readonly streams: LiveStreams,
    @Inject(WebViews) private readonly views: WebViews,
  ) {}

  @PageRoute()
  async index(): Promise<string> {
    const view = overviewView(await this.overview.facts());
    const frame = { title: 'Overview', section: 'overview' as const, path: '/' };
    const refresh = view.going > 0 ? { refreshSeconds: 5 } : {};
    return this.views.page('pages/scans/overview', { ...frame, ...refresh }, view);
  }

  /** All of it where something has moved on, else the bars of the runs that are going. */
  @Sse('progress', SLOW_READERS)
  live(@Req() request: FastifyRequest, @Query('since') since?: unknown): Observable<MessageEvent> {
    let seen = typeof since === 'string' ? since : '';
    return this.streams.watch(request, {
      key: 'overview',
      begin: () => this.looks(),
      draw: ({ version, page, bars }) => {
        if (version !== seen) {
          seen = version;
          return this.views.sharedFragment('fragments/scans/overview-update', page);
        }
        return bars.bars.length > 0 ? this.views.sharedFragment('fragments/scans/bars-update', bars) : null;
      },
    });
  }

  private looks(): () => Promise<Look<Live>> {
    let last: Pick<Live, 'version' | 'page'> | null = null;
    return async () => {
      const version = await this.overview.version();
      const hasMoved = version !== last?.version;
      if (!last || hasMoved) last = { version, page: overviewView(await this.overview.facts()) };
      const bars: ProgressView[] = [];
      for (const run of await this.queries.latestRuns())
        if (!isOver(run)) bars.push(await this.progress.look(run));
      const nextMs = hasMoved || bars.length > 0 ? WHILE_RUNNING_MS : WHILE_IDLE_MS;
      return { view: hasMoved || bars.length > 0 ? { ...last, bars: { bars } } : null, nextMs };
    };
  }
}
