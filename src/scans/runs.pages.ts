/*
 * The runs, newest first, and one run's page: live while it is going, then what came of it. The stream ends with the finished page,
 * which takes the place of the live part, the stream's own element among it, so that nothing has to be loaded again by hand.
 */
import { Controller, Inject, type MessageEvent, Param, Query, Req, Sse } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Observable } from 'rxjs';
import type { Actor } from '../domain/access.js';
import type { Look } from '../platform/live-stream.js';
import { LiveStreams, SLOW_READERS } from '../platform/live-streams.js';
import { FormRoute, PageRoute } from '../platform/page-route.js';
import { Needs } from '../platform/permission.js';
import { readBody } from '../platform/read-body.js';
import { By } from '../platform/visit.js';
import { WebViews } from '../platform/web-views.js';
import { handOf } from './audits.pages.js';
import { cursorAfter, filterView, placeOf, RunListQuery, runRow, runsPath } from './run-list.js';
import { RunProgress } from './run-progress.js';
import { RunSheet } from './run-sheet.js';
import { isOver } from './run-view.js';
import { ScansService } from './scans.service.js';

const ASK_EVERY_MS = 400;
const RUNS_A_PAGE = 50;

/** One of the two is there. */
type Live =
  | { readonly progress: object; readonly end: null }
  | { readonly progress: null; readonly end: object };

@Controller('runs')
@Needs('runs.read')
export class RunsPages {
  constructor(
    @Inject(RunSheet) private readonly sheet: RunSheet,
    @Inject(RunProgress) private readonly progress: RunProgress,
    @Inject(ScansService) private readonly scans: ScansService,
    @Inject(LiveStreams) private readonly streams: LiveStreams,
    @Inject(WebViews) private readonly views: WebViews,
  ) {}

  @PageRoute()
  async list(@Query() query: Record<string, unknown>): Promise<string> {
    const { cursor, ...asked } = readBody(RunListQuery, query);
    const { filter, before } = placeOf({ ...asked, cursor });
    const { queries } = this.progress;
    const found = await queries.runs({ ...filter, before, limit: RUNS_A_PAGE + 1 });
    const shown = found.slice(0, RUNS_A_PAGE);
    const now = this.sheet.now();
    const runs = [];
    for (const run of shown) runs.push(runRow(run, isOver(run) ? null : await this.progress.look(run), now));
    const view = {
      ...filterView(asked, await queries.auditsThatRan()),
      runs,
      isFirst: before === null,
      newest: runsPath(asked),
      older:
        found.length > RUNS_A_PAGE ? runsPath({ ...asked, cursor: cursorAfter(shown.at(-1)!, asked) }) : null,
    };
    const going = shown.some((run) => !isOver(run)) ? { refreshSeconds: 10 } : {};
    const frame = { title: asked.audit ? `Runs of ${asked.audit}` : 'Runs', section: 'audits' as const };
    return this.views.page('pages/scans/runs', { ...frame, path: '/runs', ...going }, view);
  }

  @PageRoute(':id')
  async page(@Param('id') id: string, @Query('hosts') hosts?: unknown): Promise<string> {
    const run = await this.sheet.run(id);
    const view = await this.sheet.view(run, Number(/^[1-9]\d{0,5}$/.exec(String(hosts ?? ''))?.[0] ?? 1));
    const refresh = isOver(run) ? {} : { refreshSeconds: 3 };
    const frame = { title: view.title, section: 'audits' as const };
    return this.views.page('pages/scans/run', { ...frame, ...refresh }, view);
  }

  @Sse(':id/progress', SLOW_READERS)
  async stream(@Req() request: FastifyRequest, @Param('id') id: string): Promise<Observable<MessageEvent>> {
    const { id: run } = await this.sheet.run(id);
    return this.streams.watch<Live>(request, {
      key: `run ${run}`,
      begin: () => () => this.look(run),
      draw: ({ progress, end }) =>
        end
          ? this.views.sharedFragment('fragments/scans/run-update', end)
          : this.views.sharedFragment('fragments/scans/progress', progress),
    });
  }

  @FormRoute(':id/cancel')
  @Needs('runs.operate')
  async cancel(@By() actor: Actor, @Param('id') id: string): Promise<string> {
    const { id: run } = await this.scans.run(id);
    await this.scans.cancel(run, handOf(actor));
    return `/runs/${run}`;
  }

  private async look(id: string): Promise<Look<Live>> {
    const run = await this.sheet.run(id);
    if (isOver(run)) return { view: { progress: null, end: await this.sheet.view(run, 1) }, nextMs: null };
    return { view: { progress: await this.progress.look(run), end: null }, nextMs: ASK_EVERY_MS };
  }
}
