/*
 * Wires the history as pictures: the page of one port, services, and what owners answer for.
 */
import { Module } from '@nestjs/common';
import { InventoryModule } from '../inventory/inventory.module.js';
import { DeclaredPortsQueries } from './declared-ports.queries.js';
import { GraphsPages } from './graphs.pages.js';
import { OwnerApi } from './owner.api.js';
import { OwnerPages } from './owner.pages.js';
import { OwnerQueries } from './owner.queries.js';
import { OwnerDuties } from './owner-duties.js';
import { ServiceApi } from './service.api.js';
import { ServicePages } from './service.pages.js';
import { ServiceQueries } from './service.queries.js';
import { ServicePort } from './service-port.js';
import { ServicesPages } from './services.pages.js';
import { StandingsQueries } from './standings.queries.js';
import { StandingsKeeper } from './standings-keeper.js';

@Module({
  imports: [InventoryModule],
  controllers: [GraphsPages, ServicePages, ServicesPages, OwnerPages, ServiceApi, OwnerApi],
  providers: [
    ServiceQueries,
    ServicePort,
    DeclaredPortsQueries,
    StandingsQueries,
    StandingsKeeper,
    OwnerQueries,
    OwnerDuties,
  ],
})
export class GraphsModule {}
