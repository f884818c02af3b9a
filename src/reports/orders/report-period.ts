/*
 * The days that a report may tell of, chosen by name: whole months and quarters that are over, in UTC as all days of a report. Pure.
 */
export const PERIODS = ['none', 'last-month', 'last-quarter', 'days'] as const;
export type Period = (typeof PERIODS)[number];

export interface Days {
  readonly from: string | null;
  readonly to: string | null;
}

/** @param today YYYY-MM-DD; `days` are those that were chosen by themselves */
export function periodOf(period: Period, days: Days, today: string): Days {
  const [year, month] = today.split('-').map(Number) as [number, number];
  if (period === 'days') return days;
  if (period === 'last-month') return months(year, month - 2, 1);
  if (period === 'last-quarter') return months(year, 3 * Math.floor((month - 1) / 3) - 3, 3);
  return { from: null, to: null };
}

/** @param first the month, from 0 on; below it is in the year before */
const months = (year: number, first: number, count: number): Days => ({
  from: dayOf(Date.UTC(year, first, 1)),
  to: dayOf(Date.UTC(year, first + count, 0)),
});

const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
