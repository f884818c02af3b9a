/* The days that reports of all kinds tell of. */
import { expect, it } from 'vitest';
import { isToNow, periodOf } from '../../../../src/domain/report/period.js';

it('a period ends no later than the report is made, and does not run backwards', () => {
  const at = new Date('2026-11-28T12:00:00Z');
  expect(periodOf({ from: null, to: null }, at, 31)).toEqual({
    ...{ from: '2026-10-29', to: '2026-11-28', until: '2026-11-28T12:00:00.000Z', days: 31 },
  });
  expect(periodOf({ from: '2026-07-01', to: '2026-09-30' }, at, 31)).toEqual({
    ...{ from: '2026-07-01', to: '2026-09-30', until: '2026-10-01T00:00:00.000Z', days: 92 },
  });
  expect(periodOf({ from: '2026-11-01', to: '2027-01-31' }, at, 31)).toMatchObject({ to: '2026-11-28' });
  expect(periodOf({ from: '2026-12-01', to: null }, at, 31)).toEqual({
    why: 'the period begins on 2026-12-01, which is still to come',
  });
  expect(periodOf({ from: '2026-11-20', to: '2026-11-19' }, at, 31)).toHaveProperty('why');
});

it('a period of which only an end is given, and that is still to come, is that up to now', () => {
  const at = new Date('2026-11-28T12:00:00Z');
  const now = periodOf({ from: null, to: null }, at, 30);
  for (const to of ['2026-11-28', '2026-11-29', '2099-12-31'])
    expect(periodOf({ from: null, to }, at, 30)).toEqual(now);
  expect([isToNow({ to: '2026-11-28' }, at), isToNow({ to: '2026-11-27' }, at)]).toEqual([true, false]);
});

it('a period is no longer than it may be', () => {
  const at = new Date('2026-11-28T12:00:00Z');
  expect(periodOf({ from: '2026-10-29', to: null }, at, 30, 31)).toMatchObject({ days: 31 });
  const why = 'the period is longer than 31 days';
  expect(periodOf({ from: '2026-10-28', to: null }, at, 30, 31)).toEqual({ why });
});
