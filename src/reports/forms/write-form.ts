/*
 * Makes a form of a report of its evidence, piece by piece. A pure function of the evidence: the same text gives the same bytes, and
 * what is said in one form is said in all.
 */
import { ReportSnapshot } from '../../domain/report/exposure/exposure.js';
import { drawReport } from '../drawing/draw-report.js';
import { askedIn } from '../kinds/formats.js';
import { findingsCsv, hostsCsv } from './csv-form.js';
import { junitOf } from './junit-form.js';
import { askedCsv } from './kind-csv.js';
import { oscalPlan } from './oscal-plan.js';
import { oscalPoam } from './oscal-poam.js';
import { oscalResults } from './oscal-results.js';
import { OscalSource } from './oscal-source.js';
import type { FormName } from './report-forms.js';
import { jsonText } from './rows.js';
import { sarifOf } from './sarif-form.js';

export interface ReportEvidence {
  /** The very text that was hashed. */
  readonly text: string;
  readonly sha256: string;
}

type Write = (snapshot: ReportSnapshot, sha256: string) => Iterable<string>;

const WRITE: Readonly<Record<Exclude<FormName, 'json' | 'html' | 'csv'>, Write>> = {
  'csv-hosts': ({ hosts }) => hostsCsv(hosts),
  'oscal-ap': (snapshot, sha256) => jsonText(oscalPlan(new OscalSource(snapshot, sha256))),
  'oscal-ar': (snapshot, sha256) => jsonText(oscalResults(new OscalSource(snapshot, sha256))),
  'oscal-poam': (snapshot, sha256) => jsonText(oscalPoam(new OscalSource(snapshot, sha256))),
  sarif: (snapshot, sha256) => jsonText(sarifOf(snapshot, sha256)),
  junit: (snapshot) => junitOf(snapshot),
};

/** Throws what is wrong with the evidence before the first piece, and not in the middle. */
export function writeForm(form: FormName, { text, sha256 }: ReportEvidence): Iterable<string> {
  if (form === 'json') return [text];
  if (form === 'html') return [drawReport(text, { evidenceSha256: sha256 })];
  const value: unknown = JSON.parse(text);
  if (form === 'csv') return csvOf(value);
  return WRITE[form](ReportSnapshot.parse(value), sha256);
}

function csvOf(value: unknown): Iterable<string> {
  const asked = askedIn(value);
  return asked === null ? findingsCsv(ReportSnapshot.parse(value).findings) : askedCsv(asked);
}
