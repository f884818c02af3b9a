/*
 * What each format of evidence is: how it is read, whether it adds up, and what its pages say. One format a kind, and one for the report of
 * a run; a number at its end is another when what stood in it before is gone or means something else.
 */
import type { z } from 'zod';
import { AttestationSnapshot } from '../../domain/report/attestation/attestation.js';
import { ComplianceSnapshot } from '../../domain/report/compliance/compliance.js';
import { DriftSnapshot } from '../../domain/report/drift/drift.js';
import { ExceptionsSnapshot } from '../../domain/report/exceptions/exceptions.js';
import { ReportSnapshot } from '../../domain/report/exposure/exposure.js';
import { ExposuresSnapshot } from '../../domain/report/exposure/exposures.js';
import type { ReportParameters } from '../../domain/report/parameters.js';
import type { ReportDocument } from '../drawing/document.js';
import type { Words } from '../drawing/words.js';
import { ATTESTATION } from './attestation-kind.js';
import { COMPLIANCE } from './compliance-kind.js';
import { DRIFT } from './drift-kind.js';
import { EXCEPTIONS } from './exceptions-kind.js';
import { EXPOSURES } from './exposures-kind.js';
import type { KindOfReport } from './report-kind.js';

export type ReadEvidence =
  | { readonly of: 'run'; readonly snapshot: ReportSnapshot }
  | {
      readonly of: 'order';
      readonly format: string;
      readonly parameters: ReportParameters;
      readonly problem: string | null;
      document(words: Words): ReportDocument;
    };

const RUN_FORMAT = ReportSnapshot.shape.format.value;

/** Those that are made when somebody, or a schedule, asks. */
const ORDERED = new Map<string, { readonly schema: z.ZodType; read(value: unknown): ReadEvidence }>([
  ordered('portolan-exposure/1', ExposuresSnapshot, EXPOSURES),
  ordered('portolan-drift/1', DriftSnapshot, DRIFT),
  ordered('portolan-compliance/1', ComplianceSnapshot, COMPLIANCE),
  ordered('portolan-attestation/1', AttestationSnapshot, ATTESTATION),
  ordered('portolan-exceptions/1', ExceptionsSnapshot, EXCEPTIONS),
]);

function ordered<Snapshot extends { readonly parameters: ReportParameters }>(
  format: string,
  schema: z.ZodType<Snapshot>,
  { problem, document }: KindOfReport<Snapshot>,
): [string, { schema: z.ZodType; read(value: unknown): ReadEvidence }] {
  const read = (value: unknown): ReadEvidence => {
    const snapshot = schema.parse(value);
    return {
      ...{ of: 'order', format, parameters: snapshot.parameters, problem: problem(snapshot) },
      document: (words) => document(snapshot, words),
    };
  };
  return [format, { schema, read }];
}

export const EVIDENCE_FORMATS: readonly string[] = [RUN_FORMAT, ...ORDERED.keys()];

/** The schema of a format; null where there is none of that name. */
export const schemaOf = (format: string): z.ZodType | null =>
  format === RUN_FORMAT ? ReportSnapshot : (ORDERED.get(format)?.schema ?? null);

export type AskedSnapshot = z.output<
  | typeof ExposuresSnapshot
  | typeof DriftSnapshot
  | typeof ComplianceSnapshot
  | typeof AttestationSnapshot
  | typeof ExceptionsSnapshot
>;

/** The snapshot of a report that was asked for; null where it is none. Throws where it is not as its format says. */
export function askedIn(value: unknown): AskedSnapshot | null {
  const known = ORDERED.get(formatIn(value));
  return known ? (known.schema.parse(value) as AskedSnapshot) : null;
}

/** @param text as it is stored, or attached. Throws where it is not evidence of ours. */
export function readEvidence(text: string): ReadEvidence {
  const value: unknown = JSON.parse(text);
  const format = formatIn(value);
  if (format === RUN_FORMAT) return { of: 'run', snapshot: ReportSnapshot.parse(value) };
  const known = ORDERED.get(format);
  if (!known) throw new Error(`evidence of the format ${format.slice(0, 60)} is not known here`);
  return known.read(value);
}

const formatIn = (value: unknown): string =>
  typeof value === 'object' && value !== null && 'format' in value ? String(value.format) : 'none';
