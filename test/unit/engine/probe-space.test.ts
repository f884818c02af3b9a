import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isV4Number } from '../../../src/domain/address-number.js';
import { AddressSet, parseAddress } from '../../../src/domain/address-set.js';
import { PortSet } from '../../../src/domain/port-set.js';
import { PROBES_MOST, type Probe, probeIndex, type Target } from '../../../src/domain/scan-plan.js';
import { addressOfWords, wordsOf } from '../../../src/engine/address-words.js';
import { ProbeSpace } from '../../../src/engine/probe-space.js';
import { layOut } from '../../../src/engine/space-layout.js';

const number = (text: string): bigint => parseAddress(text)!;

/** Where a carry runs into the next word, into the one after it, and through all of them. */
const BASES = [
  '198.51.100.0',
  '198.51.100.250',
  '255.255.255.200',
  '0.0.0.0',
  '2001:db8::',
  '2001:db8::ffff:fff8',
  '2001:db8::1:0:0',
  '2001:db8:0:0:ffff:ffff:ffff:fffa',
  '2001:db8:ffff:ffff:ffff:ffff:ffff:fff7',
  'fe80::ffff:ffff:ffff:fffd',
  'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffe0',
  '::',
].map(number);

const stretch = fc
  .tuple(fc.constantFrom(...BASES), fc.nat(12), fc.nat(10))
  .map(([base, from, width]) => [base + BigInt(from), base + BigInt(from + width)] as const);
const addresses = fc
  .array(stretch, { minLength: 1, maxLength: 4 })
  .map((stretches) => AddressSet.unionOf(stretches.map(([from, to]) => AddressSet.ofStretch(from, to))));
const ports = fc
  .array(fc.tuple(fc.constantFrom(0, 1, 20, 79, 443, 65_520), fc.nat(10)), { maxLength: 3 })
  .map((ranges) => PortSet.unionOf(ranges.map(([from, width]) => PortSet.range(from, from + width))));
const targets: fc.Arbitrary<Target[]> = fc.array(fc.record({ addresses, ports }), { maxLength: 4 });
/** From 0 to below 1, evenly: fc.double would give hardly anything but what is next to 0. */
const share = fc.nat(999_999).map((millionths) => millionths / 1_000_000);
/** Places as shares of the plan, so that they come in no order. */
const places = fc.array(share, { minLength: 1, maxLength: 100 });

const located = (space: ProbeSpace, index: number) => {
  space.locate(index);
  const { family, w0, w1, w2, w3, port } = space;
  return { family, words: [w0, w1, w2, w3], port };
};

const asProbe = ({ address, port }: Probe) => ({
  family: isV4Number(address) ? 4 : 6,
  words: wordsOf(address),
  port,
});

const indexOf = (space: ProbeSpace, address: bigint, port: number): number =>
  space.indexOf(isV4Number(address) ? 4 : 6, ...wordsOf(address), port);

describe('locate', () => {
  test('says the same as probeIndex, whatever was located before', () => {
    fc.assert(
      fc.property(targets, places, (plan, shares) => {
        const { count, probeAt } = probeIndex(plan);
        const space = new ProbeSpace(layOut(plan));
        expect(space.count).toBe(count);
        for (const share of count === 0 ? [] : shares) {
          const index = Math.floor(share * count);
          const probe = probeAt(index);
          expect(located(space, index)).toEqual(asProbe(probe));
          expect(space.address).toBe(probe.address);
        }
      }),
      { numRuns: 300 },
    );
  });

  test('of an IPv4 probe after an IPv6 one leaves nothing of the IPv6 address', () => {
    const plan = [
      { addresses: AddressSet.parse('2001:db8:1:2:3:4:5:6'), ports: PortSet.of(80) },
      { addresses: AddressSet.parse('198.51.100.7'), ports: PortSet.of(80) },
    ];
    const space = new ProbeSpace(layOut(plan));
    for (const index of [0, 1, 0, 1, 1, 0]) {
      expect(located(space, index)).toEqual(asProbe(probeIndex(plan).probeAt(index)));
    }
  });

  test('numbers hosts from 0 on, one after the other, a host in two targets twice', () => {
    fc.assert(
      fc.property(targets, (plan) => {
        const layout = layOut(plan);
        const space = new ProbeSpace(layout);
        let expected = -1;
        let end = 0;
        for (let index = 0; index < layout.count; index++) {
          if (index === end) {
            expected++;
            end = space.hostEnd(index);
          }
          space.locate(index);
          expect(space.host).toBe(expected);
        }
        expect(space.hosts).toBe(expected + 1);
      }),
    );
  });

  test('finds the last probes of the largest plans', () => {
    // Not aligned, so that the host's number and the low word together need more bits than either.
    const first = number('2001:db8::ffff:ffff');
    for (const count of [2 ** 45, PROBES_MOST]) {
      const end = first + BigInt(count);
      const space = new ProbeSpace(
        layOut([{ addresses: AddressSet.ofStretch(first, end - 1n), ports: PortSet.of(443) }]),
      );
      for (const index of [0, 1, 2 ** 32, 2 ** 40 + 1, count - 3, count - 2, count - 1]) {
        const probe = { address: first + BigInt(index), port: 443 };
        expect(located(space, index)).toEqual(asProbe(probe));
        expect(indexOf(space, probe.address, 443)).toBe(index);
        expect(space.hostEnd(index)).toBe(index + 1);
      }
      expect(indexOf(space, end, 443)).toBe(-1);
      expect(indexOf(space, first - 1n, 443)).toBe(-1);
    }
  });
});

test('hostEnd is the first index of another host', () => {
  fc.assert(
    fc.property(targets, places, (plan, shares) => {
      const { count } = probeIndex(plan);
      const space = new ProbeSpace(layOut(plan));
      const hostAt = (index: number): number => {
        space.locate(index);
        return space.host;
      };
      for (const share of count === 0 ? [] : shares) {
        const index = Math.floor(share * count);
        const end = space.hostEnd(index);
        expect(end).toBeGreaterThan(index);
        expect(hostAt(end - 1)).toBe(hostAt(index));
        if (end < count) expect(hostAt(end)).toBe(hostAt(index) + 1);
        else expect(end).toBe(count);
      }
    }),
  );
});

describe('indexOf', () => {
  test('leads back to the same probe, be it in one target or in several', () => {
    fc.assert(
      fc.property(targets, places, (plan, shares) => {
        const { count, probeAt } = probeIndex(plan);
        const space = new ProbeSpace(layOut(plan));
        for (const share of count === 0 ? [] : shares) {
          const probe = probeAt(Math.floor(share * count));
          const index = indexOf(space, probe.address, probe.port);
          expect(index).toBeGreaterThanOrEqual(0);
          expect(probeAt(index)).toEqual(probe);
        }
      }),
      { numRuns: 300 },
    );
  });

  test('is the very inverse where no target overlaps another', () => {
    const plan = [
      { addresses: AddressSet.parse('2001:db8::ffff:fffe-2001:db8::1:0:2'), ports: PortSet.parse('1-3,80') },
      { addresses: AddressSet.parse('198.51.100.0/29'), ports: PortSet.parse('80,443,8000-8010') },
      { addresses: AddressSet.parse('198.51.100.8'), ports: PortSet.of(65_535) },
      { addresses: AddressSet.parse('2001:db8::1:0:3'), ports: PortSet.parse('0-5') },
    ];
    const { count, probeAt } = probeIndex(plan);
    const space = new ProbeSpace(layOut(plan));
    const back = Array.from({ length: count }, (_, index) => {
      const { address, port } = probeAt(index);
      return indexOf(space, address, port);
    });
    expect(back).toEqual(Array.from({ length: count }, (_, index) => index));
  });

  test('is -1 exactly where no target has the port of the address', () => {
    const near = fc
      .tuple(fc.constantFrom(...BASES), fc.integer({ min: -20, max: 40 }))
      .map(([base, by]) => base + BigInt(by))
      .filter((address) => address >= 0n && address < 1n << 128n);
    const port = fc.constantFrom(0, 1, 19, 20, 25, 30, 31, 79, 80, 443, 65_520, 65_535);
    fc.assert(
      fc.property(targets, fc.array(fc.tuple(near, port), { maxLength: 50 }), (plan, asked) => {
        const space = new ProbeSpace(layOut(plan));
        for (const [address, onePort] of asked) {
          const isPlanned = plan.some((one) => one.addresses.has(address) && one.ports.has(onePort));
          expect([address, onePort, indexOf(space, address, onePort) >= 0]).toEqual([
            address,
            onePort,
            isPlanned,
          ]);
        }
      }),
      { numRuns: 300 },
    );
  });

  test('finds an address of a wide target under many narrow ones', () => {
    const narrow = Array.from({ length: 60 }, (_, i) => ({
      addresses: AddressSet.ofNumber(number('198.51.100.0') + BigInt(4 * i)),
      ports: PortSet.of(22),
    }));
    const plan = [...narrow, { addresses: AddressSet.parse('198.51.100.0/24'), ports: PortSet.of(443) }];
    const space = new ProbeSpace(layOut(plan));
    for (const last of [0, 3, 127, 236, 255]) {
      expect(indexOf(space, number('198.51.100.0') + BigInt(last), 443)).toBe(60 + last);
    }
    expect(indexOf(space, number('198.51.101.0'), 443)).toBe(-1);
  });
});

describe('edges', () => {
  test('a plan without probes has none, and finds none', () => {
    for (const plan of [[], [{ addresses: AddressSet.parse('198.51.100.0/24'), ports: PortSet.empty }]]) {
      const space = new ProbeSpace(layOut(plan));
      expect([space.count, space.hosts]).toEqual([0, 0]);
      expect(indexOf(space, number('198.51.100.1'), 80)).toBe(-1);
      expect(indexOf(space, 0n, 0)).toBe(-1);
    }
  });

  test('IPv6 that ends where mapped IPv4 begins, or begins where it ends, stays IPv6', () => {
    const lowest = number('0.0.0.0');
    const highest = number('255.255.255.255');
    const plan = [
      { addresses: AddressSet.ofStretch(lowest - 2n, lowest + 1n), ports: PortSet.of(80) },
      { addresses: AddressSet.ofStretch(highest - 1n, highest + 2n), ports: PortSet.of(80) },
    ];
    const { count, probeAt } = probeIndex(plan);
    const space = new ProbeSpace(layOut(plan));
    for (let index = 0; index < count; index++) {
      const probe = probeAt(index);
      expect(located(space, index)).toEqual(asProbe(probe));
      expect(indexOf(space, probe.address, 80)).toBe(index);
    }
  });

  test('words and address are the same thing twice', () => {
    const any = fc.oneof(
      fc.bigInt({ min: 0n, max: (1n << 128n) - 1n }),
      fc.bigInt({ min: number('0.0.0.0'), max: number('255.255.255.255') }),
    );
    fc.assert(
      fc.property(any, (address) => {
        const words = wordsOf(address);
        expect(addressOfWords(isV4Number(address) ? 4 : 6, ...words)).toBe(address);
        if (isV4Number(address)) expect(words.slice(0, 3)).toEqual([0, 0, 0]);
      }),
    );
  });
});
