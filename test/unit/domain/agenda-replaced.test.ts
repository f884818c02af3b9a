/*
 * A new inventory brings another schedule: what had come of the one before is dealt with first, none of it twice, and none of
 * either is forgotten.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type AgendaFacts, decideSlots, type Skipped, skipSlots } from '../../../src/domain/agenda.js';
import { type Schedule, scheduleKey, scheduleOfKey, slotsIn } from '../../../src/domain/schedule.js';

const at = (time: string): Date => new Date(`2026-07-01T${time}Z`);
const every = (minutes: number): Schedule => ({ kind: 'every', everyMs: minutes * 60_000 });

/** Hourly until 10:30, every seven minutes since; it is 10:31, and 08:00 was dealt with. */
function facts(changes: Partial<AgendaFacts> = {}, audit: Partial<AgendaFacts['audit']> = {}): AgendaFacts {
  return {
    audit: { name: 'nightly', schedule: every(7), jitterMs: 0, catchUp: 'once', ...audit },
    windows: [],
    now: at('10:31:00'),
    judgedTo: at('08:00:00'),
    replaced: { schedule: every(60), until: at('10:30:00') },
    paused: null,
    isGoing: false,
    lastRun: null,
    ...changes,
  };
}

const told = (skipped: readonly Skipped[]): string[] =>
  skipped.map(({ why, first, last, slots }) => {
    const time = (instant: Date): string => instant.toISOString().slice(11, 16);
    return `${why} ${time(first)} … ${time(last)} ×${slots}`;
  });

describe('slots of the schedule that was replaced', () => {
  test('run as ever: the latest one, and the new schedule begins when it was loaded', () => {
    const { skipped, ...decided } = decideSlots(facts());
    expect(decided).toEqual({ dueAt: at('10:00:00'), judgedTo: at('10:30:00'), isOldWaiting: false });
    expect(told(skipped)).toEqual(['down 09:00 … 09:00 ×1']);
  });

  test('are skipped where the audit does not catch up, and a slot of the new schedule runs at once', () => {
    const { skipped, ...decided } = decideSlots(facts({ now: at('10:35:00') }, { catchUp: 'never' }));
    expect(decided).toEqual({ dueAt: at('10:35:00'), judgedTo: at('10:35:00'), isOldWaiting: false });
    expect(told(skipped)).toEqual(['down 09:00 … 10:00 ×2']);
  });

  test('wait for the run that is going, and the new schedule with them', () => {
    const now = at('12:00:00');
    const judgedTo = at('08:00:00');
    const waiting = { dueAt: null, skipped: [], judgedTo, isOldWaiting: true };
    expect(decideSlots(facts({ now, isGoing: true }))).toEqual(waiting);
    const lastRun = { from: at('08:00:00'), until: at('11:59:00') };
    const after = decideSlots(facts({ now, lastRun }, { catchUp: 'never' }));
    expect([after.dueAt, told(after.skipped)]).toEqual([at('10:00:00'), ['overlap 09:00 … 09:00 ×1']]);
  });

  test('do not wait for their jitter: nobody would come back to them', () => {
    const jitterMs = 3_600_000;
    const { dueAt, judgedTo } = decideSlots(facts({ now: at('10:30:01') }, { jitterMs, catchUp: 'never' }));
    expect([dueAt, judgedTo]).toEqual([at('10:00:00'), at('10:30:00')]);
  });

  test('are as paused as others, and what waits of the new schedule is then skipped too', () => {
    const { dueAt, skipped } = decideSlots(
      facts({ now: at('10:40:00'), isGoing: true, paused: { by: 'Ada', since: at('08:30:00') } }),
    );
    expect(dueAt).toBeNull();
    expect(told(skipped)).toEqual(['paused 09:00 … 10:00 ×2', 'paused 10:35 … 10:35 ×1']);
  });

  test('are skipped, every one, where the audit has left the inventory', () => {
    const left = { schedule: every(60), until: at('10:30:00') };
    expect(told(skipSlots(facts(), left))).toEqual(['down 09:00 … 10:00 ×2']);
    const lastRun = { from: at('09:30:00'), until: at('10:30:00') };
    expect(told(skipSlots(facts({ lastRun }), left))).toEqual([
      'down 09:00 … 09:00 ×1',
      'overlap 10:00 … 10:00 ×1',
    ]);
    expect(skipSlots(facts({ judgedTo: at('10:00:00') }), left)).toEqual([]);
  });
});

const SCHEDULES: Schedule[] = [
  every(1),
  every(7),
  { kind: 'cron', cron: '*/20 * * * *', timezone: 'Europe/Berlin' },
  { kind: 'cron', cron: '30 2 * * *', timezone: 'Australia/Lord_Howe' },
];

test('a schedule is read back from its key; what is no key gives none', () => {
  for (const schedule of SCHEDULES) expect(scheduleOfKey(scheduleKey(schedule))).toEqual(schedule);
  for (const text of [
    '',
    'every 0 ms',
    'every x ms',
    '* * * * *',
    '* * * * * (Nowhere/Else)',
    '61 * * * * (UTC)',
  ])
    expect(scheduleOfKey(text)).toBeNull();
});

interface Step {
  readonly passMs: number;
  readonly isGoing: boolean;
  readonly isPaused: boolean;
  /** Another schedule is loaded before the tick. */
  readonly loads: Schedule | null;
}

/** Ticks on and on; returns how many slots were dealt with, and how many there were. */
function tickThrough(
  first: Schedule,
  audit: Pick<AgendaFacts['audit'], 'catchUp' | 'jitterMs'>,
  steps: Step[],
) {
  const begin = new Date('2026-10-24T12:00:00Z');
  let [now, judgedTo, loadedAt] = [begin, begin, begin];
  /** By which slots were counted last, and the one that is in force. */
  let [counted, current] = [first, first];
  const slots = { dealtWith: 0, promised: 0 };
  const promise = (schedule: Schedule, from: Date, until: Date): void => {
    slots.promised += slotsIn(schedule, from, until)?.slots ?? 0;
  };
  for (const { passMs, isGoing, isPaused, loads } of steps) {
    now = new Date(now.getTime() + passMs);
    // A server that is there deals with one inventory before it reads the next.
    if (loads && counted === current) [current, loadedAt] = [loads, now];
    const replaced = counted === current ? null : { schedule: counted, until: loadedAt };
    const paused = isPaused ? { by: 'Ada', since: begin } : null;
    const decided = decideSlots(
      facts({ now, judgedTo, isGoing, replaced, paused }, { ...audit, schedule: current }),
    );
    expect(isGoing && decided.dueAt !== null).toBe(false);
    expect(decided.judgedTo.getTime()).toBeGreaterThanOrEqual(judgedTo.getTime());
    if (decided.isOldWaiting) {
      expect(decided).toEqual({ dueAt: null, skipped: [], judgedTo, isOldWaiting: true });
      continue;
    }
    slots.dealtWith += decided.skipped.reduce((sum, one) => sum + one.slots, decided.dueAt ? 1 : 0);
    if (replaced) promise(counted, judgedTo, loadedAt);
    promise(current, replaced ? loadedAt : judgedTo, decided.judgedTo);
    [judgedTo, counted] = [decided.judgedTo, current];
  }
  return slots;
}

test('whatever happens, each slot of each schedule is dealt with exactly once while it is in force', () => {
  const step = fc.record({
    passMs: fc.oneof(fc.integer({ min: 0, max: 600_000 }), fc.integer({ min: 0, max: 100_000_000 })),
    isGoing: fc.boolean(),
    isPaused: fc.boolean(),
    loads: fc.option(fc.constantFrom(...SCHEDULES), { nil: null, freq: 2 }),
  });
  const audit = fc.record({
    catchUp: fc.constantFrom('once' as const, 'never' as const),
    jitterMs: fc.constantFrom(0, 50_000),
  });
  fc.assert(
    fc.property(
      fc.constantFrom(...SCHEDULES),
      audit,
      fc.array(step, { minLength: 1, maxLength: 25 }),
      (first, how, steps) => {
        const { dealtWith, promised } = tickThrough(first, how, steps);
        expect(dealtWith).toBe(promised);
      },
    ),
    { numRuns: 50 },
  );
});
