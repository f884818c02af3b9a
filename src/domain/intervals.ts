/*
 * Set algebra on sorted half-open intervals, for ports (number) and addresses (bigint) alike.
 *
 * A set is a flat, strictly increasing list of bounds: [lo, hi, lo, hi, …], each pair covering lo ≤ x < hi.
 * Half-open is the point: neighbours share a bound, so that no operation ever needs "+ 1", and one
 * algorithm serves both number and bigint. Every function here keeps the list strictly increasing.
 */

export type Bound = number | bigint;
export type Bounds<T extends Bound> = readonly T[];

/** Sorts and merges pairs that come in any order, overlapping or touching. */
export function normalise<T extends Bound>(pairs: ReadonlyArray<readonly [T, T]>): T[] {
  const sorted = pairs.filter(([lo, hi]) => lo < hi).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  const bounds: T[] = [];
  for (const [lo, hi] of sorted) {
    const last = bounds.length - 1;
    if (last >= 0 && lo <= bounds[last]!) {
      if (hi > bounds[last]!) bounds[last] = hi;
    } else bounds.push(lo, hi);
  }
  return bounds;
}

/** Walks both lists once and keeps the stretches for which `keep(inA, inB)` holds. O(|a| + |b|). */
export function combine<T extends Bound>(
  a: Bounds<T>,
  b: Bounds<T>,
  keep: (inA: boolean, inB: boolean) => boolean,
): T[] {
  const bounds: T[] = [];
  let i = 0;
  let j = 0;
  let inside = false;
  while (i < a.length || j < b.length) {
    const at = j >= b.length || (i < a.length && a[i]! <= b[j]!) ? a[i]! : b[j]!;
    if (i < a.length && a[i] === at) i++;
    if (j < b.length && b[j] === at) j++;
    const now = keep((i & 1) === 1, (j & 1) === 1);
    if (now !== inside) {
      bounds.push(at);
      inside = now;
    }
  }
  return bounds;
}

export const union = <T extends Bound>(a: Bounds<T>, b: Bounds<T>): T[] => combine(a, b, (x, y) => x || y);
export const intersect = <T extends Bound>(a: Bounds<T>, b: Bounds<T>): T[] =>
  combine(a, b, (x, y) => x && y);
export const subtract = <T extends Bound>(a: Bounds<T>, b: Bounds<T>): T[] =>
  combine(a, b, (x, y) => x && !y);

/** Is `value` in the set? Binary search: an odd count of bounds at or below it means inside. */
export function contains<T extends Bound>(bounds: Bounds<T>, value: T): boolean {
  let lo = 0;
  let hi = bounds.length;
  while (lo < hi) {
    const mid = (lo + hi) >>> 1;
    if (bounds[mid]! <= value) lo = mid + 1;
    else hi = mid;
  }
  return (lo & 1) === 1;
}

export function sameBounds<T extends Bound>(a: Bounds<T>, b: Bounds<T>): boolean {
  return a.length === b.length && a.every((bound, index) => bound === b[index]);
}
