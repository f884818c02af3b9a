/*
 * Of each kind of report where its snapshot comes from, and what tells that it adds up. Nothing in here knows the service: it runs in a
 * thread that has no database of its own (gathering/gather-apart.ts).
 */
import type { ReportKind } from '../../domain/report/parameters.js';
import type { Reading } from '../gathering/reading.js';
import { ATTESTATION } from './attestation-kind.js';
import { AttestationSource } from './attestation-source.js';
import { COMPLIANCE } from './compliance-kind.js';
import { ComplianceSource } from './compliance-source.js';
import { DRIFT } from './drift-kind.js';
import { DriftSource } from './drift-source.js';
import { EXCEPTIONS } from './exceptions-kind.js';
import { ExceptionsSource } from './exceptions-source.js';
import { EXPOSURES } from './exposures-kind.js';
import { ExposuresSource } from './exposures-source.js';
import type { KindOfReport, ReportSource } from './report-kind.js';

interface KindSource {
  readonly source: (reading: Reading) => ReportSource<object>;
  readonly kind: Pick<KindOfReport<object>, 'problem'>;
}

const from = <Snapshot extends object>(
  Source: new (reading: Reading) => ReportSource<Snapshot>,
  { problem }: KindOfReport<Snapshot>,
): KindSource => ({
  source: (reading) => new Source(reading),
  kind: { problem: (snapshot) => problem(snapshot as Snapshot) },
});

export const KIND_SOURCES: Readonly<Record<ReportKind, KindSource>> = {
  exposure: from(ExposuresSource, EXPOSURES),
  drift: from(DriftSource, DRIFT),
  compliance: from(ComplianceSource, COMPLIANCE),
  attestation: from(AttestationSource, ATTESTATION),
  exceptions: from(ExceptionsSource, EXCEPTIONS),
};
