/* A first inventory from what was seen: it passes the check, says what was found, and finds nothing wrong with it. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AddressSet } from '../../../src/domain/address-set.js';
import { compareRun } from '../../../src/domain/compare-run.js';
import { parseInventory } from '../../../src/domain/inventory-file.js';
import type { HostObserved } from '../../../src/domain/observation.js';
import { PortSet } from '../../../src/domain/port-set.js';
import { starterInventory } from '../../../src/domain/starter-inventory.js';
import { kinds, look, NOON, planOf, seen, TODAY } from '../../support/builders.js';

const made = (
  hosts: readonly HostObserved[],
  addresses: string,
  ports: string,
  authorisedBy: string | null = null,
) =>
  starterInventory({
    hosts,
    addresses: AddressSet.parse(addresses),
    ports: PortSet.parse(ports),
    authorisedBy,
    at: NOON,
  });

function inventoryIn(text: string) {
  const read = parseInventory([{ file: 'inventory.yaml', text }]);
  expect(read.ok ? [] : read.problems).toEqual([]);
  if (!read.ok) throw new Error('unreachable');
  return read.inventory;
}

describe('it declares', () => {
  test('every open port that was found, with its service, a place for the reason, and a date to look again', () => {
    const inventory = inventoryIn(
      made([seen('127.0.0.5', { open: '22,8080', closed: '1-21' })], '127.0.0.0/28', '1-9000'),
    );
    expect(inventory.hosts).toMatchObject([
      {
        name: 'host-127-0-0-5',
        owner: 'unassigned',
        ports: [
          { service: 'ssh', expect: 'open', reviewBy: '2026-12-22' },
          { expect: 'open', why: 'found on 2026-11-22; fill in the reason' },
        ],
      },
    ]);
    expect(inventory.audits.map(({ name }) => name)).toEqual(['declared', 'sweep']);
    expect(inventory.scopes).toEqual([]);
  });

  test('what may be scanned, and on whose word, beyond loopback', () => {
    const inventory = inventoryIn(
      made([seen('198.51.100.7', { open: '443' })], '198.51.100.0/24', '443', 'CISO'),
    );
    expect(inventory.scopes).toMatchObject([{ authorisedBy: 'CISO' }]);
  });

  test('nothing of a host on which everything says open, but says so', () => {
    const text = made(
      [seen('127.0.0.5', { open: '1-1000' }), seen('127.0.0.6', { open: '22', closed: '23' })],
      '127.0.0.0/28',
      '1-1000',
    );
    expect(inventoryIn(text).hosts.map(({ name }) => name)).toEqual(['host-127-0-0-6']);
    expect(text).toContain('# 127.0.0.5 says open to everything');
  });

  test('a name that was asked for, but for one that several addresses have', () => {
    const named = (address: string, name: string): HostObserved => ({
      ...seen(address, { open: '22' }),
      name,
    });
    const hosts = [
      named('127.0.0.1', 'one.example.test'),
      named('127.0.0.2', 'both.example.test'),
      named('::1', 'both.example.test'),
    ];
    const inventory = inventoryIn(
      starterInventory({
        hosts,
        addresses: AddressSet.loopback,
        ports: PortSet.of(22),
        authorisedBy: null,
        at: NOON,
      }),
    );
    expect(inventory.hosts.map(({ name }) => name)).toEqual(['one.example.test', 'host-127-0-0-2', 'host-1']);
  });

  test('an audit that looks for strangers, where nothing was found', () => {
    expect(inventoryIn(made([], '127.0.0.0/28', '22')).audits.map(({ name }) => name)).toEqual(['sweep']);
  });
});

test('whatever was found, the inventory is sound, and the same look agrees with it', () => {
  const host = fc.record({
    last: fc.integer({ min: 1, max: 14 }),
    open: fc.uniqueArray(fc.integer({ min: 1, max: 500 }), { minLength: 1, maxLength: 12 }),
  });
  fc.assert(
    fc.property(fc.uniqueArray(host, { selector: ({ last }) => last, maxLength: 8 }), (found) => {
      const hosts = found.map(({ last, open }) => {
        const ports = PortSet.from(open);
        return seen(`127.0.0.${last}`, {
          open: `${ports}`,
          closed: `${PortSet.parse('1-500').subtract(ports)}`,
        });
      });
      const text = made(hosts, '127.0.0.0/28', '1-500');
      const plan = planOf(text.replace(/^version: 1\n/m, ''), { audit: 'sweep' });
      expect(kinds(compareRun(plan, look(...hosts), TODAY).drifts)).toEqual([]);
    }),
    { numRuns: 30 },
  );
});
