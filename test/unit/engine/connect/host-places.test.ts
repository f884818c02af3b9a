import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type AddressNumber, isV4Number } from '../../../../src/domain/address-number.js';
import { AddressSet, parseAddress } from '../../../../src/domain/address-set.js';
import { PortSet } from '../../../../src/domain/port-set.js';
import type { Target } from '../../../../src/domain/scan-plan.js';
import { HostPlaces, PLACES_MOST, placeHosts } from '../../../../src/engine/connect/host-places.js';
import { ProbeSpace } from '../../../../src/engine/probe-space.js';
import { layOut } from '../../../../src/engine/space-layout.js';

/** Around borders of subnets, so that stretches meet and overlap there. */
const NEAR = [
  '198.51.99.250',
  '198.51.101.3',
  '2001:db8:0:1:ffff:ffff:ffff:fffa',
  '2001:db8:0:2::',
  '::5',
].map((text) => parseAddress(text)!);
const stretch = fc
  .tuple(fc.constantFrom(...NEAR), fc.integer({ min: 0, max: 12 }), fc.integer({ min: 0, max: 600 }))
  .map(([near, from, more]) => {
    const first = near + BigInt(from);
    return AddressSet.ofStretch(first, first + BigInt(isV4Number(near) ? more : more % 20));
  });
const target = fc
  .tuple(fc.array(stretch, { minLength: 1, maxLength: 3 }), fc.integer({ min: 0, max: 3 }))
  .map(
    ([sets, ports]): Target => ({
      addresses: AddressSet.unionOf(sets),
      ports: ports === 0 ? PortSet.empty : PortSet.range(1, ports),
    }),
  );

const subnetOf = (address: AddressNumber): string =>
  isV4Number(address) ? `4 ${address >> 8n}` : `6 ${address >> 64n}`;

/** Every host of a plan, as the space and the places have it. */
function* hostsOf(targets: readonly Target[]) {
  const layout = layOut(targets);
  const places = placeHosts(layout);
  const space = new ProbeSpace(layout);
  const finder = new HostPlaces(places);
  for (let index = 0; index < layout.count; index = space.hostEnd(index)) {
    space.locate(index);
    yield { address: space.address, place: finder.placeOf(space.host), subnet: finder.subnetOf(space.host) };
  }
}

describe('hosts of a plan', () => {
  test('have a place for each address, and a subnet for each /24 or /64, however many targets name them', () => {
    fc.assert(
      fc.property(fc.array(target, { minLength: 1, maxLength: 4 }), (targets) => {
        const places = new Map<string, number>();
        const subnets = new Map<string, number>();
        for (const { address, place, subnet } of hostsOf(targets)) {
          const [same, near] = [`${address}`, subnetOf(address)];
          expect(places.get(same) ?? place).toBe(place);
          expect(subnets.get(near) ?? subnet).toBe(subnet);
          places.set(same, place);
          subnets.set(near, subnet);
        }
        const { hosts, subnets: most } = placeHosts(layOut(targets));
        const inOrder = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
        expect([...places.values()].sort((a, b) => a - b)).toEqual(inOrder(hosts));
        expect([...subnets.values()].sort((a, b) => a - b)).toEqual(inOrder(most));
      }),
    );
  });

  test('share places where there are too many of them', () => {
    const places = placeHosts(layOut([{ addresses: AddressSet.parse('10.0.0.0/8'), ports: PortSet.of(80) }]));
    const finder = new HostPlaces(places);
    expect([places.hosts, places.subnets]).toEqual([2 ** 24, 2 ** 16]);
    expect([finder.placeOf(5), finder.placeOf(5 + PLACES_MOST)]).toEqual([5, 5]);
    expect(finder.subnetOf(2 ** 24 - 1)).toBe(2 ** 16 - 1);
  });
});
