import fc from 'fast-check';
import { expect, test } from 'vitest';
import { burstOf, pacer } from '../../../src/engine/pacer.js';

const rates = fc.double({ min: 0.5, max: 1_000_000, noNaN: true });
/** Time that passes and probes that are wanted, turn by turn. */
const turns = fc.array(
  fc.record({ afterMs: fc.double({ min: 0, max: 500, noNaN: true }), wanted: fc.nat(100_000) }),
  { maxLength: 100 },
);

test('in no stretch of t seconds do more than rate × t + burst probes start', () => {
  fc.assert(
    fc.property(rates, turns, (rate, asked) => {
      const pace = pacer(rate);
      const started: Array<{ nowMs: number; probes: number }> = [];
      let nowMs = 1000;
      for (const { afterMs, wanted } of asked) {
        nowMs += afterMs;
        const probes = Math.min(wanted, pace.allowance(nowMs));
        pace.spend(probes);
        started.push({ nowMs, probes });
      }
      for (let from = 0; from < started.length; from++) {
        let sum = 0;
        for (let to = from; to < started.length; to++) {
          sum += started[to]!.probes;
          const seconds = (started[to]!.nowMs - started[from]!.nowMs) / 1000;
          expect(sum).toBeLessThanOrEqual(rate * seconds * (1 + 1e-9) + burstOf(rate) + 1e-6);
        }
      }
    }),
  );
});

test('asked every ten milliseconds, it lets the whole rate through', () => {
  for (const rate of [1, 50, 999, 20_000]) {
    const pace = pacer(rate);
    let started = 0;
    for (let nowMs = 0; nowMs <= 10_000; nowMs += 10) {
      const probes = pace.allowance(nowMs);
      pace.spend(probes);
      started += probes;
    }
    expect(started).toBeGreaterThanOrEqual(rate * 10 - 1);
  }
});

test('a clock that goes back adds nothing', () => {
  const pace = pacer(1000);
  pace.spend(pace.allowance(1000));
  expect(pace.allowance(0)).toBe(0);
  expect(pace.allowance(1000)).toBe(0);
  expect(pace.allowance(1010)).toBe(10);
});

test('no limit lets everything through', () => {
  const pace = pacer(Number.POSITIVE_INFINITY);
  pace.spend(1_000_000);
  expect(pace.allowance(0)).toBe(Number.POSITIVE_INFINITY);
});

test.each([0, -5, Number.NaN])('a rate of %s is refused', (rate) => {
  expect(() => pacer(rate)).toThrow(/is no rate/);
});
