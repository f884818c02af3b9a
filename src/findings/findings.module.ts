/*
 * Wires the findings: what drifted, and its life.
 */
import { Module } from '@nestjs/common';
import { InventoryModule } from '../inventory/inventory.module.js';
import { ScansModule } from '../scans/scans.module.js';
import { Comparer } from './comparer.js';
import { ExplainQueries } from './explain.queries.js';
import { Explainer } from './explainer.js';
import { FindingStepsService } from './finding-steps.service.js';
import { FindingsApi } from './findings.api.js';
import { FindingsMetrics } from './findings.metrics.js';
import { FindingsPages } from './findings.pages.js';
import { FindingsQueries } from './findings.queries.js';
import { FindingsService } from './findings.service.js';
import { Tidier } from './tidier.js';

@Module({
  imports: [InventoryModule, ScansModule],
  controllers: [FindingsApi, FindingsPages],
  providers: [
    FindingsService,
    FindingStepsService,
    Comparer,
    Tidier,
    ExplainQueries,
    Explainer,
    FindingsQueries,
    FindingsMetrics,
  ],
  exports: [FindingsService, FindingStepsService, Comparer, Tidier],
})
export class FindingsModule {}
