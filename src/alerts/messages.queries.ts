/*
 * What lists of messages show, and how full the queue is. Reads only.
 */
import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Alert, AlertCause } from '../domain/alert.js';
import { CLOCK, type Clock } from '../platform/clock.js';
import type { Delivery } from './alerts.entities.js';

export interface MessageFilter {
  readonly state: Delivery['state'] | null;
  readonly receiver: string | null;
  /** Days on which they were made, `YYYY-MM-DD` in UTC; both belong to them. */
  readonly from: string | null;
  readonly until: string | null;
}

export interface ListedMessage {
  readonly id: string;
  readonly key: string;
  readonly receiver: string;
  readonly cause: AlertCause;
  readonly title: string;
  /** How many findings it is about. */
  readonly total: number;
  readonly because: string;
  readonly state: Delivery['state'];
  readonly attempts: number;
  readonly madeAt: Date;
  readonly endedAt: Date | null;
  readonly detail: string | null;
  readonly problem: string | null;
}

export interface Queue {
  readonly waiting: number;
  /** When the one was made that has waited longest. */
  readonly oldest: Date | null;
  /** Messages that nobody took. */
  readonly dead: number;
  /** Within the last day. */
  readonly sent: number;
  /** What is to be told by now, and is no message yet. */
  readonly due: number;
  readonly lanes: readonly LaneState[];
}

/** A receiver that can't be reached. */
export interface LaneState {
  readonly receiver: string;
  readonly failures: number;
  /** Null where it is not known any more. */
  readonly since: Date | null;
  readonly nextAt: Date;
  readonly problem: string | null;
}

const DAY_MS = 86_400_000;
const COLUMNS = `id::text, key, receiver, cause, alert ->> 'title' as title, coalesce((alert ->> 'total')::int, 0) as total, because,
  state, attempts, made_at as "madeAt", ended_at as "endedAt", detail, problem`;

@Injectable()
export class MessagesQueries {
  constructor(
    private readonly database: DataSource,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** The latest first. @param before the id from which on; null for the latest of all */
  async list(
    { state, receiver, from, until }: MessageFilter,
    { before, limit }: { before: string | null; limit: number },
  ): Promise<ListedMessage[]> {
    const parameters: unknown[] = [];
    const given = (value: unknown): string => `$${parameters.push(value)}`;
    const parts: string[] = [];
    // By its name, so that its index is used.
    if (state !== null) parts.push(`state = '${state}'`);
    if (receiver !== null) parts.push(`receiver = ${given(receiver)}`);
    if (from !== null) parts.push(`made_at >= ${given(startOf(from))}`);
    if (until !== null) parts.push(`made_at < ${given(new Date(startOf(until).getTime() + DAY_MS))}`);
    if (before !== null) parts.push(`id < ${given(before)}`);
    const rows = (await this.database.query(
      `select ${COLUMNS} from alert_delivery where ${parts.join(' and ') || 'true'} order by id desc limit ${limit}`,
      parameters,
    )) as ListedMessage[];
    return rows.map(revived);
  }

  async message(id: string): Promise<(ListedMessage & { alert: Alert; taken: string[] }) | null> {
    const rows = (await this.database.query(
      `select ${COLUMNS}, alert, taken from alert_delivery where id = $1`,
      [/^\d{1,18}$/.test(id) ? id : '0'],
    )) as Array<ListedMessage & { alert: Alert; taken: string[] }>;
    return rows.map(revived)[0] ?? null;
  }

  async queue(): Promise<Queue> {
    const now = this.clock();
    const [row] = (await this.database.query(
      `select (select count(*)::int from alert_delivery where state = 'waiting') as waiting,
         (select min(made_at) from alert_delivery where state = 'waiting') as oldest,
         (select count(*)::int from alert_delivery where state = 'dead') as dead,
         (select count(*)::int from alert_delivery where state = 'sent' and made_at > $2) as sent,
         (select count(*)::int from alert_notice where pending_cause is not null and pending_due <= $1) as due`,
      [now, new Date(now.getTime() - DAY_MS)],
    )) as [Omit<Queue, 'lanes'>];
    return { ...row, oldest: row.oldest && new Date(row.oldest), lanes: await this.lanes() };
  }

  private async lanes(): Promise<LaneState[]> {
    const rows = (await this.database.query(
      `select receiver, failures, since, next_at as "nextAt", problem from alert_lane order by since nulls first, receiver`,
    )) as LaneState[];
    return rows.map((row) => ({
      ...row,
      since: row.since && new Date(row.since),
      nextAt: new Date(row.nextAt),
    }));
  }

  /** Of each receiver that has ever been sent something: what waits, what nobody took, and when it was last reached. */
  async standings(names: readonly string[]): Promise<Map<string, Standing>> {
    const rows = (await this.database.query(
      `select name as receiver, waiting, dead, last.ended_at as "reachedAt"
       from jsonb_array_elements_text($1::jsonb) as name
       cross join lateral (
         select count(*) filter (where state = 'waiting')::int as waiting, count(*) filter (where state = 'dead')::int as dead
         from alert_delivery where receiver = name and state in ('waiting', 'dead')) as open
       left join lateral (
         select ended_at from alert_delivery where receiver = name and state = 'sent' order by id desc limit 1) as last on true`,
      [JSON.stringify(names)],
    )) as Array<{ receiver: string; waiting: number; dead: number; reachedAt: Date | string | null }>;
    return new Map(
      rows.map(({ receiver, reachedAt, ...row }) => [
        receiver,
        { ...row, reachedAt: reachedAt === null ? null : new Date(reachedAt) },
      ]),
    );
  }
}

export interface Standing {
  readonly waiting: number;
  readonly dead: number;
  readonly reachedAt: Date | null;
}

const startOf = (day: string): Date => new Date(`${day}T00:00:00Z`);

const revived = <Row extends ListedMessage>(row: Row): Row => ({
  ...row,
  madeAt: new Date(row.madeAt),
  endedAt: row.endedAt && new Date(row.endedAt),
});
