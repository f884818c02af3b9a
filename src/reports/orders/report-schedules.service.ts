/*
 * Every write about schedules of reports: how far each was dealt with, which order came of which slot, and the slots that none came of. What
 * is written twice, by two servers or after a crash, is there once.
 */
import { Inject, Injectable } from '@nestjs/common';
import type { Logger } from 'pino';
import { DataSource } from 'typeorm';
import type { Addressed } from '../../domain/report/schedule/report-receivers.js';
import { AFTER_RUN, type ScheduledReport } from '../../domain/report/schedule/scheduled-report.js';
import { type SlotCount, scheduleKey, scheduleOfKey, slotsIn } from '../../domain/schedule.js';
import { CLOCK, type Clock } from '../../platform/clock.js';
import { LOGGER } from '../../platform/log.js';
import {
  type MissedReason,
  ReportDelivery,
  ReportMissed,
  ReportScheduleRow,
  ReportSlot,
} from './schedules.entities.js';

const DETAIL_MOST = 500;

export interface Missed extends SlotCount {
  readonly why: MissedReason;
  readonly owner?: string | null;
  readonly detail?: string;
}

@Injectable()
export class ReportSchedulesService {
  constructor(
    private readonly database: DataSource,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  /** How far each was dealt with. One that is new begins now; of one whose times have changed, what had come by the old ones is noted. */
  async judged(reports: readonly ScheduledReport[]): Promise<ReadonlyMap<string, Date>> {
    const now = this.clock();
    const rows = this.database.getRepository(ReportScheduleRow);
    const known = new Map((await rows.find()).map((row) => [row.name, row]));
    for (const report of reports) {
      const { name } = report;
      const [row, key] = [known.get(name), keyOf(report)];
      known.delete(name);
      if (row?.key === key) continue;
      if (row) await this.end(row, 'replaced', now);
      const fresh = { name, key, judgedTo: now };
      if (row) await rows.update({ name, key: row.key }, fresh);
      else await rows.createQueryBuilder().insert().values(fresh).orIgnore().execute();
    }
    for (const row of known.values()) {
      await this.end(row, 'removed', now);
      await rows.delete({ name: row.name });
    }
    return new Map((await rows.find()).map(({ name, judgedTo }) => [name, judgedTo]));
  }

  /** Never back: another server may be further. */
  async advance(name: string, judgedTo: Date): Promise<void> {
    const change = 'update report_schedule set judged_to = greatest(judged_to, $2) where name = $1';
    await this.database.query(change, [name, judgedTo]);
  }

  async missed(schedule: string, { first, last, owner, detail = '', ...rest }: Missed): Promise<void> {
    const row = {
      schedule,
      owner: owner ?? '',
      firstAt: first,
      lastAt: last,
      detail: detail.slice(0, DETAIL_MOST),
    };
    const noted = await this.database
      .getRepository(ReportMissed)
      .createQueryBuilder()
      .insert()
      .values({ ...row, ...rest, notedAt: this.clock() })
      .orIgnore()
      .returning('id')
      .execute();
    if ((noted.raw as unknown[]).length > 0)
      this.log.warn({ ...row, ...rest }, 'there is no report of these times');
  }

  /** An order came of an occasion, and is to be sent there. */
  async asked(
    orderId: string,
    of: Pick<ReportSlot, 'schedule' | 'at' | 'runId' | 'owner'>,
    addresses: readonly Addressed[],
  ): Promise<void> {
    const now = this.clock();
    const mails = addresses.map((one) => ({
      ...one,
      orderId,
      state: 'waiting' as const,
      madeAt: now,
      nextAt: now,
    }));
    await this.database.transaction(async (rows) => {
      await rows
        .createQueryBuilder()
        .insert()
        .into(ReportSlot)
        .values({ ...of, orderId })
        .orIgnore()
        .execute();
      if (mails.length > 0)
        await rows.createQueryBuilder().insert().into(ReportDelivery).values(mails).orIgnore().execute();
    });
  }

  private async end({ name, key, judgedTo }: ReportScheduleRow, why: MissedReason, now: Date): Promise<void> {
    const schedule = scheduleOfKey(key);
    const left = schedule && slotsIn(schedule, judgedTo, now);
    if (left) await this.missed(name, { ...left, why });
  }
}

const keyOf = ({ schedule }: ScheduledReport): string =>
  schedule === AFTER_RUN ? AFTER_RUN : scheduleKey(schedule);
