/*
 * Wires the history as pictures: the page of one port, services, and what owners answer for.
 */
import { Module } from '@nestjs/common';
import { InventoryModule } from '../inventory/inventory.module.js';
import { GraphsPages } from './graphs.pages.js';
import { ServicePages } from './service.pages.js';
import { ServiceQueries } from './service.queries.js';
import { ServicePort } from './service-port.js';

@Module({
  imports: [InventoryModule],
  controllers: [GraphsPages, ServicePages],
  providers: [ServiceQueries, ServicePort],
})
export class GraphsModule {}
