/*
 * Wires the chart: what is known, as pictures. It writes nothing but what it can make anew.
 */
import { Module } from '@nestjs/common';
import { InventoryModule } from '../inventory/inventory.module.js';
import { ScansModule } from '../scans/scans.module.js';
import { Cartographer } from './cartographer.js';
import { ChartApi } from './chart.api.js';
import { ChartPages } from './chart.pages.js';
import { ChartQueries } from './chart.queries.js';
import { ChartedService } from './charted.service.js';
import { HostList } from './host-list.js';
import { HostsPages } from './hosts.pages.js';
import { KnownHostFinder } from './known-host.js';
import { KnownHosts } from './known-hosts.js';
import { SightedRuns } from './sighted-runs.js';

@Module({
  imports: [InventoryModule, ScansModule],
  controllers: [ChartPages, HostsPages, ChartApi],
  providers: [
    ...[ChartQueries, ChartedService, SightedRuns, Cartographer],
    ...[HostList, KnownHosts, KnownHostFinder],
  ],
  exports: [Cartographer],
})
export class ChartModule {}
