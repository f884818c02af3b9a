/*
 * Which intervals of a long list overlap, without looking at every pair: one sweep over the sorted list.
 */
import type { Bound } from './intervals.js';

export interface Stretch<T extends Bound, Item> {
  readonly lo: T;
  /** Not part of it. */
  readonly hi: T;
  readonly item: Item;
}

/** Pairs of items that share at least one point; a pair comes again for each two of its stretches that overlap. */
export function* overlaps<T extends Bound, Item>(
  stretches: ReadonlyArray<Stretch<T, Item>>,
): Generator<readonly [Stretch<T, Item>, Stretch<T, Item>]> {
  const sorted = [...stretches].sort((a, b) => (a.lo < b.lo ? -1 : a.lo > b.lo ? 1 : 0));
  let active: Array<Stretch<T, Item>> = [];
  for (const stretch of sorted) {
    active = active.filter(({ hi }) => hi > stretch.lo);
    for (const earlier of active) yield [earlier, stretch];
    active.push(stretch);
  }
}
