import { expect, test } from 'vitest';
import { AddressSet } from '../../../../src/domain/address-set.js';
import { PortSet } from '../../../../src/domain/port-set.js';
import { hostEnds } from '../../../../src/engine/connect/host-end.js';
import { sliceRate } from '../../../../src/engine/connect/slice-rate.js';
import { ProbeSpace } from '../../../../src/engine/probe-space.js';
import { layOut } from '../../../../src/engine/space-layout.js';

const targets = [
  { addresses: AddressSet.parse('198.51.100.0/30'), ports: PortSet.range(1, 6) },
  { addresses: AddressSet.parse('203.0.113.7'), ports: PortSet.empty },
  { addresses: AddressSet.parse('2001:db8::/126'), ports: PortSet.of(443) },
];

test('a host ends where the next index belongs to another one', () => {
  const layout = layOut(targets);
  const space = new ProbeSpace(layout);
  const hostEnd = hostEnds(layout);
  const hostOf = (index: number): number => {
    space.locate(index);
    return space.host;
  };
  for (let index = 0; index < layout.count; index++) {
    let end = index;
    while (end < layout.count && hostOf(end) === hostOf(index)) end++;
    expect(hostEnd(index)).toBe(end);
  }
});

test('a slice is probed no faster than the host with most probes may be', () => {
  const layout = layOut(targets);
  // 28 probes, of which one host has six.
  expect(sliceRate({ ratePerSecond: 5000, ratePerHost: 60 }, layout)).toBe(280);
  expect(sliceRate({ ratePerSecond: 100, ratePerHost: 60 }, layout)).toBe(100);
  expect(sliceRate({ ratePerSecond: Number.POSITIVE_INFINITY }, layout)).toBe(Number.POSITIVE_INFINITY);
  expect(sliceRate({ ratePerSecond: 10, ratePerHost: 5 }, layOut([]))).toBe(5);
});
