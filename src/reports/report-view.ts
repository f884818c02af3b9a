/*
 * A report as pages show it: its row in the list, its seal, its sizes. Pure.
 */
import { instant, instantOrNull } from '../platform/page-times.js';
import { pressState } from './orders/order-state.js';
import { KINDS, nameOf, parametersLine } from './orders/report-words.js';
import { pdfPath } from './report-answers.js';
import type { ListedReport } from './reports.queries.js';
import type { SigningKeysService } from './seal/signing-keys.service.js';

export const VERDICT_WORDS = {
  clean: 'Clean',
  drift: 'Drift',
  inconclusive: 'Inconclusive',
  failed: 'Failed',
} as const;

export function reportRow(row: ListedReport, now: Date) {
  const { id, run, parameters } = row;
  return {
    ...{ id, path: `/reports/${id}`, name: nameOf(row) },
    kind: row.title === null ? null : KINDS[row.kind].word,
    run: run && {
      ...{ id: run.id, audit: run.audit, findings: run.findings, hosts: run.hosts },
      verdict: { name: run.verdict, word: VERDICT_WORDS[run.verdict] },
    },
    line: parameters === null ? null : parametersLine(parameters),
    made: instant(row.madeAt, now),
    by: row.order?.schedule ?? row.order?.askedBy ?? null,
    isScheduled: row.order?.schedule != null,
    ...pdfView(row, now),
    seal: sealView(row, now),
  };
}

/** The PDF: where it is, or why it is not there. */
export function pdfView(row: ListedReport, now: Date) {
  const state = pressState(row);
  return {
    state,
    pdf: state === 'ready' ? pdfPath(row) : null,
    size: row.pdfBytes === null ? null : bytesText(row.pdfBytes),
    pdfSha256: row.pdfSha256,
    shortSha256: row.pdfSha256?.slice(0, 12) ?? null,
    problem: state === 'printing' || state === 'unprinted' ? row.problem : null,
    letGo: instantOrNull(row.letGoAt, now),
  };
}

/** Null where there is no PDF to be signed. */
export function sealView(row: ListedReport, now: Date) {
  if (row.pdfSha256 === null) return null;
  return {
    by: row.signedBy,
    certificateSha256: row.certificateSha256,
    because: row.unsignedBecause ?? 'it was printed before reports were signed',
    stamped: row.stampedAt && instant(row.stampedAt, now),
    stampedBy: row.stampedBy,
    unstamped: row.unstampedBecause,
  };
}

/** Null where nobody has looked for the key yet. */
export function signingView(known: SigningKeysService['known']) {
  if (known === null) return null;
  return known.ok
    ? { by: known.key.facts.subject, sha256: known.key.facts.sha256, because: null }
    : { by: null, sha256: null, because: known.why };
}

export function bytesText(bytes: number): string {
  return bytes < 1_000_000
    ? `${Math.max(1, Math.round(bytes / 1000))} kB`
    : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
