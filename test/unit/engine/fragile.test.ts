/* Fragile hosts go one way, the rest another, and together they are the plan's part of the order. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AddressSet } from '../../../src/domain/address-set.js';
import { PortSet } from '../../../src/domain/port-set.js';
import { probeCount, type ScanProgress } from '../../../src/domain/scan-plan.js';
import { withFragile } from '../../../src/engine/fragile.js';
import { fakeEngine, listOf, never, SAID, scanPlan, target } from '../../support/fake-engine.js';

const TARGETS = [target('203.0.113.0/28, 2001:db8::/126', '1-7,80'), target('203.0.113.3-9', '100-103')];
const closed = () => fakeEngine(() => SAID.closed);

function pair() {
  const [fast, gentle] = [closed(), closed()];
  return { fast, gentle, scan: withFragile(fast.engine, gentle.engine) };
}

test('every shard is probed once, fragile hosts by the gentle engine and no others', async () => {
  const addresses = fc.subarray([
    '203.0.113.0/30',
    '203.0.113.9',
    '203.0.113.5-6',
    '2001:db8::2',
    '198.51.100.1',
  ]);
  const count = probeCount(TARGETS);
  await fc.assert(
    fc.asyncProperty(
      addresses.map((list) => AddressSet.unionOf(list.map(AddressSet.parse))),
      fc.tuple(fc.nat(count), fc.nat(count)),
      fc.nat(),
      async (fragile, ends, seed) => {
        const [from, to] = ends.sort((a, b) => a - b) as [number, number];
        const plain = closed();
        await listOf(plain.engine(scanPlan(TARGETS, { from, to, seed }), never));
        const { fast, gentle, scan } = pair();
        await listOf(scan(scanPlan(TARGETS, { from, to, seed, fragile }), never));
        const isFragile = (probe: string): boolean => fragile.has(probe.slice(0, probe.lastIndexOf(':')));
        expect(fast.probed).toEqual(plain.probed.filter((probe) => !isFragile(probe)));
        // Asked once, also where two targets ask for it.
        const wanted = new Set(plain.probed.filter(isFragile));
        expect(gentle.probed.toSorted()).toEqual(Array.from(wanted).sort());
      },
    ),
    { numRuns: 60 },
  );
});

describe('a fragile host', () => {
  const fragile = AddressSet.parse('203.0.113.0/27');
  const many = [target('203.0.113.0/26', '1-20')];

  test('gets one probe at a time, ten a second at most, and at most sixteen of them go at once', async () => {
    const { gentle, scan } = pair();
    await listOf(scan(scanPlan(many, { fragile }), never));
    expect(gentle.plans).toHaveLength(32);
    for (const plan of gentle.plans) {
      expect(plan).toMatchObject({ inFlight: 1, ratePerSecond: 10 });
      expect(plan.targets.map(({ addresses }) => addresses.size)).toEqual([1n]);
    }
    expect(gentle.mostRunning).toBe(16);
  });

  test('shares the rate of the scan with the rest', async () => {
    const { fast, gentle, scan } = pair();
    await listOf(scan(scanPlan(many, { fragile, ratePerSecond: 64 }), never));
    expect(fast.plans[0]!.ratePerSecond + 16 * gentle.plans[0]!.ratePerSecond).toBe(64);
  });

  test('is left alone where it is not allowed, and its known ports are not probed again', async () => {
    const { fast, gentle, scan } = pair();
    const plan = scanPlan(many, {
      fragile,
      allowed: AddressSet.parse('203.0.113.30-33'),
      known: new Map([['203.0.113.31', PortSet.range(2, 20)]]),
    });
    await listOf(scan(plan, never));
    expect(gentle.probed).toHaveLength(21);
    expect(gentle.probed).toContain('203.0.113.31:1');
    expect(fast.probed.every((probe) => /^203\.0\.113\.3[23]:/.test(probe))).toBe(true);
  });
});

test('a plan without fragile hosts goes to the engine as it is', async () => {
  const { fast, gentle, scan } = pair();
  const plan = scanPlan(TARGETS);
  await listOf(scan({ ...plan, fragile: AddressSet.parse('198.51.100.0/24') }, never));
  expect([fast.plans, gentle.plans]).toEqual([[plan], []]);
});

test('nothing is settled before the last fragile host is, and then what the rest has settled', async () => {
  const { gentle, scan } = pair();
  const told: ScanProgress[] = [];
  const early: number[] = [];
  const plan = scanPlan(TARGETS, { fragile: AddressSet.parse('203.0.113.9') });
  const watch = (progress: ScanProgress): void => {
    told.push(progress);
    if (gentle.running > 0) early.push(progress.settledTo);
  };
  await listOf(scan(plan, never, watch));
  expect(new Set(early)).toEqual(new Set([0]));
  expect(told.map(({ settledTo }) => settledTo)).toEqual(
    told.map(({ settledTo }) => settledTo).sort((a, b) => a - b),
  );
  expect(told.at(-1)).toMatchObject({ engine: 'syn', settledTo: plan.to, sent: plan.to });
});

test('an abort ends both', async () => {
  const stop = new AbortController();
  const { fast, gentle, scan } = pair();
  const plan = scanPlan(TARGETS, { fragile: AddressSet.parse('203.0.113.9') });
  let taken = 0;
  for await (const _ of scan(plan, stop.signal)) if (++taken === 3) stop.abort();
  expect([fast.running, gentle.running]).toEqual([0, 0]);
  expect(fast.probed.length + gentle.probed.length).toBeLessThan(10);
});
