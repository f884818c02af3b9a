/* Whoever fails to sign in has to wait, a little longer each time. */
import { describe, expect, it } from 'vitest';
import {
  type StrikeKind,
  type Strikes,
  strikeAddress,
  struck,
  waitsUntil,
} from '../../../src/domain/strikes.js';

const NOON = new Date('2026-11-01T12:00:00Z');
const failed = (times: number): Strikes => {
  let strikes: Strikes | null = null;
  for (let i = 0; i < times; i++) strikes = struck(strikes, NOON);
  return strikes!;
};
const waitS = (times: number, kind: StrikeKind): number =>
  (waitsUntil(failed(times), kind).getTime() - NOON.getTime()) / 1000;

describe('a wait', () => {
  it('is none for slips, doubles after them, and is never longer than a quarter of an hour', () => {
    expect([1, 4, 5, 6, 7, 10, 14, 15, 1000].map((times) => waitS(times, 'pair'))).toEqual([
      0, 0, 1, 2, 4, 32, 512, 900, 900,
    ]);
  });

  it('begins later for an address: there may be many people behind it', () => {
    expect([5, 19, 20, 21].map((times) => waitS(times, 'address'))).toEqual([0, 0, 1, 2]);
  });

  it('for a login from everywhere is a minute at most: nobody elsewhere keeps its owner out for long', () => {
    expect([49, 50, 56, 1000].map((times) => waitS(times, 'login'))).toEqual([0, 1, 60, 60]);
  });

  it.each([
    ['198.51.100.7', '198.51.100.7'],
    ['::ffff:198.51.100.7', '198.51.100.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8:1:2::', '2001:db8:1:2::/64'],
    ['no address', 'no address'],
  ])('for %s counts for %s', (address, counted) => {
    expect(strikeAddress(address)).toBe(counted);
  });

  it('makes a thousand guesses a matter of ten days', () => {
    let seconds = 0;
    for (let times = 1; times <= 1000; times++) seconds += waitS(times, 'pair');
    expect(seconds / 86_400).toBeGreaterThan(10);
  });

  it('is forgotten after a day without a failure', () => {
    const later = new Date(NOON.getTime() + 25 * 3_600_000);
    expect(struck(failed(9), later)).toEqual({ failures: 1, lastAt: later });
    const soon = new Date(NOON.getTime() + 3_600_000);
    expect(struck(failed(9), soon)).toEqual({ failures: 10, lastAt: soon });
  });
});
