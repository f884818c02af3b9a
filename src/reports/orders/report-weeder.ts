/*
 * Lets go of the content of reports that are older than they are to be kept, where somebody has said for how long: of each its row stays,
 * with its hashes, who asked for it and who has fetched it, and says that it was there. The newest report of each audit and of each
 * schedule stays whole, however old.
 */
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../../config.js';
import { CLOCK, type Clock } from '../../platform/clock.js';
import { ReportsService } from '../reports.service.js';
import { OldReportsQueries } from './old-reports.queries.js';

const EVERY_MS = 600_000;
const DAY_MS = 86_400_000;

@Injectable()
export class ReportWeeder {
  readonly name = 'report-weeder';
  private nextMs = 0;

  constructor(
    private readonly old: OldReportsQueries,
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
    const old = await this.old.madeBefore(before);
    if (old.length === 0) this.nextMs = now.getTime() + EVERY_MS;
    else await this.reports.letGo(old);
    return old.length;
  }
}
