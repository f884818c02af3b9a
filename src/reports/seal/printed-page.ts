/*
 * What a report's pages say where a reader looks, in the words of a language: the cover's large word, the rows of large numbers, the
 * evidence in the record. All wording comes from the catalogue that the pages were made with.
 *
 * The trap: others' words are on the same pages, and may look the same; they are never as large as ours.
 */
import type { Catalogue, Shape } from '../drawing/words.js';

/** As a library reads it: lines from the top, each of pieces that are set alike. */
export interface PrintedPage {
  readonly lines: ReadonlyArray<{
    readonly text: string;
    readonly spans: ReadonlyArray<{ readonly text: string; readonly fontSize: number }>;
  }>;
}

/** Pages are read as they are needed, and once: that takes its time. */
export type ReadPage = (index: number) => PrintedPage;

const SUMMARY_WITHIN = 4;
const RECORD_WITHIN = 12;
/** In points: the text around the large numbers of the summary is smaller. */
const LARGE = 12;

export function readOnce(read: ReadPage): ReadPage {
  const known = new Map<number, PrintedPage>();
  return (index) => {
    const page = known.get(index) ?? read(index);
    known.set(index, page);
    return page;
  };
}

export function firstOf<T>(indexes: readonly number[], find: (index: number) => T | null): T | null {
  for (const index of indexes) {
    const found = find(index);
    if (found !== null) return found;
  }
  return null;
}

/** The pages after the cover on which a summary may be. */
export const summaryOf = (pages: number): number[] =>
  Array.from({ length: Math.max(0, Math.min(SUMMARY_WITHIN, pages) - 1) }, (_, index) => index + 1);

/** The largest writing of the cover is the verdict; the compass above it may have a question mark, which is no word. */
export function largestWord({ lines }: PrintedPage): string | null {
  const spans = lines.flatMap((line) => line.spans).filter(({ text }) => /\p{L}/u.test(text));
  const most = Math.max(0, ...spans.map(({ fontSize }) => fontSize));
  const found = spans.filter(({ fontSize }) => fontSize === most).map(({ text }) => text.trim());
  return found.length === 0 ? null : found.join(' ').replace(/\s+/g, ' ');
}

/** `11 3 1 1 2 / 10`, of the lines where it is set in the largest letters; a `/` stands before what it is out of. */
export function largeNumbers({ lines }: PrintedPage, words: Catalogue): string[] | null {
  const number = numberIn(words);
  const row = new RegExp(`^${number}( ?/ ?${number})?( ${number}( ?/ ?${number})?)*$`);
  const rows = lines.flatMap(({ spans }) => {
    const large = spans.filter(({ fontSize }) => fontSize > LARGE);
    const text = large.map((span) => span.text.trim()).join(' ');
    return row.test(text) ? [{ size: large[0]!.fontSize, text }] : [];
  });
  const most = Math.max(0, ...rows.map(({ size }) => size));
  const found = rows.filter(({ size }) => size === most);
  if (found.length === 0) return null;
  return found.flatMap(({ text }) => text.match(/[^\s/]+|\//g) ?? []).map((one) => digitsOf(one, words));
}

/** Of its SHA-256, in the record at the end. */
export function printedEvidence(pages: number, read: ReadPage, words: Catalogue): string | null {
  const ends = Array.from({ length: Math.min(RECORD_WITHIN, pages) }, (_, index) => pages - 1 - index);
  const patterns = patternsOf(words.shapes('document.attached'), { sha256: '[0-9a-f](?:\\s?[0-9a-f]){63}' });
  return firstOf(ends, (index) => {
    const text = read(index)
      .lines.map((line) => line.text)
      .join(' ');
    // In a narrow column it goes on in the next line.
    return matchIn(text, patterns)?.sha256?.replace(/\s/g, '') ?? null;
  });
}

/** A number as the language groups it. */
export function numberIn(words: Catalogue): string {
  return `\\d{1,3}(?:${escaped(separatorIn(words))}\\d{3})*`;
}

export const digitsOf = (number: string, words: Catalogue): string =>
  number.replaceAll(separatorIn(words), '');

const separatorIn = (words: Catalogue): string => words.number(1000).replace(/\d/g, '');

/** Each way in which a message may have come out, as a pattern that names what was filled in. */
export function patternsOf(shapes: readonly Shape[], arguments_: Readonly<Record<string, string>>): string[] {
  return shapes.map((shape) => {
    const named = new Set<string>();
    return shape
      .map((part) => {
        if (typeof part === 'string') return escaped(part).replace(/\s+/g, '\\s+');
        if (named.has(part.argument)) return `\\k<${part.argument}>`;
        named.add(part.argument);
        return `(?<${part.argument}>${arguments_[part.argument] ?? '.+'})`;
      })
      .join('');
  });
}

export function matchIn(text: string, patterns: readonly string[]): Record<string, string> | null {
  for (const pattern of patterns) {
    const groups = new RegExp(pattern).exec(text)?.groups;
    if (groups) return groups;
  }
  return null;
}

const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
