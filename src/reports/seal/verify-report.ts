/*
 * Checks a report as a file: its signature (verify-seal.ts), the evidence inside, and whether its pages say what the evidence says. It
 * needs nothing but the file.
 *
 * What was changed after it was signed is not read any further: whoever has changed it wrote it.
 */
import { createHash } from 'node:crypto';
import type { PDF, PDFPage } from '@libpdf/core';
import { reportTotals } from '../../domain/report/exposure-totals.js';
import type { Certificate, CertificateFacts } from './certificate.js';
import { EVIDENCE_NAME, evidenceIn, type FoundEvidence, type Told } from './evidence.js';
import { documentDifferenceIn } from './printed-document.js';
import type { PrintedPage } from './printed-page.js';
import { differenceIn } from './printed-totals.js';
import { type Check, type SealLook, verifySeal } from './verify-seal.js';

export interface Verification {
  /** False for a file that has no evidence in it: whoever has signed it, it is no report. */
  readonly isReport: boolean;
  /** Everything that was checked holds, and it is signed. */
  readonly isSound: boolean;
  readonly bytes: number;
  readonly sha256: string;
  readonly checks: readonly Check[];
  readonly signer: CertificateFacts | null;
  readonly signedAt: Date | null;
  readonly stamp: SealLook['stamp'];
  /** The run is null where it tells of more than one; then the verdict is the large word of its cover. */
  readonly evidence: {
    readonly sha256: string;
    readonly run: string | null;
    readonly verdict: string;
  } | null;
}

const NOT_READ = 'not read: the file is not what was signed';

/** @param expected whose signature it must be: one of these; empty where nobody says */
export async function verifyReport(
  file: Buffer,
  expected: readonly Certificate[] = [],
): Promise<Verification> {
  const seal = verifySeal(file, expected);
  const isChanged = seal.isSigned && seal.signer === null;
  const inside = isChanged ? unread() : await look(file);
  const checks = [...seal.checks, ...inside.checks];
  const { signer, signedAt, stamp } = seal;
  return {
    isReport: file.includes(EVIDENCE_NAME) || !inside.isNothing,
    isSound: signer !== null && checks.every(({ outcome }) => outcome !== 'fails'),
    bytes: file.length,
    sha256: createHash('sha256').update(file).digest('hex'),
    ...{ checks, signer, signedAt, stamp, evidence: inside.evidence },
  };
}

interface Inside {
  readonly isNothing: boolean;
  readonly checks: readonly Check[];
  readonly evidence: Verification['evidence'];
}

const unread = (): Inside => ({
  isNothing: false,
  checks: [
    { name: 'evidence', outcome: 'unchecked', says: `${EVIDENCE_NAME} was ${NOT_READ}` },
    { name: 'pages', outcome: 'unchecked', says: `the pages were ${NOT_READ}` },
  ],
  evidence: null,
});

async function look(file: Buffer): Promise<Inside> {
  const pdf = await load(file);
  const found: FoundEvidence = pdf
    ? evidenceIn(pdf)
    : { ok: false, isNone: true, why: 'it can’t be read as a PDF' };
  if (!found.ok || !pdf) {
    const why = found.ok ? '' : found.why;
    return {
      isNothing: !found.ok && found.isNone,
      checks: [
        { name: 'evidence', outcome: 'fails', says: why },
        {
          name: 'pages',
          outcome: 'unchecked',
          says: 'the pages were compared with nothing: there is no evidence',
        },
      ],
      evidence: null,
    };
  }
  const { bytes, sha256, told } = found;
  const run = told.of === 'run' ? told.snapshot.run : null;
  const verdict = told.of === 'run' ? told.snapshot.verdict : told.document.word;
  const name = told.of === 'run' ? `run ${run}` : `${told.document.title}: ${told.document.subject}`;
  const says = `${EVIDENCE_NAME}, ${bytes} bytes, SHA-256 ${sha256}, is the one attachment and reads as the evidence of ${name}`;
  return {
    isNothing: false,
    checks: [{ name: 'evidence', outcome: 'holds', says }, pagesCheck(pdf, found)],
    evidence: { sha256, run, verdict },
  };
}

function pagesCheck(pdf: PDF, { sha256, told }: Extract<FoundEvidence, { ok: true }>): Check {
  const pages = pdf.getPages();
  const read = (index: number): PrintedPage => textOf(pages[index]!);
  const difference =
    told.of === 'run'
      ? differenceIn(pages.length, read, reportTotals(told.snapshot), sha256)
      : documentDifferenceIn(pages.length, read, told.document, sha256, told.words);
  if (difference !== null) return { name: 'pages', outcome: 'fails', says: difference };
  return {
    name: 'pages',
    outcome: 'holds',
    says: `the pages say what the evidence says: ${totalsOf(told)}; further than these totals the pages were not read`,
  };
}

function totalsOf(told: Told): string {
  if (told.of === 'document') {
    const { word, tiles } = told.document;
    const counts = tiles.map(
      ({ count, of, label }) => `${of === null ? count : `${count} of ${of}`} ${label}`,
    );
    return [word, ...counts].join(', ');
  }
  const { run, verdict, toDo, fresh, resolved, accepted, cleanHosts, hosts, ports } = reportTotals(
    told.snapshot,
  );
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
