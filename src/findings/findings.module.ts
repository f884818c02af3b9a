/*
 * Wires the findings: what drifted, and its life.
 */
import { Module } from '@nestjs/common';
import { InventoryModule } from '../inventory/inventory.module.js';
import { ScansModule } from '../scans/scans.module.js';
import { Comparer } from './comparer.js';
import { ExceptionRegister } from './exception-register.js';
import { ExceptionsApi } from './exceptions.api.js';
import { ExceptionsPages } from './exceptions.pages.js';
import { ExceptionsQueries } from './exceptions.queries.js';
import { ExplainApi } from './explain.api.js';
import { ExplainQueries } from './explain.queries.js';
import { Explainer } from './explainer.js';
import { FindingDeedsPages } from './finding-deeds.pages.js';
import { FindingExport } from './finding-export.js';
import { FindingLists } from './finding-lists.queries.js';
import { FindingStepsService } from './finding-steps.service.js';
import { FindingTellings } from './finding-tellings.queries.js';
import { FindingsApi } from './findings.api.js';
import { FindingsMetrics } from './findings.metrics.js';
import { FindingsPages } from './findings.pages.js';
import { FindingsQueries } from './findings.queries.js';
import { FindingsService } from './findings.service.js';
import { Tidier } from './tidier.js';

@Module({
  imports: [InventoryModule, ScansModule],
  controllers: [FindingsApi, ExplainApi, ExceptionsApi, FindingDeedsPages, FindingsPages, ExceptionsPages],
  providers: [
    FindingsService,
    FindingStepsService,
    Comparer,
    Tidier,
    ExplainQueries,
    Explainer,
    FindingsQueries,
    FindingLists,
    FindingTellings,
    FindingExport,
    ExceptionsQueries,
    ExceptionRegister,
    FindingsMetrics,
  ],
  exports: [FindingsService, FindingStepsService, Comparer, Tidier],
})
export class FindingsModule {}
