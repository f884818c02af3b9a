import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AddressSet, parseAddress } from '../../../../src/domain/address-set.js';
import { cutsWithin, joinStretches, piecesOf } from '../../../../src/engine/linux/route-cells.js';

const BASE = parseAddress('198.51.100.0')!;
const range = fc
  .tuple(fc.nat(250), fc.nat(30))
  .map(([from, width]) => [BASE + BigInt(from), BASE + BigInt(from + width)] as const);
const ranges = fc.array(range, { maxLength: 12 });
const setOf = (stretches: ReadonlyArray<readonly [bigint, bigint]>): AddressSet =>
  AddressSet.unionOf(
    stretches.flatMap(([from, to]) =>
      AddressSet.parse(`${AddressSet.ofNumber(from)}-${AddressSet.ofNumber(to)}`),
    ),
  );

test('the pieces are sorted, disjoint, and together exactly what was wanted', () => {
  fc.assert(
    fc.property(ranges, ranges, (wanted, entries) => {
      const addresses = setOf(wanted);
      const pieces = [...piecesOf(addresses, cutsWithin(addresses, entries))];
      expect(setOf(pieces.map(({ first, last }) => [first, last] as const)).equals(addresses)).toBe(true);
      for (let i = 1; i < pieces.length; i++) expect(pieces[i]!.first).toBeGreaterThan(pieces[i - 1]!.last);
    }),
  );
});

test('two wanted addresses are in one cell exactly if no entry begins or ends between them', () => {
  fc.assert(
    fc.property(ranges, ranges, (wanted, entries) => {
      const addresses = setOf(wanted);
      const pieces = [...piecesOf(addresses, cutsWithin(addresses, entries))];
      const ends = pieces.flatMap(({ first, last, cell }) => [
        { address: first, cell },
        { address: last, cell },
      ]);
      for (let i = 1; i < ends.length; i++) {
        const [a, b] = [ends[i - 1]!, ends[i]!];
        const isParted = entries.some(
          ([from, to]) => (a.address < from && from <= b.address) || (a.address <= to && to < b.address),
        );
        expect(a.cell !== b.cell).toBe(isParted);
      }
    }),
  );
});

test('where IPv6 ends and IPv4 begins is always a cut', () => {
  const all = AddressSet.parse('0.0.0.0/0').union(AddressSet.parse('::/0'));
  expect([...piecesOf(all, cutsWithin(all, []))].map(({ first }) => first)).toEqual([
    0n,
    parseAddress('0.0.0.0'),
    parseAddress('255.255.255.255')! + 1n,
  ]);
  expect(cutsWithin(AddressSet.empty, [[BASE, BASE]])).toEqual([]);
});

test('neighbours that touch and share a route are joined, others are not', () => {
  const [one, other] = [{}, {}];
  const stretch = (first: bigint, last: bigint, route: object) => ({ first, last, route });
  expect(
    joinStretches([
      stretch(1n, 2n, one),
      stretch(3n, 4n, one),
      stretch(5n, 5n, other),
      stretch(7n, 8n, other),
    ]),
  ).toEqual([stretch(1n, 4n, one), stretch(5n, 5n, other), stretch(7n, 8n, other)]);
});
