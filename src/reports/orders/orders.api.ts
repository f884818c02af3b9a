/*
 * Asking for reports, for programs: one is asked for, waits its turn, and ends as a report or with why there is none. An Idempotency-Key
 * makes the same request once, as everywhere.
 */
import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { z } from 'zod';
import type { Actor } from '../../domain/access.js';
import { ReportParameters } from '../../domain/report/parameters.js';
import { CLOCK, type Clock } from '../../platform/clock.js';
import { cursorOf, readCursor } from '../../platform/cursor.js';
import { Describe } from '../../platform/describe.js';
import { Needs } from '../../platform/permission.js';
import { readBody, words } from '../../platform/read-body.js';
import { Refusal } from '../../platform/refusal.js';
import { By, signedBy } from '../../platform/visit.js';
import { OrderAnswer, orderAnswer } from '../report-answers.js';
import { type ListedOrder, OrdersQueries } from './orders.queries.js';
import { asTheyMay } from './report-access.js';
import { ReportOrdersService } from './report-orders.service.js';

const ORDERS_A_PAGE = 100;
const LIST = 'orders of reports by number';
const Place = z.tuple([z.string().regex(/^\d{1,18}$/)]);

const Asking = ReportParameters.extend({ by: words(100) });
const Listing = z.object({ after: z.string().max(2000).optional().describe('the next of an answer before') });
const OrdersAnswer = z.object({
  orders: z.array(OrderAnswer),
  next: z.string().nullable().describe('where the list goes on, asked for as after'),
});

@Controller('api/v1/reports')
@Needs('reports.read')
export class OrdersApi {
  constructor(
    @Inject(ReportOrdersService) private readonly orders: ReportOrdersService,
    @Inject(OrdersQueries) private readonly queries: OrdersQueries,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** `{"kind": "drift", "from": "2026-06-01", "to": "2026-06-30"}` */
  @Post()
  @HttpCode(202)
  @Needs('reports.ask')
  @Describe({
    summary: 'Asks for a report',
    details:
      'It is made in its turn: ask for the order until it is settled, then fetch its report. What is not narrowed down is all.',
    body: Asking,
    answer: OrderAnswer,
  })
  async ask(@By() actor: Actor, @Body() body: unknown): Promise<OrderAnswer> {
    const { by, ...parameters } = readBody(Asking, signedBy(body, actor));
    const asked = await this.orders.ask({ parameters: asTheyMay(parameters, actor), by });
    return this.one(actor, asked.id);
  }

  @Get('orders')
  @Describe({ summary: 'Lists what was asked for, the newest first', query: Listing, answer: OrdersAnswer })
  async list(@By() { owners }: Actor, @Query() query: unknown): Promise<z.infer<typeof OrdersAnswer>> {
    const before = readCursor(LIST, Place, readBody(Listing, query).after)?.[0] ?? null;
    const rows = await this.queries.list(owners, { before, limit: ORDERS_A_PAGE + 1 });
    const shown = rows.slice(0, ORDERS_A_PAGE);
    const next = rows.length > ORDERS_A_PAGE ? cursorOf(LIST, [shown.at(-1)!.id]) : null;
    return { orders: shown.map((order) => this.answer(order)), next };
  }

  @Get('orders/:id')
  @Describe({ summary: 'Where an order of a report stands', answer: OrderAnswer })
  async one(@By() { owners }: Pick<Actor, 'owners'>, @Param('id') id: string): Promise<OrderAnswer> {
    const order = await this.queries.one(id, owners);
    if (!order) throw new Refusal('not-found', `there is no order ${id.slice(0, 40)} of a report`);
    return this.answer(order);
  }

  private answer(order: ListedOrder): OrderAnswer {
    return orderAnswer(order, this.clock());
  }
}
