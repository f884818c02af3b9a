/*
 * The overview: what became of each audit, how the findings stand, what is different from yesterday, and whether the scanner can be
 * believed. It keeps itself up to date: one look serves all who have it open.
 */
import { Controller, Inject, type MessageEvent, Query, Req, Sse } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Observable } from 'rxjs';
import { SLOW_READERS } from '../platform/live-streams.js';
import { PageRoute } from '../platform/page-route.js';
import { Needs } from '../platform/permission.js';
import { WebViews } from '../platform/web-views.js';
import { LivePages } from './live-pages.js';
import { Overview } from './overview.js';
import { overviewView } from './overview-view.js';

@Controller()
@Needs('runs.read')
export class OverviewPages {
  constructor(
    @Inject(Overview) private readonly overview: Overview,
    @Inject(LivePages) private readonly live: LivePages,
    @Inject(WebViews) private readonly views: WebViews,
  ) {}

  @PageRoute()
  async index(): Promise<string> {
    const view = overviewView(await this.overview.facts());
    const frame = { title: 'Overview', section: 'overview' as const, path: '/' };
    const refresh = view.going > 0 ? { refreshSeconds: 5 } : {};
    return this.views.page('pages/scans/overview', { ...frame, ...refresh }, view);
  }

  @Sse('progress', SLOW_READERS)
  stream(@Req() request: FastifyRequest, @Query('since') since?: unknown): Observable<MessageEvent> {
    return this.live.watch(request, since, {
      key: 'overview',
      fragment: 'fragments/scans/overview-update',
      view: async () => overviewView(await this.overview.facts()),
    });
  }
}
