/*
 * Compares the totals that a report's pages say with those of its evidence. They are read where a reader looks: the cover's large word
 * and the line below it, the row of large numbers on the summary, the foot of a page, and the record at the end.
 *
 * The trap: others' words are on the same pages, and may look the same; they are never as large as ours.
 */
import type { ReportTotals } from '../../domain/report/exposure-totals.js';

/** As a library reads it: lines from the top, each of pieces that are set alike. */
export interface PrintedPage {
  readonly lines: ReadonlyArray<{
    readonly text: string;
    readonly spans: ReadonlyArray<{ readonly text: string; readonly fontSize: number }>;
  }>;
}

/** What is printed, and what of it is nowhere to be found. */
type Printed = { readonly [Name in keyof ReportTotals | 'evidence']: string | null };

const WORDS: ReadonlyArray<readonly [keyof Printed, string]> = [
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

const SUMMARY_WITHIN = 4;
const RECORD_WITHIN = 12;
/** In points: the text around the large numbers of the summary is smaller. */
const LARGE = 12;

/** Null where they say the same; else what differs, in a sentence. Pages are read as they are needed: that takes its time. */
export function differenceIn(
  pages: number,
  read: (index: number) => PrintedPage,
  totals: ReportTotals,
  evidence: string,
): string | null {
  const printed = printedIn(pages, read);
  const wanted: Readonly<Record<keyof Printed, string | number>> = { ...totals, evidence };
  const missing = WORDS.filter(([name]) => printed[name] === null).map(([, word]) => word);
  if (missing.length > 0) return `the pages don't say what they should, or not where: ${missing.join(', ')}`;
  const differing = WORDS.filter(([name]) => printed[name] !== String(wanted[name])).map(
    ([name, word]) => `${word}: ${printed[name]} on the pages, ${wanted[name]} in the evidence`,
  );
  return differing.length === 0
    ? null
    : `the pages don't say what the evidence says: ${differing.join('; ')}`;
}

function printedIn(pages: number, read: (index: number) => PrintedPage): Printed {
  const first = pages > 0 ? read(0) : { lines: [] };
  const summary = Array.from({ length: Math.min(SUMMARY_WITHIN, pages) - 1 }, (_, index) => index + 1);
  const tiles = firstOf(summary, (index) => tilesIn(read(index)));
  const ends = Array.from({ length: Math.min(RECORD_WITHIN, pages) }, (_, index) => pages - 1 - index);
  const [, hosts = null, ports = null] =
    first.lines.map(({ text }) => /([\d,]+) hosts?, ([\d,]+) probes ordered$/.exec(text)).find(Boolean) ?? [];
  return {
    run: firstOf(summary, (index) => runIn(read(index))),
    verdict: largest(first)?.toLowerCase() ?? null,
    ...{ toDo: tiles?.[0] ?? null, fresh: tiles?.[1] ?? null, resolved: tiles?.[2] ?? null },
    ...{ accepted: tiles?.[3] ?? null, cleanHosts: tiles?.[4] ?? null },
    // Said twice: where the two differ, neither is what is printed.
    hosts: tiles && hosts !== null && digits(hosts) === tiles[5] ? tiles[5] : null,
    ports: ports === null ? null : digits(ports),
    evidence: firstOf(ends, (index) => evidenceIn(read(index))),
  };
}

function firstOf<T>(indexes: readonly number[], find: (index: number) => T | null): T | null {
  for (const index of indexes) {
    const found = find(index);
    if (found !== null) return found;
  }
  return null;
}

const digits = (number: string): string => number.replaceAll(',', '');

/** The largest word of the cover is the verdict; the compass above it may have a question mark. */
function largest({ lines }: PrintedPage): string | null {
  const spans = lines.flatMap((line) => line.spans).filter(({ text }) => /^\s*\p{L}+\s*$/u.test(text));
  const most = Math.max(0, ...spans.map(({ fontSize }) => fontSize));
  const found = spans.filter(({ fontSize }) => fontSize === most).map(({ text }) => text.trim());
  return found.length === 1 ? found[0]! : null;
}

/** `11 3 1 1 2 / 10`, of the line where it is set in the largest letters. */
function tilesIn({ lines }: PrintedPage): string[] | null {
  const rows = lines.flatMap(({ spans }) => {
    const large = spans.filter(({ fontSize }) => fontSize > LARGE);
    const text = large.map((span) => span.text.trim()).join(' ');
    const match = /^([\d,]+) ([\d,]+) ([\d,]+) ([\d,]+) ([\d,]+) ?\/ ?([\d,]+)$/.exec(text);
    return match ? [{ size: large[0]!.fontSize, numbers: match.slice(1).map(digits) }] : [];
  });
  rows.sort((a, b) => b.size - a.size);
  return rows[0]?.numbers ?? null;
}

function runIn({ lines }: PrintedPage): string | null {
  const foot = lines.at(-1)?.text ?? '';
  return /^Run (.+) · \S+ \S+ UTC ?page [\d,]+ of [\d,]+$/.exec(foot)?.[1] ?? null;
}

function evidenceIn({ lines }: PrintedPage): string | null {
  const text = lines.map((line) => line.text).join(' ');
  return /attached to this file as evidence\.json; its SHA-256:\s+([0-9a-f]{64})\b/.exec(text)?.[1] ?? null;
}
