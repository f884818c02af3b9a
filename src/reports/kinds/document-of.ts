/*
 * From a stored snapshot to its document, by its format: for whoever draws it, and for whoever compares its pages with it. The report of
 * one run has pages of its own (exposure-view.ts), and is none of these.
 *
 * A kind is plugged in here, for threads know nothing of Nest.
 */
import { z } from 'zod';
import { ComplianceSnapshot } from '../../domain/report/compliance.js';
import { ExceptionsSnapshot } from '../../domain/report/exceptions.js';
import { ReportParameters } from '../../domain/report/parameters.js';
import type { ReportDocument } from '../drawing/document.js';
import { type Catalogue, type Words, wordsIn } from '../drawing/words.js';
import { COMPLIANCE } from './compliance-kind.js';
import { EXCEPTIONS } from './exceptions-kind.js';

/** Reads the snapshot by its schema, which throws what is wrong with it. */
type DocumentOf = (snapshot: unknown, words: Words) => ReportDocument;

/** By format: `['portolan-drift/1', (snapshot, words) => DRIFT_KIND.document(DriftSnapshot.parse(snapshot), words)]`. */
const DOCUMENTS: ReadonlyMap<string, DocumentOf> = new Map([
  [
    'portolan-compliance/1',
    (snapshot, words) => COMPLIANCE.document(ComplianceSnapshot.parse(snapshot), words),
  ],
  [
    'portolan-exceptions/1',
    (snapshot, words) => EXCEPTIONS.document(ExceptionsSnapshot.parse(snapshot), words),
  ],
]);

const Stored = z.object({ format: z.string(), parameters: ReportParameters });

export interface StoredDocument {
  readonly document: ReportDocument;
  readonly words: Catalogue;
  readonly paper: ReportParameters['paper'];
}

/** In the language and for the paper that it was asked for with. */
export function documentOf(snapshot: unknown): StoredDocument {
  const { format, parameters } = Stored.parse(snapshot);
  const draw = DOCUMENTS.get(format);
  if (!draw) throw new Error(`nobody draws a report of the format ${format}`);
  const words = wordsIn(parameters.language);
  return { document: draw(snapshot, words), words, paper: parameters.paper };
}
