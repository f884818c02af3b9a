/* How long a receiver that failed is left alone. */
import { expect, it } from 'vitest';
import { backoffMs } from '../../../src/domain/backoff.js';

it('doubles from two seconds to half a minute, and is ten minutes after a day', () => {
  expect([1, 2, 3, 4, 5, 6, 3000, 3001].map((failures) => backoffMs(failures, null, 0))).toEqual([
    2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000, 600_000,
  ]);
});

it('is a little shorter by chance, so that those that failed together come back one by one', () => {
  expect(backoffMs(5, null, 0.999)).toBeGreaterThanOrEqual(24_000);
  expect(backoffMs(5, null, 0.5)).toBe(27_000);
});

it('is what the other side asks for where that is longer, up to an hour', () => {
  expect(backoffMs(1, 90_000, 0)).toBe(90_000);
  expect(backoffMs(1, 500, 0)).toBe(2000);
  expect(backoffMs(1, 86_400_000, 0)).toBe(3_600_000);
});
