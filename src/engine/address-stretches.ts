/*
 * Targets cut where one begins or ends, so that every address of a stretch is in the same targets: what several targets
 * together ask of an address is found without listing addresses.
 */
import type { AddressNumber } from '../domain/address-number.js';
import { PortSet } from '../domain/port-set.js';
import type { Target } from '../domain/scan-plan.js';

export interface Stretch {
  readonly first: AddressNumber;
  /** The first address beyond it. */
  readonly end: AddressNumber;
  readonly targets: readonly Target[];
}

/** In ascending order, disjoint. */
export function stretchesOf(targets: readonly Target[]): Stretch[] {
  const edges = targets.flatMap((target, place) =>
    target.ports.isEmpty
      ? []
      : Array.from(target.addresses.ranges()).flatMap(([first, last]) => [
          { at: first, place, opens: true },
          { at: last + 1n, place, opens: false },
        ]),
  );
  edges.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
  const stretches: Stretch[] = [];
  const within = new Set<number>();
  let first = 0n;
  for (const { at, place, opens } of edges) {
    if (within.size > 0 && at > first) {
      stretches.push({ first, end: at, targets: Array.from(within, (one) => targets[one]!) });
    }
    first = at;
    if (opens) within.add(place);
    else within.delete(place);
  }
  return stretches;
}

/** The targets that an address is in, by binary search. */
function targetsAt(stretches: readonly Stretch[], address: AddressNumber): readonly Target[] {
  let lo = 0;
  let hi = stretches.length;
  while (lo < hi) {
    const mid = (lo + hi) >>> 1;
    if (stretches[mid]!.first <= address) lo = mid + 1;
    else hi = mid;
  }
  const stretch = stretches[lo - 1];
  return stretch && address < stretch.end ? stretch.targets : [];
}

/** Every port that the targets ask of an address. */
export function portsAt(stretches: readonly Stretch[], address: AddressNumber): PortSet {
  const targets = targetsAt(stretches, address);
  return targets.length === 1 ? targets[0]!.ports : PortSet.unionOf(targets.map(({ ports }) => ports));
}
