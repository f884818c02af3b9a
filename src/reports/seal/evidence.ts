/*
 * What is inside a report's PDF as embedded files (ISO 32000-2 §7.11.4) that belong to the whole document: the evidence, its snapshot as
 * the very text that was hashed; and, where a service has made it, the last checkpoint of the ledger at that time, so that whoever has
 * the report holds a checkpoint.
 *
 * The trap: the same snapshot and parameters give the same pages, byte for byte; what is attached behind them may differ with the time
 * at which it was printed, as the signature does.
 */

import { createHash } from 'node:crypto';
import type { PDF, PdfRef } from '@libpdf/core';
import { type HeldCheckpoint, readAlone } from '../../domain/ledger-checkpoint.js';
import { type ReadEvidence, readEvidence } from '../kinds/formats.js';

export const EVIDENCE_NAME = 'evidence.json';
export const LEDGER_NAME = 'ledger.json';

export interface Evidence {
  /** Null for one that was asked for, and is of no run alone. */
  readonly run: string | null;
  /** Its number in the log; none outside of the service. */
  readonly report?: string;
  readonly text: string;
  readonly sha256: string;
  /** The ledger's last checkpoint, as a file; none where there is no ledger, or none yet. */
  readonly ledger?: string;
}

/** Adds it to what is saved next. */
export async function attachEvidence(
  pdf: PDF,
  { run, text, sha256, ledger }: Evidence,
  at: Date,
): Promise<void> {
  const of = run === null ? 'this report' : `run ${run.replace(/[^ -~]/g, '?')}`;
  // Names are in their order, as a name tree wants them (§7.9.6).
  const files = [{ name: EVIDENCE_NAME, text, description: `The evidence of ${of}: SHA-256 ${sha256}` }];
  if (ledger !== undefined)
    files.push({ name: LEDGER_NAME, text: ledger, description: 'The last checkpoint of the ledger, signed' });
  const references: PdfRef[] = [];
  for (const file of files) references.push(await attach(pdf, file, at));
  const { PdfArray } = await import('@libpdf/core');
  pdf.getCatalog().set('AF', new PdfArray(references));
}

async function attach(
  pdf: PDF,
  { name, text, description }: { name: string; text: string; description: string },
  at: Date,
): Promise<PdfRef> {
  const { PdfArray, PdfDict, PdfName, PdfRef } = await import('@libpdf/core');
  pdf.attachments.add(name, new TextEncoder().encode(text), {
    description,
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
    throw new Error(`${name} is not where it was put`);
  file.set('AFRelationship', PdfName.of('Data'));
  const streams = follow(file.get('EF'));
  const stream = streams instanceof PdfDict ? follow(streams.get('F')) : null;
  if (stream instanceof PdfDict) stream.set('Subtype', PdfName.of('application/json'));
  return reference;
}

export type FoundEvidence =
  | {
      readonly ok: true;
      readonly bytes: number;
      readonly sha256: string;
      readonly evidence: ReadEvidence;
      /** Null where none is attached; why where it does not read as one. */
      readonly ledger: HeldCheckpoint | string | null;
    }
  /** `none` where nothing at all is attached. */
  | { readonly ok: false; readonly isNone: boolean; readonly why: string };

export function evidenceIn(pdf: PDF): FoundEvidence {
  const names = Array.from(pdf.attachments.list().keys());
  const no = (why: string): FoundEvidence => ({ ok: false, isNone: names.length === 0, why });
  const strange = names.filter((name) => name !== EVIDENCE_NAME && name !== LEDGER_NAME);
  if (!names.includes(EVIDENCE_NAME) || strange.length > 0)
    return no(
      `${names.length} files are attached; expected ${EVIDENCE_NAME}, and ${LEDGER_NAME} where there is one`,
    );
  const data = pdf.attachments.get(EVIDENCE_NAME);
  if (!data) return no(`${EVIDENCE_NAME} has nothing in it`);
  const sha256 = createHash('sha256').update(data).digest('hex');
  const evidence = readIn(data);
  if (evidence === null)
    return no(`${EVIDENCE_NAME} (SHA-256 ${sha256}) does not read as a report’s evidence`);
  return { ok: true, bytes: data.length, sha256, evidence, ledger: ledgerIn(pdf) };
}

/** Null where there is none; why where it can't be read. */
export function ledgerIn(pdf: PDF): HeldCheckpoint | string | null {
  if (!pdf.attachments.has(LEDGER_NAME)) return null;
  const data = pdf.attachments.get(LEDGER_NAME) ?? new Uint8Array();
  return (
    readAlone(new TextDecoder().decode(data)) ?? `${LEDGER_NAME} does not read as a checkpoint of the ledger`
  );
}

function readIn(data: Uint8Array): ReadEvidence | null {
  try {
    return readEvidence(new TextDecoder('utf-8', { fatal: true }).decode(data));
  } catch {
    return null;
  }
}
