/*
 * A slice: a stretch of a plan's shuffled order that workers probe in one go, with a byte of shared memory for each
 * position. Memory is bounded by the slice and not by the plan, and what is below the current slice is settled, so that a
 * scan goes on from an integer.
 *
 * `packSlice` turns its bytes into stretches of ports by host, sorted, in one flat array that crosses to the main thread
 * without objects; `unpack` reads it there. Open ports are left out: they were told of as they came.
 */
import { OPEN, PASSED_OVER, WAITING } from './verdicts.js';

/** What a slice is cut to: about so long at the plan's rate, so that progress and leases move on. */
const SLICE_SECONDS = 10;
const SMALLEST = 4096;
const LARGEST = 2 ** 22;

export function sliceSize(ratePerSecond: number): number {
  return Math.max(SMALLEST, Math.min(LARGEST, Math.floor(ratePerSecond * SLICE_SECONDS)));
}

/** Verdicts are below this. */
const VERDICTS = 64;

/**
 * Entries one after the other: index of the host's lowest port here, verdict, number of stretches, then each stretch as
 * its first port's index and its length. Indices that follow each other are ports that follow each other in the plan.
 */
export type PackedSlice = Float64Array;

/**
 * @param verdicts a byte a position, from `from` on
 * @param indexAt the plan's order: position to index
 * @param hostEnd the first index beyond the host that an index belongs to
 */
export function packSlice(
  verdicts: Uint8Array,
  from: number,
  indexAt: (position: number) => number,
  hostEnd: (index: number) => number,
): PackedSlice {
  const keys = new Float64Array(verdicts.length);
  let count = 0;
  for (let slot = 0; slot < verdicts.length; slot++) {
    const verdict = verdicts[slot]!;
    if (verdict === WAITING || verdict === OPEN || verdict === PASSED_OVER) continue;
    keys[count++] = indexAt(from + slot) * VERDICTS + verdict;
  }
  return packSorted(keys.subarray(0, count).sort(), hostEnd);
}

function packSorted(keys: Float64Array, hostEnd: (index: number) => number): PackedSlice {
  const packed: number[] = [];
  let end = 0;
  /** By verdict: the stretches of the present host. */
  let host = new Map<number, number[]>();
  const close = (): void => {
    for (const [verdict, stretches] of host)
      packed.push(stretches[0]!, verdict, stretches.length >> 1, ...stretches);
    host = new Map();
  };
  for (const key of keys) {
    const verdict = key % VERDICTS;
    const index = (key - verdict) / VERDICTS;
    if (index >= end) {
      close();
      end = hostEnd(index);
    }
    const stretches = host.get(verdict);
    if (!stretches) host.set(verdict, [index, 1]);
    else if (stretches[stretches.length - 2]! + stretches[stretches.length - 1]! === index)
      stretches[stretches.length - 1]!++;
    else stretches.push(index, 1);
  }
  close();
  return Float64Array.from(packed);
}

export interface SeenTogether {
  readonly verdict: number;
  /** First index and length, pair by pair. */
  readonly stretches: Float64Array;
}

export function* unpack(packed: PackedSlice): Generator<SeenTogether> {
  let at = 0;
  while (at < packed.length) {
    const verdict = packed[at + 1]!;
    const end = at + 3 + packed[at + 2]! * 2;
    yield { verdict, stretches: packed.subarray(at + 3, end) };
    at = end;
  }
}
