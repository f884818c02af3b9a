/*
 * Draws what was asked for, one order at a time: has its evidence gathered, and keeps it as a report. What a source
 * refuses, and what does not add up, ends the order with why; anything else that goes wrong is tried a few times. A store that is away
 * costs no attempt, and neither does a stop.
 */
import { Inject, Injectable } from '@nestjs/common';
import type { Logger } from 'pino';
import { CLOCK, type Clock } from '../../platform/clock.js';
import { LOGGER } from '../../platform/log.js';
import { pause } from '../../platform/loop.js';
import { Refusal } from '../../platform/refusal.js';
import { storeTrouble } from '../../platform/store-trouble.js';
import { ReportKinds } from '../kinds/report-kinds.js';
import type { ReportOrder } from './orders.entities.js';
import { MOST_ATTEMPTS, ReportOrdersService } from './report-orders.service.js';

const RENEW_EVERY_MS = 5000;

@Injectable()
export class OrderClerk {
  readonly name = 'order-clerk';

  constructor(
    private readonly orders: ReportOrdersService,
    private readonly kinds: ReportKinds,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  async workOnce(signal?: AbortSignal): Promise<number> {
    const order = await this.orders.claim();
    if (!order) return 0;
    if (order.attempts > MOST_ATTEMPTS) {
      const why = `it was begun ${MOST_ATTEMPTS} times, and no server lived to see its end`;
      await this.end(order, 'failed', order.problem === null ? why : `${why}; before that: ${order.problem}`);
      return 1;
    }
    const letGo = this.holdOn(order);
    try {
      await this.draw(order, signal);
    } catch (error) {
      await this.failed(order, error, signal);
    } finally {
      await letGo();
    }
    return 1;
  }

  private async draw(order: ReportOrder, signal: AbortSignal | undefined): Promise<void> {
    const at = this.clock();
    const { problem, ...evidence } = await this.kinds.gather({ parameters: order.parameters, at }, signal);
    if (problem !== null) {
      const why = `its numbers do not add up, which is a bug of ours: ${problem}`;
      return this.end(order, 'refused', why);
    }
    const report = await this.orders.made(order, evidence, at);
    if (report !== null)
      this.log.info({ order: order.id, report, kind: order.kind, by: order.askedBy }, 'a report was made');
  }

  private async failed(order: ReportOrder, error: unknown, signal?: AbortSignal): Promise<void> {
    if (error instanceof Refusal) return this.end(order, 'refused', error.message);
    if (signal?.aborted || storeTrouble(error) !== null) {
      // Where that can't be written down either, the lease ends by itself.
      await this.orders.giveBack(order).catch(() => undefined);
      throw error;
    }
    const why = error instanceof Error ? error.message : String(error);
    this.log.error({ err: error, order: order.id, attempt: order.attempts }, 'a report could not be drawn');
    await this.orders.missed(order, why);
  }

  private async end(order: ReportOrder, outcome: 'refused' | 'failed', why: string): Promise<void> {
    this.log.warn(
      { order: order.id, kind: order.kind, by: order.askedBy, because: why },
      `a report was ${WORDS[outcome]}`,
    );
    await this.orders.endWithout(order, outcome, why);
  }

  /** Says again and again that somebody is at it; whoever dies does not. Returns what ends it. */
  private holdOn(order: ReportOrder): () => Promise<void> {
    const over = new AbortController();
    const holding = (async () => {
      for (;;) {
        await pause(RENEW_EVERY_MS, over.signal);
        // Who has lost it finds out when it would be kept.
        if (over.signal.aborted || !(await this.orders.renew(order).catch(() => true))) return;
      }
    })();
    return () => {
      over.abort();
      return holding;
    };
  }
}

const WORDS = { refused: 'refused', failed: 'given up' } as const;
