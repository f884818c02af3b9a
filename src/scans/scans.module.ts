/*
 * Wires the scanning rooms: due slots become runs, runs become shards, shards become observations.
 */
import { Module } from '@nestjs/common';
import { InventoryModule } from '../inventory/inventory.module.js';
import { AgendaService } from './agenda.service.js';
import { Archivist } from './archivist.js';
import { AuditBook } from './audit-book.js';
import { AuditFormPages } from './audit-form.pages.js';
import { AuditHealthService } from './audit-health.service.js';
import { AuditListPages } from './audit-list.pages.js';
import { AuditPreview } from './audit-preview.js';
import { AuditsApi } from './audits.api.js';
import { AuditsPages } from './audits.pages.js';
import { Collator } from './collator.js';
import { Dispatcher } from './dispatcher.js';
import { Gatekeeper } from './gatekeeper.js';
import { Leave } from './leave.js';
import { LivePages } from './live-pages.js';
import { ObservationsService } from './observations.service.js';
import { OverviewApi } from './overview.api.js';
import { Overview } from './overview.js';
import { OverviewPages } from './overview.pages.js';
import { OverviewQueries } from './overview.queries.js';
import { ReportedQueries } from './reported.queries.js';
import { RunComparer } from './run-comparer.js';
import { RunDifferencePages } from './run-difference.pages.js';
import { RunListPages } from './run-list.pages.js';
import { RunLog } from './run-log.js';
import { RunLooks } from './run-looks.js';
import { RunPairQueries } from './run-pair.queries.js';
import { RunPlans } from './run-plans.js';
import { RunProgress } from './run-progress.js';
import { RunSheet } from './run-sheet.js';
import { RunsApi } from './runs.api.js';
import { RunsPages } from './runs.pages.js';
import { Scanner } from './scanner.js';
import { ScansMetrics } from './scans.metrics.js';
import { ScansQueries } from './scans.queries.js';
import { ScansService } from './scans.service.js';
import { Scheduler } from './scheduler.js';
import { SchedulerWatch } from './scheduler-watch.js';
import { ShardLogsService } from './shard-logs.service.js';
import { ShardsService } from './shards.service.js';
import { StandingCount } from './standing.js';
import { WindowsPages } from './windows.pages.js';

@Module({
  imports: [InventoryModule],
  controllers: [
    ...[OverviewPages, AuditListPages, AuditFormPages, AuditsPages],
    ...[RunListPages, RunsPages, RunDifferencePages, WindowsPages],
    ...[OverviewApi, AuditsApi, RunsApi],
  ],
  providers: [
    ...[
      ScansService,
      ShardsService,
      ShardLogsService,
      ObservationsService,
      RunPlans,
      RunLooks,
      AgendaService,
      Scheduler,
      Dispatcher,
    ],
    ...[Leave, Gatekeeper, Scanner, Collator, Archivist],
    ...[ScansQueries, ReportedQueries, OverviewQueries, RunPairQueries],
    ...[RunProgress, AuditBook, StandingCount, Overview, RunSheet, RunComparer, AuditPreview],
    ...[LivePages, RunLog, AuditHealthService, ScansMetrics, SchedulerWatch],
  ],
  exports: [
    Archivist,
    Collator,
    ScansService,
    AgendaService,
    AuditHealthService,
    Gatekeeper,
    ShardsService,
    ObservationsService,
    RunLooks,
    Scheduler,
    Dispatcher,
    Scanner,
  ],
})
export class ScansModule {}
