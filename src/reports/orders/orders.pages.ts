/*
 * The pages of one report: asking for it, waiting for it, and reading what it is: what it was asked for with, what it rests on, its seal,
 * its hashes, who asked and who has fetched it. A page keeps itself up to date while something goes on.
 */
import { Body, Controller, Inject, Param, Query } from '@nestjs/common';
import type { Actor } from '../../domain/access.js';
import { CLOCK, type Clock } from '../../platform/clock.js';
import { FormRoute, PageRoute } from '../../platform/page-route.js';
import { Needs } from '../../platform/permission.js';
import { readBody } from '../../platform/read-body.js';
import { By, signedBy } from '../../platform/visit.js';
import { WebViews } from '../../platform/web-views.js';
import { ReportSheet } from '../report-sheet.js';
import { OrderBook } from './order-book.js';
import { asTheyMay } from './report-access.js';
import { AskForm, askFormView, type Filled, parametersOf } from './report-form.js';
import { ReportOrdersService } from './report-orders.service.js';
import { sheetView } from './sheet-view.js';

const REFRESH = { refreshSeconds: 3 } as const;

@Controller('reports')
@Needs('reports.read')
export class OrdersPages {
  constructor(
    @Inject(OrderBook) private readonly book: OrderBook,
    @Inject(ReportOrdersService) private readonly orders: ReportOrdersService,
    @Inject(ReportSheet) private readonly sheet: ReportSheet,
    @Inject(WebViews) private readonly views: WebViews,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** `?kind=drift&owner=shop` has the form filled in. */
  @PageRoute('new')
  @Needs('reports.ask')
  async form(@By() actor: Actor, @Query() query: Filled): Promise<string> {
    const form = askFormView(query, await this.book.choices(actor));
    const view = { form, mustName: actor.owners !== null, today: this.book.today() };
    const frame = { title: 'Ask for a report', section: 'reports', path: '/reports/new' } as const;
    return this.views.page('pages/reports/new', frame, view);
  }

  @FormRoute()
  @Needs('reports.ask')
  async ask(@By() actor: Actor, @Body() body: unknown): Promise<string> {
    const form = readBody(AskForm, signedBy(body, actor));
    const parameters = asTheyMay(parametersOf(form, this.book.today()), actor);
    const { id } = await this.orders.ask({ parameters, by: form.by });
    return `/reports/orders/${id}`;
  }

  @PageRoute('orders/:id')
  async order(@By() actor: Actor, @Param('id') id: string): Promise<string> {
    const order = await this.book.one(id, actor);
    const frame = { title: `${order.name}: ${order.word.toLowerCase()}`, section: 'reports' } as const;
    return this.views.page(
      'pages/reports/order',
      { ...frame, ...(order.isSettled ? {} : REFRESH) },
      { order },
    );
  }

  @PageRoute(':id')
  async report(@By() actor: Actor, @Param('id') id: string): Promise<string> {
    const view = sheetView(await this.sheet.of(id, actor), this.clock());
    const frame = { title: view.heading, section: 'reports' } as const;
    return this.views.page(
      'pages/reports/report',
      { ...frame, ...(view.state === 'printing' ? REFRESH : {}) },
      view,
    );
  }
}
