/*
 * What was asked for, as pages and programs read it: where each order stands, and how many come before it. Reads only. An owner's
 * account sees the orders that are about its owners.
 */
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { ReportParameters } from '../../domain/report/parameters.js';
import { MOST_PRINT_ATTEMPTS } from '../reports.service.js';
import type { Outcome } from './orders.entities.js';

export interface ListedOrder {
  readonly id: string;
  readonly parameters: ReportParameters;
  readonly askedBy: string;
  readonly askedAt: Date;
  readonly schedule: string | null;
  readonly slot: Date | null;
  readonly leasedUntil: Date | null;
  readonly attempts: number;
  readonly endedAt: Date | null;
  readonly outcome: Outcome | null;
  /** Why there is no report; the report's, where it could not be printed. */
  readonly problem: string | null;
  readonly reportId: string | null;
  readonly printedAt: Date | null;
  readonly letGoAt: Date | null;
  readonly isGivenUp: boolean;
  /** So many come before it, with those that are being drawn; null where it has ended. */
  readonly ahead: number | null;
}

const ORDERS = `
select asked.id::text, asked.parameters, asked.asked_by as "askedBy", asked.asked_at as "askedAt", asked.schedule, asked.slot,
  asked.leased_until as "leasedUntil", asked.attempts, asked.ended_at as "endedAt", asked.outcome,
  coalesce(asked.problem, report.problem) as problem, report.id::text as "reportId", report.printed_at as "printedAt",
  report.let_go_at as "letGoAt", coalesce(report.attempts, 0) >= ${MOST_PRINT_ATTEMPTS} and report.printed_at is null as "isGivenUp",
  case when asked.ended_at is null then (select count(*)::int from report_order as other
    where other.ended_at is null and other.id <> asked.id
      and (other.leased_until is not null or (other.attempts, other.id) < (asked.attempts, asked.id))) end as ahead
from report_order as asked left join report on report.id = asked.report_id
where ($1::text[] is null or asked.parameters ->> 'owner' = any ($1))`;

const DAY_MS = 86_400_000;
/** What came to nothing is shown for so long beside what is under way. */
const SHOWN_DAYS = 7;

@Injectable()
export class OrdersQueries {
  constructor(private readonly database: DataSource) {}

  /** The newest first, from below the order `before` on. */
  async list(
    seen: readonly string[] | null,
    page: { before: string | null; limit: number },
  ): Promise<ListedOrder[]> {
    const where = 'and ($2::bigint is null or asked.id < $2::bigint) order by asked.id desc limit $3';
    return this.read(where, [seen, page.before, page.limit]);
  }

  /** Those that have no report to show: under way, or come to nothing lately. The newest first. */
  async unmade(seen: readonly string[] | null, now: Date, limit: number): Promise<ListedOrder[]> {
    const where = `and asked.report_id is null and (asked.ended_at is null or asked.ended_at > $2)
      order by asked.id desc limit $3`;
    return this.read(where, [seen, new Date(now.getTime() - SHOWN_DAYS * DAY_MS), limit]);
  }

  /** Null where there is none, or none that they see. */
  async one(id: string, seen: readonly string[] | null): Promise<ListedOrder | null> {
    if (!/^\d{1,18}$/.test(id)) return null;
    return (await this.read('and asked.id = $2', [seen, id]))[0] ?? null;
  }

  private async read(where: string, parameters: unknown[]): Promise<ListedOrder[]> {
    const rows = (await this.database.query(`${ORDERS} ${where}`, parameters)) as ListedOrder[];
    return rows.map((row) => ({
      ...row,
      ...{ askedAt: new Date(row.askedAt), slot: at(row.slot), leasedUntil: at(row.leasedUntil) },
      ...{ endedAt: at(row.endedAt), printedAt: at(row.printedAt), letGoAt: at(row.letGoAt) },
    }));
  }
}

const at = (time: Date | string | null): Date | null => (time === null ? null : new Date(time));
