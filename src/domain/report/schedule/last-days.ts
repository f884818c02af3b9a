/*
 * The days that a report by schedule tells of: `last month`, `last 7 days`. A pure function of the day on which it is due, so that a
 * report made late, or on another server, tells of the same days.
 *
 * Whole days, and none that is still to come: a month is the one before the day's own, and seven days are the seven before it. The
 * trap is the zone: the day is the schedule's own (the first of a month in Berlin begins on the last of the one before in UTC), the
 * days told of are UTC's, as in every report. So the last of them may still be going when the schedule is due: see endOf.
 */
export const CALENDAR_UNITS = ['week', 'month', 'quarter', 'year'] as const;
export type CalendarUnit = (typeof CALENDAR_UNITS)[number];

export type Period =
  | { readonly kind: 'days'; readonly days: number }
  /** The last one that was over. Weeks begin on Monday. */
  | { readonly kind: 'calendar'; readonly unit: CalendarUnit };

/** `YYYY-MM-DD`; both belong to it. */
export interface Days {
  readonly from: string;
  readonly to: string;
}

const LONGEST_PERIOD_DAYS = 3660;
export const PERIODS = "'last week', 'last month', 'last quarter', 'last year' or 'last 7 days'";

const DAY_MS = 86_400_000;

/** Null where the text is none. */
export function parsePeriod(text: string): Period | null {
  const words = text.trim().replace(/\s+/g, ' ');
  const unit = CALENDAR_UNITS.find((one) => words === `last ${one}`);
  if (unit) return { kind: 'calendar', unit };
  const [, count] = /^last (\d{1,4}) days?$/.exec(words) ?? [];
  const days = Number(count ?? 0);
  return days >= 1 && days <= LONGEST_PERIOD_DAYS ? { kind: 'days', days } : null;
}

export function periodText(period: Period): string {
  if (period.kind === 'calendar') return `last ${period.unit}`;
  return period.days === 1 ? 'last 1 day' : `last ${period.days} days`;
}

/** The last whole ones before a day. */
export function daysBefore(period: Period, day: string): Days {
  if (period.kind === 'days') return { from: moved(day, -period.days), to: moved(day, -1) };
  const start = startOf(period.unit, day);
  return { from: startOf(period.unit, moved(start, -1)), to: moved(start, -1) };
}

/** As after a run, which its report must not leave out: so many days with this one the last of them. A month is still the last one. */
export function daysUpTo(period: Period, day: string): Days {
  return daysBefore(period, period.kind === 'days' ? moved(day, 1) : day);
}

/** The first instant at which the last of the days is over. */
export const endOf = ({ to }: Days): Date => new Date(utc(to).getTime() + DAY_MS);

/** Which day an instant belongs to in a zone. */
export function dayIn(timezone: string, instant: Date): string {
  const parts = new Intl.DateTimeFormat('en-u-ca-iso8601-nu-latn', {
    ...{ timeZone: timezone, year: 'numeric', month: '2-digit', day: '2-digit' },
  }).formatToParts(instant);
  const part = (type: string): string => parts.find((one) => one.type === type)!.value;
  return `${part('year').padStart(4, '0')}-${part('month')}-${part('day')}`;
}

const utc = (day: string): Date => new Date(`${day}T00:00:00Z`);
const text = (date: Date): string => date.toISOString().slice(0, 10);
const moved = (day: string, days: number): string => text(new Date(utc(day).getTime() + days * DAY_MS));

/** The first day of the week, month, quarter or year that a day is in. */
function startOf(unit: CalendarUnit, day: string): string {
  const date = utc(day);
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()];
  switch (unit) {
    case 'week':
      return moved(day, -((date.getUTCDay() + 6) % 7));
    case 'month':
      return text(new Date(Date.UTC(year, month, 1)));
    case 'quarter':
      return text(new Date(Date.UTC(year, month - (month % 3), 1)));
    case 'year':
      return text(new Date(Date.UTC(year, 0, 1)));
  }
}
