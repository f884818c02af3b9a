/*
 * Which reports are older than they are kept, a few at a time: those whose content is still there, and that are not waited for. The newest
 * of each audit, of each schedule and of each whom a schedule tells of is not old, whenever it was made. Reads only.
 */
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { MOST_PRINT_ATTEMPTS } from '../reports.service.js';

const AT_ONCE = 20;

/** One that is still to be printed is not old, however long ago it was made. */
const OLD = `
select report.id::text from report
where report.let_go_at is null and report.made_at < $1 and (report.printed_at is not null or report.attempts >= $2)
  and (report.run_id is null or exists (
    select from run as own join run as later on later.audit = own.audit and later.id > own.id
      join report as other on other.run_id = later.id
    where own.id = report.run_id))
  and not exists (
    select from report_order as asked where asked.report_id = report.id and asked.schedule is not null
      and not exists (select from report_order as later where later.schedule = asked.schedule and later.report_id > report.id))
order by report.made_at limit ${AT_ONCE}`;

/** What is still to be printed or sent is not old. */
const OLD_OF_SCHEDULE = `
select report.id::text from report_slot as slot
join report_order as ordered on ordered.id = slot.order_id join report on report.id = ordered.report_id
where slot.schedule = $1 and report.let_go_at is null and report.made_at < $2
  and (report.printed_at is not null or report.attempts >= $3)
  and not exists (select from report_delivery as delivery where delivery.order_id = ordered.id and delivery.state = 'waiting')
  and exists (select from report_slot as later join report_order as newer on newer.id = later.order_id
    where later.schedule = slot.schedule and later.owner is not distinct from slot.owner
      and later.order_id > slot.order_id and newer.report_id is not null)
order by slot.order_id limit ${AT_ONCE}`;

@Injectable()
export class OldReportsQueries {
  constructor(private readonly database: DataSource) {}

  /** Made before a time. */
  async madeBefore(before: Date): Promise<string[]> {
    return ids(await this.database.query(OLD, [before, MOST_PRINT_ATTEMPTS]));
  }

  /** Made for a schedule, before a time. */
  async ofSchedule(schedule: string, before: Date): Promise<string[]> {
    return ids(await this.database.query(OLD_OF_SCHEDULE, [schedule, before, MOST_PRINT_ATTEMPTS]));
  }
}

const ids = (rows: ReadonlyArray<{ readonly id: string }>): string[] => rows.map(({ id }) => id);
