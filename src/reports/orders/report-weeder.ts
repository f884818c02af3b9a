/*
 * Lets go of the content of reports that are older than they are to be kept, where somebody has said for how long: of each its row stays,
 * with its hashes, who asked for it and who has fetched it, and says that it was there. The newest report of each audit and of each
 * schedule stays whole, however old.
 */
import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { CONFIG, type Config } from '../../config.js';
import { CLOCK, type Clock } from '../../platform/clock.js';
import { MOST_PRINT_ATTEMPTS, ReportsService } from '../reports.service.js';

const EVERY_MS = 600_000;
const AT_ONCE = 20;
const DAY_MS = 86_400_000;

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

@Injectable()
export class ReportWeeder {
  readonly name = 'report-weeder';
  private nextMs = 0;

  constructor(
    private readonly database: DataSource,
    private readonly reports: ReportsService,
    @Inject(CONFIG) private readonly config: Pick<Config, 'reportsKeepDays'>,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Returns how many it has let go of; while there are more, the next turn follows at once. */
  async workOnce(): Promise<number> {
    const { reportsKeepDays: days } = this.config;
    const now = this.clock();
    if (days === null || now.getTime() < this.nextMs) return 0;
    const before = new Date(now.getTime() - days * DAY_MS);
    const old = (await this.database.query(OLD, [before, MOST_PRINT_ATTEMPTS])) as Array<{ id: string }>;
    if (old.length === 0) this.nextMs = now.getTime() + EVERY_MS;
    else await this.reports.letGo(old.map(({ id }) => id));
    return old.length;
  }
}
