/*
 * Due times against an oracle that knows no cron library: it walks every minute of a stretch, asks Intl for the
 * wall clock there, and applies the rule of src/domain/schedule.ts word for word. The stretches lie around the
 * clock changes of zones that move by an hour, by half an hour, and at midnight.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { latestDue, nextDue, type Schedule } from '../../../src/domain/schedule.js';

const MINUTE_MS = 60_000;

const cron = (expression: string, timezone: string): Schedule => ({
  kind: 'cron',
  cron: expression,
  timezone,
});

/** Around a clock change, one stretch a zone and direction; the last never changes. */
const STRETCHES = [
  ['Europe/Berlin', '2026-03-28T00:00Z'],
  ['Europe/Berlin', '2026-10-24T00:00Z'],
  ['America/New_York', '2026-03-07T00:00Z'],
  ['America/New_York', '2026-10-31T00:00Z'],
  ['Australia/Lord_Howe', '2026-10-02T12:00Z'],
  ['Australia/Lord_Howe', '2026-04-03T12:00Z'],
  ['America/Sao_Paulo', '2018-11-03T00:00Z'],
  ['Asia/Kolkata', '2026-03-28T00:00Z'],
] as const;
const STRETCH_MINUTES = 3 * 24 * 60;

interface Minute {
  readonly at: number;
  /** The wall clock there, as the UTC instant that reads the same. */
  readonly wall: number;
}

const walked = new Map<string, Minute[]>();

function walk(zone: string, from: string): Minute[] {
  const known = walked.get(`${zone} ${from}`);
  if (known) return known;
  const clock = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    dateStyle: 'short',
    timeStyle: 'short',
  });
  const minutes = Array.from({ length: STRETCH_MINUTES }, (_, i) => {
    const at = Date.parse(from) + i * MINUTE_MS;
    const [, day, month, year, hour, minute] = /(\d+)\/(\d+)\/(\d+), (\d+):(\d+)/
      .exec(clock.format(at))!
      .map(Number);
    return { at, wall: Date.UTC(year!, month! - 1, day!, hour!, minute!) };
  });
  walked.set(`${zone} ${from}`, minutes);
  return minutes;
}

type Times = { readonly minutes: ReadonlySet<number>; readonly hours: ReadonlySet<number> | '*' };

/** The rule, spelt out: a minute is due if it is the first that reads a wanted time, or ends a gap that holds one. */
function oracle(minutes: readonly Minute[], { minutes: wanted, hours }: Times): number[] {
  const wants = (wall: number): boolean => {
    const date = new Date(wall);
    return wanted.has(date.getUTCMinutes()) && (hours === '*' || hours.has(date.getUTCHours()));
  };
  const read = new Set<number>();
  const due: number[] = [];
  for (const [i, { at, wall }] of minutes.entries()) {
    const before = minutes[i - 1]?.wall ?? wall - MINUTE_MS;
    let isDue = wants(wall) && (hours === '*' || !read.has(wall));
    for (let gone = before + MINUTE_MS; hours !== '*' && gone < wall; gone += MINUTE_MS) {
      if (wants(gone)) isDue = true;
    }
    read.add(wall);
    if (isDue) due.push(at);
  }
  return due;
}

const someOf = (last: number) =>
  fc.uniqueArray(fc.integer({ min: 0, max: last }), { minLength: 1, maxLength: 4 });
const field = (last: number): fc.Arbitrary<{ text: string; values: number[] }> =>
  fc.oneof(
    someOf(last).map((values) => ({ text: values.join(','), values })),
    fc.integer({ min: 2, max: 12 }).map((step) => ({
      text: `*/${step}`,
      values: Array.from({ length: last + 1 }, (_, i) => i).filter((i) => i % step === 0),
    })),
    fc.tuple(fc.integer({ min: 0, max: last }), fc.integer({ min: 0, max: last })).map(([a, b]) => {
      const [lo, hi] = a < b ? [a, b] : [b, a];
      return { text: `${lo}-${hi}`, values: Array.from({ length: hi - lo + 1 }, (_, i) => lo + i) };
    }),
  );
const hourField = fc.oneof(
  { weight: 1, arbitrary: fc.constant({ text: '*', values: null }) },
  // The small hours are where the clocks change.
  { weight: 3, arbitrary: someOf(4).map((values) => ({ text: values.join(','), values })) },
  { weight: 1, arbitrary: field(23) },
);

describe('any schedule of minutes and hours', () => {
  it('is due exactly when the rule says, around every kind of clock change', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...STRETCHES),
        field(59),
        hourField,
        fc.integer({ min: 0, max: STRETCH_MINUTES - 1 }),
        fc.integer({ min: 0, max: MINUTE_MS - 1 }),
        ([zone, from], minute, hour, startMinute, extraMs) => {
          const minutes = walk(zone, from);
          const hours = hour.values === null ? ('*' as const) : new Set(hour.values);
          const after = minutes[startMinute]!.at + extraMs;
          const expected = oracle(minutes, { minutes: new Set(minute.values), hours }).filter(
            (at) => at > after,
          );
          const schedule = cron(`${minute.text} ${hour.text} * * *`, zone);
          let due: Date | null = new Date(after);
          for (const at of expected.slice(0, 12)) {
            due = nextDue(schedule, due!);
            expect(due?.toISOString()).toBe(new Date(at).toISOString());
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  it('has as its latest due time the last of those that the rule gives', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...STRETCHES),
        field(59),
        hourField,
        fc.nat(STRETCH_MINUTES - 1),
        fc.nat(STRETCH_MINUTES - 1),
        ([zone, from], minute, hour, a, b) => {
          const minutes = walk(zone, from);
          const hours = hour.values === null ? ('*' as const) : new Set(hour.values);
          const [after, now] = [minutes[Math.min(a, b)]!.at, minutes[Math.max(a, b)]!.at];
          const expected = oracle(minutes, { minutes: new Set(minute.values), hours })
            .filter((at) => at > after && at <= now)
            .at(-1);
          const schedule = cron(`${minute.text} ${hour.text} * * *`, zone);
          expect(latestDue(schedule, new Date(after), new Date(now))?.getTime()).toBe(expected);
        },
      ),
      { numRuns: 200 },
    );
  });
});
