/* Which days a report by schedule tells of, and when it can be made: calendars, zones, changes of the clock, ends of months. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  CALENDAR_UNITS,
  dayIn,
  daysBefore,
  daysUpTo,
  endOf,
  type Period,
  parsePeriod,
  periodText,
} from '../../../../../src/domain/report/schedule/last-days.js';

const DAY_MS = 86_400_000;
const calendar = (unit: (typeof CALENDAR_UNITS)[number]): Period => ({ kind: 'calendar', unit });
const utc = (day: string): number => new Date(`${day}T00:00:00Z`).getTime();

const anyPeriod = fc.oneof(
  fc.constantFrom(...CALENDAR_UNITS).map(calendar),
  fc.integer({ min: 1, max: 3660 }).map((days): Period => ({ kind: 'days', days })),
);
const anyDay = fc
  .date({ min: new Date('1990-01-01'), max: new Date('2200-01-01'), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10));

describe('a period is read as it is written', () => {
  test('and written again the same', () => {
    fc.assert(
      fc.property(anyPeriod, (period) => {
        expect(parsePeriod(periodText(period))).toEqual(period);
      }),
    );
  });

  test.each(['last  month ', 'last 7 days', 'last 1 day', 'last 1 days'])('%s', (text) => {
    expect(parsePeriod(text)).not.toBeNull();
  });

  test.each([
    '',
    'month',
    'last',
    'last months',
    'last 0 days',
    'last 3661 days',
    'last -7 days',
    'last 7',
    'Last month',
  ])('not: %s', (text) => {
    expect(parsePeriod(text)).toBeNull();
  });
});

describe('the days before a day', () => {
  test.each([
    ['month', '2026-03-01', '2026-02-01', '2026-02-28'],
    ['month', '2024-03-31', '2024-02-01', '2024-02-29'],
    ['month', '2026-01-01', '2025-12-01', '2025-12-31'],
    ['quarter', '2026-01-31', '2025-10-01', '2025-12-31'],
    ['quarter', '2026-05-31', '2026-01-01', '2026-03-31'],
    ['year', '2026-12-31', '2025-01-01', '2025-12-31'],
    ['week', '2026-11-28', '2026-11-16', '2026-11-22'],
    ['week', '2026-11-29', '2026-11-16', '2026-11-22'],
    ['week', '2026-11-30', '2026-11-23', '2026-11-29'],
  ] as const)('last %s on %s', (unit, day, from, to) => {
    expect(daysBefore(calendar(unit), day)).toEqual({ from, to });
    expect(daysUpTo(calendar(unit), day)).toEqual({ from, to });
  });

  test('so many days do not count the day itself, but after a run they end with it', () => {
    const week: Period = { kind: 'days', days: 7 };
    expect(daysBefore(week, '2026-03-01')).toEqual({ from: '2026-02-22', to: '2026-02-28' });
    expect(daysUpTo(week, '2026-03-01')).toEqual({ from: '2026-02-23', to: '2026-03-01' });
  });

  test('are whole, in order, and over before the day begins', () => {
    fc.assert(
      fc.property(anyPeriod, anyDay, (period, day) => {
        const { from, to } = daysBefore(period, day);
        expect(from <= to && to < day).toBe(true);
        expect(endOf({ from, to }).getTime()).toBeLessThanOrEqual(utc(day));
      }),
    );
  });

  test('of one calendar period follow those of the one before without a gap', () => {
    fc.assert(
      fc.property(fc.constantFrom(...CALENDAR_UNITS), anyDay, (unit, day) => {
        const { from } = daysBefore(calendar(unit), day);
        expect(utc(from) - utc(daysBefore(calendar(unit), from).to)).toBe(DAY_MS);
      }),
    );
  });
});

describe('the day of an instant', () => {
  test.each([
    ['2026-02-28T22:59:59Z', 'Europe/Berlin', '2026-02-28'],
    ['2026-02-28T23:00:00Z', 'Europe/Berlin', '2026-03-01'],
    ['2026-06-30T22:00:00Z', 'Europe/Berlin', '2026-07-01'],
    ['2026-03-01T04:59:59Z', 'America/New_York', '2026-02-28'],
    ['2026-02-28T10:00:00Z', 'Pacific/Kiritimati', '2026-03-01'],
  ])('%s in %s', (at, zone, day) => {
    expect(dayIn(zone, new Date(at))).toBe(day);
  });
});
