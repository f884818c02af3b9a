/*
 * All audits: what became of each, when it is due, and a button that starts it. The list keeps itself up to date while it is open.
 */
import { Controller, Inject, type MessageEvent, Query, Req, Sse } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Observable } from 'rxjs';
import { SLOW_READERS } from '../platform/live-streams.js';
import { PageRoute } from '../platform/page-route.js';
import { Needs } from '../platform/permission.js';
import { WebViews } from '../platform/web-views.js';
import { AuditBook } from './audit-book.js';
import { auditView } from './audit-view.js';
import { LivePages } from './live-pages.js';

@Controller()
@Needs('runs.read')
export class AuditListPages {
  constructor(
    @Inject(AuditBook) private readonly book: AuditBook,
    @Inject(LivePages) private readonly live: LivePages,
    @Inject(WebViews) private readonly views: WebViews,
  ) {}

  @PageRoute('audits')
  async list(): Promise<string> {
    const version = await this.live.version();
    const view = {
      ...(await this.view()),
      stream: `/progress/audits?since=${encodeURIComponent(version)}`,
    };
    const frame = { title: 'Audits', section: 'audits', path: '/audits' } as const;
    const isGoing = view.audits.some(({ going }) => going !== null);
    return this.views.page(
      'pages/scans/audits',
      { ...frame, ...(isGoing ? { refreshSeconds: 5 } : {}) },
      view,
    );
  }

  /** Not under `audits/`: there, every name is an audit's. */
  @Sse('progress/audits', SLOW_READERS)
  stream(@Req() request: FastifyRequest, @Query('since') since?: unknown): Observable<MessageEvent> {
    const fragment = 'fragments/scans/audits-update';
    return this.live.watch(request, since, { key: 'audits', fragment, view: () => this.view() });
  }

  private async view() {
    const { current, audits } = await this.book.all();
    const now = this.book.now();
    return { hasInventory: current !== null, audits: audits.map((facts) => auditView(facts, now)) };
  }
}
