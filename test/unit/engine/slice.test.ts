import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PROBES_MOST } from '../../../src/domain/scan-plan.js';
import { permutation } from '../../../src/engine/permutation.js';
import { type PackedSlice, packInOrder, packSlice, sliceSize, unpack } from '../../../src/engine/slice.js';
import {
  CLOSED,
  failureCode,
  HOST_UNREACHABLE,
  LOSSY,
  OPEN,
  PASSED_OVER,
  SILENCE,
  WAITING,
} from '../../../src/engine/verdicts.js';

/** Verdicts that say nothing when a slice is settled, or said it before. */
/** A slice from its parts. */
const flat = (parts: Iterable<PackedSlice>): PackedSlice =>
  Float64Array.from(Array.from(parts).flatMap((part) => [...part]));

const UNTOLD = [WAITING, OPEN, PASSED_OVER];
const verdict = fc.oneof(
  { weight: 3, arbitrary: fc.constant(CLOSED) },
  { weight: 3, arbitrary: fc.constantFrom(...UNTOLD) },
  { weight: 2, arbitrary: fc.constantFrom(SILENCE, HOST_UNREACHABLE, LOSSY) },
  { weight: 1, arbitrary: fc.constantFrom(failureCode('EMFILE'), failureCode('nonsense')) },
);

/** From 0 to below 1, evenly: fc.double would give hardly anything but what is next to 0. */
const share = fc.nat(999_999).map((millionths) => millionths / 1_000_000);

/** Hosts of a plan, in runs of the same width, as targets have them. */
const widths = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 12 });

interface Hosts {
  readonly count: number;
  readonly hostEnd: (index: number) => number;
}

function hostsOf(sizes: readonly number[]): Hosts {
  const ends = sizes.map((_, i) => sizes.slice(0, i + 1).reduce((sum, size) => sum + size, 0));
  return { count: ends.at(-1)!, hostEnd: (index) => ends.find((end) => end > index)! };
}

/** What should come out: by host and verdict, the indices one by one. */
function slowly(byIndex: ReadonlyMap<number, number>, hostEnd: (index: number) => number): string[] {
  const groups = new Map<string, number[]>();
  for (const [index, value] of [...byIndex].sort(([a], [b]) => a - b)) {
    if (UNTOLD.includes(value)) continue;
    const key = `host up to ${hostEnd(index)}, verdict ${value}`;
    groups.set(key, [...(groups.get(key) ?? []), index]);
  }
  return Array.from(groups, ([key, indices]) => `${key}: ${indices}`).sort();
}

function unpacked(packed: PackedSlice, hostEnd: (index: number) => number): string[] {
  return Array.from(unpack(packed), (seen) => {
    const indices: number[] = [];
    for (let i = 0; i < seen.stretches.length; i += 2) {
      const [first, length] = [seen.stretches[i]!, seen.stretches[i + 1]!];
      // As few stretches as there can be: one does not begin where the one before it has ended.
      expect(first).not.toBe(indices.at(-1)! + 1);
      for (let index = first; index < first + length; index++) indices.push(index);
    }
    return `host up to ${hostEnd(indices[0]!)}, verdict ${seen.verdict}: ${indices}`;
  }).sort();
}

describe('a packed slice', () => {
  test('tells of every probe of a shuffled stretch, by host and verdict, and of no other', () => {
    const shares = fc.tuple(share, share);
    fc.assert(
      fc.property(
        widths,
        fc.nat(),
        shares,
        fc.array(verdict, { minLength: 108, maxLength: 108 }),
        (sizes, seed, [a, b], all) => {
          const { count, hostEnd } = hostsOf(sizes);
          const [from, to] = [Math.floor(Math.min(a, b) * count), Math.floor(Math.max(a, b) * count)];
          const indexAt = permutation(count, seed);
          const verdicts = Uint8Array.from(all.slice(0, to - from));
          const packed = packSlice(verdicts, from, indexAt, hostEnd);
          const byIndex = new Map(Array.from(verdicts, (one, slot) => [indexAt(from + slot), one] as const));
          expect(unpacked(packed, hostEnd)).toEqual(slowly(byIndex, hostEnd));
        },
      ),
      { numRuns: 300 },
    );
  });

  test('comes out the same of a whole plan in its order', () => {
    fc.assert(
      fc.property(widths, fc.array(verdict, { minLength: 108, maxLength: 108 }), (sizes, all) => {
        const { count, hostEnd } = hostsOf(sizes);
        const byIndex = Uint8Array.from(all.slice(0, count));
        const packed = flat(packInOrder(byIndex, hostEnd));
        expect(packed).toEqual(packSlice(byIndex, 0, (position) => position, hostEnd));
        expect(unpacked(packed, hostEnd)).toEqual(slowly(new Map(byIndex.entries()), hostEnd));
      }),
      { numRuns: 300 },
    );
  });

  test('has two entries for two hosts of one port each, though their indices follow each other', () => {
    const packed = flat(packInOrder(Uint8Array.of(CLOSED, CLOSED), (index) => index + 1));
    expect(packed).toEqual(Float64Array.of(0, CLOSED, 1, 0, 1, 1, CLOSED, 1, 1, 1));
  });

  test('is empty where nothing is to be told, and unpacks to nothing', () => {
    const packed = packSlice(
      Uint8Array.from(UNTOLD),
      0,
      (position) => position,
      () => 3,
    );
    expect(packed.length).toBe(0);
    expect([...unpack(packed)]).toEqual([]);
    expect([...packInOrder(new Uint8Array(0), () => 0)]).toEqual([]);
  });

  test('of the end of the largest plan keeps its indices and verdicts', () => {
    const last = PROBES_MOST - 1;
    const verdicts = Uint8Array.of(CLOSED, SILENCE, failureCode('nonsense'), CLOSED);
    const packed = packSlice(
      verdicts,
      last - 3,
      (position) => position,
      (index) => index + 1,
    );
    const seen = Array.from(unpack(packed), (one) => [one.stretches[0], one.verdict]);
    expect(seen).toEqual(Array.from(verdicts, (one, slot) => [last - 3 + slot, one]));
  });
});

test('a slice is ten seconds at the rate, within bounds', () => {
  expect(sliceSize(1000)).toBe(10_000);
  expect(sliceSize(1234.56)).toBe(12_345);
  expect(sliceSize(0.5)).toBe(4096);
  expect(sliceSize(Number.POSITIVE_INFINITY)).toBe(2 ** 22);
});
