/*
 * Lets go of the content of reports that their own schedule keeps for so many days (`keep:`), as report-weeder.ts does for all of them: the
 * row stays, with its hashes. What is still to be printed or sent is not old, and the newest of each whom it is about stays.
 */
import { Inject, Injectable } from '@nestjs/common';
import { InventoryService } from '../../inventory/inventory.service.js';
import { CLOCK, type Clock } from '../../platform/clock.js';
import { ReportsService } from '../reports.service.js';
import { OldReportsQueries } from './old-reports.queries.js';

const EVERY_MS = 600_000;
const DAY_MS = 86_400_000;
@Injectable()
export class ScheduleWeeder {
  readonly name = 'schedule-weeder';
  private nextMs = 0;

  constructor(
    private readonly inventory: InventoryService,
    private readonly old: OldReportsQueries,
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
      const old = await this.old.ofSchedule(name, before);
      if (old.length > 0) await this.reports.letGo(old);
      done += old.length;
    }
    if (done === 0) this.nextMs = now.getTime() + EVERY_MS;
    return done;
  }
}
