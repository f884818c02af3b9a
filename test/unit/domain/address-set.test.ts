/*
 * AddressSet against a Set of texts on a crowded corner of the address space, its notation both ways, and the
 * traps: mapped addresses, ::/0 and IPv4, octal and shortened spellings, zones.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  AddressSet,
  AddressSyntaxError,
  canonicalAddress,
  formatAddress,
  parseAddress,
} from '../../../src/domain/address-set.js';

const v4 = (last: number): string => `203.0.113.${last}`;
const byte = fc.integer({ min: 0, max: 255 });

/** A piece of 203.0.113.0/24 as text, with the slow list of what it means. */
const piece: fc.Arbitrary<{ text: string; members: string[] }> = fc.oneof(
  byte.map((last) => ({ text: v4(last), members: [v4(last)] })),
  fc.tuple(byte, fc.integer({ min: 24, max: 32 })).map(([last, prefix]) => {
    const width = 2 ** (32 - prefix);
    const first = last - (last % width);
    return {
      text: `${v4(last)}/${prefix}`,
      members: Array.from({ length: width }, (_, i) => v4(first + i)),
    };
  }),
  fc.tuple(byte, byte, fc.boolean()).map(([a, b, short]) => {
    const [first, last] = a < b ? [a, b] : [b, a];
    return {
      text: short ? `${v4(first)}-${last}` : `${v4(first)}-${v4(last)}`,
      members: Array.from({ length: last - first + 1 }, (_, i) => v4(first + i)),
    };
  }),
);
const pieces = fc.array(piece, { maxLength: 6 });
const fastOf = (list: ReadonlyArray<{ text: string }>): AddressSet =>
  AddressSet.unionOf(list.map(({ text }) => AddressSet.parse(text)));
const slowOf = (list: ReadonlyArray<{ members: string[] }>): Set<string> =>
  new Set(list.flatMap(({ members }) => members));
const lastByte = (text: string): number => Number(text.split('.')[3]);
const inOrder = (members: Iterable<string>): string[] =>
  [...members].sort((a, b) => lastByte(a) - lastByte(b));
const texts = (set: AddressSet): string[] => Array.from(set, formatAddress);

const v6Number = fc.oneof(
  fc.bigInt({ min: 0n, max: (1n << 128n) - 1n }),
  fc.bigInt({ min: 0n, max: 0xffff_ffffn }).map((low) => (0x2001_0db8n << 96n) + low),
);

describe('a set of addresses', () => {
  it('holds exactly what its parts hold, in order', () => {
    fc.assert(
      fc.property(pieces, byte, (list, last) => {
        const [fast, slow] = [fastOf(list), slowOf(list)];
        expect(texts(fast)).toEqual(inOrder(slow));
        expect(fast.size).toBe(BigInt(slow.size));
        expect(fast.has(v4(last))).toBe(slow.has(v4(last)));
        inOrder(slow).forEach((member, index) => {
          expect(formatAddress(fast.at(BigInt(index)))).toBe(member);
        });
      }),
      { numRuns: 60 },
    );
  });

  it('unites, intersects and subtracts as Set does', () => {
    fc.assert(
      fc.property(pieces, pieces, (left, right) => {
        const [a, b] = [fastOf(left), fastOf(right)];
        const [inA, inB] = [slowOf(left), slowOf(right)];
        const both = inOrder(new Set([...inA, ...inB]));
        expect(texts(a.union(b))).toEqual(both);
        expect(texts(a.intersect(b))).toEqual(both.filter((x) => inA.has(x) && inB.has(x)));
        expect(texts(a.subtract(b))).toEqual(both.filter((x) => inA.has(x) && !inB.has(x)));
        expect(a.containsAll(b)).toBe([...inB].every((x) => inA.has(x)));
        expect(a.equals(b)).toBe(inA.size === inB.size && a.containsAll(b));
      }),
      { numRuns: 60 },
    );
  });

  it('reads back what it printed', () => {
    fc.assert(
      fc.property(pieces, fc.array(v6Number, { maxLength: 4 }), (list, singles) => {
        const set = fastOf(list).union(AddressSet.unionOf(singles.map((n) => AddressSet.ofNumber(n))));
        const again = AddressSet.unionOf(set.toStrings().map((text) => AddressSet.parse(text)));
        expect(again.equals(set)).toBe(true);
      }),
    );
  });

  it('counts a /8 and a /64 without listing them', () => {
    expect(AddressSet.parse('127.0.0.0/8').size).toBe(1n << 24n);
    expect(AddressSet.parse('2001:db8::/64').size).toBe(1n << 64n);
    expect(AddressSet.parse('0.0.0.0/0').size).toBe(1n << 32n);
    expect(AddressSet.parse('2001:db8::/32').subtract(AddressSet.parse('2001:db8::/33')).toString()).toBe(
      '2001:db8:8000::/33',
    );
  });

  it('refuses a position outside of it', () => {
    expect(() => AddressSet.parse('127.0.0.1').at(1n)).toThrow(RangeError);
    expect(() => AddressSet.empty.at(0n)).toThrow(RangeError);
  });
});

describe('one address', () => {
  it('is the same number however it is spelt, and prints canonically', () => {
    fc.assert(
      fc.property(v6Number, (number) => {
        const canonical = formatAddress(number);
        const groups = Array.from({ length: 8 }, (_, i) =>
          ((number >> BigInt(112 - 16 * i)) & 0xffffn).toString(16).padStart(4, '0'),
        );
        expect(parseAddress(canonical)).toBe(number);
        expect(parseAddress(groups.join(':'))).toBe(number);
        expect(parseAddress(groups.join(':').toUpperCase())).toBe(number);
      }),
    );
  });

  it.each([
    ['2001:DB8:0:0:0:0:0:1', '2001:db8::1'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['2001:0:0:1:0:0:0:1', '2001:0:0:1::1'],
    ['::', '::'],
    ['::ffff:203.0.113.7', '203.0.113.7'],
    ['::ffff:cb00:7107', '203.0.113.7'],
  ])('%s is written %s (RFC 5952)', (text, canonical) => expect(canonicalAddress(text)).toBe(canonical));

  it.each([
    '203.0.113',
    '203.0.113.256',
    '203.0.113.01',
    '0x7f.0.0.1',
    '2130706433',
    '127.1',
    '203.0.113.7.8',
    'fe80::1%eth0',
    '::1::',
    '12345::',
    'localhost',
    ' 127.0.0.1',
    '',
    '-1.0.0.0',
  ])("'%s' is none", (text) => expect(parseAddress(text)).toBeNull());
});

describe('IPv4 inside IPv6', () => {
  it('a mapped block is the IPv4 block, so that an exclusion cannot be got round', () => {
    const plain = AddressSet.parse('203.0.113.0/24');
    expect(AddressSet.parse('::ffff:203.0.113.0/120').equals(plain)).toBe(true);
    expect(plain.subtract(AddressSet.parse('::ffff:cb00:7100/120')).isEmpty).toBe(true);
    expect(plain.has('::ffff:203.0.113.9')).toBe(true);
  });

  it('a wide IPv6 block does not reach IPv4 by accident', () => {
    for (const wide of ['::/0', '::/64', '::-ffff::']) {
      expect(AddressSet.parse(wide).has('203.0.113.7')).toBe(false);
      expect(AddressSet.parse(wide).has('::1')).toBe(true);
    }
    expect(AddressSet.parse('::/0').size).toBe((1n << 128n) - (1n << 32n));
  });

  it('loopback is 127.0.0.0/8 and ::1, and nothing beside them', () => {
    for (const inside of ['127.0.0.1', '127.255.255.255', '::1', '::ffff:127.0.0.1']) {
      expect(AddressSet.loopback.has(inside)).toBe(true);
    }
    for (const outside of ['128.0.0.0', '126.255.255.255', '::', '::2', '0.0.0.0']) {
      expect(AddressSet.loopback.has(outside)).toBe(false);
    }
  });
});

describe('the notation of blocks and ranges', () => {
  it.each([
    ['203.0.113.77/24', '203.0.113.0/24'],
    ['203.0.113.0-203.0.113.255', '203.0.113.0/24'],
    ['203.0.113.1-20', '203.0.113.1-203.0.113.20'],
    ['203.0.113.7-7', '203.0.113.7'],
    ['203.0.113.1 - 20', '203.0.113.1-203.0.113.20'],
    ['2001:db8::1-2001:db8::4', '2001:db8::1-2001:db8::4'],
    ['2001:db8::/128', '2001:db8::'],
  ])("'%s' is %s", (text, printed) => expect(AddressSet.parse(text).toString()).toBe(printed));

  it.each([
    ['web-1', /is no address; expected IPv4 or IPv6, a CIDR block such as/],
    ['203.0.113.0/33', /'\/33' in '203.0.113.0\/33' is no prefix; expected \/0 to \/32/],
    ['2001:db8::/129', /expected \/0 to \/128/],
    ['203.0.113.0/', /is no prefix/],
    ['203.0.113.0/-1', /is no prefix/],
    ['203.0.113.0/24/8', /is no prefix/],
    ['203.0.113/24', /'203.0.113' in '203.0.113\/24' is no address/],
    ['203.0.113.20-1', /inverted; expected the lower address first/],
    ['203.0.113.1-256', /is no end of a range/],
    ['203.0.113.1-', /is no end of a range/],
    ['-203.0.113.1', /is no address/],
    ['203.0.113.1-2001:db8::1', /mixes IPv4 and IPv6/],
    ['2001:db8::1-20', /is no end of a range/],
    ['', /is no address/],
  ])("'%s' is refused and says what was expected", (text, message) => {
    expect(() => AddressSet.parse(text)).toThrow(AddressSyntaxError);
    expect(() => AddressSet.parse(text)).toThrow(message);
  });
});
