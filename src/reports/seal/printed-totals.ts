/*
 * Compares the totals that the pages of one run's report say with those of its evidence. They are read where a reader looks: the cover's
 * large word and the line below it, the row of large numbers on the summary, the foot of a page, and the record at the end.
 *
 * Nobody says in which language the pages are: they have to say the same in one of those that there are.
 */

import { RunVerdict } from '../../domain/report/exposure/exposure.js';
import type { ReportTotals } from '../../domain/report/exposure/exposure-totals.js';
import { LANGUAGES } from '../../domain/report/parameters.js';
import { type Catalogue, wordsIn } from '../drawing/words.js';
import {
  digitsOf,
  firstOf,
  largeNumbers,
  largestWord,
  matchIn,
  numberIn,
  type PrintedPage,
  patternsOf,
  printedEvidence,
  type ReadPage,
  readOnce,
  summaryOf,
} from './printed-page.js';

/** What is printed, and what of it is nowhere to be found. */
type Printed = { readonly [Name in keyof ReportTotals | 'evidence']: string | null };

const NAMES: ReadonlyArray<readonly [keyof Printed, string]> = [
  ['run', 'run'],
  ['verdict', 'verdict'],
  ['toDo', 'findings to act on'],
  ['fresh', 'new findings'],
  ['resolved', 'resolved findings'],
  ['accepted', 'accepted findings'],
  ['cleanHosts', 'hosts as declared'],
  ['hosts', 'hosts'],
  ['ports', 'ports'],
  ['evidence', 'SHA-256 of the evidence'],
];

/** Null where they say the same; else what differs, in a sentence. */
export function differenceIn(
  pages: number,
  read: ReadPage,
  totals: ReportTotals,
  evidence: string,
): string | null {
  const once = readOnce(read);
  const readings = LANGUAGES.map((language) => printedIn(pages, once, wordsIn(language)));
  const [printed] = readings.sort((a, b) => missingIn(a).length - missingIn(b).length);
  const missing = missingIn(printed!);
  if (missing.length > 0) return `the pages don't say what they should, or not where: ${missing.join(', ')}`;
  const wanted: Readonly<Record<keyof Printed, string | number>> = { ...totals, evidence };
  const differing = NAMES.filter(([name]) => printed![name] !== String(wanted[name])).map(
    ([name, said]) => `${said}: ${printed![name]} on the pages, ${wanted[name]} in the evidence`,
  );
  return differing.length === 0
    ? null
    : `the pages don't say what the evidence says: ${differing.join('; ')}`;
}

const missingIn = (printed: Printed): string[] =>
  NAMES.filter(([name]) => printed[name] === null).map(([, said]) => said);

function printedIn(pages: number, read: ReadPage, words: Catalogue): Printed {
  const first = pages > 0 ? read(0) : { lines: [] };
  const summary = summaryOf(pages);
  const tiles = firstOf(summary, (index) => tilesIn(read(index), words));
  const ordered = orderedIn(first, words);
  return {
    run: firstOf(summary, (index) => runIn(read(index), words)),
    verdict: verdictIn(first, words),
    ...{ toDo: tiles?.[0] ?? null, fresh: tiles?.[1] ?? null, resolved: tiles?.[2] ?? null },
    ...{ accepted: tiles?.[3] ?? null, cleanHosts: tiles?.[4] ?? null },
    // Said twice: where the two differ, neither is what is printed.
    hosts: tiles && ordered?.hosts === tiles[5] ? tiles[5]! : null,
    ports: ordered?.ports ?? null,
    evidence: printedEvidence(pages, read, words),
  };
}

function verdictIn(cover: PrintedPage, words: Catalogue): string | null {
  const word = largestWord(cover);
  return RunVerdict.options.find((verdict) => words.say(`run.word.${verdict}`) === word) ?? null;
}

function orderedIn({ lines }: PrintedPage, words: Catalogue): { hosts: string; ports: string } | null {
  const number = numberIn(words);
  const patterns = patternsOf(words.shapes('run.cover.ordered'), { hosts: number, probes: number });
  // Not inside a longer number.
  const whole = patterns.map((pattern) => `(?<![\\d.,])${pattern}$`);
  const found = lines.map(({ text }) => matchIn(text, whole)).find(Boolean);
  if (!found) return null;
  return { hosts: digitsOf(found.hosts!, words), ports: digitsOf(found.probes!, words) };
}

/** Five, and what the last is out of. */
function tilesIn(page: PrintedPage, words: Catalogue): string[] | null {
  const numbers = largeNumbers(page, words);
  return numbers?.length === 7 && numbers.indexOf('/') === 5 ? numbers.filter((one) => one !== '/') : null;
}

function runIn({ lines }: PrintedPage, words: Catalogue): string | null {
  const foot = lines.at(-1)?.text ?? '';
  const number = numberIn(words);
  const pages = patternsOf(words.shapes('running.page'), { page: number, pages: number });
  const patterns = patternsOf(words.shapes('run.running.run'), {}).flatMap((run) =>
    pages.map((page) => `^${run} · \\S+ \\S+ UTC ?${page}$`),
  );
  return matchIn(foot, patterns)?.run ?? null;
}
