/*
 * Wires the findings: what drifted, and its life.
 */
import { Module } from '@nestjs/common';
import { ScansModule } from '../scans/scans.module.js';
import { Comparer } from './comparer.js';
import { FindingsService } from './findings.service.js';

@Module({
  imports: [ScansModule],
  providers: [FindingsService, Comparer],
  exports: [FindingsService, Comparer],
})
export class FindingsModule {}
