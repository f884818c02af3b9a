import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isMissedEnough, lastWaitMs, RoundTrip } from '../../../../src/engine/connect/patience.js';

const measured = (...ms: number[]): RoundTrip => {
  const trip = new RoundTrip();
  for (const each of ms) trip.measured(each);
  return trip;
};
const calm = { answers: 1000, repeats: 0 };

describe('an attempt that another one will follow', () => {
  test('waits for less than the kernel does while hardly anything has been measured, or less where the plan says so', () => {
    expect(measured().waitMs(2000, 0, calm)).toBe(900);
    expect(measured(5, 5, 5).waitMs(2000, 0, { answers: 7, repeats: 0 })).toBe(900);
    expect(measured().waitMs(300, 0, calm)).toBe(300);
  });

  test('waits a tenth of a second on a quick path, and as long as RFC 6298 has it on a slow one', () => {
    expect(measured(1, 1, 1, 1).waitMs(2000, 0, calm)).toBe(100);
    // The first sample: srtt = R, rttvar = R / 2 (RFC 6298 §2.2).
    expect(measured(200).waitMs(2000, 0, calm)).toBe(200 + 4 * 100 + 20);
    // And the second: rttvar = 3/4 · 100 + 1/4 · 80, srtt = 7/8 · 200 + 1/8 · 120 (§2.3).
    expect(measured(200, 120).waitMs(2000, 0, calm)).toBe(190 + 4 * 95 + 20);
  });

  test('waits longer each time only where answers have been lost or late', () => {
    const quick = measured(1, 1, 1);
    expect([0, 1, 2].map((attempts) => quick.waitMs(2000, attempts, calm))).toEqual([100, 100, 100]);
    const lossy = { answers: 100, repeats: 5 };
    expect([0, 1, 2, 9].map((attempts) => quick.waitMs(2000, attempts, lossy))).toEqual([
      100, 200, 400, 2000,
    ]);
  });

  test('never waits longer than the plan allows', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 60_000, noNaN: true })),
        fc.integer({ min: 1, max: 60_000 }),
        fc.integer({ min: 0, max: 20 }),
        (samples, timeoutMs, attempts) => {
          const waitMs = measured(...samples).waitMs(timeoutMs, attempts, { answers: 50, repeats: 50 });
          expect(waitMs).toBeGreaterThan(0);
          expect(waitMs).toBeLessThanOrEqual(timeoutMs);
        },
      ),
    );
  });
});

test('the last attempt waits as long as it may, or three round trips of a host that answers, and 200 ms at the least', () => {
  expect([lastWaitMs(2000, 0), lastWaitMs(400, 0)]).toEqual([2000, 400]);
  expect([lastWaitMs(2000, 0.1), lastWaitMs(2000, 150), lastWaitMs(2000, 5000)]).toEqual([200, 450, 2000]);
});

describe('how many attempts make silence believable', () => {
  const attemptsFor = (answers: number, repeats: number): number =>
    Array.from({ length: 40 }, (_, i) => i + 1).find((n) =>
      isMissedEnough({ answers, repeats }, { answers, repeats }, n),
    ) ?? Infinity;

  test.each([
    [0, 0, 1],
    [50, 0, 3],
    [65_000, 0, 2],
    // 4% of attempts are lost.
    [65_000, 2700, 6],
    [50, 50, 16],
  ])('with %i answers, and %i attempts that were lost: %i', (answers, repeats, attempts) => {
    expect(attemptsFor(answers, repeats)).toBe(attempts);
  });
});
