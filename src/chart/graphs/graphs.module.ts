/*
 * Wires the history as pictures: the page of one port, services, and what owners answer for.
 */
import { Module } from '@nestjs/common';
import { InventoryModule } from '../../inventory/inventory.module.js';
import { OwnerApi } from '../owners/owner.api.js';
import { OwnerPages } from '../owners/owner.pages.js';
import { OwnerQueries } from '../owners/owner.queries.js';
import { OwnerDuties } from '../owners/owner-duties.js';
import { DeclaredPortsQueries } from '../services/declared-ports.queries.js';
import { ServiceApi } from '../services/service.api.js';
import { ServicePages } from '../services/service.pages.js';
import { ServiceQueries } from '../services/service.queries.js';
import { ServicePort } from '../services/service-port.js';
import { ServicesPages } from '../services/services.pages.js';
import { StandingsQueries } from '../services/standings.queries.js';
import { StandingsKeeper } from '../services/standings-keeper.js';
import { GraphsPages } from './graphs.pages.js';
import { HostGraphs } from './graphs-host.js';

@Module({
  imports: [InventoryModule],
  controllers: [GraphsPages, ServicePages, ServicesPages, OwnerPages, ServiceApi, OwnerApi],
  providers: [
    ServiceQueries,
    ServicePort,
    HostGraphs,
    DeclaredPortsQueries,
    StandingsQueries,
    StandingsKeeper,
    OwnerQueries,
    OwnerDuties,
  ],
  exports: [HostGraphs],
})
export class GraphsModule {}
