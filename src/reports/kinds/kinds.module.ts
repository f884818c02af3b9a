/*
 * Wires where the snapshots of reports come from that are asked for: a source a kind, and what each reads.
 */
import { Module } from '@nestjs/common';
import { FRAMEWORKS } from '../../domain/report/compliance/frameworks.js';
import { InventoryModule } from '../../inventory/inventory.module.js';
import { AttestationQueries } from './attestation.queries.js';
import { ATTESTATION } from './attestation-kind.js';
import { AttestationSource } from './attestation-source.js';
import { COMPLIANCE } from './compliance-kind.js';
import { ComplianceSource } from './compliance-source.js';
import { DRIFT } from './drift-kind.js';
import { DriftMovesQueries } from './drift-moves.queries.js';
import { DriftRunsQueries } from './drift-runs.queries.js';
import { DriftSource } from './drift-source.js';
import { EXCEPTIONS } from './exceptions-kind.js';
import { ExceptionsSource } from './exceptions-source.js';
import { EXPOSURES } from './exposures-kind.js';
import { ExposuresSource } from './exposures-source.js';
import { FindingEvidenceQueries } from './finding-evidence.queries.js';
import { frameworkName } from './framework-name.js';
import { InventoryPastReader } from './inventory-past.js';
import { ReportKinds } from './report-kinds.js';
import { RunEvidenceQueries } from './run-evidence.queries.js';
import { SourceRunsQueries } from './source-runs.queries.js';

const SOURCES = [ExposuresSource, DriftSource, ComplianceSource, AttestationSource, ExceptionsSource];

function plugged(
  exposures: ExposuresSource,
  drift: DriftSource,
  compliance: ComplianceSource,
  attestation: AttestationSource,
  exceptions: ExceptionsSource,
): ReportKinds {
  const kinds = new ReportKinds()
    .plug('exposure', exposures, EXPOSURES)
    .plug('drift', drift, DRIFT)
    .plug('compliance', compliance, COMPLIANCE)
    .plug('attestation', attestation, ATTESTATION)
    .plug('exceptions', exceptions, EXCEPTIONS);
  kinds.frameworks = FRAMEWORKS.map(({ id }) => ({ id, name: frameworkName(id)! }));
  return kinds;
}

@Module({
  imports: [InventoryModule],
  providers: [
    ...SOURCES,
    ...[DriftMovesQueries, DriftRunsQueries, SourceRunsQueries],
    ...[RunEvidenceQueries, FindingEvidenceQueries, InventoryPastReader, AttestationQueries],
    { provide: ReportKinds, useFactory: plugged, inject: SOURCES },
  ],
  exports: [ReportKinds],
})
export class KindsModule {}
