/*
 * Pages that keep themselves up to date: all that one shows where something has moved on, else the bars of the runs that are going. One
 * look serves all who have the same page open. A page says by which version it was drawn, so that it is not sent what it has.
 */
import { Inject, Injectable, type MessageEvent } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Observable } from 'rxjs';
import type { Look } from '../platform/live-stream.js';
import { LiveStreams } from '../platform/live-streams.js';
import { WebViews } from '../platform/web-views.js';
import { type ProgressView, RunProgress } from './run-progress.js';
import { isOver } from './run-view.js';
import { ScansQueries } from './scans.queries.js';

const WHILE_RUNNING_MS = 500;
const WHILE_IDLE_MS = 1500;

interface LivePage {
  /** All with the same key see the same. */
  readonly key: string;
  /** The template that brings all of it anew. */
  readonly fragment: string;
  /** What that shows: nothing of anybody's own. */
  readonly view: () => Promise<object>;
  /** Of the runs that are going, whose bars are there; without it of all. */
  readonly shows?: (view: object, run: string) => boolean;
}

/** What all viewers look at: the whole of it, the same object until something else has moved, and the bars of what is going. */
interface Live {
  readonly version: string;
  readonly page: object;
  readonly bars: { readonly bars: readonly ProgressView[] };
}

@Injectable()
export class LivePages {
  constructor(
    @Inject(ScansQueries) private readonly queries: ScansQueries,
    @Inject(RunProgress) private readonly progress: RunProgress,
    @Inject(LiveStreams) private readonly streams: LiveStreams,
    @Inject(WebViews) private readonly views: WebViews,
  ) {}

  /** Asked for before what a page shows is read, so that whatever changes meanwhile is noticed. */
  version(): Promise<string> {
    return this.queries.overviewVersion();
  }

  /** @param since the version by which the page was drawn, as its stream's address has it */
  watch(request: FastifyRequest, since: unknown, page: LivePage): Observable<MessageEvent> {
    let seen = typeof since === 'string' ? since : '';
    return this.streams.watch<Live>(request, {
      key: page.key,
      begin: () => this.looks(page),
      draw: ({ version, page: view, bars }) => {
        if (version !== seen) {
          seen = version;
          return this.views.sharedFragment(page.fragment, view);
        }
        return bars.bars.length > 0 ? this.views.sharedFragment('fragments/scans/bars-update', bars) : null;
      },
    });
  }

  private looks({ view, shows = () => true }: LivePage): () => Promise<Look<Live>> {
    let last: Pick<Live, 'version' | 'page'> | null = null;
    return async () => {
      const version = await this.version();
      const hasMoved = version !== last?.version;
      if (!last || hasMoved) last = { version, page: await view() };
      const bars: ProgressView[] = [];
      for (const run of await this.queries.latestRuns())
        if (!isOver(run) && shows(last.page, run.id)) bars.push(await this.progress.look(run));
      const nextMs = hasMoved || bars.length > 0 ? WHILE_RUNNING_MS : WHILE_IDLE_MS;
      return { view: hasMoved || bars.length > 0 ? { ...last, bars: { bars } } : null, nextMs };
    };
  }
}
