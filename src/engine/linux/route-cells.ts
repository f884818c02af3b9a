/*
 * Cuts wanted addresses into pieces for each of which one answer holds, and joins the answers again.
 *
 * A cell is what lies between two neighbouring cuts: wherever any entry of any table begins or ends. Inside of a cell no
 * entry can tell two addresses apart, however many stretches of it are wanted. So what has to be asked grows with the
 * tables, never with the plan.
 */
import { type AddressNumber, V4_END, V4_FIRST } from '../../domain/address-number.js';
import type { AddressSet } from '../../domain/address-set.js';

export interface Piece {
  readonly first: AddressNumber;
  readonly last: AddressNumber;
  /** Pieces of the same cell have the same number; it never falls. */
  readonly cell: number;
}

/** The first addresses of cells, sorted. Those that can't part two wanted addresses are left out. */
export function cutsWithin(
  addresses: AddressSet,
  selected: Iterable<readonly [AddressNumber, AddressNumber]>,
): AddressNumber[] {
  if (addresses.isEmpty) return [];
  const first = addresses.at(0n);
  const last = addresses.at(addresses.size - 1n);
  const cuts = new Set<AddressNumber>();
  const cutAt = (address: AddressNumber): void => {
    if (address > first && address <= last) cuts.add(address);
  };
  for (const [from, to] of [[V4_FIRST, V4_END - 1n] as const, ...selected]) {
    cutAt(from);
    cutAt(to + 1n);
  }
  return [...cuts].sort((a, b) => (a < b ? -1 : 1));
}

/** Sorted and disjoint, and together exactly the addresses. */
export function* piecesOf(addresses: AddressSet, cuts: readonly AddressNumber[]): Generator<Piece> {
  let cell = 0;
  for (const [first, last] of addresses.ranges()) {
    let from = first;
    while (cell < cuts.length && cuts[cell]! <= from) cell++;
    while (cell < cuts.length && cuts[cell]! <= last) {
      yield { first: from, last: cuts[cell]! - 1n, cell };
      from = cuts[cell]!;
      cell++;
    }
    yield { first: from, last, cell };
  }
}

export interface Stretch<T> {
  readonly first: AddressNumber;
  readonly last: AddressNumber;
  readonly route: T;
}

/** Joins neighbours that touch and have the very same route. They come sorted. */
export function joinStretches<T>(stretches: Iterable<Stretch<T>>): Stretch<T>[] {
  const joined: Stretch<T>[] = [];
  for (const stretch of stretches) {
    const before = joined.at(-1);
    if (before && before.route === stretch.route && before.last + 1n === stretch.first) {
      joined[joined.length - 1] = { ...before, last: stretch.last };
    } else joined.push(stretch);
  }
  return joined;
}
