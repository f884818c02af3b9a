/* A plan's index against the list that it stands for, and plans far too large to be listed. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AddressSet, formatAddress, parseAddress } from '../../../src/domain/address-set.js';
import { PortSet } from '../../../src/domain/port-set.js';
import { addressesOf, probeCount, probeIndex, type Target } from '../../../src/domain/scan-plan.js';

const targets: fc.Arbitrary<Target[]> = fc.array(
  fc
    .tuple(
      fc.uniqueArray(fc.integer({ min: 0, max: 255 }), { maxLength: 5 }),
      fc.uniqueArray(fc.integer({ min: 0, max: 65535 }), { maxLength: 6 }),
    )
    .map(([hosts, ports]) => ({
      addresses: AddressSet.unionOf(hosts.map((last) => AddressSet.parse(`203.0.113.${last}`))),
      ports: PortSet.from(ports),
    })),
  { maxLength: 6 },
);

const listed = (plan: readonly Target[]): string[] =>
  plan.flatMap(({ addresses, ports }) =>
    [...addresses].flatMap((address) => [...ports].map((port) => `${formatAddress(address)}:${port}`)),
  );

describe('the probes of a plan', () => {
  it('are each reached by exactly one index, empty targets or not', () => {
    fc.assert(
      fc.property(targets, (plan) => {
        const { count, probeAt } = probeIndex(plan);
        const reached = Array.from({ length: count }, (_, index) => {
          const { address, port } = probeAt(index);
          return `${formatAddress(address)}:${port}`;
        });
        expect(reached).toEqual(listed(plan));
        expect(probeCount(plan)).toBe(count);
      }),
    );
  });

  it('have no index before the first or after the last', () => {
    const { count, probeAt } = probeIndex([
      { addresses: AddressSet.parse('127.0.0.1'), ports: PortSet.of(22, 80) },
    ]);
    for (const index of [-1, count, 0.5, Number.NaN]) expect(() => probeAt(index)).toThrow(/no probe/);
    expect(() => probeIndex([]).probeAt(0)).toThrow(/no probe 0 in a plan of 0/);
  });

  it('are found exactly in a plan near the largest, where rounding would show', () => {
    const plan = [{ addresses: AddressSet.parse('2001:db8::/98'), ports: PortSet.all }];
    const { count, probeAt } = probeIndex(plan);
    const first = parseAddress('2001:db8::')!;
    fc.assert(
      fc.property(
        fc.oneof(
          fc.maxSafeNat().map((some) => some % count),
          fc.nat(70_000).map((back) => count - 1 - back),
        ),
        (index) => {
          const { address, port } = probeAt(index);
          expect((address - first) * 65535n + BigInt(port - 1)).toBe(BigInt(index));
        },
      ),
    );
  });

  it('can be too many, which is refused instead of miscounted', () => {
    const plan = [{ addresses: AddressSet.parse('2001:db8::/97'), ports: PortSet.all }];
    expect(() => probeCount(plan)).toThrow(/are too many for one plan/);
  });
});

describe('the addresses of a plan', () => {
  it('are those of all of its targets', () => {
    fc.assert(
      fc.property(targets, (plan) => {
        const touched = new Set(plan.flatMap(({ addresses }) => [...addresses].map(formatAddress)));
        expect(new Set([...addressesOf(plan)].map(formatAddress))).toEqual(touched);
      }),
    );
  });
});
