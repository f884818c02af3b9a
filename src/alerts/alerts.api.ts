/*
 * What the alerts say to programs: whether a receiver can be reached, who would be told, what became of messages, and how full the
 * queue is.
 */
import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { z } from 'zod';
import { ALERT_CAUSES } from '../domain/alert.js';
import { CLOCK, type Clock } from '../platform/clock.js';
import { Describe } from '../platform/describe.js';
import { Needs } from '../platform/permission.js';
import { readBody, words } from '../platform/read-body.js';
import type { Delivery } from './alerts.entities.js';
import { Courier } from './courier.js';
import { DeliveriesService } from './deliveries.service.js';
import { DryRun, type WouldTell } from './dry-run.js';
import { MessageQuery, readMessages } from './message-filter.js';
import { type ListedMessage, MessagesQueries, type Queue } from './messages.queries.js';
import { type Tested, testReceiver } from './test-receiver.js';

const SHOWN_MOST = 200;

const Test = z.object({ receiver: words(300) });
const TestedAnswer = z.union([
  z.object({ ok: z.literal(true), detail: z.string() }),
  z.object({ ok: z.literal(false), why: z.string() }),
]);
const time = z.iso.datetime();
const DeliveryAnswer = z.object({
  id: z.string(),
  key: z.string(),
  receiver: z.string(),
  cause: z.enum(ALERT_CAUSES),
  title: z.string(),
  because: z.string(),
  state: z.enum(['waiting', 'sent', 'dead']),
  attempts: z.number().int(),
  madeAt: time,
  endedAt: time.nullable(),
  detail: z.string().nullable(),
  problem: z.string().nullable(),
});
const Deliveries = z.object({ deliveries: z.array(DeliveryAnswer) });
const QueueAnswer = z.object({
  waiting: z.number().int(),
  oldest: time.nullable(),
  dead: z.number().int(),
  /** Within the last day. */
  sent: z.number().int(),
  /** What is to be told by now, and is no message yet. */
  due: z.number().int(),
  lanes: z.array(
    z.object({
      receiver: z.string(),
      failures: z.number().int(),
      since: time.nullable(),
      nextAt: time,
      problem: z.string().nullable(),
    }),
  ),
});
const LastRun = z.object({ audit: z.string().max(500).optional() });
const WouldTellAnswer = z.object({
  run: z.string(),
  audit: z.string(),
  findings: z.array(
    z.object({
      ...{ id: z.string(), kind: z.string(), severity: z.string(), host: z.string() },
      ...{ address: z.string().nullable(), port: z.number().nullable(), to: z.string() },
      receivers: z.array(
        z.object({ name: z.string(), type: z.string(), because: z.string(), held: z.string().nullable() }),
      ),
    }),
  ),
  more: z.number().int(),
});

/** As programs see it. */
export type DeliveryView = Omit<ListedMessage, 'total'>;

@Controller('api/v1')
@Needs('alerts.operate')
export class AlertsApi {
  constructor(
    private readonly courier: Courier,
    private readonly deliveries: DeliveriesService,
    private readonly messages: MessagesQueries,
    private readonly dryRun: DryRun,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** `{"receiver": "pager"}`: sends it a test, once, and says what became of it. */
  @Post('alerts/test')
  @HttpCode(200)
  @Describe({ summary: 'Sends a receiver a test', body: Test, answer: TestedAnswer })
  async test(@Body() body: unknown): Promise<Tested> {
    return testReceiver(this.courier, readBody(Test, body).receiver, this.clock());
  }

  /** Who would have been told of an audit's last run, and why. */
  @Get('alerts/dry-run')
  @Needs('alerts.read')
  @Describe({ summary: 'Says who would be told of the last run', query: LastRun, answer: WouldTellAnswer })
  async wouldTell(@Query() query: unknown): Promise<WouldTell> {
    return this.dryRun.ofLastRun(readBody(LastRun, query).audit || null);
  }

  /** `?state=dead&receiver=pager&from=2026-07-01`; the latest first, at most 200; goes on from an id with `before`. */
  @Get('alerts/deliveries')
  @Needs('alerts.read')
  @Describe({ summary: 'Lists messages', query: MessageQuery, answer: Deliveries })
  async list(@Query() query: unknown): Promise<{ deliveries: DeliveryView[] }> {
    const { filter, before } = readMessages(query);
    const found = await this.messages.list(filter, { before, limit: SHOWN_MOST });
    return { deliveries: found.map(({ total: _, ...one }) => one) };
  }

  /** How many messages wait, and which receivers can't be reached. */
  @Get('alerts/queue')
  @Needs('alerts.read')
  @Describe({ summary: 'Says how full the queue of messages is', answer: QueueAnswer })
  queue(): Promise<Queue> {
    return this.messages.queue();
  }

  /** Of one finding: who was told of it, when and why. */
  @Get('findings/:id/deliveries')
  @Needs('alerts.read')
  @Describe({ summary: 'Says who was told of a finding', answer: Deliveries })
  async ofFinding(@Param('id') id: string): Promise<{ deliveries: DeliveryView[] }> {
    const found = /^\d{1,18}$/.test(id) ? await this.deliveries.ofFinding(id) : [];
    return { deliveries: found.map(viewOf) };
  }

  /** Sends a dead message again, as the same one. */
  @Post('alerts/deliveries/:id/again')
  @HttpCode(200)
  @Describe({ summary: 'Sends a message again', answer: z.object({ ok: z.literal(true) }) })
  async again(@Param('id') id: string): Promise<{ ok: true }> {
    await this.deliveries.again(id);
    return { ok: true };
  }
}

function viewOf({ id, key, receiver, cause, because, state, attempts, ...row }: Delivery): DeliveryView {
  const { madeAt, endedAt, detail, problem, alert } = row;
  return {
    ...{ id, key, receiver, cause, because, state, attempts, madeAt, endedAt, detail, problem },
    title: alert.title,
  };
}
