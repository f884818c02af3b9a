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

/** A part of a slice is about so long, so that nobody has to hold all of it at once: whole hosts, up to one beyond. */
const PART_NUMBERS = 65_536;

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
  return joined(packInParts(verdicts, from, indexAt, hostEnd));
}

/** The same, in parts that together are the slice. */
export function* packInParts(
  verdicts: Uint8Array,
  from: number,
  indexAt: (position: number) => number,
  hostEnd: (index: number) => number,
): Generator<PackedSlice> {
  const keys = new Float64Array(verdicts.length);
  let count = 0;
  for (let slot = 0; slot < verdicts.length; slot++) {
    if (isTold(verdicts[slot]!)) keys[count++] = indexAt(from + slot) * VERDICTS + verdicts[slot]!;
  }
  const packing = new Packing(hostEnd);
  keys.subarray(0, count).sort();
  for (let i = 0; i < count; i++) {
    const verdict = keys[i]! % VERDICTS;
    packing.add((keys[i]! - verdict) / VERDICTS, verdict);
    if (packing.isFull) yield packing.take();
  }
  yield* packing.rest();
}

function joined(parts: Iterable<PackedSlice>): PackedSlice {
  const list = [...parts];
  const whole = new Float64Array(list.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of list) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** The same for a few indices, each with its verdict. */
export function packSparse(
  verdicts: ReadonlyMap<number, number>,
  hostEnd: (index: number) => number,
): PackedSlice {
  const packing = new Packing(hostEnd);
  for (const [index, verdict] of [...verdicts].sort(([a], [b]) => a - b)) packing.add(index, verdict);
  return joined(packing.rest());
}

/** The same for a slice that is a whole plan and lies in the order of its indices already: nothing to sort. */
export function* packInOrder(
  byIndex: Uint8Array,
  hostEnd: (index: number) => number,
): Generator<PackedSlice> {
  const packing = new Packing(hostEnd);
  for (let index = 0; index < byIndex.length; index++) {
    if (!isTold(byIndex[index]!)) continue;
    packing.add(index, byIndex[index]!);
    if (packing.isFull) yield packing.take();
  }
  yield* packing.rest();
}

/** Is it a verdict that is told of when the slice is settled? */
function isTold(verdict: number): boolean {
  return verdict !== WAITING && verdict !== OPEN && verdict !== PASSED_OVER;
}

class Packing {
  private packed: number[] = [];
  /** By verdict: the stretches of the present host. */
  private host = new Map<number, number[]>();
  private hostEndsAt = 0;
  private verdict = -1;
  /** The verdict's own stretches, and the index that would lengthen the last of them. */
  private stretches: number[] = [];
  private next = -1;

  constructor(private readonly hostEnd: (index: number) => number) {}

  /** Indices come in ascending order. */
  add(index: number, verdict: number): void {
    if (index >= this.hostEndsAt) {
      this.close();
      this.hostEndsAt = this.hostEnd(index);
    }
    if (verdict === this.verdict && index === this.next) {
      this.stretches[this.stretches.length - 1]!++;
    } else this.begin(index, verdict);
    this.next = index + 1;
  }

  /** Is there enough for a part? */
  get isFull(): boolean {
    return this.packed.length >= PART_NUMBERS;
  }

  /** The hosts that are through. */
  take(): PackedSlice {
    const part = Float64Array.from(this.packed);
    this.packed = [];
    return part;
  }

  /** Nothing where nothing is left. */
  *rest(): Generator<PackedSlice> {
    this.close();
    if (this.packed.length > 0) yield this.take();
  }

  private begin(index: number, verdict: number): void {
    this.verdict = verdict;
    this.stretches = this.host.get(verdict) ?? [];
    this.host.set(verdict, this.stretches);
    this.stretches.push(index, 1);
  }

  private close(): void {
    for (const [verdict, stretches] of this.host) {
      this.packed.push(stretches[0]!, verdict, stretches.length >> 1);
      for (const number of stretches) this.packed.push(number);
    }
    this.host = new Map();
    this.verdict = -1;
  }
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
