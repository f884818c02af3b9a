/*
 * Which slots run, and what is kept of the others: facts on a fixed clock, and for any schedule the promise that each slot
 * is dealt with exactly once.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type AgendaFacts, decideSlots, type Skipped, startOf } from '../../../src/domain/agenda.js';
import type { Window } from '../../../src/domain/inventory.js';
import { latestSlots, type Schedule, slotsIn } from '../../../src/domain/schedule.js';

const HOURLY: Schedule = { kind: 'every', everyMs: 3_600_000 };
const PLACE = { file: 'inventory.yaml', line: 1, column: 1 };
const at = (time: string): Date => new Date(`2026-07-01T${time}Z`);

function facts(
  changes: Partial<AgendaFacts> & { schedule?: Schedule; catchUp?: 'once' | 'never'; jitterMs?: number },
): AgendaFacts {
  const { schedule = HOURLY, catchUp = 'once', jitterMs = 0, ...rest } = changes;
  return {
    audit: { name: 'nightly', schedule, jitterMs, catchUp },
    windows: [],
    now: at('10:20:00'),
    judgedTo: at('09:00:00'),
    replaced: null,
    paused: null,
    isGoing: false,
    lastRun: null,
    ...rest,
  };
}

const blackout = (from: string, until: string, changes: Partial<Window> = {}): Window => ({
  name: 'freeze',
  kind: 'blackout',
  time: { kind: 'once', from: at(from), until: at(until) },
  audits: null,
  hosts: null,
  why: null,
  place: PLACE,
  ...changes,
});

/** `down 08:00 … 09:00 ×2` */
const told = (skipped: readonly Skipped[]): string[] =>
  skipped.map(({ why, detail, first, last, slots, isAtLeast }) => {
    const time = (instant: Date): string => instant.toISOString().slice(11, 16);
    return `${why}${detail ? ` (${detail})` : ''} ${time(first)} … ${time(last)} ×${isAtLeast ? '≥' : ''}${slots}`;
  });

describe('a slot that has come', () => {
  test('runs, and nothing is skipped', () => {
    expect(decideSlots(facts({}))).toEqual({
      dueAt: at('10:00:00'),
      skipped: [],
      judgedTo: at('10:00:00'),
      isOldWaiting: false,
    });
  });

  test('runs once: what has been dealt with is not due again, also where the clock was set back', () => {
    const judgedTo = at('10:00:00');
    for (const now of [at('10:20:00'), at('09:30:00'), at('10:00:00')])
      expect(decideSlots(facts({ now, judgedTo }))).toMatchObject({ dueAt: null, skipped: [], judgedTo });
  });

  test('waits while the run before it is going, and runs late after its end', () => {
    const judgedTo = at('07:00:00');
    const waiting = { dueAt: null, skipped: [], judgedTo, isOldWaiting: false };
    expect(decideSlots(facts({ judgedTo, isGoing: true }))).toEqual(waiting);
    const lastRun = { from: at('07:00:00'), until: at('10:15:00') };
    for (const catchUp of ['once', 'never'] as const) {
      const { dueAt, skipped } = decideSlots(facts({ judgedTo, lastRun, catchUp }));
      expect(dueAt).toEqual(at('10:00:00'));
      expect(told(skipped)).toEqual(['overlap 08:00 … 09:00 ×2']);
    }
  });
});

describe('slots that were missed while nobody was there', () => {
  const judgedTo = at('03:00:00');
  const lastRun = { from: at('03:00:00'), until: at('04:30:00') };

  test('are kept, and the latest one runs', () => {
    const { dueAt, skipped } = decideSlots(facts({ judgedTo, lastRun }));
    expect(dueAt).toEqual(at('10:00:00'));
    expect(told(skipped)).toEqual(['overlap 04:00 … 04:00 ×1', 'down 05:00 … 09:00 ×5']);
  });

  test('are kept and none runs, where the audit does not catch up', () => {
    const { dueAt, skipped } = decideSlots(facts({ judgedTo, lastRun, catchUp: 'never' }));
    expect(dueAt).toBeNull();
    expect(told(skipped)).toEqual(['overlap 04:00 … 04:00 ×1', 'down 05:00 … 10:00 ×6']);
  });

  test('in time is in time: two minutes late runs, three do not', () => {
    const decide = (now: Date) => decideSlots(facts({ now, catchUp: 'never' })).dueAt;
    expect(decide(at('10:02:00'))).toEqual(at('10:00:00'));
    expect(decide(at('10:03:00'))).toBeNull();
  });

  test('years of them are counted without being walked through', () => {
    const { dueAt, skipped } = decideSlots(
      facts({
        schedule: { kind: 'cron', cron: '* * * * *', timezone: 'Europe/Berlin' },
        judgedTo: new Date('2016-01-01T00:00Z'),
      }),
    );
    expect(dueAt).toEqual(at('10:20:00'));
    expect(skipped.map(({ why, slots, isAtLeast }) => [why, slots, isAtLeast])).toEqual([
      ['down', 10_000 + 1999, true],
    ]);
  });
});

describe('an audit that is paused', () => {
  test('skips every slot, also while its last run is still going', () => {
    for (const isGoing of [false, true]) {
      const { dueAt, skipped, judgedTo } = decideSlots(
        facts({ judgedTo: at('08:00:00'), paused: { by: 'Ada', since: at('08:30:00') }, isGoing }),
      );
      expect(dueAt).toBeNull();
      expect(told(skipped)).toEqual(['paused (Ada) 09:00 … 10:00 ×2']);
      expect(judgedTo).toEqual(at('10:00:00'));
    }
  });
});

test('a slot that waited for a run when the pause began did not run for that', () => {
  const { skipped } = decideSlots(
    facts({
      judgedTo: at('08:00:00'),
      paused: { by: 'Ada', since: at('09:30:00') },
      lastRun: { from: at('08:00:00'), until: at('09:40:00') },
    }),
  );
  expect(told(skipped)).toEqual(['overlap 09:00 … 09:00 ×1', 'paused (Ada) 10:00 … 10:00 ×1']);
});

describe('a blackout', () => {
  test('skips the slots within, and is no reason to run one later', () => {
    const windows = [blackout('09:30:00', '10:10:00')];
    const { dueAt, skipped } = decideSlots(facts({ windows }));
    expect(dueAt).toBeNull();
    expect(told(skipped)).toEqual(['blackout (freeze) 10:00 … 10:00 ×1']);
  });

  test('that was missed with the rest keeps its own reason, and the latest slot outside of it runs', () => {
    const windows = [blackout('07:30:00', '08:30:00'), blackout('09:30:00', '11:00:00', { name: 'second' })];
    const { dueAt, skipped } = decideSlots(facts({ judgedTo: at('05:00:00'), windows }));
    expect(dueAt).toEqual(at('09:00:00'));
    expect(told(skipped)).toEqual([
      'down 06:00 … 07:00 ×2',
      'blackout (freeze) 08:00 … 08:00 ×1',
      'blackout (second) 10:00 … 10:00 ×1',
    ]);
  });

  test('of another audit, of some hosts, or for maintenance, holds nothing up', () => {
    const windows = [
      blackout('09:30:00', '10:10:00', { audits: ['other'] }),
      blackout('09:30:00', '10:10:00', { hosts: { all: true } }),
      blackout('09:30:00', '10:10:00', { kind: 'maintenance' }),
    ];
    expect(decideSlots(facts({ windows })).dueAt).toEqual(at('10:00:00'));
  });
});

describe('jitter', () => {
  const audit = { name: 'nightly', jitterMs: 1_800_000 };

  test('moves each slot by an amount of its own, always the same, and below what is allowed', () => {
    const delays = Array.from({ length: 200 }, (_, i) => {
      const due = new Date(i * 3_600_000);
      return startOf(audit, due).getTime() - due.getTime();
    });
    expect(Math.min(...delays)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...delays)).toBeLessThan(audit.jitterMs);
    expect(new Set(delays).size).toBeGreaterThan(190);
    expect(startOf(audit, new Date(0)).getTime()).toBe(delays[0]);
  });

  test('a slot is due from its own moment on, and is still called by its slot', () => {
    const start = startOf(audit, at('10:00:00'));
    const decide = (now: Date) => decideSlots(facts({ now, jitterMs: audit.jitterMs })).dueAt;
    expect(decide(new Date(start.getTime() - 1))).toBeNull();
    expect(decide(start)).toEqual(at('10:00:00'));
  });
});

test('whatever happens, each slot of any schedule is dealt with exactly once', () => {
  const schedules = fc.constantFrom<Schedule>(
    { kind: 'every', everyMs: 60_000 },
    { kind: 'every', everyMs: 420_000 },
    { kind: 'cron', cron: '*/20 * * * *', timezone: 'Europe/Berlin' },
    { kind: 'cron', cron: '30 2 * * *', timezone: 'Australia/Lord_Howe' },
  );
  const step = fc.record({
    passMs: fc.oneof(fc.integer({ min: 0, max: 600_000 }), fc.integer({ min: 0, max: 200_000_000 })),
    isGoing: fc.boolean(),
    isPaused: fc.boolean(),
  });
  fc.assert(
    fc.property(
      schedules,
      fc.constantFrom('once' as const, 'never' as const),
      fc.constantFrom(0, 50_000),
      fc.array(step, { minLength: 1, maxLength: 25 }),
      (schedule, catchUp, jitterMs, steps) => {
        const begin = new Date('2026-10-24T12:00:00Z');
        let [now, judgedTo] = [begin.getTime(), begin];
        let dealtWith = 0;
        for (const { passMs, isGoing, isPaused } of steps) {
          now += passMs;
          const windows = [
            blackout('00:00:00', '00:00:00', {
              time: { kind: 'repeated', schedule: { kind: 'every', everyMs: 7_200_000 }, lastsMs: 1_200_000 },
            }),
          ];
          const decided = decideSlots(
            facts({
              schedule,
              catchUp,
              jitterMs,
              windows,
              now: new Date(now),
              judgedTo,
              isGoing,
              paused: isPaused ? { by: 'Ada', since: begin } : null,
            }),
          );
          expect(decided.judgedTo.getTime()).toBeGreaterThanOrEqual(judgedTo.getTime());
          expect(isGoing && decided.dueAt !== null).toBe(false);
          const ranges = [
            ...decided.skipped.map(({ first, last, slots }) => ({ first, last, slots })),
            ...(decided.dueAt ? [{ first: decided.dueAt, last: decided.dueAt, slots: 1 }] : []),
          ].sort((a, b) => a.first.getTime() - b.first.getTime());
          let before = judgedTo.getTime();
          for (const { first, last, slots } of ranges) {
            expect(first.getTime()).toBeGreaterThan(before);
            expect(slotsIn(schedule, new Date(first.getTime() - 1), last)?.slots).toBe(slots);
            before = last.getTime();
            dealtWith += slots;
          }
          judgedTo = decided.judgedTo;
        }
        expect(dealtWith).toBe(slotsIn(schedule, begin, judgedTo)?.slots ?? 0);
      },
    ),
  );
});

test('the latest slots are the last ones of all slots', () => {
  const schedule: Schedule = { kind: 'cron', cron: '15 3 * * 1-5', timezone: 'America/New_York' };
  const [after, until] = [new Date('2020-01-01T00:00Z'), new Date('2026-01-01T00:00Z')];
  const all = latestSlots(schedule, after, until, 1_000_000);
  expect(all).toHaveLength(slotsIn(schedule, after, until)!.slots);
  expect(latestSlots(schedule, after, until, 7)).toEqual(all.slice(-7));
});
