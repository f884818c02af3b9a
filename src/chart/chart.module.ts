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
import { GraphsModule } from './graphs/graphs.module.js';
import { HostList } from './hosts/host-list.js';
import { HostsPages } from './hosts/hosts.pages.js';
import { KnownHostFinder } from './hosts/known-host.js';
import { KnownHosts } from './hosts/known-hosts.js';
import { SightedRuns } from './sighted-runs.js';

@Module({
  imports: [InventoryModule, ScansModule, GraphsModule],
  controllers: [ChartPages, HostsPages, ChartApi],
  providers: [
    ...[ChartQueries, ChartedService, SightedRuns, Cartographer],
    ...[HostList, KnownHosts, KnownHostFinder],
  ],
  exports: [Cartographer],
})
export class ChartModule {}
