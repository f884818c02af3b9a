import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HostTrips, RoundTrip } from '../../../../src/engine/syn/round-trip.js';

const ms = fc.nat(10_000_000).map((thousandths) => thousandths / 1000);
const measuring = (...all: readonly number[]): RoundTrip => {
  const roundTrip = new RoundTrip();
  for (const one of all) roundTrip.measured(one);
  return roundTrip;
};

describe('the round trip', () => {
  test('is unknown until something was measured, and what is no time measures nothing', () => {
    const roundTrip = measuring(-1, Number.NaN, Number.NEGATIVE_INFINITY);
    expect([roundTrip.isKnown, roundTrip.patienceMs]).toEqual([false, 0]);
    roundTrip.measured(0);
    expect(roundTrip.isKnown).toBe(true);
  });

  test('begins with three times the first measure: half of it as its spread, four times that', () => {
    expect(measuring(40).patienceMs).toBe(40 + 4 * 20);
  });

  test('goes on as RFC 6298 has it: an eighth for the mean, a quarter for the spread, by the old mean', () => {
    // SRTT 40, RTTVAR 20; then 80: RTTVAR 3/4 · 20 + 1/4 · 40 = 25, SRTT 7/8 · 40 + 1/8 · 80 = 45.
    expect(measuring(40, 80).patienceMs).toBeCloseTo(45 + 4 * 25, 10);
    expect(measuring(40, 80, 45).patienceMs).toBeCloseTo(45 + 4 * 18.75, 10);
  });

  test('settles where answers always take as long', () => {
    expect(measuring(...new Array<number>(200).fill(25)).patienceMs).toBeCloseTo(25, 3);
  });

  test('is never shorter than the mean allows nor longer than the extremes do', () => {
    fc.assert(
      fc.property(fc.array(ms, { minLength: 1, maxLength: 100 }), (all) => {
        const roundTrip = measuring(...all);
        expect(roundTrip.patienceMs).toBeGreaterThanOrEqual(Math.min(...all) - 1e-6);
        expect(roundTrip.patienceMs).toBeLessThanOrEqual(5 * Math.max(...all) + 1e-6);
      }),
    );
  });
});

describe('the longest trip to a host', () => {
  test('is each host’s own, and unknown where it has not answered', () => {
    const measure = fc.tuple(fc.nat(4), ms.map(Math.fround));
    fc.assert(
      fc.property(fc.array(measure, { maxLength: 40 }), (all) => {
        const trips = new HostTrips(5);
        for (const [host, one] of all) trips.measured(host, one);
        for (let host = 0; host < 5; host++) {
          const own = all.filter(([by]) => by === host).map(([, one]) => one);
          expect(trips.longestMs(host)).toBe(own.length === 0 ? null : Math.max(...own));
        }
      }),
    );
  });

  test('is known of a host at no distance at all, and never of one beyond the table', () => {
    const trips = new HostTrips(2 ** 20 + 1);
    for (const host of [2 ** 20 - 1, 2 ** 20]) trips.measured(host, 0);
    expect([2 ** 20 - 2, 2 ** 20 - 1, 2 ** 20].map((host) => trips.longestMs(host))).toEqual([null, 0, null]);
  });
});
