/*
 * The service as Nest sees it: the features, and around them what all of them need, handed in from outside so that a
 * test hands in its own clock and database.
 */
import { type DynamicModule, Module } from '@nestjs/common';
import { APP_FILTER, APP_INTERCEPTOR, DiscoveryModule } from '@nestjs/core';
import { ScheduleModule } from '@nestjs/schedule';
import type { Logger } from 'pino';
import { DataSource } from 'typeorm';
import { AccessModule } from './access/access.module.js';
import { AlertsModule } from './alerts/alerts.module.js';
import { ChartModule } from './chart/chart.module.js';
import { GraphsModule } from './chart/graphs/graphs.module.js';
import { CONFIG, type Config } from './config.js';
import { FindingsModule } from './findings/findings.module.js';
import { HistoryModule } from './history/history.module.js';
import { InventoryModule } from './inventory/inventory.module.js';
import { LedgerModule } from './ledger/ledger.module.js';
import { AboutController } from './platform/about.js';
import { ReferenceApi } from './platform/api-reference.js';
import { Bustle } from './platform/bustle.js';
import { CLOCK, type Clock } from './platform/clock.js';
import { DatabasePulse } from './platform/database-pulse.js';
import { HealthController } from './platform/health.js';
import { Heartbeat } from './platform/heartbeat.js';
import { Keyring } from './platform/keyring.js';
import { LiveStreams } from './platform/live-streams.js';
import { LOGGER } from './platform/log.js';
import { Metrics, MetricsController } from './platform/metrics.js';
import { PageLinks } from './platform/page-links.js';
import { Readiness } from './platform/readiness.js';
import { RefusalFilter } from './platform/refusal-filter.js';
import { RouteTable } from './platform/route-table.js';
import { StoreWatch } from './platform/store-watch.js';
import { WebViews } from './platform/web-views.js';
import { ReportSchedulesModule } from './reports/orders/schedules.module.js';
import { ReportsModule } from './reports/reports.module.js';
import { ScansModule } from './scans/scans.module.js';
import { StartModule } from './start/start.module.js';

export interface Surroundings {
  readonly config: Config;
  readonly database: DataSource;
  readonly clock: Clock;
  readonly log: Logger;
  readonly views: WebViews;
}

@Module({})
class SurroundingsModule {}

@Module({})
class AppModule {}

export function appModule({ config, database, clock, log, views }: Surroundings): DynamicModule {
  const providers = [
    { provide: CONFIG, useValue: config },
    { provide: DataSource, useValue: database },
    { provide: CLOCK, useValue: clock },
    { provide: LOGGER, useValue: log },
    { provide: WebViews, useValue: views },
    ...[DatabasePulse, Readiness, Metrics, StoreWatch, Keyring, LiveStreams, RouteTable, Bustle].map(
      (one) => ({
        provide: one,
        useClass: one,
      }),
    ),
  ];
  const surroundings = {
    module: SurroundingsModule,
    global: true,
    imports: [DiscoveryModule],
    providers,
    exports: providers.map((one) => one.provide),
  };
  return {
    module: AppModule,
    imports: [
      surroundings,
      ScheduleModule.forRoot(),
      AccessModule,
      InventoryModule,
      ScansModule,
      FindingsModule,
      AlertsModule,
      HistoryModule,
      ChartModule,
      GraphsModule,
      LedgerModule,
      ReportsModule,
      ReportSchedulesModule,
      StartModule,
    ],
    controllers: [AboutController, HealthController, MetricsController, ReferenceApi],
    providers: [
      { provide: APP_FILTER, useClass: RefusalFilter },
      { provide: APP_INTERCEPTOR, useClass: PageLinks },
      { provide: APP_INTERCEPTOR, useExisting: Bustle },
      Heartbeat,
    ],
  };
}
