/*
 * The overview: the audits of the inventory, with what came of them and when they are next due, and the runs, newest
 * first. The first page of it keeps itself up to date; a button starts an audit now.
 */
import { Controller, Inject, type MessageEvent, Param, Query, Sse } from '@nestjs/common';
import type { Observable } from 'rxjs';
import type { Actor } from '../domain/access.js';
import { liveStream, type Told } from '../platform/live-stream.js';
import { FormRoute, PageRoute } from '../platform/page-route.js';
import { Needs } from '../platform/permission.js';
import { By } from '../platform/visit.js';
import { WebViews } from '../platform/web-views.js';
import { Overview, readCursor } from './overview.js';
import { ScansService } from './scans.service.js';
import { Scheduler } from './scheduler.js';

const WHILE_RUNNING_MS = 500;
const WHILE_IDLE_MS = 1500;
/** Where there is no sign-in, it is whoever is at this machine. */
const handOf = ({ account, name }: Actor): string => (account === null ? 'somebody at this machine' : name);

@Controller()
@Needs('runs.read')
export class ScansPages {
  constructor(
    @Inject(Overview) private readonly overview: Overview,
    @Inject(Scheduler) private readonly scheduler: Scheduler,
    @Inject(ScansService) private readonly scans: ScansService,
    @Inject(WebViews) private readonly views: WebViews,
  ) {}

  @PageRoute()
  async index(@Query() query: Record<string, unknown>): Promise<string> {
    const view = await this.overview.page(readCursor(query));
    const going = view.going > 0 && view.live ? { refreshSeconds: 5 } : {};
    const frame = {
      title: view.cursor.audit ? `Runs of ${view.cursor.audit}` : 'Overview',
      section: 'overview' as const,
    };
    return this.views.page('pages/scans/overview', { ...frame, ...going }, view);
  }

  /** The first page, kept up to date: all of it where a run has moved on, else the bars of those that are going. */
  @Sse('progress')
  progress(@Query('since') since?: unknown): Observable<MessageEvent> {
    const follows = this.overview.follows();
    let version = typeof since === 'string' ? since : '';
    return liveStream(async (): Promise<Told> => {
      const now = await this.overview.version();
      if (now !== version) {
        version = now;
        const view = await this.overview.page({ before: null, audit: null }, follows);
        return {
          html: this.views.fragment('fragments/scans/overview-update', view),
          nextMs: WHILE_RUNNING_MS,
        };
      }
      const bars = await this.overview.bars(follows);
      if (bars.length === 0) return { html: null, nextMs: WHILE_IDLE_MS };
      return { html: this.views.fragment('fragments/scans/bars-update', { bars }), nextMs: WHILE_RUNNING_MS };
    });
  }

  @FormRoute('audits/:name/run')
  @Needs('runs.operate')
  async runNow(@Param('name') name: string): Promise<string> {
    return `/runs/${await this.scheduler.runNow(name)}`;
  }

  @FormRoute('audits/:name/pause')
  @Needs('runs.operate')
  async pause(@By() actor: Actor, @Param('name') name: string): Promise<string> {
    await this.scheduler.pause(name, handOf(actor), null);
    return '/';
  }

  @FormRoute('audits/:name/resume')
  @Needs('runs.operate')
  async resume(@Param('name') name: string): Promise<string> {
    await this.scheduler.resume(name);
    return '/';
  }

  @FormRoute('runs/:id/cancel')
  @Needs('runs.operate')
  async cancel(@By() actor: Actor, @Param('id') id: string): Promise<string> {
    const { id: run } = await this.scans.run(id);
    await this.scans.cancel(run, handOf(actor));
    return `/runs/${run}`;
  }
}
