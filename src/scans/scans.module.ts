/*
 * Wires the scanning rooms: due slots become runs, runs become shards, shards become observations.
 */
import { Module } from '@nestjs/common';
import { InventoryModule } from '../inventory/inventory.module.js';
import { Dispatcher } from './dispatcher.js';
import { ObservationsService } from './observations.service.js';
import { RunLooks } from './run-looks.js';
import { RunPlans } from './run-plans.js';
import { Scanner } from './scanner.js';
import { ScansService } from './scans.service.js';
import { Scheduler } from './scheduler.js';

@Module({
  imports: [InventoryModule],
  providers: [ScansService, ObservationsService, RunPlans, RunLooks, Scheduler, Dispatcher, Scanner],
  exports: [ScansService, ObservationsService, RunLooks, Scheduler, Dispatcher, Scanner],
})
export class ScansModule {}
