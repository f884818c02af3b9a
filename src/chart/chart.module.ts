/*
 * Wires the chart: what is known, as pictures. It writes nothing but what it can make anew.
 */
import { Module } from '@nestjs/common';
import { FindingsModule } from '../findings/findings.module.js';
import { InventoryModule } from '../inventory/inventory.module.js';
import { ScansModule } from '../scans/scans.module.js';
import { ChartPages } from './chart.pages.js';

@Module({
  imports: [InventoryModule, ScansModule, FindingsModule],
  controllers: [ChartPages],
})
export class ChartModule {}
