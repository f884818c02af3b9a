import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AddressSet, parseAddress } from '../../../../src/domain/address-set.js';
import { addressBytes, addressFrom } from '../../../../src/engine/linux/address-bytes.js';
import { readLink } from '../../../../src/engine/linux/links.js';
import { readNeighbour, readOwnAddress } from '../../../../src/engine/linux/neighbour-table.js';
import {
  attribute,
  numberAttribute,
  readAttributes,
  readMessages,
} from '../../../../src/engine/linux/netlink-message.js';
import {
  dumpBody,
  readRoute,
  readSelector,
  redirectQuestion,
  routeQuestion,
} from '../../../../src/engine/linux/route-message.js';

const number = (text: string): bigint => parseAddress(text)!;
const v4 = fc.nat(0xffff_ffff).map((address) => 0xffff_0000_0000n + BigInt(address));
const v6 = fc.bigInt({ min: 1n << 100n, max: (1n << 128n) - 1n });

/** struct rtmsg with its attributes. */
function routeBytes(
  fields: { family: number; length?: number; type?: number; flags?: number },
  ...parts: Buffer[]
) {
  const body = Buffer.alloc(12);
  body[0] = fields.family;
  body[1] = fields.length ?? 0;
  body[7] = fields.type ?? 1;
  body.writeUInt32LE(fields.flags ?? 0, 8);
  return Buffer.concat([body, ...parts]);
}
const address = (type: number, text: string): Buffer => attribute(type, addressBytes(number(text)));

test('an address is the same after a way through its bytes', () => {
  fc.assert(
    fc.property(fc.oneof(v4, v6), (asked) => {
      expect(addressFrom(addressBytes(asked))).toBe(asked);
    }),
  );
  expect([addressFrom(undefined), addressFrom(Buffer.alloc(5))]).toEqual([null, null]);
});

test('random bytes are read as something or nothing, and never fail', () => {
  const shaped = fc
    .tuple(fc.constantFrom(2, 10), fc.uint8Array({ maxLength: 120 }))
    .map(([family, rest]) => Buffer.from([family, ...rest]));
  fc.assert(
    fc.property(shaped, (bytes) => {
      const route = readRoute(bytes);
      if (route) expect(Number.isInteger(route.interfaceIndex)).toBe(true);
      const destinations = readSelector(bytes)?.destinations;
      if (destinations) expect(destinations[0]).toBeLessThanOrEqual(destinations[1]);
      const link = readLink(bytes);
      if (link?.isEthernet) expect(link.mac).toHaveLength(6);
      const neighbour = readNeighbour(bytes);
      if (neighbour) expect(neighbour.mac).toHaveLength(6);
      readOwnAddress(bytes);
    }),
    { numRuns: 3000 },
  );
});

test('the next hop is read in each of its spellings', () => {
  const plain = routeBytes(
    { family: 2 },
    numberAttribute(4, 3),
    address(5, '198.51.100.1'),
    address(7, '198.51.100.9'),
  );
  expect(readRoute(plain)).toEqual({
    type: 1,
    interfaceIndex: 3,
    gateway: number('198.51.100.1'),
    source: number('198.51.100.9'),
    mtu: null,
    isWrapped: false,
    isException: false,
  });
  const via = attribute(18, Buffer.concat([Buffer.from([10, 0]), addressBytes(number('fe80::1'))]));
  expect(readRoute(routeBytes({ family: 2 }, numberAttribute(4, 3), via))?.gateway).toBe(number('fe80::1'));
  const hop = (index: number, gateway: string): Buffer => {
    const bytes = Buffer.concat([Buffer.alloc(8), address(5, gateway)]);
    bytes.writeUInt16LE(bytes.length, 0);
    bytes.writeInt32LE(index, 4);
    return bytes;
  };
  const paths = attribute(9, Buffer.concat([hop(5, '198.51.100.3'), hop(6, '198.51.100.4')]));
  expect(readRoute(routeBytes({ family: 2 }, paths))).toMatchObject({
    interfaceIndex: 5,
    gateway: number('198.51.100.3'),
  });
});

test('an encapsulation, a path MTU and what holds for one host only are told apart', () => {
  expect(readRoute(routeBytes({ family: 2 }, attribute(22, Buffer.alloc(4))))?.isWrapped).toBe(true);
  expect(readRoute(routeBytes({ family: 2 }, attribute(8, numberAttribute(2, 1400))))?.mtu).toBe(1400);
  const expires = Buffer.alloc(32);
  expires.writeInt32LE(30, 8);
  expect(readRoute(routeBytes({ family: 2 }, attribute(12, expires)))?.isException).toBe(true);
  expect(readRoute(routeBytes({ family: 2 }, attribute(12, Buffer.alloc(32))))?.isException).toBe(false);
  expect(readRoute(routeBytes({ family: 2, flags: 0x40000 }))?.isException).toBe(true);
  // RTM_F_CLONED is in every answer of IPv4, and means an exception in IPv6.
  expect(readRoute(routeBytes({ family: 2, flags: 0x200 }))?.isException).toBe(false);
  expect(readRoute(routeBytes({ family: 10, flags: 0x200 }))?.isException).toBe(true);
});

test('a destination prefix covers what its CIDR block covers, host bits or not', () => {
  fc.assert(
    fc.property(v4, fc.integer({ min: 1, max: 32 }), (base, length) => {
      const bytes = routeBytes({ family: 2, length }, attribute(1, addressBytes(base)));
      const block = AddressSet.parse(`${AddressSet.ofNumber(base)}/${length}`);
      expect(readSelector(bytes)?.destinations).toEqual([...block.ranges()][0]);
    }),
  );
  const v6Block = routeBytes({ family: 10, length: 64 }, address(1, '2001:db8::7'));
  expect(readSelector(v6Block)?.destinations).toEqual([...AddressSet.parse('2001:db8::/64').ranges()][0]);
});

test('an entry for all destinations, and one with a length that can not be, name none', () => {
  expect(readSelector(routeBytes({ family: 2 }))).toEqual({ destinations: null, looksAtSource: false });
  expect(
    readSelector(routeBytes({ family: 2, length: 33 }, address(1, '198.51.100.1')))?.destinations,
  ).toBeNull();
  expect(
    readSelector(routeBytes({ family: 2, length: 24 }, address(1, '2001:db8::1')))?.destinations,
  ).toBeNull();
  const bySource = routeBytes({ family: 2 });
  bySource[2] = 24;
  expect(readSelector(bySource)?.looksAtSource).toBe(true);
  expect(readSelector(dumpBody(2).subarray(0, 11))).toBeNull();
});

test('a question names destination, source and interface, and can be put again for another destination', () => {
  const asked = { destination: number('198.51.100.1'), source: number('198.51.100.9'), interfaceIndex: 3 };
  const question = routeQuestion(asked);
  redirectQuestion(question, number('203.0.113.5'));
  const [message] = readMessages(question);
  expect(message).toMatchObject({ type: 26, flags: 1 });
  expect([...message!.payload.subarray(0, 3)]).toEqual([2, 32, 32]);
  const attributes = readAttributes(message!.payload, 12);
  expect(addressFrom(attributes.get(1))).toBe(number('203.0.113.5'));
  expect(addressFrom(attributes.get(2))).toBe(asked.source);
  expect(attributes.get(4)?.readUInt32LE(0)).toBe(3);
  const plain = readMessages(routeQuestion({ ...asked, source: null, interfaceIndex: 0 }))[0]!.payload;
  expect([...readAttributes(plain, 12).keys()]).toEqual([1, 27]);
});

test('a neighbour counts as sure, as once true, or not at all, by its state', () => {
  const entry = (state: number, mac = Buffer.from('020000000001', 'hex')): Buffer => {
    const body = Buffer.alloc(12);
    body[0] = 2;
    body.writeInt32LE(4, 4);
    body.writeUInt16LE(state, 8);
    return Buffer.concat([body, address(1, '198.51.100.1'), attribute(2, mac)]);
  };
  for (const state of [0x02, 0x80, 0x40]) expect(readNeighbour(entry(state))?.isConfirmed).toBe(true);
  for (const state of [0x04, 0x08, 0x10]) expect(readNeighbour(entry(state))?.isConfirmed).toBe(false);
  for (const state of [0x01, 0x20, 0]) expect(readNeighbour(entry(state))).toBeNull();
  for (const mac of ['000000000000', '010000000001', '0200000000'])
    expect(readNeighbour(entry(0x02, Buffer.from(mac, 'hex')))).toBeNull();
});
