/*
 * Who can be told, and who is told of what, for programs: receivers with how each stands, the routes, and who would hear of a
 * finding that somebody thinks of. The promise: a secret is a name here.
 */
import { Controller, Get, Query } from '@nestjs/common';
import { z } from 'zod';
import { InventoryService } from '../inventory/inventory.service.js';
import { Describe } from '../platform/describe.js';
import { Needs } from '../platform/permission.js';
import { Refusal } from '../platform/refusal.js';
import { DryRun, type WouldHear } from './dry-run.js';
import { ImaginedQuery, readImagined } from './imagined.js';
import { ReceiverBook, type ReceiverState } from './receiver-book.js';
import type { RouteView } from './receiver-view.js';

const time = z.iso.datetime();
const strings = z.array(z.string());

const ReceiversAnswer = z.object({
  receivers: z.array(
    z.object({
      name: z.string(),
      type: z.string(),
      address: z.string(),
      details: z.boolean(),
      digest: z.string().nullable(),
      secret: z.object({ name: z.string(), missing: z.string().nullable() }).nullable(),
      uses: strings,
      waiting: z.number().int(),
      dead: z.number().int(),
      reachedAt: time.nullable(),
      failing: z
        .object({
          failures: z.number().int(),
          since: time.nullable(),
          nextAt: time,
          problem: z.string().nullable(),
        })
        .nullable(),
    }),
  ),
});

const RouteAnswer = z.object({
  match: z.array(z.object({ what: z.string(), values: strings })),
  to: strings,
  continues: z.boolean(),
  groupBy: strings,
  wait: z.string(),
  repeat: z.string().nullable(),
  escalateTo: strings,
  place: z.string(),
  file: z.string(),
  item: z.array(z.union([z.string(), z.int()])).meta({ description: 'As an edit of the inventory has it.' }),
  /** Its branches, of the same shape. */
  routes: z.array(z.unknown()),
});
const RoutesAnswer = z.object({ routes: z.array(RouteAnswer) });

const Heard = z.object({ name: z.string(), type: z.string(), because: z.string() });
const WouldHearAnswer = z.object({
  told: z.array(Heard.extend({ held: z.string().nullable() })),
  escalated: z.array(Heard),
});

@Controller('api/v1')
@Needs('alerts.read')
export class ReceiversApi {
  constructor(
    private readonly book: ReceiverBook,
    private readonly dryRun: DryRun,
    private readonly inventory: InventoryService,
  ) {}

  @Get('receivers')
  @Describe({ summary: 'Lists who can be told, and how each stands', answer: ReceiversAnswer })
  async receivers(): Promise<{ receivers: ReceiverState[] }> {
    return { receivers: await this.book.receivers() };
  }

  @Get('routes')
  @Describe({ summary: 'Lists who is told of what', answer: RoutesAnswer })
  async routes(): Promise<{ routes: RouteView[] }> {
    return { routes: await this.book.routes() };
  }

  /** `?host=web-1&severity=critical`: nobody is told. */
  @Get('alerts/would-hear')
  @Describe({ summary: 'Says who would hear of a finding', query: ImaginedQuery, answer: WouldHearAnswer })
  async wouldHear(@Query() query: unknown): Promise<WouldHear> {
    const current = await this.inventory.current();
    if (!current) throw new Refusal('not-found', 'there is no inventory, and so nobody to tell');
    return this.dryRun.of(readImagined(query, current.inventory));
  }
}
