import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AddressSet, formatAddress } from '../../../src/domain/address-set.js';
import { PortSet } from '../../../src/domain/port-set.js';
import { probeIndex, type Target } from '../../../src/domain/scan-plan.js';
import { isWithin } from '../../../src/engine/index-stretches.js';
import { passedOver } from '../../../src/engine/passed-over.js';

const addresses = fc
  .array(
    fc.constantFrom(
      '198.51.100.0/30',
      '198.51.100.3-5',
      '198.51.100.9',
      '2001:db8::/126',
      '2001:db8::2-2001:db8::7',
    ),
    { maxLength: 3 },
  )
  .map((texts) => AddressSet.unionOf(texts.map((text) => AddressSet.parse(text))));
const ports = fc
  .uniqueArray(fc.integer({ min: 1, max: 12 }), { maxLength: 6 })
  .map((list) => PortSet.from(list));
const targets: fc.Arbitrary<Target[]> = fc.array(fc.record({ addresses, ports }), { maxLength: 3 });
const known = fc
  .array(fc.tuple(fc.constantFrom('198.51.100.1', '198.51.100.4', '2001:db8::3', '203.0.113.1'), ports))
  .map((pairs) => new Map<string, PortSet>(pairs));

test('a probe is passed over where its address is not allowed or its port is known, and nowhere else', () => {
  fc.assert(
    fc.property(targets, fc.option(addresses, { nil: undefined }), known, (all, allowed, knownPorts) => {
      const stretches = passedOver({ targets: all, known: knownPorts, ...(allowed ? { allowed } : {}) });
      const { count, probeAt } = probeIndex(all);
      for (let index = 0; index < count; index++) {
        const { address, port } = probeAt(index);
        const isKnown = knownPorts.get(formatAddress(address))?.has(port) ?? false;
        const isDenied = allowed !== undefined && !allowed.has(address);
        expect(isWithin(stretches, index)).toBe(isKnown || isDenied);
      }
    }),
  );
});

test('where everything is allowed and nothing known, there is nothing to look up', () => {
  const plan = [{ addresses: AddressSet.parse('198.51.100.0/24'), ports: PortSet.all }];
  expect(passedOver({ targets: plan }).length).toBe(0);
  expect(passedOver({ targets: plan, allowed: AddressSet.parse('198.51.0.0/16') }).length).toBe(0);
});
