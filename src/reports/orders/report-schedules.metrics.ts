/*
 * What Prometheus is told of reports by schedule: the mails that wait and those that nobody took, and the times that have no report. Names
 * of schedules are labels: they come from the inventory, and are few.
 */
import { Injectable } from '@nestjs/common';
import { Gauge } from 'prom-client';
import { DataSource } from 'typeorm';
import { Metrics } from '../../platform/metrics.js';

const MAILS = `
select slot.schedule, delivery.state, count(*)::float8 as count
from report_delivery as delivery join report_slot as slot on slot.order_id = delivery.order_id
where delivery.state = 'waiting' or delivery.state = 'dead' group by slot.schedule, delivery.state`;
const MISSED = `
select schedule, sum(slots)::float8 as count from report_missed where why in ('down', 'refused') group by schedule`;

@Injectable()
export class ReportSchedulesMetrics {
  private readonly mails: Gauge<'schedule' | 'state'>;
  private readonly missed: Gauge<'schedule'>;

  constructor(
    metrics: Metrics,
    private readonly database: DataSource,
  ) {
    const registers = [metrics.features];
    this.mails = new Gauge({
      name: 'portolan_report_mails',
      help: 'Reports by schedule that wait to be sent, and those that nobody took, by schedule.',
      labelNames: ['schedule', 'state'],
      registers,
    });
    this.missed = new Gauge({
      name: 'portolan_report_slots_missed',
      help: 'Times of a schedule that have no report of their own, because nobody was there or it could not be asked for.',
      labelNames: ['schedule'],
      registers,
    });
    metrics.beforeScrape(() => this.read());
  }

  private async read(): Promise<void> {
    const mails = (await this.database.query(MAILS)) as Array<{
      schedule: string;
      state: string;
      count: number;
    }>;
    const missed = (await this.database.query(MISSED)) as Array<{ schedule: string; count: number }>;
    this.mails.reset();
    this.missed.reset();
    for (const { schedule, state, count } of mails) this.mails.set({ schedule, state }, count);
    for (const { schedule, count } of missed) this.missed.set({ schedule }, count);
  }
}
