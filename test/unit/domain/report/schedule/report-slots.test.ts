/* Which slot of a report is made: the newest that is over, each once, whatever was missed, and whatever clocks do. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Period, parsePeriod } from '../../../../../src/domain/report/schedule/last-days.js';
import { decideReportSlots, nextReports } from '../../../../../src/domain/report/schedule/report-slots.js';
import {
  AFTER_RUN,
  daysOf,
  ownersOf,
  parametersOf,
  readyAt,
  type ScheduledReport,
} from '../../../../../src/domain/report/schedule/scheduled-report.js';
import { nextDue } from '../../../../../src/domain/schedule.js';

const at = (text: string): Date => new Date(text);
const slot = (text: string) => ({ kind: 'slot' as const, at: at(text) });

function report(cron: string, timezone = 'UTC', period: string | null = 'last month'): ScheduledReport {
  const schedule = cron === AFTER_RUN ? AFTER_RUN : { kind: 'cron' as const, cron, timezone };
  return {
    ...{
      name: 'monthly',
      kind: 'exposure',
      schedule,
      audits: ['nightly', 'watch'],
      scope: null,
      owner: null,
    },
    ...{ tags: [], period: period === null ? null : (parsePeriod(period) as Period), framework: null },
    ...{ title: null, language: 'en', paper: 'A4', to: [], keepDays: null },
    place: { file: 'a.yaml', line: 1, column: 1 },
  };
}

describe('which days a slot tells of', () => {
  test('the first of a month in its own zone is the first of a month, although it begins in the one before', () => {
    const berlin = report('0 0 1 * *', 'Europe/Berlin');
    expect(daysOf(berlin, slot('2026-02-28T23:00:00Z'))).toEqual({ from: '2026-02-01', to: '2026-02-28' });
    expect(daysOf(berlin, slot('2026-06-30T22:00:00Z'))).toEqual({ from: '2026-06-01', to: '2026-06-30' });
  });

  test('what is due before its last day is over waits for the end of it', () => {
    const berlin = report('0 0 1 * *', 'Europe/Berlin');
    expect(readyAt(berlin, at('2026-02-28T23:00:00Z'))).toEqual(at('2026-03-01T00:00:00Z'));
    expect(readyAt(report('0 6 1 * *', 'Europe/Berlin'), at('2026-03-01T05:00:00Z'))).toEqual(
      at('2026-03-01T05:00:00Z'),
    );
  });

  test('a run is told of with its own audit, and its own day', () => {
    const each = report(AFTER_RUN, 'UTC', 'last 7 days');
    const run = { kind: 'run', run: '7', audit: 'nightly', at: at('2026-03-01T02:00:00Z') } as const;
    expect(parametersOf(each, run, null)).toMatchObject({
      ...{ audits: ['nightly'], from: '2026-02-23', to: '2026-03-01' },
    });
  });

  test('each owner has one of their own', () => {
    const owners = new Map([
      ['platform', {}],
      ['shop', {}],
    ]);
    expect(ownersOf({ ...report('0 0 1 * *'), owner: 'each' }, owners)).toEqual(['platform', 'shop']);
    expect(ownersOf({ ...report('0 0 1 * *'), owner: 'shop' }, owners)).toEqual(['shop']);
    expect(ownersOf(report('0 0 1 * *'), owners)).toEqual([null]);
  });
});

/** Every slot in (after, until], one by one. */
function dueIn({ schedule }: ScheduledReport, after: Date, until: Date): Date[] {
  if (schedule === AFTER_RUN) throw new Error('no schedule');
  const slots: Date[] = [];
  for (let due = nextDue(schedule, after); due && due <= until; due = nextDue(schedule, due)) slots.push(due);
  return slots;
}

describe('what becomes of slots', () => {
  test('nothing is due before the first, and the first is due once', () => {
    const monthly = report('0 6 1 * *');
    const before = decideReportSlots(monthly, at('2026-02-15T00:00:00Z'), at('2026-03-01T05:59:59Z'));
    expect(before).toMatchObject({ dueAt: null, judgedTo: at('2026-02-15T00:00:00Z') });
    const due = decideReportSlots(monthly, before.judgedTo, at('2026-03-01T06:00:00Z'));
    expect(due).toEqual({
      ...{ dueAt: at('2026-03-01T06:00:00Z'), missed: null, judgedTo: at('2026-03-01T06:00:00Z') },
    });
    expect(decideReportSlots(monthly, due.judgedTo, at('2026-03-01T06:00:01Z')).dueAt).toBeNull();
  });

  test('after half a year of silence the newest is made, and the five before it are counted', () => {
    const decided = decideReportSlots(
      report('0 6 1 * *'),
      at('2026-01-01T06:00:00Z'),
      at('2026-07-03T00:00:00Z'),
    );
    expect(decided.dueAt).toEqual(at('2026-07-01T06:00:00Z'));
    expect(decided.missed).toMatchObject({
      ...{ slots: 5, first: at('2026-02-01T06:00:00Z'), last: at('2026-06-01T06:00:00Z'), isAtLeast: false },
    });
  });

  test('what waits for the end of its day does not hold up what came before it', () => {
    const daily = report('0 0 * * *', 'Pacific/Kiritimati', 'last 1 day');
    const decided = decideReportSlots(daily, at('2026-03-01T09:00:00Z'), at('2026-03-03T12:00:00Z'));
    // The one of 10:00 on the third waits until the third is over in UTC.
    expect(decided.dueAt).toEqual(at('2026-03-02T10:00:00Z'));
    expect(nextReports(daily, at('2026-03-03T12:00:00Z'), 2)).toEqual([
      ...[at('2026-03-04T00:00:00Z'), at('2026-03-05T00:00:00Z')],
    ]);
  });

  test('a time that a change of the clock leaves out is made once, and one that comes twice is too', () => {
    const daily = report('30 2 * * *', 'Europe/Berlin', null);
    const due = (from: string, to: string): number => {
      let [count, judgedTo] = [0, at(from)];
      for (let now = at(from); now <= at(to); now = new Date(now.getTime() + 600_000)) {
        const decided = decideReportSlots(daily, judgedTo, now);
        if (decided.dueAt) count++;
        judgedTo = decided.judgedTo;
      }
      return count;
    };
    expect(due('2026-03-28T12:00:00Z', '2026-03-29T12:00:00Z')).toBe(1);
    expect(due('2026-10-24T12:00:00Z', '2026-10-25T12:00:00Z')).toBe(1);
  });

  test('however often somebody looks, every slot is made or counted, none twice, and none before its days are over', () => {
    const crons = fc.constantFrom('0 0 1 * *', '30 2 * * *', '0 */6 * * *', '15 1 * * 0', '0 0 28-31 * *');
    const zones = fc.constantFrom(
      'UTC',
      'Europe/Berlin',
      'America/New_York',
      'Pacific/Kiritimati',
      'Asia/Kolkata',
    );
    const periods = fc.constantFrom('last month', 'last 1 day', 'last week', null);
    const looks = fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(crons, zones, periods, looks, (cron, zone, period, hours) => {
        const one = report(cron, zone, period);
        const start = at('2026-02-20T00:00:00Z');
        let [judgedTo, now, dealtWith] = [start, start, 0];
        for (const pause of hours) {
          now = new Date(now.getTime() + pause * 3_600_000);
          const decided = decideReportSlots(one, judgedTo, now);
          expect(decided.judgedTo.getTime()).toBeGreaterThanOrEqual(judgedTo.getTime());
          dealtWith += (decided.missed?.slots ?? 0) + (decided.dueAt ? 1 : 0);
          if (decided.dueAt) expect(readyAt(one, decided.dueAt).getTime()).toBeLessThanOrEqual(now.getTime());
          judgedTo = decided.judgedTo;
        }
        expect(dealtWith).toBe(dueIn(one, start, judgedTo).length);
        // What is left can't be made yet.
        for (const due of dueIn(one, judgedTo, now))
          expect(readyAt(one, due).getTime()).toBeGreaterThan(now.getTime());
      }),
      { numRuns: 25 },
    );
  });

  test('the next ten are in order, and after runs there are none to tell', () => {
    const times = nextReports(report('0 6 1 * *'), at('2026-03-01T06:00:00Z'), 10);
    expect(times).toHaveLength(10);
    expect(times[0]).toEqual(at('2026-04-01T06:00:00Z'));
    expect([...times].sort((a, b) => a.getTime() - b.getTime())).toEqual(times);
    expect(nextReports(report(AFTER_RUN), at('2026-03-01T06:00:00Z'), 10)).toEqual([]);
  });
});
