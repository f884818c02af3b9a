/*
 * The evidence inside a report's PDF: its snapshot, as the very text that was hashed, as an embedded file (ISO 32000-2 §7.11.4) that
 * belongs to the whole document.
 */

import { createHash } from 'node:crypto';
import type { PDF } from '@libpdf/core';
import { type ReadEvidence, readEvidence } from '../kinds/formats.js';

export const EVIDENCE_NAME = 'evidence.json';

export interface Evidence {
  /** Null for one that was asked for, and is of no run alone. */
  readonly run: string | null;
  /** Its number in the log; none outside of the service. */
  readonly report?: string;
  readonly text: string;
  readonly sha256: string;
}

/** Adds it to what is saved next. */
export async function attachEvidence(pdf: PDF, { run, text, sha256 }: Evidence, at: Date): Promise<void> {
  const { PdfArray, PdfDict, PdfName, PdfRef } = await import('@libpdf/core');
  pdf.attachments.add(EVIDENCE_NAME, new TextEncoder().encode(text), {
    description: `The evidence of ${run === null ? 'this report' : `run ${run.replace(/[^ -~]/g, '?')}`}: SHA-256 ${sha256}`,
    mimeType: 'application/json',
    createdAt: at,
    modifiedAt: at,
  });
  // The library names no relationship to the document (§14.13), and writes the type's slash in a way of its own.
  const follow = (value: unknown): unknown => (value instanceof PdfRef ? pdf.getObject(value) : value);
  const names = follow(pdf.getCatalog().get('Names'));
  const tree = names instanceof PdfDict ? follow(names.get('EmbeddedFiles')) : null;
  const list = tree instanceof PdfDict ? follow(tree.get('Names')) : null;
  const reference = list instanceof PdfArray ? list.at(list.length - 1) : null;
  const file = follow(reference);
  if (!(file instanceof PdfDict) || !(reference instanceof PdfRef))
    throw new Error('the evidence is not where it was put');
  file.set('AFRelationship', PdfName.of('Data'));
  const streams = follow(file.get('EF'));
  const stream = streams instanceof PdfDict ? follow(streams.get('F')) : null;
  if (stream instanceof PdfDict) stream.set('Subtype', PdfName.of('application/json'));
  pdf.getCatalog().set('AF', new PdfArray([reference]));
}

export type FoundEvidence =
  | { readonly ok: true; readonly bytes: number; readonly sha256: string; readonly evidence: ReadEvidence }
  /** `none` where nothing at all is attached. */
  | { readonly ok: false; readonly isNone: boolean; readonly why: string };

export function evidenceIn(pdf: PDF): FoundEvidence {
  const names = Array.from(pdf.attachments.list().keys());
  const no = (why: string): FoundEvidence => ({ ok: false, isNone: names.length === 0, why });
  if (names.length !== 1 || names[0] !== EVIDENCE_NAME)
    return no(`${names.length} files are attached; expected one, ${EVIDENCE_NAME}`);
  const data = pdf.attachments.get(EVIDENCE_NAME);
  if (!data) return no(`${EVIDENCE_NAME} has nothing in it`);
  const sha256 = createHash('sha256').update(data).digest('hex');
  const evidence = readIn(data);
  if (evidence === null)
    return no(`${EVIDENCE_NAME} (SHA-256 ${sha256}) does not read as a report’s evidence`);
  return { ok: true, bytes: data.length, sha256, evidence };
}

function readIn(data: Uint8Array): ReadEvidence | null {
  try {
    return readEvidence(new TextDecoder('utf-8', { fatal: true }).decode(data));
  } catch {
    return null;
  }
}
