/*
 * Lets go of the content of reports that their own schedule keeps for so many days (`keep:`), as report-weeder.ts does for all of them: the
 * row stays, with its hashes. What is still to be printed or sent is not old, and the newest of each whom it is about stays.
 */
import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { InventoryService } from '../../inventory/inventory.service.js';
import { CLOCK, type Clock } from '../../platform/clock.js';
import { MOST_PRINT_ATTEMPTS, ReportsService } from '../reports.service.js';

const EVERY_MS = 600_000;
const DAY_MS = 86_400_000;
const AT_ONCE = 20;

const OLD = `
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
export class ScheduleWeeder {
  readonly name = 'schedule-weeder';
  private nextMs = 0;

  constructor(
    private readonly inventory: InventoryService,
    private readonly database: DataSource,
    private readonly reports: ReportsService,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Returns how many it has let go of; while there are more, the next turn follows at once. */
  async workOnce(): Promise<number> {
    const now = this.clock();
    if (now.getTime() < this.nextMs) return 0;
    const schedules = (await this.inventory.current())?.inventory.reports ?? [];
    let done = 0;
    for (const { name, keepDays } of schedules) {
      if (keepDays === null) continue;
      const before = new Date(now.getTime() - keepDays * DAY_MS);
      const old = (await this.database.query(OLD, [name, before, MOST_PRINT_ATTEMPTS])) as Array<{
        id: string;
      }>;
      if (old.length > 0) await this.reports.letGo(old.map(({ id }) => id));
      done += old.length;
    }
    if (done === 0) this.nextMs = now.getTime() + EVERY_MS;
    return done;
  }
}
