/*
 * Due times as facts: clock changes in zones that move by an hour, by half an hour and at midnight, hours, `every`,
 * years of downtime, and what is refused. schedule-oracle.test.ts holds the same rule for any schedule.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cronProblem, latestDue, nextDue, type Schedule } from '../../../src/domain/schedule.js';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

const cron = (expression: string, timezone: string): Schedule => ({
  kind: 'cron',
  cron: expression,
  timezone,
});

function dueBetween(schedule: Schedule, from: string, to: string): string[] {
  const found: string[] = [];
  const end = new Date(to);
  for (let due = nextDue(schedule, new Date(from)); due && due <= end; due = nextDue(schedule, due)) {
    found.push(due.toISOString().replace(':00.000Z', 'Z'));
  }
  return found;
}

describe('a daily time in the hour that is skipped or repeated', () => {
  it.each([
    ['Europe/Berlin', '2026-03-28T12:00Z', ['2026-03-29T01:00Z', '2026-03-30T00:30Z']],
    ['America/New_York', '2026-03-07T12:00Z', ['2026-03-08T07:00Z', '2026-03-09T06:30Z']],
  ])('02:30 in %s runs exactly once in spring, right after the gap', (zone, from, expected) => {
    expect(dueBetween(cron('30 2 * * *', zone), from, expected[1]!)).toEqual(expected);
  });

  it('02:15 on Lord Howe Island, whose gap is half an hour, runs once at 02:30', () => {
    expect(
      dueBetween(cron('15 2 * * *', 'Australia/Lord_Howe'), '2026-10-03T00:00Z', '2026-10-04T16:00Z'),
    ).toEqual(['2026-10-03T15:30Z', '2026-10-04T15:15Z']);
  });

  it.each([
    ['Europe/Berlin', '30 2 * * *', '2026-10-24T12:00Z', ['2026-10-25T00:30Z', '2026-10-26T01:30Z']],
    ['America/New_York', '30 1 * * *', '2026-10-31T12:00Z', ['2026-11-01T05:30Z', '2026-11-02T06:30Z']],
    ['Australia/Lord_Howe', '45 1 * * *', '2026-04-04T00:00Z', ['2026-04-04T14:45Z', '2026-04-05T15:15Z']],
  ])(
    'a time that comes twice in %s runs exactly once in autumn, the first time',
    (zone, time, from, expected) => {
      expect(dueBetween(cron(time, zone), from, expected[1]!)).toEqual(expected);
    },
  );

  it('02:30 in New York in autumn is the plain 02:30: only the hour before it is repeated', () => {
    expect(
      dueBetween(cron('30 2 * * *', 'America/New_York'), '2026-10-31T12:00Z', '2026-11-01T23:00Z'),
    ).toEqual(['2026-11-01T07:30Z']);
  });

  it('midnight runs once where midnight itself is skipped', () => {
    expect(
      dueBetween(cron('0 0 * * *', 'America/Sao_Paulo'), '2018-11-03T12:00Z', '2018-11-05T12:00Z'),
    ).toEqual(['2018-11-04T03:00Z', '2018-11-05T02:00Z']);
  });

  it('several times inside one gap run once together', () => {
    const berlin = 'Europe/Berlin';
    for (const times of ['0,30 2 * * *', '*/15 2 * * *', '* 2 * * *', '10-50/5 2 * * *']) {
      expect(dueBetween(cron(times, berlin), '2026-03-28T12:00Z', '2026-03-29T12:00Z')).toEqual([
        '2026-03-29T01:00Z',
      ]);
    }
  });
});

describe('an hourly audit', () => {
  it('runs every real hour through both clock changes', () => {
    for (const [from, to] of [
      ['2026-03-28T20:30Z', '2026-03-29T06:30Z'],
      ['2026-10-24T20:30Z', '2026-10-25T06:30Z'],
    ] as const) {
      const found = dueBetween(cron('0 * * * *', 'Europe/Berlin'), from, to);
      expect(found).toHaveLength(10);
      expect(new Set(found.map((due, i) => Date.parse(due) - i * 3_600_000)).size).toBe(1);
    }
  });

  it('every other hour runs once in the repeated hour', () => {
    expect(
      dueBetween(cron('0 */2 * * *', 'Europe/Berlin'), '2026-10-24T21:00Z', '2026-10-25T04:00Z'),
    ).toEqual(['2026-10-24T22:00Z', '2026-10-25T00:00Z', '2026-10-25T03:00Z']);
  });
});

describe('after years of downtime', () => {
  it('the latest slot of every: is the last multiple since the epoch', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: MINUTE_MS, max: 7 * DAY_MS }),
        fc.integer({ min: 0, max: 4_000_000_000_000 }),
        fc.integer({ min: 0, max: 4_000_000_000_000 }),
        (everyMs, a, b) => {
          const [after, now] = [Math.min(a, b), Math.max(a, b)];
          const latest = latestDue({ kind: 'every', everyMs }, new Date(after), new Date(now))?.getTime();
          if (latest === undefined) {
            expect(nextDue({ kind: 'every', everyMs }, new Date(after))!.getTime()).toBeGreaterThan(now);
          } else {
            expect(latest % everyMs).toBe(0);
            expect(latest).toBeGreaterThan(after);
            expect(latest).toBeLessThanOrEqual(now);
            expect(latest + everyMs).toBeGreaterThan(now);
          }
        },
      ),
    );
  });

  it('the latest minute of ten years is found without walking through five million others', () => {
    const now = new Date('2026-07-01T10:00:30Z');
    const latest = latestDue(cron('* * * * *', 'Europe/Berlin'), new Date('2016-01-01T00:00Z'), now);
    expect(latest?.toISOString()).toBe('2026-07-01T10:00:00.000Z');
  });

  it('a leap day is found four years back, and nothing where none has come', () => {
    const leapDay = cron('0 12 29 2 *', 'UTC');
    expect(
      latestDue(leapDay, new Date('2020-03-01T00:00Z'), new Date('2027-01-01T00:00Z'))?.toISOString(),
    ).toBe('2024-02-29T12:00:00.000Z');
    expect(latestDue(leapDay, new Date('2024-03-01T00:00Z'), new Date('2027-01-01T00:00Z'))).toBeNull();
  });

  it('the end of the stretch belongs to it, its beginning does not', () => {
    const noon = cron('0 12 * * *', 'UTC');
    const [first, second] = [new Date('2026-07-01T12:00Z'), new Date('2026-07-02T12:00Z')];
    expect(latestDue(noon, first, second)).toEqual(second);
    expect(latestDue(noon, second, second)).toBeNull();
    expect(latestDue({ kind: 'every', everyMs: DAY_MS / 2 }, first, first)).toBeNull();
  });
});

describe('every:', () => {
  it('counts from the epoch, whenever the process started', () => {
    const daily: Schedule = { kind: 'every', everyMs: 90 * MINUTE_MS };
    const from = new Date('2026-07-01T00:00:01Z');
    expect(nextDue(daily, from)).toEqual(nextDue(daily, new Date(from.getTime() + 1000)));
    expect(nextDue(daily, from)!.getTime() % (90 * MINUTE_MS)).toBe(0);
  });

  it('is strictly after the instant that is asked about', () => {
    expect(nextDue({ kind: 'every', everyMs: MINUTE_MS }, new Date(0))).toEqual(new Date(MINUTE_MS));
  });
});

describe('what is wrong with a schedule', () => {
  it.each(['0 2 * * *', '*/5 * * * 1-5', '0 0 1 JAN *', '30 2 29 2 *', '0 9 * * MON', '0 0 L * *'])(
    '%s is fine',
    (expression) => expect(cronProblem(expression, 'Europe/Berlin')).toBeNull(),
  );

  it.each([
    ['0 2 * *', 'UTC', /expected five fields/],
    ['0 0 2 * * *', 'UTC', /expected five fields/],
    ['@daily', 'UTC', /expected five fields/],
    ['61 2 * * *', 'UTC', /no cron expression/],
    ['*/0 2 * * *', 'UTC', /no cron expression/],
    ['5-1 2 * * *', 'UTC', /no cron expression/],
    ['0 25 * * *', 'UTC', /no cron expression/],
    ['a b c d e', 'UTC', /no cron expression/],
    ['0 0 30 2 *', 'UTC', /never comes/],
    ['0 2 * * *', 'Europe/Atlantis', /no time zone; expected an IANA name/],
  ])('%s in %s is refused in one line', (expression, zone, message) => {
    const problem = cronProblem(expression, zone);
    expect(problem).toMatch(message);
    expect(problem).not.toContain('\n');
  });
});
