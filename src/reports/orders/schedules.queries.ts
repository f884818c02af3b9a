/*
 * What reports by schedule are decided, drawn and sent by: runs that have no report yet, what came of each schedule, and what is in a
 * letter. Reads only.
 */
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { ReportKind, ReportParameters } from '../../domain/report/parameters.js';
import type { ScheduledReport } from '../../domain/report/schedule/scheduled-report.js';
import { MOST_PRINT_ATTEMPTS } from '../reports.service.js';
import type { Outcome } from './orders.entities.js';
import type { MissedReason, ReportDelivery } from './schedules.entities.js';

export interface EndedRun {
  readonly run: string;
  readonly audit: string;
  readonly at: Date;
}

export interface Wanted {
  readonly since: Date;
  readonly lately: Date;
  readonly orders: number;
}

export interface LetterFacts {
  readonly schedule: string;
  readonly slot: Date;
  readonly outcome: Outcome | null;
  readonly orderProblem: string | null;
  readonly reportId: string | null;
  readonly kind: ReportKind;
  readonly parameters: ReportParameters;
  readonly madeAt: Date | null;
  readonly snapshot: string | null;
  readonly pdf: Buffer | null;
  readonly pdfSha256: string | null;
  readonly pdfBytes: number | null;
  readonly signedBy: string | null;
  readonly printProblem: string | null;
}

export interface MadeOfSchedule {
  readonly schedule: string;
  readonly orderId: string;
  readonly owner: string | null;
  readonly at: Date;
  readonly askedBy: string;
  readonly askedAt: Date;
  readonly outcome: Outcome | null;
  readonly problem: string | null;
  readonly reportId: string | null;
  readonly printedAt: Date | null;
  readonly letGoAt: Date | null;
  readonly isGivenUp: boolean;
}

export type DeliveryRow = Pick<
  ReportDelivery,
  'id' | 'orderId' | 'receiver' | 'address' | 'isWhole' | 'state' | 'attempts' | 'detail' | 'problem'
> & { readonly madeAt: Date; readonly nextAt: Date; readonly endedAt: Date | null };

export interface MissedRow {
  readonly schedule: string;
  readonly owner: string;
  readonly firstAt: Date;
  readonly lastAt: Date;
  readonly slots: number;
  readonly isAtLeast: boolean;
  readonly why: MissedReason;
  readonly detail: string;
}

/** Before so many runs without a report somebody would have noticed; else all of them are looked for. */
const RUNS_FIRST = 50;
const RUNS_MOST = 10_000;
const DELIVERY = `id::text, order_id::text as "orderId", receiver, address, is_whole as "isWhole", state, attempts,
  made_at as "madeAt", next_at as "nextAt", ended_at as "endedAt", detail, problem`;

@Injectable()
export class SchedulesQueries {
  constructor(private readonly database: DataSource) {}

  /**
   * Runs that can be trusted, have ended since, and have neither an order nor a reason why not; the earliest first.
   * @param wanted how many orders each is to have: of a run that has ended lately, and has some, the others are still to come
   */
  async runsWithout({ name, audits }: ScheduledReport, wanted: Wanted): Promise<EndedRun[]> {
    const found = await this.runs(name, audits, wanted, RUNS_FIRST);
    return found.length < RUNS_FIRST ? found : this.runs(name, audits, wanted, RUNS_MOST);
  }

  private async runs(
    name: string,
    audits: readonly string[],
    { since, lately, orders }: Wanted,
    most: number,
  ): Promise<EndedRun[]> {
    const rows = (await this.database.query(
      `select run.id::text as run, run.audit, run.finished_at as at
       from unnest($2::text[]) as of (audit) cross join lateral (
         select id, audit, finished_at from run
         where run.audit = of.audit and state = 'finished' and verdict in ('clean', 'drift') order by id desc limit ${most}) as run
       cross join lateral (select
         (select count(*) from report_slot as slot where slot.schedule = $1 and slot.run_id = run.id)
         + (select count(*) from report_missed as missed
           where missed.schedule = $1 and missed.why = 'refused' and missed.last_at = run.finished_at) as count) as dealt
       where run.finished_at > $3 and (dealt.count = 0 or (dealt.count < $5 and run.finished_at > $4))
       order by run.id`,
      [name, audits, since, lately, orders],
    )) as EndedRun[];
    return rows.map((row) => ({ ...row, at: new Date(row.at) }));
  }

  /** The last that can be trusted; null where there is none. */
  async latestRun(audits: readonly string[]): Promise<EndedRun | null> {
    const [row] = (await this.database.query(
      `select run.id::text as run, run.audit, run.finished_at as at
       from unnest($1::text[]) as of (audit) cross join lateral (
         select id, audit, finished_at from run
         where run.audit = of.audit and state = 'finished' and verdict in ('clean', 'drift') order by id desc limit 1) as run
       order by run.finished_at desc limit 1`,
      [audits],
    )) as EndedRun[];
    return row ? { ...row, at: new Date(row.at) } : null;
  }

  async letter(orderId: string): Promise<LetterFacts> {
    const [row] = (await this.database.query(
      `select slot.schedule, slot.at as slot, ordered.outcome, ordered.problem as "orderProblem", report.id::text as "reportId",
         ordered.kind, ordered.parameters, report.made_at as "madeAt", report.snapshot, report.pdf, report.pdf_sha256 as "pdfSha256",
         octet_length(report.pdf) as "pdfBytes", report.signed_by as "signedBy", report.problem as "printProblem"
       from report_order as ordered join report_slot as slot on slot.order_id = ordered.id
       left join report on report.id = ordered.report_id where ordered.id = $1`,
      [orderId],
    )) as [LetterFacts];
    const { madeAt, pdf } = row;
    return {
      ...row,
      ...{ slot: new Date(row.slot), madeAt: madeAt && new Date(madeAt), pdf: pdf && Buffer.from(pdf) },
    };
  }

  /** What came of each schedule, the latest first. @param owners of these alone; null for all */
  async made(
    names: readonly string[],
    owners: readonly string[] | null,
    most: number,
  ): Promise<MadeOfSchedule[]> {
    const rows = (await this.database.query(
      `select slot.schedule, slot.order_id::text as "orderId", slot.owner, slot.at, ordered.asked_by as "askedBy",
         ordered.asked_at as "askedAt", ordered.outcome, coalesce(ordered.problem, report.problem) as problem,
         report.id::text as "reportId", report.printed_at as "printedAt", report.let_go_at as "letGoAt",
         coalesce(report.printed_at is null and report.attempts >= ${MOST_PRINT_ATTEMPTS}, false) as "isGivenUp"
       from unnest($1::text[]) as of (name) cross join lateral (
         select * from report_slot where schedule = of.name and ($2::text[] is null or owner = any ($2))
         order by order_id desc limit ${most}) as slot
       join report_order as ordered on ordered.id = slot.order_id left join report on report.id = ordered.report_id
       order by slot.order_id desc`,
      [names, owners],
    )) as MadeOfSchedule[];
    return rows.map((row) => ({
      ...row,
      ...{ at: new Date(row.at), askedAt: new Date(row.askedAt) },
      ...{
        printedAt: row.printedAt && new Date(row.printedAt),
        letGoAt: row.letGoAt && new Date(row.letGoAt),
      },
    }));
  }

  async deliveries(orderIds: readonly string[]): Promise<DeliveryRow[]> {
    const rows = (await this.database.query(
      `select ${DELIVERY} from report_delivery where order_id = any ($1::bigint[]) order by id`,
      [orderIds],
    )) as DeliveryRow[];
    return rows.map(revived);
  }

  /** The mails that a report went out in; of one that nobody was sent, none. */
  async deliveriesOf(reportId: string): Promise<DeliveryRow[]> {
    const rows = (await this.database.query(
      `select ${DELIVERY} from report_delivery
       where order_id in (select id from report_order where report_id = $1) order by id`,
      [reportId],
    )) as DeliveryRow[];
    return rows.map(revived);
  }

  /** Whom the report of a mail is about; undefined where there is no such mail. */
  async ownerOfDelivery(id: string): Promise<string | null | undefined> {
    const [row] = (await this.database.query(
      `select slot.owner from report_delivery as delivery join report_slot as slot on slot.order_id = delivery.order_id
       where delivery.id = $1`,
      [id],
    )) as Array<{ owner: string | null }>;
    return row?.owner;
  }

  /** Slots that have no report, the latest first. */
  async missed(
    names: readonly string[],
    owners: readonly string[] | null,
    most: number,
  ): Promise<MissedRow[]> {
    const rows = (await this.database.query(
      `select missed.* from unnest($1::text[]) as of (name) cross join lateral (
         select schedule, owner, first_at as "firstAt", last_at as "lastAt", slots, is_at_least as "isAtLeast", why, detail
         from report_missed where schedule = of.name and ($2::text[] is null or owner = '' or owner = any ($2))
         order by id desc limit ${most}) as missed`,
      [names, owners],
    )) as MissedRow[];
    return rows.map((row) => ({ ...row, firstAt: new Date(row.firstAt), lastAt: new Date(row.lastAt) }));
  }
}

const revived = (row: DeliveryRow): DeliveryRow => ({
  ...row,
  ...{
    madeAt: new Date(row.madeAt),
    nextAt: new Date(row.nextAt),
    endedAt: row.endedAt && new Date(row.endedAt),
  },
});
