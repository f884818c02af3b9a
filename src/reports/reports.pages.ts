/*
 * The list of reports, those of runs and those that were asked for, with who has signed each; above it what is under way. And the
 * certificate, for whoever holds it elsewhere.
 */
import { Controller, Get, Inject, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { Actor } from '../domain/access.js';
import { CLOCK, type Clock } from '../platform/clock.js';
import { PageRoute } from '../platform/page-route.js';
import { Needs } from '../platform/permission.js';
import { readBody } from '../platform/read-body.js';
import { By } from '../platform/visit.js';
import { WebViews } from '../platform/web-views.js';
import { OrderBook } from './orders/order-book.js';
import { filterOf, listFilterView, ReportListQuery, reportsPath } from './report-list.js';
import { reportRow, signingView } from './report-view.js';
import { ReportsQueries } from './reports.queries.js';
import { SigningKeysService } from './seal/signing-keys.service.js';

const REPORTS_A_PAGE = 50;

@Controller()
@Needs('reports.read')
export class ReportsPages {
  constructor(
    @Inject(ReportsQueries) private readonly queries: ReportsQueries,
    @Inject(OrderBook) private readonly orders: OrderBook,
    @Inject(WebViews) private readonly views: WebViews,
    @Inject(SigningKeysService) private readonly keys: SigningKeysService,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @PageRoute('reports')
  async list(@By() actor: Actor, @Query() { before, ...query }: Record<string, unknown>): Promise<string> {
    const asked = readBody(ReportListQuery, query);
    const cursor = typeof before === 'string' && /^\d{1,18}$/.test(before) ? before : null;
    const page = { before: cursor, limit: REPORTS_A_PAGE + 1 };
    const rows = await this.queries.list(filterOf(asked, actor), page);
    const shown = rows.slice(0, REPORTS_A_PAGE);
    const filter = listFilterView(asked, await this.orders.choices(actor));
    const underWay = await this.orders.underWay(actor);
    const view = {
      ...filter,
      ...underWay,
      reports: shown.map((row) => reportRow(row, this.clock())),
      kindsToAsk: this.orders.kinds().length,
      signing: signingView(this.keys.known),
      newest: cursor === null,
      newestPath: reportsPath(asked),
      older: rows.length > REPORTS_A_PAGE ? reportsPath(asked, shown.at(-1)!.id) : null,
    };
    const frame = { title: 'Reports', section: 'reports', path: '/reports' } as const;
    return this.views.page(
      'pages/reports/list',
      { ...frame, ...(underWay.isGoing ? { refreshSeconds: 5 } : {}) },
      view,
    );
  }

  @Get('reports/certificate.pem')
  async certificate(@Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    const { facts, pem } = await this.keys.certificate();
    reply.headers({
      'content-type': 'application/x-pem-file',
      'content-disposition': `attachment; filename="portolan-${facts.sha256.slice(0, 12)}.pem"`,
    });
    return pem;
  }
}
