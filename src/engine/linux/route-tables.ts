/*
 * Where in the address space the kernel may change its mind: what the entries of all its routing tables, and of all its
 * rules, are about. What they decide is not read, as the kernel is asked for that.
 */
import { type AddressNumber } from '../../domain/address-number.js';
import { AddressSet } from '../../domain/address-set.js';
import { AF_INET, AF_INET6, type Family } from './address-bytes.js';
import { SyscallError } from './libc.js';
import { type Netlink, NOT_SUPPORTED } from './netlink.js';
import {
  dumpBody,
  RTM_GETROUTE,
  RTM_GETRULE,
  RTM_NEWROUTE,
  RTM_NEWRULE,
  readSelector,
} from './route-message.js';

export interface Selectors {
  readonly destinations: ReadonlyArray<readonly [AddressNumber, AddressNumber]>;
  /** Families in which some entry looks at the source, so that choosing one may change the way. */
  readonly familiesBySource: ReadonlySet<Family>;
}

export function readSelectors(netlink: Netlink, addresses: AddressSet): Selectors {
  const destinations: Array<readonly [AddressNumber, AddressNumber]> = [];
  const familiesBySource = new Set<Family>();
  for (const family of familiesIn(addresses)) {
    for (const [get, entry] of [[RTM_GETROUTE, RTM_NEWROUTE] as const, [RTM_GETRULE, RTM_NEWRULE] as const]) {
      dumpWhereSupported(() =>
        netlink.dump(get, dumpBody(family), (message) => {
          const selector = message.type === entry ? readSelector(message.payload) : null;
          if (selector?.destinations) destinations.push(selector.destinations);
          if (selector?.looksAtSource) familiesBySource.add(family);
        }),
      );
    }
  }
  return { destinations, familiesBySource };
}

/** A kernel without rules, or without IPv6, has nothing to list. */
function dumpWhereSupported(dump: () => void): void {
  try {
    dump();
  } catch (error) {
    if (!(error instanceof SyscallError && NOT_SUPPORTED.includes(error.errno))) throw error;
  }
}

const V4 = AddressSet.parse('0.0.0.0/0');

function familiesIn(addresses: AddressSet): Family[] {
  const v4 = addresses.intersect(V4);
  return [
    ...(v4.isEmpty ? [] : ([AF_INET] as const)),
    ...(v4.equals(addresses) ? [] : ([AF_INET6] as const)),
  ];
}
