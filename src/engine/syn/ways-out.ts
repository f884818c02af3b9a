/*
 * Makes the table of ways out: asks the kernel for routes, finds the neighbours' addresses, and leaves a verdict where
 * there is no way.
 *
 * A neighbour that does not answer to ARP or neighbour discovery is an unreachable host. A gateway that does not is a
 * fault of our surroundings: the hosts behind it stay unknown.
 */
import type { AddressNumber } from '../../domain/address-number.js';
import { isV4Number } from '../../domain/address-number.js';
import type { AddressSet } from '../../domain/address-set.js';
import { type Hop, resolveNeighbours } from '../linux/neighbours.js';
import { type Route, type RouteChoice, type RoutedStretch, routesTo } from '../linux/routes.js';
import { failureCode, HOST_UNREACHABLE, NET_UNREACHABLE, PASSED_OVER } from '../verdicts.js';
import { type Egress, type EgressStretch, type EgressTable, egressTable } from './egress.js';

export interface WaysAsked extends RouteChoice {
  readonly addresses: AddressSet;
  readonly ratePerSecond: number;
  readonly isStopped: () => boolean;
}

/** Beyond so many neighbours on one link the kernel's own discovery takes over, through raw sockets. */
const NEIGHBOURS_MOST = 65_536n;
const NEIGHBOUR_TIMEOUT_MS = 1000;
const NEIGHBOUR_TRIES = 3;
const NEIGHBOUR_RATE_MOST = 20_000;

export function waysOut(asked: WaysAsked): EgressTable {
  const routed = routesTo(asked.addresses, asked);
  const macs = resolveNeighbours(routed.flatMap(hopsOf), {
    timeoutMs: NEIGHBOUR_TIMEOUT_MS,
    tries: NEIGHBOUR_TRIES,
    ratePerSecond: Math.min(NEIGHBOUR_RATE_MOST, asked.ratePerSecond),
    isStopped: asked.isStopped,
  });
  const ways: Egress[] = [];
  const places = new Map<string, number>();
  const wayFor = (egress: Egress): number => {
    const { mode, family, interfaceIndex, source: from, destinationMac } = egress;
    const key = [mode, family, interfaceIndex, from, destinationMac?.join(':')].join(' ');
    const place = places.get(key) ?? ways.push(egress) - 1;
    places.set(key, place);
    return place;
  };
  const stretches = routed.flatMap((stretch) =>
    stretchesOf(stretch, macs, { wayFor, isBound: asked.interfaceName !== undefined }),
  );
  return egressTable(ways, stretches, -1 - PASSED_OVER);
}

const sizeOf = ({ first, last }: RoutedStretch): bigint => last - first + 1n;

/** Are the addresses neighbours of ours that we find ourselves? */
const isOnLink = (stretch: RoutedStretch): boolean =>
  stretch.route.kind === 'ethernet' && stretch.route.gateway === null && sizeOf(stretch) <= NEIGHBOURS_MOST;

function hopsOf(stretch: RoutedStretch): Hop[] {
  const { route, first, last } = stretch;
  if (route.kind !== 'ethernet' || !route.sourceMac) return [];
  const { interfaceIndex, sourceMac, source } = route;
  if (route.gateway !== null) return [{ interfaceIndex, sourceMac, source, address: route.gateway }];
  if (!isOnLink(stretch)) return [];
  const hops: Hop[] = [];
  for (let address = first; address <= last; address++) {
    hops.push({ interfaceIndex, sourceMac, source, address });
  }
  return hops;
}

function stretchesOf(
  stretch: RoutedStretch,
  macs: ReadonlyMap<string, Uint8Array>,
  { wayFor, isBound }: { wayFor: (egress: Egress) => number; isBound: boolean },
): EgressStretch[] {
  const { route, first, last } = stretch;
  if (route.kind === 'none') return [{ first, last, way: -1 - failureCode(route.errno ?? 'ENETUNREACH') }];
  if (route.kind === 'kernel' || (route.gateway === null && !isOnLink(stretch))) {
    return [{ first, last, way: wayFor(egressOf(route, first, null, isBound)) }];
  }
  const macOf = (address: AddressNumber): Uint8Array | undefined =>
    macs.get(`${route.interfaceIndex} ${address}`);
  if (route.gateway !== null) {
    const mac = macOf(route.gateway);
    return [{ first, last, way: mac ? wayFor(egressOf(route, first, mac, true)) : -1 - NET_UNREACHABLE }];
  }
  const stretches: EgressStretch[] = [];
  for (let address = first; address <= last; address++) {
    const mac = macOf(address);
    const way = mac ? wayFor(egressOf(route, address, mac, true)) : -1 - HOST_UNREACHABLE;
    stretches.push({ first: address, last: address, way });
  }
  return stretches;
}

function egressOf(
  route: Route,
  target: AddressNumber,
  destinationMac: Uint8Array | null,
  isBound: boolean,
): Egress {
  const { interfaceIndex, source, sourceMac } = route;
  return {
    mode: destinationMac ? 'ethernet' : 'kernel',
    family: isV4Number(target) ? 4 : 6,
    interfaceIndex,
    source,
    isBound,
    sourceMac: destinationMac ? sourceMac : null,
    destinationMac,
  };
}
