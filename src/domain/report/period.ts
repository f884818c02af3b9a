/*
 * The days that a report tells of, in UTC, and how long nobody looked within them. Pure.
 *
 * The traps: a period does not reach beyond the moment at which the report is made; and its ends count, for where the first look of a
 * quarter came in its last week nobody had looked for eleven.
 */
import { dayOf } from '../day.js';
import type { Period } from './compliance/compliance.js';
import type { ReportParameters } from './parameters.js';

const DAY_MS = 86_400_000;

const startOf = (day: string): number => Date.parse(`${day}T00:00:00Z`);

/** @param days how long it is where no first day is given. @param most how long it may be, where that is bounded */
export function periodOf(
  { from, to }: Pick<ReportParameters, 'from' | 'to'>,
  at: Date,
  days: number,
  most: number = Number.POSITIVE_INFINITY,
): Period | { readonly why: string } {
  const today = dayOf(at);
  if (from !== null && from > today) return { why: `the period begins on ${from}, which is still to come` };
  if (from !== null && to !== null && from > to)
    return { why: `the period begins on ${from}, after its end on ${to}` };
  const last = to === null || to > today ? today : to;
  const first = from ?? dayOf(new Date(startOf(last) - (days - 1) * DAY_MS));
  const length = Math.round((startOf(last) - startOf(first)) / DAY_MS) + 1;
  if (length > most) return { why: `the period is longer than ${most} days` };
  const until = new Date(Math.min(at.getTime(), startOf(last) + DAY_MS));
  return { from: first, to: last, until: until.toISOString(), days: length };
}

export const startOfPeriod = ({ from }: Pick<Period, 'from'>): Date => new Date(startOf(from));

/** Does it go on when the report is made? Then all that is recorded lies before its end, whatever a clock has said. */
export const isToNow = ({ to }: Pick<Period, 'to'>, at: Date): boolean => to === dayOf(at);

/** @param ends when runs ended, in any order; null where there were none */
export function longestGapMs(ends: readonly Date[], period: Period): number | null {
  if (ends.length === 0) return null;
  const marks = [startOf(period.from), ...ends.map((end) => end.getTime()), Date.parse(period.until)];
  marks.sort((a, b) => a - b);
  return marks.slice(1).reduce((longest, mark, at) => Math.max(longest, mark - marks[at]!), 0);
}

/** A gap that is no longer is shown by a period that is at least as long, and by no shorter one. */
export const isEvery = (days: number, gapMs: number | null, period: Period): boolean =>
  gapMs !== null && gapMs <= days * DAY_MS && period.days >= days;
