/*
 * What a report says in a few lines, for the text of a mail: the word of its cover, why, and its large numbers, which are those that
 * `portolan verify` looks for on its pages. In the report's own language.
 */

import type { Words } from '../drawing/words.js';
import { readEvidence } from '../kinds/formats.js';
import type { Summary } from './report-letter.js';

/** @param text as it is stored. Throws where it is not evidence of ours. */
export function summaryOf(text: string, words: Words): Summary {
  const evidence = readEvidence(text);
  if (evidence.of === 'run') {
    const { verdict, because } = evidence.snapshot;
    return { word: verdict, because, tiles: [] };
  }
  const { word, because, tiles } = evidence.document(words);
  return { word, because, tiles: tiles.map(({ label, count, of }) => ({ label, count, of })) };
}
