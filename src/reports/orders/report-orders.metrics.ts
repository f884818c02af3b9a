/*
 * What Prometheus is told of reports that are asked for: how many wait and how long the oldest has, and how those that ended did. Read from
 * the database at each scrape; each outcome has its series, at 0 where there is none.
 */
import { Inject, Injectable } from '@nestjs/common';
import { Gauge } from 'prom-client';
import { DataSource } from 'typeorm';
import { CLOCK, type Clock } from '../../platform/clock.js';
import { Metrics } from '../../platform/metrics.js';
import { OUTCOMES } from './orders.entities.js';

const ENDED = `
select outcome, count(*)::float8 as count from report_order where outcome is not null group by outcome`;
const WAITING = `
select count(*)::float8 as count, min(asked_at) as oldest from report_order where ended_at is null`;

@Injectable()
export class ReportOrdersMetrics {
  private readonly ended: Gauge<'outcome'>;
  private readonly waiting: Gauge;
  private readonly oldest: Gauge;

  constructor(
    metrics: Metrics,
    private readonly database: DataSource,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    const registers = [metrics.features];
    this.ended = new Gauge({
      name: 'portolan_report_orders_ended',
      help: 'Reports that were asked for, by how that ended: made, refused, failed.',
      labelNames: ['outcome'],
      registers,
    });
    this.waiting = new Gauge({
      name: 'portolan_report_orders_waiting',
      help: 'Reports that were asked for and are still to be made.',
      registers,
    });
    this.oldest = new Gauge({
      name: 'portolan_report_orders_oldest_waiting_seconds',
      help: 'How long ago the oldest of those was asked for that are still to be made; 0 for none.',
      registers,
    });
    metrics.beforeScrape(() => this.read());
  }

  private async read(): Promise<void> {
    const ended = (await this.database.query(ENDED)) as Array<{ outcome: string; count: number }>;
    const [waiting] = (await this.database.query(WAITING)) as [{ count: number; oldest: Date | null }];
    const now = this.clock().getTime();
    for (const outcome of OUTCOMES)
      this.ended.set({ outcome }, ended.find((one) => one.outcome === outcome)?.count ?? 0);
    this.waiting.set(waiting.count);
    const ageMs = waiting.oldest === null ? 0 : now - new Date(waiting.oldest).getTime();
    this.oldest.set(Math.max(0, ageMs / 1000));
  }
}
