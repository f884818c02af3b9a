/*
 * Sorted stretches of indices in flat memory: which probes of a plan are passed over. See passed-over.ts.
 */

/** Pairs that neither overlap nor touch: from ≤ index < to. */
export type IndexStretches = Float64Array;

/** Is an index in one of the stretches? */
export function isWithin(stretches: IndexStretches, index: number): boolean {
  let lo = 0;
  let hi = stretches.length;
  while (lo < hi) {
    const mid = (lo + hi) >>> 1;
    if (stretches[mid]! <= index) lo = mid + 1;
    else hi = mid;
  }
  return (lo & 1) === 1;
}
