/* Each end-to-end test that goes by turns is there, and runs on one of two days. */
import { existsSync } from 'node:fs';
import { expect, it } from 'vitest';
import { restingOn } from '../../support/turns.mjs';

const DAY_MS = 86_400_000;

it('rests every other day, and is a file', () => {
  const days = Array.from({ length: 4 }, (_, day) => restingOn(new Date(day * DAY_MS)));
  expect(days[2]).toEqual(days[0]);
  expect(days[3]).toEqual(days[1]);
  const both = [...days[0]!, ...days[1]!];
  expect(new Set(both).size).toBe(both.length);
  expect(Math.abs(days[0]!.length - days[1]!.length)).toBeLessThanOrEqual(2);
  for (const path of both) expect(existsSync(path), path).toBe(true);
});
