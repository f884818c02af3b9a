import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isV4Number } from '../../../../src/domain/address-number.js';
import { parseAddress } from '../../../../src/domain/address-set.js';
import { wordsOf } from '../../../../src/engine/address-words.js';
import { EgressIndex, type EgressStretch, egressTable } from '../../../../src/engine/syn/egress.js';
import { failureCode, HOST_UNREACHABLE, PASSED_OVER } from '../../../../src/engine/verdicts.js';

const BEYOND = -1 - PASSED_OVER;
const number = (text: string): bigint => parseAddress(text)!;
const wayOf = (index: EgressIndex, address: bigint): number =>
  index.wayOf(isV4Number(address) ? 4 : 6, ...wordsOf(address));

/** The same, slowly, and without any memory. */
const slowly = (stretches: readonly EgressStretch[], address: bigint): number =>
  stretches.find(({ first, last }) => first <= address && address <= last)?.way ?? BEYOND;

/** On both sides of each word's end, and of where IPv4 lies among IPv6. */
const BASES = [
  '0.0.0.0',
  '198.51.100.0',
  '255.255.255.0',
  '::',
  '::fffe:ffff:ff00',
  '::1:0:0:0',
  '2001:db8::ffff:ff00',
  '2001:db8::ffff:ffff:ffff:ff00',
  '2001:db8:ffff:ffff:ffff:ffff:ffff:ff00',
  'ffff:ffff:ffff:ffff:ffff:ffff:ffff:fd00',
].map(number);
const address = fc.tuple(fc.constantFrom(...BASES), fc.nat(512)).map(([base, by]) => base + BigInt(by));
const way = fc.oneof(
  fc.nat(5),
  fc.constantFrom(HOST_UNREACHABLE, failureCode('EACCES')).map((v) => -1 - v),
);

/** Stretches that don't overlap, in no order: what lies between every second pair of neighbours among some addresses. */
const stretches = fc
  .tuple(
    fc.uniqueArray(address, { maxLength: 30 }),
    fc.array(way, { minLength: 30, maxLength: 30 }),
    fc.nat(),
  )
  .map(([ends, ways, turn]) => {
    const sorted = [...ends].sort((a, b) => (a < b ? -1 : 1));
    const made: EgressStretch[] = [];
    for (let i = 0; i + 1 < sorted.length; i += 2) {
      made.push({ first: sorted[i]!, last: sorted[i + 1]!, way: ways[i]! });
    }
    const by = made.length === 0 ? 0 : turn % made.length;
    return [...made.slice(by), ...made.slice(0, by).reverse()];
  });

test('an address leaves by the way of its stretch, and by none outside of all, in whatever order they are asked', () => {
  fc.assert(
    fc.property(stretches, fc.array(address, { maxLength: 60 }), fc.nat(), (all, asked, turn) => {
      const index = new EgressIndex(egressTable([], all, BEYOND));
      const edges = all.flatMap(({ first, last }) => [first - 1n, first, last, last + 1n]);
      const both = [...edges, ...asked].filter((one) => one >= 0n && one < 1n << 128n);
      for (let i = 0; i < both.length; i++) {
        const one = both[(i * 7919 + turn) % both.length]!;
        expect([one, wayOf(index, one)]).toEqual([one, slowly(all, one)]);
      }
    }),
    { numRuns: 300 },
  );
});

test('an IPv4 address is not an IPv6 one with the same last word', () => {
  const all = [
    { first: number('198.51.100.1'), last: number('198.51.100.1'), way: 0 },
    { first: number('::c633:6401'), last: number('::c633:6401'), way: 1 },
  ];
  const index = new EgressIndex(egressTable([], all, BEYOND));
  expect([wayOf(index, all[0]!.first), wayOf(index, all[1]!.first)]).toEqual([0, 1]);
  expect([wayOf(index, all[1]!.first), wayOf(index, all[0]!.first)]).toEqual([1, 0]);
});

test('an empty table has no way for anybody', () => {
  const index = new EgressIndex(egressTable([], [], BEYOND));
  for (const base of BASES) expect(wayOf(index, base)).toBe(BEYOND);
});

test('one stretch of everything is found before, between and after the ends', () => {
  const all = [{ first: 0n, last: (1n << 128n) - 1n, way: 3 }];
  const index = new EgressIndex(egressTable([], all, BEYOND));
  for (const base of [...BASES, all[0]!.last]) expect(wayOf(index, base)).toBe(3);
});
