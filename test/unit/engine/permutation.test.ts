import fc from 'fast-check';
import { expect, test } from 'vitest';
import { inversePermutation, permutation } from '../../../src/engine/permutation.js';

test('every index comes exactly once, whatever the count and the seed', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 3000 }), fc.maxSafeNat(), (count, seed) => {
      const at = permutation(count, seed);
      const seen = new Set(Array.from({ length: count }, (_, index) => at(index)));
      expect(seen.size).toBe(count);
      expect(Array.from(seen).filter((index) => index < 0 || index >= count)).toEqual([]);
    }),
  );
});

test('in a huge plan different indices go to different places inside it', () => {
  const huge = fc.integer({ min: Number.MAX_SAFE_INTEGER - 2 ** 32, max: Number.MAX_SAFE_INTEGER });
  fc.assert(
    fc.property(
      huge,
      fc.maxSafeNat(),
      fc.uniqueArray(fc.maxSafeNat(), { maxLength: 50 }),
      (count, seed, picks) => {
        const at = permutation(count, seed);
        const indices = [...new Set([0, count - 1, ...picks.map((pick) => pick % count)])];
        const places = indices.map(at);
        expect(new Set(places).size).toBe(indices.length);
        for (const place of places)
          expect(Number.isSafeInteger(place) && place >= 0 && place < count).toBe(true);
      },
    ),
  );
});

test('the same seed gives the same order, another seed another one', () => {
  const order = (seed: number): number[] =>
    Array.from({ length: 1000 }, (_, index) => permutation(1000, seed)(index));
  expect(order(7)).toEqual(order(7));
  expect(order(8)).not.toEqual(order(7));
  expect(order(7 + 2 ** 40)).not.toEqual(order(7));
});

test('neighbours are taken apart: hardly any index is followed by its own successor', () => {
  const count = 65_535;
  const at = permutation(count, 42);
  let neighbours = 0;
  for (let index = 1; index < count; index++) if (Math.abs(at(index) - at(index - 1)) === 1) neighbours++;
  expect(neighbours).toBeLessThan(30); // a fair shuffle has 2 on average
});

test('the first thousandth of the order is spread over the whole plan', () => {
  const count = 1_000_000;
  const at = permutation(count, 1);
  const tenths = new Array<number>(10).fill(0);
  for (let index = 0; index < 1000; index++) tenths[Math.floor((at(index) / count) * 10)]! += 1;
  for (const hits of tenths) expect(hits).toBeGreaterThan(50);
});

test.each([-1, 1.5, Number.NaN, 2 ** 53])('a count of %s is refused', (count) => {
  expect(() => permutation(count, 1)).toThrow(/expected a whole number/);
});

test('an index outside is refused', () => {
  expect(() => permutation(10, 1)(10)).toThrow('no index 10 among 10');
});

test('the way back leads to where each index came from, in small plans and in huge ones', () => {
  const counts = fc.oneof(
    fc.integer({ min: 1, max: 5000 }),
    fc.maxSafeNat().map((n) => Math.max(1, n)),
  );
  fc.assert(
    fc.property(counts, fc.maxSafeNat(), fc.maxSafeNat(), (count, seed, pick) => {
      const index = pick % count;
      expect(inversePermutation(count, seed)(permutation(count, seed)(index))).toBe(index);
    }),
  );
});
