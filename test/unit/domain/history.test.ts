/*
 * Looks that become intervals: at every minute what was seen last, unless the next look was too far away. Held against an
 * oracle that samples every minute, for looks that come in any order and twice.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { byPlace, record } from '../../../src/domain/history.js';
import { availabilityOf, availabilityOfAll, periodBefore } from '../../../src/domain/history-availability.js';
import {
  BEGINNING,
  glances,
  lookAt,
  MINUTE_MS,
  minute,
  recorded,
  stateAt,
  taken,
} from '../../support/history-looks.js';

const maxGap = fc.integer({ min: 1, max: 60 });
const HOUR_MS = 60 * MINUTE_MS;

describe('intervals', () => {
  it('say at every minute what the oracle says, and never two things', () => {
    fc.assert(
      fc.property(glances, maxGap, (list, gap) => {
        const intervals = recorded(
          list.map((one) => lookAt(one)),
          gap * MINUTE_MS,
        );
        for (let at = -1; at <= 241; at++) {
          const here = intervals.filter(({ from, until }) => from <= minute(at) && minute(at) < until);
          const state = stateAt(list, at, gap);
          expect(here.map((one) => one.state)).toEqual(state === null ? [] : [state]);
        }
      }),
    );
  });

  it('come out the same where every look is applied twice, and where older ones come again', () => {
    fc.assert(
      fc.property(glances, maxGap, (list, gap) => {
        const looks = list.map((one) => lookAt(one));
        const once = recorded(looks, gap * MINUTE_MS);
        const again = looks.flatMap((look, i) => [look, look, ...looks.slice(0, i)]);
        expect(recorded(again, gap * MINUTE_MS)).toEqual(once);
      }),
    );
  });

  it('are as many as there were changes, and two more for a gap', () => {
    fc.assert(
      fc.property(glances, maxGap, (list, gap) => {
        const counted = taken(list);
        const pairs = counted.slice(1).map((next, i) => [counted[i]!, next] as const);
        const changes = pairs.filter(
          ([a, b]) => a.state !== b.state || a.observed !== b.observed || a.owner !== b.owner,
        );
        const gaps = pairs.filter(([a, b]) => b.minute - a.minute > gap);
        const most = counted.length === 0 ? 0 : 1 + changes.length + 2 * gaps.length;
        expect(
          recorded(
            list.map((one) => lookAt(one)),
            gap * MINUTE_MS,
          ).length,
        ).toBeLessThanOrEqual(most);
      }),
    );
  });

  it('are one where a thousand looks find the same', () => {
    const looks = Array.from({ length: 1000 }, (_, i) => lookAt({ minute: i }));
    const [only, ...others] = recorded(looks, MINUTE_MS);
    expect(others).toEqual([]);
    expect(only).toMatchObject({ from: BEGINNING, until: minute(999), state: 'as-declared' });
  });

  it('a gap as long as is allowed is bridged, one that is longer by a millisecond is unknown', () => {
    const states = (maxGapMs: number) =>
      recorded([lookAt({ minute: 0 }), lookAt({ minute: 10 })], maxGapMs).map(({ state }) => state);
    expect(states(10 * MINUTE_MS)).toEqual(['as-declared']);
    expect(states(10 * MINUTE_MS - 1)).toEqual(['as-declared', 'unknown', 'as-declared']);
  });

  it('an unknown stretch goes on over a gap as one, whoever finds nothing out at its end', () => {
    const nothing = { state: 'unknown', observed: 'unknown' } as const;
    const looks = [
      lookAt({ minute: 0 }),
      lookAt({ minute: 50, ...nothing }),
      lookAt({ minute: 100, ...nothing }),
    ];
    expect(recorded(looks, MINUTE_MS).map(({ state, until }) => [state, until])).toEqual([
      ['as-declared', minute(0)],
      ['unknown', minute(100)],
    ]);
  });

  it('another owner, service, host or observed state begins another one', () => {
    const latest = recorded([lookAt({ minute: 0 })], HOUR_MS)[0]!;
    const begins = (more: object) => record(latest, lookAt({ minute: 1 }, more), HOUR_MS)!.begun.length;
    expect(begins({})).toBe(0);
    expect(
      [{ owner: 'ops' }, { service: 'http' }, { host: 'web-2' }, { observed: 'filtered' }].map(begins),
    ).toEqual([1, 1, 1, 1]);
  });

  it('belong to a port at one vantage', () => {
    const of = (more: object) => recorded([lookAt({ minute: 0 }, more)], HOUR_MS)[0]!;
    const all = [
      of({}),
      of({ port: 80 }),
      of({ vantage: 'internet' }),
      of({ address: '127.0.66.2' }),
      of({}),
    ];
    expect(Array.from(byPlace(all).values(), (list) => list.length)).toEqual([2, 1, 1, 1]);
  });

  it('of a port are put in order, however they were read', () => {
    fc.assert(
      fc.property(glances, maxGap, (list, gap) => {
        const looks = list.map((one) => lookAt(one));
        const intervals = recorded(looks, gap * MINUTE_MS);
        const read = byPlace([...intervals].reverse());
        expect(Array.from(read.values()).flat()).toEqual(intervals);
      }),
    );
  });
});

describe('availability', () => {
  it('is what sampling every minute of the period says', () => {
    const bounds = fc
      .tuple(fc.integer({ min: -30, max: 270 }), fc.integer({ min: 1, max: 120 }))
      .map(([from, minutes]) => ({ from, to: from + minutes }));
    fc.assert(
      fc.property(glances, maxGap, bounds, (list, gap, { from, to }) => {
        const counts = { 'as-declared': 0, failing: 0, unknown: 0 };
        for (let at = from; at < to; at++) counts[stateAt(list, at, gap) ?? 'unknown']++;
        const known = counts['as-declared'] + counts.failing;
        const intervals = recorded(
          list.map((one) => lookAt(one)),
          gap * MINUTE_MS,
        );
        expect(availabilityOf(intervals, { from: minute(from), to: minute(to) })).toEqual({
          asDeclaredMs: counts['as-declared'] * MINUTE_MS,
          failingMs: counts.failing * MINUTE_MS,
          unknownMs: counts.unknown * MINUTE_MS,
          availability: known === 0 ? null : counts['as-declared'] / known,
          unknownShare: counts.unknown / (to - from),
        });
      }),
    );
  });

  it('of several ports weighs each by the time that is known of it', () => {
    const period = { from: minute(0), to: minute(100) };
    const up = availabilityOf(recorded([lookAt({ minute: 0 }), lookAt({ minute: 90 })], HOUR_MS * 2), period);
    const down = { state: 'failing', observed: 'closed' } as const;
    const short = [lookAt({ minute: 0, ...down }), lookAt({ minute: 10, ...down })];
    const all = availabilityOfAll([up, availabilityOf(recorded(short, HOUR_MS), period)]);
    expect(all).toMatchObject({ availability: 0.9, unknownShare: 0.5, failingMs: 10 * MINUTE_MS });
  });

  it('of nothing is null and not zero, and all of it unknown', () => {
    const period = { from: minute(0), to: minute(10) };
    expect(availabilityOf([], period)).toMatchObject({ availability: null, unknownShare: 1 });
    expect(availabilityOfAll([])).toMatchObject({ availability: null, unknownShare: 1 });
  });

  it('is compared with the period of the same length right before', () => {
    expect(periodBefore({ from: minute(60), to: minute(90) })).toEqual({ from: minute(30), to: minute(60) });
  });
});
