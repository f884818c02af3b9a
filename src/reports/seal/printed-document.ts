/*
 * Compares the pages of a report of blocks with its document, made anew of the evidence: the cover's large word, the rows of large numbers
 * on the summary, and the SHA-256 of the evidence in the record.
 */
import type { ReportDocument } from '../drawing/document.js';
import type { Catalogue } from '../drawing/words.js';
import {
  firstOf,
  largeNumbers,
  largestWord,
  printedEvidence,
  type ReadPage,
  readOnce,
  summaryOf,
} from './printed-page.js';

/** Null where they say the same; else what differs, in a sentence. @param words those that the document was made with */
export function documentDifferenceIn(
  pages: number,
  read: ReadPage,
  { word, tiles }: Pick<ReportDocument, 'word' | 'tiles'>,
  evidence: string,
  words: Catalogue,
): string | null {
  const once = readOnce(read);
  const counts = tiles.flatMap(({ count, of }) => (of === null ? [count] : [count, '/', of])).join(' ');
  const numbers = firstOf(summaryOf(pages), (index) => largeNumbers(once(index), words));
  const all: ReadonlyArray<readonly [string, string | null, string]> = [
    ['result', pages > 0 ? largestWord(once(0)) : null, word.trim().replace(/\s+/g, ' ')],
    ['totals', tiles.length === 0 ? '' : (numbers?.join(' ') ?? null), counts],
    ['SHA-256 of the evidence', printedEvidence(pages, once, words), evidence],
  ];
  const missing = all.filter(([, printed]) => printed === null).map(([name]) => name);
  if (missing.length > 0) return `the pages don't say what they should, or not where: ${missing.join(', ')}`;
  const differing = all
    .filter(([, printed, wanted]) => printed !== wanted)
    .map(([name, printed, wanted]) => `${name}: ${printed} on the pages, ${wanted} in the evidence`);
  return differing.length === 0
    ? null
    : `the pages don't say what the evidence says: ${differing.join('; ')}`;
}
