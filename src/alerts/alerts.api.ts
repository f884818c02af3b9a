/*
 * What the alerts say to programs: whether a receiver can be reached, who would be told, and what became of messages.
 */
import { randomUUID } from 'node:crypto';
import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { z } from 'zod';
import { testAlert } from '../domain/alert-groups.js';
import { CLOCK, type Clock } from '../platform/clock.js';
import { Needs } from '../platform/permission.js';
import { Refusal } from '../platform/refusal.js';
import { remark } from '../platform/visit.js';
import type { Delivery } from './alerts.entities.js';
import { Courier } from './courier.js';
import { DeliveriesService } from './deliveries.service.js';
import { DryRun, type WouldTell } from './dry-run.js';

const SHOWN_MOST = 200;
const NEVER = new AbortController().signal;

const Test = z.object({ receiver: z.string().trim().min(1).max(200) });
const State = z.enum(['waiting', 'sent', 'dead']).optional();

/** As programs see it. */
export interface DeliveryView {
  readonly id: string;
  readonly key: string;
  readonly receiver: string;
  readonly cause: string;
  readonly title: string;
  readonly because: string;
  readonly state: Delivery['state'];
  readonly attempts: number;
  readonly madeAt: Date;
  readonly endedAt: Date | null;
  readonly detail: string | null;
  readonly problem: string | null;
}

export type Tested =
  | { readonly ok: true; readonly detail: string }
  | { readonly ok: false; readonly why: string };

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
  async wouldTell(@Query('audit') audit?: unknown): Promise<WouldTell> {
    return this.dryRun.ofLastRun(typeof audit === 'string' && audit !== '' ? audit : null);
  }

  /** `?state=dead`; the latest first. */
  @Get('alerts/deliveries')
  @Needs('alerts.read')
  async list(@Query('state') state?: unknown): Promise<{ deliveries: DeliveryView[] }> {
    const read = State.safeParse(state);
    if (!read.success) throw new Refusal('bad-input', 'expected state=waiting, sent or dead');
    const found = await this.deliveries.latest(read.data ?? null, SHOWN_MOST);
    return { deliveries: found.map(viewOf) };
  }

  /** Of one finding: who was told of it, when and why. */
  @Get('findings/:id/deliveries')
  @Needs('alerts.read')
  async ofFinding(@Param('id') id: string): Promise<{ deliveries: DeliveryView[] }> {
    const found = /^\d{1,18}$/.test(id) ? await this.deliveries.ofFinding(id) : [];
    return { deliveries: found.map(viewOf) };
  }

  /** Sends a dead message again, as the same one. */
  @Post('alerts/deliveries/:id/again')
  @HttpCode(200)
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
