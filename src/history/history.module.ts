/*
 * Wires the history: what every declared port was found to be, for as long as it is kept.
 */
import { Module } from '@nestjs/common';
import { InventoryModule } from '../inventory/inventory.module.js';
import { ScansModule } from '../scans/scans.module.js';
import { Historian } from './historian.js';
import { HistoryApi } from './history.api.js';
import { HistoryQueries } from './history.queries.js';
import { HistoryService } from './history.service.js';

@Module({
  imports: [InventoryModule, ScansModule],
  controllers: [HistoryApi],
  providers: [HistoryQueries, HistoryService, Historian],
  exports: [Historian, HistoryService],
})
export class HistoryModule {}
