import { endianness } from 'node:os';
import fc from 'fast-check';
import ipaddr from 'ipaddr.js';
import { describe, expect, test, vi } from 'vitest';
import { formatAddress } from '../../../../src/domain/address-set.js';
import { addressOfWords } from '../../../../src/engine/address-words.js';
import {
  AF_INET,
  AF_INET6,
  SocketAddress,
  steadyBytes,
} from '../../../../src/engine/connect/socket-address.js';

// Where the bytes lie in memory is all that it asks of the C library.
vi.mock('../../../../src/engine/linux/libc.js', () => ({ addressOf: () => 4096n }));

const word = fc.integer({ min: 0, max: 0xffff_ffff });
const words = fc.tuple(word, word, word, word);
const port = fc.integer({ min: 0, max: 65_535 });
/** An IPv6 address as ProbeSpace has it: never one that is IPv4's. */
const wordsV6 = words.filter((four) => formatAddress(addressOfWords(6, ...four)).includes(':'));

/** A number as this machine has it in memory. */
function inMemory(value: number, bytes: 2 | 4): number[] {
  const big = Array.from({ length: bytes }, (_, i) => (value >>> (8 * (bytes - 1 - i))) & 255);
  return endianness() === 'BE' ? big : big.reverse();
}

const networkOrder = (value: number): number[] => [value >>> 8, value & 255];

describe('a socket address', () => {
  test('of IPv4 is struct sockaddr_in, whatever it held before', () => {
    const address = new SocketAddress(4);
    fc.assert(
      fc.property(word, port, (w3, wanted) => {
        address.set(0, 0, 0, w3, wanted);
        const octets = ipaddr.parse(formatAddress(addressOfWords(4, 0, 0, 0, w3))).toByteArray();
        const expected = [
          ...inMemory(AF_INET, 2),
          ...networkOrder(wanted),
          ...octets,
          ...new Array(8).fill(0),
        ];
        expect([...address.bytes]).toEqual(expected);
        expect(address.length).toBe(expected.length);
      }),
    );
  });

  test('of IPv6 is struct sockaddr_in6, with its interface, whatever it held before', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(wordsV6, port), { minLength: 1, maxLength: 4 }), word, (all, scope) => {
        const address = new SocketAddress(6, scope);
        for (const [four, wanted] of all) {
          address.set(...four, wanted);
          const octets = ipaddr.parse(formatAddress(addressOfWords(6, ...four))).toByteArray();
          expect([...address.bytes]).toEqual([
            ...inMemory(AF_INET6, 2),
            ...networkOrder(wanted),
            ...[0, 0, 0, 0],
            ...octets,
            ...inMemory(scope, 4),
          ]);
        }
      }),
    );
  });

  test('equals another one of the same address and port, be their interfaces what they are', () => {
    const near = fc.tuple(fc.nat(1), fc.nat(1), fc.nat(1), fc.nat(1), fc.nat(1));
    fc.assert(
      fc.property(fc.constantFrom<4 | 6>(4, 6), near, near, (family, one, other) => {
        const [a, b] = [new SocketAddress(family), new SocketAddress(family, family === 6 ? 3 : 0)];
        a.set(...one);
        b.set(...other);
        const counted = family === 4 ? [3, 4] : [0, 1, 2, 3, 4];
        const isSame = counted.every((place) => one[place] === other[place]);
        expect([a.equals(b), b.equals(a)]).toEqual([isSame, isSame]);
      }),
    );
  });

  test('lies in memory of its own, which does not move', () => {
    const address = new SocketAddress(4);
    expect(address.pointer).toBe(4096n);
    for (const bytes of [address.bytes, steadyBytes(28)]) {
      expect([bytes.byteOffset, bytes.buffer.byteLength]).toEqual([0, bytes.length]);
    }
  });
});
