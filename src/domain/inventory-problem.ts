/*
 * What is wrong with an inventory file, and where: one line of plain English a problem.
 *
 * Everything that a problem quotes comes out of the file, so control characters are spelled out and long
 * texts cut: an inventory that somebody else wrote can't paint the terminal of whoever checks it.
 */

import type { Place } from './place.js';
import { visibleText } from './visible-text.js';

export interface Problem {
  readonly place: Place;
  readonly message: string;
  /** The other half of a contradiction. */
  readonly other?: Place;
}

/** Nobody reads more; looking for more could take very long in a file that was made to hurt. */
export const MOST_PROBLEMS = 1000;
const LONGEST_MESSAGE = 400;
const LONGEST_QUOTE = 60;

export function problem(place: Place, message: string, other?: Place): Problem {
  const line = visibleText(message);
  const short = line.length > LONGEST_MESSAGE ? `${line.slice(0, LONGEST_MESSAGE)}…` : line;
  return other ? { place, message: short, other } : { place, message: short };
}

/** `web.yaml:12:7: port 70000 is out of range; expected 0 to 65535` */
export function formatProblem({ place, message, other }: Problem): string {
  return `${formatPlace(place)}: ${message}${other ? `; see ${formatPlace(other)}` : ''}`;
}

function formatPlace(place: Place): string {
  return `${visibleText(place.file)}:${place.line}:${place.column}`;
}

export function sortProblems(problems: readonly Problem[]): Problem[] {
  return [...problems].sort(
    (a, b) =>
      compareTexts(a.place.file, b.place.file) ||
      a.place.line - b.place.line ||
      a.place.column - b.place.column,
  );
}

/** A text from the file, as a message may show it. */
export function quoted(text: string): string {
  return `'${text.length > LONGEST_QUOTE ? `${text.slice(0, LONGEST_QUOTE)}…` : text}'`;
}

/** `; did you mean 'closed'?`, or nothing where no known word is near. */
export function didYouMean(word: string, known: Iterable<string>): string {
  if (word.length < 2 || word.length > LONGEST_QUOTE) return '';
  let nearest: string | null = null;
  let least = word.length <= 4 ? 2 : word.length <= 8 ? 3 : 4;
  for (const candidate of known) {
    const isStart = word.length >= 3 && candidate.startsWith(word);
    if (!isStart && Math.abs(candidate.length - word.length) >= least) continue;
    const distance = isStart ? 1 : editDistance(word.toLowerCase(), candidate.toLowerCase());
    if (distance < least) {
      nearest = candidate;
      least = distance;
    }
  }
  return nearest === null ? '' : `; did you mean ${quoted(nearest)}?`;
}

/** How many letters to add, drop, change, or swap with a neighbour (optimal string alignment). */
function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const swap = isSwap ? before[j - 2]! + 1 : change;
      next.push(Math.min(change, swap, row[j]! + 1, next[j - 1]! + 1));
    }
    before = row;
    row = next;
  }
  return row[b.length]!;
}

/** Control characters, line separators, and the marks that turn the direction of writing (UAX #9). */
export const UNPRINTABLE = /[\p{Cc}\p{Cs}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

const compareTexts = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
