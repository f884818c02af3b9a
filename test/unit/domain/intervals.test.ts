/* The set algebra against Set<number>, over a line short enough to be enumerated and crowded enough to collide. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  combine,
  contains,
  intersect,
  normalise,
  sameBounds,
  subtract,
  union,
} from '../../../src/domain/intervals.js';

const LINE = 40;
const pairs = fc.array(fc.tuple(fc.integer({ min: 0, max: LINE }), fc.integer({ min: 0, max: LINE })), {
  maxLength: 12,
});

function slow(intervals: ReadonlyArray<readonly [number, number]>): Set<number> {
  const members = new Set<number>();
  for (const [lo, hi] of intervals) for (let x = lo; x < hi; x++) members.add(x);
  return members;
}

const membersOf = (bounds: readonly number[]): number[] =>
  Array.from({ length: LINE + 2 }, (_, x) => x).filter((x) => contains(bounds, x));

const sorted = (members: Iterable<number>): number[] => [...members].sort((a, b) => a - b);

function expectStrictlyIncreasing(bounds: ReadonlyArray<number | bigint>): void {
  expect(bounds.length % 2).toBe(0);
  for (let i = 1; i < bounds.length; i++) expect(bounds[i]! > bounds[i - 1]!).toBe(true);
}

describe('intervals', () => {
  it('normalising keeps exactly the members, whatever the order and overlap of the pairs', () => {
    fc.assert(
      fc.property(pairs, (intervals) => {
        const bounds = normalise(intervals);
        expectStrictlyIncreasing(bounds);
        expect(membersOf(bounds)).toEqual(sorted(slow(intervals)));
      }),
    );
  });

  it('touching neighbours become one, and an inverted or empty pair is nothing', () => {
    expect(
      normalise([
        [5, 9],
        [1, 5],
      ]),
    ).toEqual([1, 9]);
    expect(
      normalise([
        [3, 3],
        [9, 2],
      ]),
    ).toEqual([]);
  });

  it('union, intersection and difference are those of Set<number>', () => {
    fc.assert(
      fc.property(pairs, pairs, (left, right) => {
        const [a, b] = [normalise(left), normalise(right)];
        const [setA, setB] = [slow(left), slow(right)];
        const cases = [
          [union(a, b), [...setA, ...setB].filter((x, i, all) => all.indexOf(x) === i)],
          [intersect(a, b), [...setA].filter((x) => setB.has(x))],
          [subtract(a, b), [...setA].filter((x) => !setB.has(x))],
        ] as const;
        for (const [bounds, members] of cases) {
          expectStrictlyIncreasing(bounds);
          expect(membersOf(bounds)).toEqual(sorted(members));
        }
      }),
    );
  });

  it('any other rule of keeping works as well, such as "in exactly one"', () => {
    fc.assert(
      fc.property(pairs, pairs, (left, right) => {
        const bounds = combine(normalise(left), normalise(right), (inA, inB) => inA !== inB);
        const [setA, setB] = [slow(left), slow(right)];
        expectStrictlyIncreasing(bounds);
        expect(membersOf(bounds)).toEqual(
          sorted([...setA, ...setB]).filter((x) => setA.has(x) !== setB.has(x)),
        );
      }),
    );
  });

  it('a bigint line behaves as the number line does', () => {
    const far = 1n << 120n;
    const lift = (bounds: readonly number[]): bigint[] => bounds.map((x) => far + BigInt(x));
    fc.assert(
      fc.property(pairs, pairs, (left, right) => {
        const [a, b] = [normalise(left), normalise(right)];
        expect(union(lift(a), lift(b))).toEqual(lift(union(a, b)));
        expect(subtract(lift(a), lift(b))).toEqual(lift(subtract(a, b)));
      }),
    );
  });

  it('two lists are the same set exactly when their members are', () => {
    fc.assert(
      fc.property(pairs, pairs, (left, right) => {
        const same = sorted(slow(left)).join() === sorted(slow(right)).join();
        expect(sameBounds(normalise(left), normalise(right))).toBe(same);
        expect(sameBounds(normalise(left), normalise([...left].reverse()))).toBe(true);
      }),
    );
  });
});
