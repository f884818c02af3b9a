/*
 * Wires where the snapshots of reports come from that are asked for: a source a kind, and what each reads.
 */
import { Module } from '@nestjs/common';
import { FRAMEWORKS, wordKey } from '../../domain/report/frameworks.js';
import { InventoryModule } from '../../inventory/inventory.module.js';
import { wordsIn } from '../drawing/words.js';
import { ReportKinds } from '../orders/report-kinds.js';
import { ComplianceSource } from './compliance-source.js';
import { COMPLIANCE_KIND } from './compliance-view.js';
import { DRIFT } from './drift-kind.js';
import { DriftMovesQueries } from './drift-moves.queries.js';
import { DriftRunsQueries } from './drift-runs.queries.js';
import { DriftSource } from './drift-source.js';
import { ExceptionsSource } from './exceptions-source.js';
import { EXCEPTIONS_KIND } from './exceptions-view.js';
import { EXPOSURES } from './exposures-kind.js';
import { ExposuresSource } from './exposures-source.js';
import { FindingEvidenceQueries } from './finding-evidence.queries.js';
import { InventoryPastReader } from './inventory-past.js';
import { RunEvidenceQueries } from './run-evidence.queries.js';
import { SourceRunsQueries } from './source-runs.queries.js';

const SOURCES = [ExposuresSource, DriftSource, ComplianceSource, ExceptionsSource];

function plugged(
  exposures: ExposuresSource,
  drift: DriftSource,
  compliance: ComplianceSource,
  exceptions: ExceptionsSource,
): ReportKinds {
  const kinds = new ReportKinds()
    .plug('exposure', exposures, EXPOSURES)
    .plug('drift', drift, DRIFT)
    .plug('compliance', compliance, COMPLIANCE_KIND)
    .plug('exceptions', exceptions, EXCEPTIONS_KIND);
  const words = wordsIn('en');
  kinds.frameworks = FRAMEWORKS.map(({ id }) => ({ id, name: words.say(`frameworks.${wordKey(id)}.name`) }));
  return kinds;
}

@Module({
  imports: [InventoryModule],
  providers: [
    ...SOURCES,
    ...[DriftMovesQueries, DriftRunsQueries, SourceRunsQueries],
    ...[RunEvidenceQueries, FindingEvidenceQueries, InventoryPastReader],
    { provide: ReportKinds, useFactory: plugged, inject: SOURCES },
  ],
  exports: [ReportKinds],
})
export class KindsModule {}
