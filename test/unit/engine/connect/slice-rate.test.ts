import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AddressSet } from '../../../../src/domain/address-set.js';
import { PortSet } from '../../../../src/domain/port-set.js';
import { probeIndex, type Target } from '../../../../src/domain/scan-plan.js';
import { sliceRate } from '../../../../src/engine/connect/slice-rate.js';
import { layOut } from '../../../../src/engine/space-layout.js';

const target = (addresses: string, width: number): Target => ({
  addresses: AddressSet.parse(addresses),
  ports: width === 0 ? PortSet.empty : PortSet.range(1, width),
});
const BLOCKS = ['198.51.100.0/30', '198.51.100.4', '2001:db8::/127', '203.0.113.1-203.0.113.5'];
const apart = fc
  .uniqueArray(fc.tuple(fc.nat(BLOCKS.length - 1), fc.nat(12)), {
    selector: ([block]) => block,
    maxLength: 4,
  })
  .map((all) => all.map(([block, width]) => target(BLOCKS[block]!, width)));
const rate = fc.constantFrom(1, 7, 100, 5000, Number.POSITIVE_INFINITY);

/** The largest share of a plan's probes that one address has. */
function largestShare(targets: readonly Target[]): number {
  const { count, probeAt } = probeIndex(targets);
  const byHost = new Map<bigint, number>();
  for (let index = 0; index < count; index++) {
    const { address } = probeAt(index);
    byHost.set(address, (byHost.get(address) ?? 0) + 1);
  }
  return Math.max(...byHost.values()) / count;
}

describe('a slice’s rate', () => {
  test('is as high as it may be: the plan’s, or the one that gives the busiest host its own', () => {
    fc.assert(
      fc.property(apart, rate, rate, (targets, ratePerSecond, ratePerHost) => {
        const found = sliceRate({ ratePerSecond, ratePerHost }, layOut(targets));
        expect(found).toBeLessThanOrEqual(ratePerSecond);
        if (probeIndex(targets).count === 0) return;
        const host = found * largestShare(targets);
        if (host < Number.POSITIVE_INFINITY) expect(host).toBeLessThanOrEqual(ratePerHost * 1.000001);
        if (found < ratePerSecond) expect(host).toBeCloseTo(ratePerHost, 6);
      }),
      { numRuns: 300 },
    );
  });

  test('gives a host no more because two targets share it', () => {
    const targets = [
      { addresses: AddressSet.parse('198.51.100.0/30'), ports: PortSet.range(1, 10) },
      { addresses: AddressSet.parse('198.51.100.1'), ports: PortSet.range(101, 120) },
    ];
    const found = sliceRate({ ratePerSecond: 5000, ratePerHost: 60 }, layOut(targets));
    // 60 probes, of which 198.51.100.1 has 30.
    expect(found).toBeCloseTo(120, 6);
  });

  test('is the plan’s where hosts have no limit', () => {
    expect(sliceRate({ ratePerSecond: 250 }, layOut([target('198.51.100.4', 9)]))).toBe(250);
  });
});
