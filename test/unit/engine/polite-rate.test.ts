/* The polite rate against an oracle that lists every probe. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isV4Number } from '../../../src/domain/address-number.js';
import { AddressSet, formatAddress, parseAddress } from '../../../src/domain/address-set.js';
import { PortSet } from '../../../src/domain/port-set.js';
import { probeIndex, type ScanPlan, type Target } from '../../../src/domain/scan-plan.js';
import { portsAt, stretchesOf } from '../../../src/engine/address-stretches.js';
import { politeRate } from '../../../src/engine/polite-rate.js';
import { scanPlan, target } from '../../support/fake-engine.js';

const BASES = ['198.51.100.250', '203.0.113.0', '2001:db8::fffe', '2001:db8:0:1::'].map(
  (text) => parseAddress(text)!,
);
const stretch = fc
  .tuple(fc.constantFrom(...BASES), fc.nat(8), fc.integer({ min: 1, max: 12 }))
  .map(([base, from, hosts]) => {
    const first = base + BigInt(from);
    return AddressSet.parse(`${formatAddress(first)}-${formatAddress(first + BigInt(hosts - 1))}`);
  });
const ports = fc
  .uniqueArray(fc.integer({ min: 1, max: 9 }), { minLength: 1 })
  .map((list) => PortSet.from(list));
const targets: fc.Arbitrary<Target[]> = fc.array(
  fc.record({ addresses: fc.array(stretch, { minLength: 1, maxLength: 3 }).map(AddressSet.unionOf), ports }),
  { minLength: 1, maxLength: 4 },
);

/** Shares of the probes that will be sent, one by one. */
function busiest(plan: ScanPlan, isSent: (address: string, port: number) => boolean) {
  const { count, probeAt } = probeIndex(plan.targets);
  const hosts = new Map<string, number>();
  const subnets = new Map<string, number>();
  let all = 0;
  for (let i = 0; i < count; i++) {
    const { address, port } = probeAt(i);
    const text = formatAddress(address);
    if (plan.allowed && !plan.allowed.has(address)) continue;
    if (!isSent(text, port)) continue;
    all++;
    hosts.set(text, (hosts.get(text) ?? 0) + 1);
    const subnet = `${isV4Number(address) ? `4 ${address >> 8n}` : `6 ${address >> 64n}`}`;
    subnets.set(subnet, (subnets.get(subnet) ?? 0) + 1);
  }
  return { all, host: Math.max(0, ...hosts.values()), subnet: Math.max(0, ...subnets.values()) };
}

function oracle(plan: ScanPlan): number {
  const { ratePerSecond, ratePerHost = Infinity, ratePerSubnet = Infinity, known } = plan;
  const views = [busiest(plan, () => true), busiest(plan, (text, port) => !known?.get(text)?.has(port))];
  const rates = views
    .filter(({ all }) => all > 0)
    .flatMap(({ all, host, subnet }) => [(ratePerHost * all) / host, (ratePerSubnet * all) / subnet]);
  return Math.min(ratePerSecond, ...rates);
}

test('is what listing every probe gives', () => {
  fc.assert(
    fc.property(
      targets,
      fc.option(stretch, { nil: undefined }),
      fc.array(fc.tuple(stretch, ports), { maxLength: 4 }),
      fc.constantFrom(1, 7, 1000, Infinity),
      fc.constantFrom(2, 5, undefined),
      fc.constantFrom(3, 11, undefined),
      (list, allowed, knownOf, ratePerSecond, ratePerHost, ratePerSubnet) => {
        const known = new Map(
          knownOf.flatMap(([set, done]) => Array.from(set, (one) => [formatAddress(one), done] as const)),
        );
        const plan = scanPlan(list, {
          ratePerSecond,
          known,
          ...(allowed ? { allowed } : {}),
          ...(ratePerHost ? { ratePerHost } : {}),
          ...(ratePerSubnet ? { ratePerSubnet } : {}),
        });
        const expected = oracle(plan);
        if (expected === Infinity) expect(politeRate(plan)).toBe(Infinity);
        else expect(politeRate(plan)).toBeCloseTo(expected, 9);
      },
    ),
  );
});

describe('by hand', () => {
  const rated = { ratePerSecond: 5000, ratePerHost: 100, ratePerSubnet: 1000 };

  test('one host gets the rate of a host', () => {
    expect(politeRate(scanPlan([target('203.0.113.9', '-')], rated))).toBe(100);
  });

  test('a /24 gets the rate of a subnet, four of them four times as much, and many the rate of the scan', () => {
    expect(politeRate(scanPlan([target('203.0.113.0/24', '1-1000')], rated))).toBeCloseTo(1000);
    expect(politeRate(scanPlan([target('198.51.0.0/22', '1-1000')], rated))).toBeCloseTo(4000);
    expect(politeRate(scanPlan([target('10.0.0.0/8', '1-1000')], rated))).toBe(5000);
  });

  test('a host in two targets counts twice', () => {
    const both = [target('203.0.113.1-2', '1-10'), target('203.0.113.1', '11-40')];
    expect(politeRate(scanPlan(both, { ratePerSecond: 5000, ratePerHost: 100 }))).toBe(125);
  });

  test('no limit but the scan’s changes nothing', () => {
    expect(politeRate(scanPlan([target('203.0.113.9', '-')], { ratePerSecond: 77 }))).toBe(77);
    expect(politeRate(scanPlan([target('203.0.113.9', '-')]))).toBe(Infinity);
  });

  test('known ports in other parts of the order make the rest no busier than it is', () => {
    const plan = scanPlan([target('203.0.113.1', '1-1000'), target('203.0.113.2-101', '80')], {
      ratePerSecond: 5000,
      ratePerHost: 100,
      known: new Map([['203.0.113.1', PortSet.range(1, 990)]]),
    });
    expect(politeRate(plan)).toBeCloseTo(110);
  });

  test('nothing to send has the plan’s rate', () => {
    const plan = scanPlan([target('203.0.113.9', '-')], { ...rated, allowed: AddressSet.empty });
    expect(politeRate(plan)).toBe(5000);
  });
});

test('stretches know the ports of every address', () => {
  fc.assert(
    fc.property(
      targets,
      fc.constantFrom(...BASES),
      fc.integer({ min: -2, max: 25 }),
      (list, base, offset) => {
        const address = base + BigInt(offset);
        const expected = PortSet.unionOf(
          list.filter((one) => one.addresses.has(address)).map((one) => one.ports),
        );
        expect(`${portsAt(stretchesOf(list), address)}`).toBe(`${expected}`);
      },
    ),
  );
});
