/*
 * Which period a page, a picture or a program asks for: so many days up to now, or from one day (or instant) to another, in UTC. Nothing
 * is known of the future, so that a period ends now at the latest.
 */
import { z } from 'zod';
import type { Period } from '../../domain/history-availability.js';
import { DAY_MS } from '../../domain/history-slots.js';
import { readBody } from '../../platform/read-body.js';
import { Refusal } from '../../platform/refusal.js';

/** No history is kept for longer. */
const MOST_DAYS = 4000;
/** A picture of more would be grey. */
const LONGEST_DAYS = 400;
const DEFAULT_DAYS = 30;

const at = z
  .union([z.literal(''), z.iso.datetime({ offset: true }), z.iso.date()], {
    error: 'expected a day, as 2026-07-01, or an instant, as 2026-07-01T12:00:00Z',
  })
  .transform((text) => (text === '' ? null : { at: new Date(text), isDay: text.length === 10 }))
  .optional();

export const PeriodQuery = z.object({
  days: z
    .string({ error: 'expected a number, given once' })
    .regex(/^[1-9]\d{0,2}$/, `expected a whole number from 1 to ${LONGEST_DAYS}`)
    .transform(Number)
    .pipe(z.number().max(LONGEST_DAYS, `expected at most ${LONGEST_DAYS}`))
    .optional()
    .describe('So many days up to now; 30 where nothing is asked for'),
  from: at.describe('The first day, or an instant'),
  to: at.describe('The last day, or an instant'),
});

export interface Asked {
  readonly period: Period;
  /** Where it was asked for by a number of days up to now. */
  readonly days: number | null;
}

export function readPeriod(query: Record<string, unknown>, now: Date): Asked {
  const { days, from, to } = readBody(PeriodQuery, query);
  if (!from && !to) {
    const asked = days ?? DEFAULT_DAYS;
    return { days: asked, period: { from: new Date(now.getTime() - asked * DAY_MS), to: now } };
  }
  // The last day is a part of it.
  const end = to ? new Date(to.at.getTime() + (to.isDay ? DAY_MS : 0)) : now;
  const last = end < now ? end : now;
  const first = from ? from.at : new Date(last.getTime() - (days ?? DEFAULT_DAYS) * DAY_MS);
  if (first >= last) throw refused('from: expected a day before to, and before now');
  if (now.getTime() - first.getTime() > MOST_DAYS * DAY_MS)
    throw refused(`from: expected a day in the last ${MOST_DAYS} days`);
  if (last.getTime() - first.getTime() > LONGEST_DAYS * DAY_MS)
    throw refused(`from: expected at most ${LONGEST_DAYS} days before to`);
  return { days: null, period: { from: first, to: last } };
}

const refused = (problem: string): Refusal =>
  new Refusal('bad-input', `the history can’t be asked that: ${problem}`);
