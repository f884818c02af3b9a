/*
 * Wires the reports that are made by themselves: their schedules, and the mail that they go out in.
 */
import { Module } from '@nestjs/common';
import { AlertsModule } from '../../alerts/alerts.module.js';
import { InventoryModule } from '../../inventory/inventory.module.js';
import { LedgerModule } from '../../ledger/ledger.module.js';
import { ReportsModule } from '../reports.module.js';
import { LetterWriter } from './letter-writer.js';
import { ReportConditions } from './report-conditions.js';
import { ReportDeliverer } from './report-deliverer.js';
import { ReportDeliveriesService } from './report-deliveries.service.js';
import { ReportScheduler } from './report-scheduler.js';
import { ReportSchedulesMetrics } from './report-schedules.metrics.js';
import { ReportSchedulesService } from './report-schedules.service.js';
import { ReportsNow } from './reports-now.js';
import { ScheduleBook } from './schedule-book.js';
import { ScheduleWeeder } from './schedule-weeder.js';
import { ScheduledOrders } from './scheduled-orders.js';
import { SchedulesApi } from './schedules.api.js';
import { SchedulesPages } from './schedules.pages.js';

@Module({
  imports: [InventoryModule, AlertsModule, LedgerModule, ReportsModule],
  controllers: [SchedulesPages, SchedulesApi],
  providers: [
    ...[ReportSchedulesService, ReportDeliveriesService, ScheduledOrders, ScheduleBook],
    ...[ReportScheduler, ReportDeliverer, ReportsNow, LetterWriter, ScheduleWeeder, ReportSchedulesMetrics],
    ReportConditions,
  ],
})
export class ReportSchedulesModule {}
