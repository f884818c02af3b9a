/*
 * What the alerts say to programs: whether a receiver can be reached, who would be told, and what became of messages.
 */
import { randomUUID } from 'node:crypto';
import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { z } from 'zod';
import { testAlert } from '../domain/alert-groups.js';
import { CLOCK, type Clock } from '../platform/clock.js';
import { Describe } from '../platform/describe.js';
import { Needs } from '../platform/permission.js';
import { readBody } from '../platform/read-body.js';
import { Refusal } from '../platform/refusal.js';
import { remark } from '../platform/visit.js';
import type { Delivery } from './alerts.entities.js';
import { Courier } from './courier.js';
import { DeliveriesService } from './deliveries.service.js';
import { DryRun, type WouldTell } from './dry-run.js';

const SHOWN_MOST = 200;
const NEVER = new AbortController().signal;

const Test = z.object({ receiver: z.string().trim().min(1).max(200) });
const State = z.enum(['waiting', 'sent', 'dead']);
const Deliveries = z.object({ state: State.optional() });
const LastRun = z.object({ audit: z.string().max(500).optional() });

const Delivered = z.object({
  ...{ id: z.string(), key: z.string(), receiver: z.string(), cause: z.string(), because: z.string() },
  ...{ state: State, attempts: z.int(), madeAt: z.date(), endedAt: z.date().nullable() },
  ...{ detail: z.string().nullable(), problem: z.string().nullable(), title: z.string() },
});
const DeliveriesAnswer = z.object({ deliveries: z.array(Delivered) });
const TestAnswer = z.union([
  z.object({ ok: z.literal(true), detail: z.string() }),
  z.object({ ok: z.literal(false), why: z.string() }),
]);
const Told = z.object({
  ...{ name: z.string(), type: z.string(), because: z.string() },
  held: z.string().nullable().meta({ description: 'What would keep them from being told now.' }),
});
const WouldTellAnswer = z.object({
  ...{ run: z.string(), audit: z.string() },
  findings: z.array(
    z.object({
      ...{ id: z.string(), kind: z.string(), severity: z.string(), host: z.string() },
      ...{
        address: z.string().nullable(),
        port: z.int().nullable(),
        to: z.string(),
        receivers: z.array(Told),
      },
    }),
  ),
  more: z.int().meta({ description: 'How many more there are.' }),
});

/** As programs see it. */
export type DeliveryView = z.infer<typeof Delivered>;

export type Tested = z.infer<typeof TestAnswer>;

@Controller('api/v1')
@Needs('alerts.operate')
export class AlertsApi {
  constructor(
    private readonly courier: Courier,
    private readonly deliveries: DeliveriesService,
    private readonly dryRun: DryRun,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** `{"receiver": "pager"}`: sends it a test, once, and says what became of it. */
  @Post('alerts/test')
  @Describe({ summary: 'Sends a receiver a test', body: Test, answer: TestAnswer })
  @HttpCode(200)
  async test(@Body() body: unknown): Promise<Tested> {
    const read = Test.safeParse(body);
    if (!read.success) throw new Refusal('bad-input', 'expected {"receiver": "…"}, a receiver\'s name');
    const tested = await testReceiver(this.courier, read.data.receiver, this.clock());
    remark(`${read.data.receiver}${tested.ok ? '' : ': not reached'}`);
    return tested;
  }

  /** Who would have been told of an audit's last run, and why. */
  @Get('alerts/dry-run')
  @Needs('alerts.read')
  @Describe({
    summary: 'Who would be told of what an audit’s last run has moved, and why',
    query: LastRun,
    answer: WouldTellAnswer,
  })
  async wouldTell(@Query() query: unknown): Promise<WouldTell> {
    return this.dryRun.ofLastRun(readBody(LastRun, query).audit || null);
  }

  /** `?state=dead`; the latest first. */
  @Get('alerts/deliveries')
  @Needs('alerts.read')
  @Describe({ summary: 'Messages, the latest first', query: Deliveries, answer: DeliveriesAnswer })
  async list(@Query() query: unknown): Promise<{ deliveries: DeliveryView[] }> {
    const { state } = readBody(Deliveries, query);
    const found = await this.deliveries.latest(state ?? null, SHOWN_MOST);
    return { deliveries: found.map(viewOf) };
  }

  /** Of one finding: who was told of it, when and why. */
  @Get('findings/:id/deliveries')
  @Needs('alerts.read')
  @Describe({ summary: 'Who was told of a finding, when and why', answer: DeliveriesAnswer })
  async ofFinding(@Param('id') id: string): Promise<{ deliveries: DeliveryView[] }> {
    const found = /^\d{1,18}$/.test(id) ? await this.deliveries.ofFinding(id) : [];
    return { deliveries: found.map(viewOf) };
  }

  /** Sends a dead message again, as the same one. */
  @Post('alerts/deliveries/:id/again')
  @HttpCode(200)
  @Describe({
    summary: 'Sends a dead message again, as the same one',
    answer: z.object({ ok: z.literal(true) }),
  })
  async again(@Param('id') id: string): Promise<{ ok: true }> {
    await this.deliveries.again(id);
    return { ok: true };
  }
}

/** Throws Refusal where there is no such receiver: a test that reached somebody else would prove nothing. */
async function testReceiver(courier: Courier, receiver: string, now: Date): Promise<Tested> {
  await courier.refuseUnknown(receiver);
  const sent = await courier.send(receiver, testAlert(randomUUID(), receiver, now), [], NEVER);
  return sent.ok ? { ok: true, detail: sent.detail } : { ok: false, why: sent.why };
}

function viewOf({ id, key, receiver, cause, because, state, attempts, ...row }: Delivery): DeliveryView {
  const { madeAt, endedAt, detail, problem, alert } = row;
  return {
    ...{ id, key, receiver, cause, because, state, attempts, madeAt, endedAt, detail, problem },
    title: alert.title,
  };
}
