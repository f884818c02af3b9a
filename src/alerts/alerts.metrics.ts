/*
 * What Prometheus is told of alerts: how many messages wait, how many nobody took, and how long the oldest has waited. Names of
 * receivers are labels: they come from the inventory, and are few.
 */
import { Inject, Injectable } from '@nestjs/common';
import { Gauge } from 'prom-client';
import { DataSource } from 'typeorm';
import { CLOCK, type Clock } from '../platform/clock.js';
import { Metrics } from '../platform/metrics.js';

const MESSAGES = `
select receiver, state, count(*)::float8 as count, min(made_at) as oldest from alert_delivery
where state in ('waiting', 'dead') group by receiver, state`;

interface Counted {
  readonly receiver: string;
  readonly state: 'waiting' | 'dead';
  readonly count: number;
  readonly oldest: Date | string;
}

@Injectable()
export class AlertsMetrics {
  private readonly messages: Gauge<'receiver' | 'state'>;
  private readonly oldest: Gauge<'receiver'>;

  constructor(
    metrics: Metrics,
    private readonly database: DataSource,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    const registers = [metrics.features];
    this.messages = new Gauge({
      name: 'portolan_alert_messages',
      help: 'Messages that wait to be sent, and those that nobody took, by receiver.',
      labelNames: ['receiver', 'state'],
      registers,
    });
    this.oldest = new Gauge({
      name: 'portolan_alert_oldest_waiting_seconds',
      help: 'How long the oldest message to a receiver has waited.',
      labelNames: ['receiver'],
      registers,
    });
    metrics.beforeScrape(() => this.read());
  }

  private async read(): Promise<void> {
    const rows = (await this.database.query(MESSAGES)) as Counted[];
    const nowMs = this.clock().getTime();
    this.messages.reset();
    this.oldest.reset();
    for (const { receiver, state, count, oldest } of rows) {
      this.messages.set({ receiver, state }, count);
      if (state === 'waiting')
        this.oldest.set({ receiver }, Math.max(0, nowMs - new Date(oldest).getTime()) / 1000);
    }
  }
}
