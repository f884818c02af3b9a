/*
 * The days that a drift report tells of, in UTC: those that were asked for, else the last thirty. Pure. A period ends at the latest when
 * the report is made: of what is still to come nothing is known.
 */
import { dayOf } from '../../day.js';
import { DAY_MS } from '../../history-slots.js';
import type { ReportParameters } from '../parameters.js';

const DAYS = 30;
/** Three years: more is a history and no report. */
const DAYS_MOST = 1097;

export interface DriftPeriod {
  readonly ok: true;
  readonly from: Date;
  readonly until: Date;
  /** It ends when the report is made. */
  readonly isToNow: boolean;
}

export function driftPeriod(
  { from, to }: Pick<ReportParameters, 'from' | 'to'>,
  at: Date,
): DriftPeriod | { readonly ok: false; readonly why: string } {
  const no = (why: string) => ({ ok: false as const, why });
  const startOf = (day: string): number => Date.parse(`${day}T00:00:00Z`);
  const today = dayOf(at);
  if (from !== null && from > today) return no(`the period begins on ${from}, which is still to come`);
  if (from !== null && to !== null && from > to)
    return no(`the period begins on ${from}, after its end on ${to}`);
  const end = startOf(to ?? today) + DAY_MS;
  const begin = from === null ? Math.min(end, startOf(today) + DAY_MS) - DAYS * DAY_MS : startOf(from);
  if (end - begin > DAYS_MOST * DAY_MS) return no(`the period is longer than ${DAYS_MOST} days`);
  const isToNow = end > at.getTime();
  return { ok: true, from: new Date(begin), until: isToNow ? at : new Date(end), isToNow };
}
