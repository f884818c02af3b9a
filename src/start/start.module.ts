/*
 * Wires the guided start: from an empty service to a first report.
 */
import { Module } from '@nestjs/common';
import { InventoryModule } from '../inventory/inventory.module.js';
import { ScansModule } from '../scans/scans.module.js';
import { FirstVoyage } from './first-voyage.js';
import { StartPages } from './start.pages.js';
import { StartQueries } from './start.queries.js';

@Module({
  imports: [InventoryModule, ScansModule],
  controllers: [StartPages],
  providers: [FirstVoyage, StartQueries],
})
export class StartModule {}
