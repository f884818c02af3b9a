/*
 * Where the way to a silent address ends on our own link, as the kernel's neighbour table has it: whoever sends through the
 * kernel hears nothing of an ARP request or a neighbour solicitation that nobody answered, or hears of it too late.
 *
 * It needs no privilege. An address of which the kernel knows nothing bad is in neither set, and neither is one behind a
 * neighbour that the kernel has forgotten since: silence stays what it was.
 */
import { type AddressNumber } from '../../domain/address-number.js';
import { AddressSet } from '../../domain/address-set.js';
import { AF_INET, AF_INET6 } from './address-bytes.js';
import { readMissingNeighbours } from './neighbour-table.js';
import { openNetlink } from './netlink.js';
import { type RouteChoice, routesTo } from './routes.js';

export interface DeadEnds {
  /** Nobody on the link has this address. */
  readonly nobody: AddressSet;
  /** Its gateway does not answer, or there is no way at all: faults of our surroundings, that say nothing of the host. */
  readonly noWay: AddressSet;
}

export function deadEnds(addresses: AddressSet, choice: RouteChoice): DeadEnds {
  const missing = missingNeighbours();
  const nobody: AddressSet[] = [];
  const noWay: AddressSet[] = [];
  for (const { first, last, route } of routesTo(addresses, choice)) {
    const stretch = AddressSet.ofStretch(first, last);
    const absent = missing.get(route.interfaceIndex) ?? AddressSet.empty;
    if (route.kind === 'none') noWay.push(stretch);
    else if (route.gateway === null) nobody.push(absent.intersect(stretch));
    else if (absent.has(route.gateway)) noWay.push(stretch);
  }
  return { nobody: AddressSet.unionOf(nobody), noWay: AddressSet.unionOf(noWay) };
}

/** By interface. */
function missingNeighbours(): Map<number, AddressSet> {
  const found = new Map<number, AddressNumber[]>();
  const netlink = openNetlink();
  try {
    for (const family of [AF_INET, AF_INET6] as const) {
      readMissingNeighbours(netlink, family, (interfaceIndex, address) => {
        const list = found.get(interfaceIndex);
        if (list) list.push(address);
        else found.set(interfaceIndex, [address]);
      });
    }
  } finally {
    netlink.close();
  }
  return new Map(
    Array.from(found, ([index, list]) => [
      index,
      AddressSet.unionOf(list.map((address) => AddressSet.ofNumber(address))),
    ]),
  );
}
