/*
 * What is inside a report's PDF: its evidence, whether that adds up, and whether the pages say what it says.
 */
import type { PDF, PDFPage } from '@libpdf/core';
import type { HeldCheckpoint } from '../../domain/ledger-checkpoint.js';
import { type ReportTotals, reportTotals } from '../../domain/report/exposure/exposure-totals.js';
import { wordsIn } from '../drawing/words.js';
import type { ReadEvidence } from '../kinds/formats.js';
import { EVIDENCE_NAME, evidenceIn, type FoundEvidence, LEDGER_NAME, ledgerIn } from './evidence.js';
import { buildProblem } from './pdf-build.js';
import { documentDifferenceIn } from './printed-document.js';
import type { PrintedPage } from './printed-page.js';
import { differenceIn } from './printed-totals.js';
import type { Check } from './verify-seal.js';

export interface Inside {
  readonly isNothing: boolean;
  readonly checks: readonly Check[];
  readonly evidence: InsideEvidence | null;
  /** The checkpoint of the ledger that it was printed with; null where there is none; why where it can't be read. */
  readonly ledger: HeldCheckpoint | string | null;
}

export interface InsideEvidence {
  readonly sha256: string;
  readonly format: string;
  /** Of a report of one run; null for one that was asked for. */
  readonly run: string | null;
  /** Of a run, or the word of its cover. */
  readonly verdict: string;
}

/** Of a file that is not what was signed, or is not built as a report is. @param build null where it was not asked about */
export function unread(build: Check | null): Inside {
  const because = `not read: the file is not ${build ? 'built as a report is' : 'what was signed'}`;
  return {
    // A file that is no report at all has neither.
    isNothing: build !== null,
    checks: [
      { name: 'evidence', outcome: 'unchecked', says: `${EVIDENCE_NAME} was ${because}` },
      { name: 'pages', outcome: 'unchecked', says: `the pages were ${because}` },
    ],
    evidence: null,
    ledger: null,
  };
}

export async function lookInside(file: Buffer): Promise<Inside> {
  const pdf = await load(file);
  const found: FoundEvidence = pdf
    ? evidenceIn(pdf)
    : { ok: false, isNone: true, why: 'it can’t be read as a PDF' };
  if (!found.ok || !pdf) {
    const says = 'the pages were compared with nothing: there is no evidence';
    return {
      isNothing: !found.ok && found.isNone,
      checks: [
        { name: 'evidence', outcome: 'fails', says: found.ok ? '' : found.why },
        { name: 'pages', outcome: 'unchecked', says },
      ],
      evidence: null,
      ledger: null,
    };
  }
  const { bytes, sha256, evidence, ledger } = found;
  const alone = ledger === null ? 'is the one attachment' : `is attached beside ${LEDGER_NAME}`;
  const says = `${EVIDENCE_NAME}, ${bytes} bytes, SHA-256 ${sha256}, ${alone} and reads as the evidence of ${nameOf(evidence)}`;
  return {
    isNothing: false,
    checks: [sumsCheck(evidence, says), pagesCheck(pdf, found)],
    evidence: { sha256, ...factsOf(evidence) },
    ledger,
  };
}

/** Of a file that somebody holds, whoever has signed it: a checkpoint is signed by itself. Null where there is none in it. */
export async function checkpointInside(file: Buffer): Promise<HeldCheckpoint | null> {
  if (buildProblem(file) !== null) return null;
  const pdf = await load(file);
  const found = pdf && ledgerIn(pdf);
  return typeof found === 'string' ? null : found;
}

function factsOf(evidence: ReadEvidence): Omit<InsideEvidence, 'sha256'> {
  if (evidence.of === 'order') {
    const { word } = evidence.document(wordsIn(evidence.parameters.language));
    return { format: evidence.format, run: null, verdict: word };
  }
  const { format, run, verdict } = evidence.snapshot;
  return { format, run, verdict };
}

function nameOf(evidence: ReadEvidence): string {
  if (evidence.of === 'run') return `run ${evidence.snapshot.run}`;
  const { title, subject } = evidence.document(wordsIn(evidence.parameters.language));
  return `${title}: ${subject} (${evidence.format})`;
}

function sumsCheck(evidence: ReadEvidence, says: string): Check {
  const problem = evidence.of === 'order' ? evidence.problem : null;
  return problem === null
    ? { name: 'evidence', outcome: 'holds', says }
    : { name: 'evidence', outcome: 'fails', says: `${says}; but its numbers do not add up: ${problem}` };
}

function pagesCheck(pdf: PDF, { sha256, evidence }: Extract<FoundEvidence, { ok: true }>): Check {
  const pages = pdf.getPages();
  const read = (index: number): PrintedPage => textOf(pages[index]!);
  if (evidence.of === 'run') {
    const totals = reportTotals(evidence.snapshot);
    return compared(differenceIn(pages.length, read, totals, sha256), totalsText(totals));
  }
  const words = wordsIn(evidence.parameters.language);
  const document = evidence.document(words);
  const told = document.tiles.map(
    ({ label, count, of }) => `${label}: ${count}${of === null ? '' : ` of ${of}`}`,
  );
  return compared(
    documentDifferenceIn(pages.length, read, document, sha256, words),
    [document.word, ...told].join(', '),
  );
}

function compared(difference: string | null, told: string): Check {
  if (difference !== null) return { name: 'pages', outcome: 'fails', says: difference };
  const says = `the pages say what the evidence says: ${told}; further than these totals the pages were not read`;
  return { name: 'pages', outcome: 'holds', says };
}

function totalsText(totals: ReportTotals): string {
  const { run, verdict, toDo, fresh, resolved, accepted, cleanHosts, hosts, ports } = totals;
  return `run ${run}, ${verdict}, ${toDo} findings to act on, ${fresh} new, ${resolved} resolved, ${accepted} accepted, ${cleanHosts} of ${hosts} hosts as declared, ${ports} ports`;
}

async function load(file: Buffer): Promise<PDF | null> {
  const { PDF } = await import('@libpdf/core');
  // What is no PDF it says by throwing, and what it can do nothing with it warns of.
  return PDF.load(file).catch(() => null);
}

/** A page that can't be read says nothing. */
function textOf(page: PDFPage): PrintedPage {
  try {
    return page.extractText();
  } catch {
    return { lines: [] };
  }
}
