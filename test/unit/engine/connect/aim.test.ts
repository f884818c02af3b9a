import { expect, test } from 'vitest';
import { AddressSet } from '../../../../src/domain/address-set.js';
import { PortSet } from '../../../../src/domain/port-set.js';
import { Aim } from '../../../../src/engine/connect/aim.js';
import { placeHosts } from '../../../../src/engine/connect/host-places.js';
import { layOut } from '../../../../src/engine/space-layout.js';

function refusalOf(address: string): string | null {
  const layout = layOut([{ addresses: AddressSet.parse(address), ports: PortSet.of(80) }]);
  const plan = { seed: 1, timeoutMs: 1, retries: 0, source: null, interfaceName: null };
  const aim = new Aim({ layout, places: placeHosts(layout), plan });
  aim.at(0);
  return aim.refusal;
}

test.each([
  ['0.0.0.0', 'EINVAL'],
  ['::', 'EINVAL'],
  ['224.0.0.1', 'EACCES'],
  ['239.255.255.255', 'EACCES'],
  ['255.255.255.255', 'EACCES'],
  ['ff02::1', 'EACCES'],
  ['0.0.0.1', null],
  ['127.0.0.1', null],
  ['223.255.255.255', null],
  ['240.0.0.1', null],
  ['::1', null],
  ['fe80::1', null],
])('%s is refused as the SYN engine refuses it: %s', (address, errno) => {
  expect(refusalOf(address)).toBe(errno);
});
