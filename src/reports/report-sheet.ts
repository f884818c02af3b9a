/*
 * Everything that a report's page says beside the report itself: what it rests on, and who has fetched it. Reads only.
 */
import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '../domain/access.js';
import { ReportFetchesService } from './orders/report-fetches.service.js';
import type { RestsOn } from './orders/rests-on.js';
import { type DeliveryRow, SchedulesQueries } from './orders/schedules.queries.js';
import { ReportDesk } from './report-desk.js';
import type { ListedReport } from './reports.queries.js';
import { ReportsService } from './reports.service.js';

export interface ReportSheetFacts {
  readonly report: ListedReport;
  /** Null for a run's own, and where it was let go of. */
  readonly rests: RestsOn | null;
  readonly fetched: Awaited<ReturnType<ReportFetchesService['of']>>;
  /** Of one that came by a schedule: to whom it is sent, and what became of that. */
  readonly deliveries: readonly DeliveryRow[];
}

@Injectable()
export class ReportSheet {
  constructor(
    @Inject(ReportDesk) private readonly desk: ReportDesk,
    @Inject(ReportsService) private readonly reports: ReportsService,
    @Inject(ReportFetchesService) private readonly fetches: ReportFetchesService,
    @Inject(SchedulesQueries) private readonly schedules: SchedulesQueries,
  ) {}

  /** Throws Refusal where there is none, or none that they see. */
  async of(id: string, actor: Pick<Actor, 'owners'>): Promise<ReportSheetFacts> {
    const report = await this.desk.ofReport(id, actor);
    const rests = report.run === null ? await this.reports.restsOn(report.id) : null;
    const deliveries = await this.schedules.deliveriesOf(report.id);
    return { report, rests, fetched: await this.fetches.of(report.id), deliveries };
  }
}
