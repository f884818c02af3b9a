/* Each end-to-end test that goes by turns is there, and runs on one of three days. */
import { existsSync } from 'node:fs';
import { expect, it } from 'vitest';
import { restingOn } from '../../support/turns.mjs';

const DAY_MS = 86_400_000;

it('rests on two days of three, and is a file', () => {
  const days = Array.from({ length: 6 }, (_, day) => restingOn(new Date(day * DAY_MS)));
  expect(days.slice(3)).toEqual(days.slice(0, 3));
  const all = [...new Set(days.flat())];
  for (const path of all) {
    expect(
      days.slice(0, 3).filter((resting) => resting.includes(path)),
      path,
    ).toHaveLength(2);
    expect(existsSync(path), path).toBe(true);
  }
  for (const resting of days) expect(Math.abs(resting.length - (all.length * 2) / 3)).toBeLessThan(2);
});
