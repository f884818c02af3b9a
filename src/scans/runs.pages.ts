/*
 * One run's page: live while it is going, then what came of it. The stream ends with the finished page, which takes the place of the live part, the stream's own element among it, so that nothing has to be loaded again by hand.
 */
import {
  type CanActivate,
  Controller,
  type ExecutionContext,
  Inject,
  Injectable,
  type MessageEvent,
  Param,
  Query,
  Req,
  Sse,
  UseGuards,
} from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Observable } from 'rxjs';
import type { Actor } from '../domain/access.js';
import type { Look } from '../platform/live-stream.js';
import { LiveStreams, SLOW_READERS } from '../platform/live-streams.js';
import { FormRoute, PageRoute } from '../platform/page-route.js';
import { Needs } from '../platform/permission.js';
import { By } from '../platform/visit.js';
import { WebViews } from '../platform/web-views.js';
import { handOf } from './audits.pages.js';
import { RunProgress } from './run-progress.js';
import { RunSheet } from './run-sheet.js';
import { isOver } from './run-view.js';
import { ScansService } from './scans.service.js';

const ASK_EVERY_MS = 400;

/** One of the two is there. */
type Live =
  | { readonly progress: object; readonly end: null }
  | { readonly progress: null; readonly end: object };

/** A stream that has begun can't say any more that there is no such run: it is looked for before. */
@Injectable()
class RunIsThere implements CanActivate {
  constructor(@Inject(RunSheet) private readonly sheet: RunSheet) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    await this.sheet.run(
      context.switchToHttp().getRequest<FastifyRequest<{ Params: { id: string } }>>().params.id,
    );
    return true;
  }
}

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

  @PageRoute(':id')
  async page(@Param('id') id: string, @Query('hosts') hosts?: unknown): Promise<string> {
    const run = await this.sheet.run(id);
    const view = await this.sheet.view(run, Number(/^[1-9]\d{0,5}$/.exec(String(hosts ?? ''))?.[0] ?? 1));
    const refresh = isOver(run) ? {} : { refreshSeconds: 3 };
    const frame = { title: view.title, section: 'audits' as const };
    return this.views.page('pages/scans/run', { ...frame, ...refresh }, view);
  }

  /** With `bar`, for a page of something else: the bar alone, and at last that it is over. */
  @Sse(':id/progress', SLOW_READERS)
  @UseGuards(RunIsThere)
  async stream(
    @Req() request: FastifyRequest,
    @Param('id') id: string,
    @Query('bar') bar?: unknown,
  ): Promise<Observable<MessageEvent>> {
    const ended = bar === undefined ? 'fragments/scans/run-update' : 'fragments/scans/run-over';
    const { id: run } = await this.sheet.run(id);
    return this.streams.watch<Live>(request, {
      key: `run ${run}`,
      begin: () => () => this.look(run),
      draw: ({ progress, end }) =>
        end
          ? this.views.sharedFragment(ended, end)
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
