/*
 * Who was told of a finding, and who is still to be: alerts come after findings, and are read here for its page and its answer
 * alone. Reads only.
 */
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

/** A message that it was in. */
export interface Telling {
  readonly id: string;
  readonly receiver: string;
  readonly cause: string;
  readonly title: string;
  /** Why this receiver hears of it. */
  readonly because: string;
  readonly state: 'waiting' | 'sent' | 'dead';
  readonly attempts: number;
  readonly madeAt: Date;
  readonly endedAt: Date | null;
  /** What the receiver said, or why it was not reached. */
  readonly result: string | null;
}

/** What a receiver is to be told of it, and when. */
export interface Untold {
  readonly receiver: string;
  readonly cause: string;
  readonly because: string;
  readonly dueAt: Date;
}

const TOLD_MOST = 100;

@Injectable()
export class FindingTellings {
  constructor(private readonly database: DataSource) {}

  /** The latest first. */
  async told(findingId: string): Promise<Telling[]> {
    const rows = (await this.database.query(
      `select delivery.id::text, receiver, cause, alert ->> 'title' as title, because, state, attempts, made_at as "madeAt",
         ended_at as "endedAt", case when state = 'sent' then detail else problem end as result
       from alert_delivery_finding of join alert_delivery delivery on delivery.id = of.delivery_id
       where of.finding_id = $1 order by delivery.id desc limit ${TOLD_MOST}`,
      [findingId],
    )) as Telling[];
    return rows.map((row) => ({
      ...row,
      madeAt: new Date(row.madeAt),
      endedAt: row.endedAt && new Date(row.endedAt),
    }));
  }

  /** The soonest first. */
  async untold(findingId: string): Promise<Untold[]> {
    const rows = (await this.database.query(
      `select receiver, pending_cause as cause, pending_because as because, pending_due as "dueAt" from alert_notice
       where finding_id = $1 and pending_cause is not null order by pending_due limit ${TOLD_MOST}`,
      [findingId],
    )) as Untold[];
    return rows.map((row) => ({ ...row, dueAt: new Date(row.dueAt) }));
  }
}
