import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { expectationsFor, expectationsIndex } from '../../../src/domain/expectations.js';
import type { Expectations, Inventory } from '../../../src/domain/inventory.js';
import { formatProblem, parseInventory } from '../../../src/domain/inventory-file.js';
import { PortSet } from '../../../src/domain/port-set.js';

function read(text: string): Inventory {
  const result = parseInventory([{ file: 'a.yaml', text }]);
  if (!result.ok) throw new Error(result.problems.map(formatProblem).join('\n'));
  return result.inventory;
}

const precedence = read(
  readFileSync(join(import.meta.dirname, '../../fixtures/inventories/good/precedence.yaml'), 'utf8'),
);

const summary = ({ host, open, closed, filtered }: Expectations) => ({
  host: host?.name ?? null,
  open: open.toString(),
  closed: closed.toString(),
  filtered: filtered.toString(),
});

describe('the more exact declaration wins', () => {
  test('few ports over many, host over group, one group over a broader one', () => {
    expect(summary(expectationsFor(precedence, '127.0.1.1', 'local'))).toEqual({
      host: 'block',
      open: '80,443,8080-8081',
      closed: '8000-8079,8082-8999',
      filtered: '',
    });
  });

  test('a declaration for another vantage does not hold here', () => {
    expect(summary(expectationsFor(precedence, '127.0.1.1', 'internet'))).toMatchObject({
      open: '80,443,8081',
      closed: '8000-8079,8082-8999',
      filtered: '8080',
    });
  });

  test('a range of the host wins over a single port of a group', () => {
    expect(summary(expectationsFor(precedence, '127.0.1.7', 'local'))).toEqual({
      host: 'machine',
      open: '5432,8443',
      closed: '1-1024',
      filtered: '8440-8442,8444-8449',
    });
  });

  test('a group holds by address too, also in IPv6', () => {
    expect(summary(expectationsFor(precedence, '::1', 'local'))).toEqual({
      host: 'six',
      open: '',
      closed: '',
      filtered: '8440-8449',
    });
  });

  test('the declared sets are disjoint and make up the three', () => {
    const { declared, open, closed, filtered } = expectationsFor(precedence, '127.0.1.1', 'internet');
    const all = PortSet.unionOf(declared.map(({ ports }) => ports));
    expect(declared.reduce((sum, { ports }) => sum + ports.size, 0)).toBe(all.size);
    expect(open.size + closed.size + filtered.size).toBe(all.size);
    expect(PortSet.unionOf([open, closed, filtered]).equals(all)).toBe(true);
  });
});

describe('whose address it is', () => {
  test('the smaller set wins: the machine and not the block around it', () => {
    const hostOf = (address: string) => expectationsFor(precedence, address, 'local').host?.name ?? null;
    expect(['127.0.1.6', '127.0.1.7', '127.0.1.8'].map(hostOf)).toEqual(['block', 'machine', 'block']);
    expect(['127.0.0.255', '127.0.2.0', '127.0.3.1', '::2', 'no address'].map(hostOf)).toEqual([
      null,
      null,
      null,
      null,
      null,
    ]);
  });

  test('an address that is written as IPv6 is the same address', () => {
    expect(expectationsFor(precedence, '::ffff:127.0.1.7', 'local').host?.name).toBe('machine');
  });

  test('a resolved name makes its addresses the host’s, unless a host has them written down', () => {
    const resolved = new Map([['www.example.test', ['127.0.3.1', '::5', '127.0.1.7', '127.0.1.9']]]);
    const find = expectationsIndex(precedence, 'local', resolved);
    expect(
      ['127.0.2.1', '127.0.3.1', '::5', '127.0.1.7', '127.0.1.9'].map((one) => find(one).host?.name),
    ).toEqual(['named', 'named', 'named', 'machine', 'named']);
    expect(summary(find('::5'))).toMatchObject({ open: '80,443,8443' });
  });

  test('of two equally exact hosts the written address wins over the resolved one', () => {
    const inventory = read(
      'version: 1\nhosts:\n  - { name: dns, address: db.example.test }\n  - { name: own, address: 127.0.0.1 }\n',
    );
    const resolved = new Map([['db.example.test', ['127.0.0.1']]]);
    expect(expectationsFor(inventory, '127.0.0.1', 'local', resolved).host?.name).toBe('own');
  });

  test('a name that resolves to an address which is written down makes the host no larger', () => {
    const inventory = read(`version: 1
hosts:
  - { name: outer, address: 127.0.0.0-2 }
  - { name: inner, addresses: [127.0.0.1-2, db.example.test] }`);
    const resolved = new Map([['db.example.test', ['127.0.0.1']]]);
    expect(expectationsFor(inventory, '127.0.0.2', 'local', resolved).host?.name).toBe('inner');
  });

  test('a host of several stretches with another inside each of them is found at both ends of each', () => {
    const inventory = read(`version: 1
hosts:
  - { name: outer, addresses: [127.0.0.0/28, 127.0.2.0/28] }
  - { name: inner, addresses: [127.0.0.0-3, 127.0.2.12-15] }`);
    const find = expectationsIndex(inventory, 'local');
    const hostOf = (address: string) => find(address).host?.name ?? null;
    expect(['127.0.0.0', '127.0.0.3', '127.0.0.4', '127.0.0.15', '127.0.0.16'].map(hostOf)).toEqual([
      'inner',
      'inner',
      'outer',
      'outer',
      null,
    ]);
    expect(['127.0.1.255', '127.0.2.0', '127.0.2.11', '127.0.2.12', '127.0.2.15'].map(hostOf)).toEqual([
      null,
      'outer',
      'outer',
      'inner',
      'inner',
    ]);
  });
});

describe('who answers for it', () => {
  test('the port’s own owner, else the host’s, also for what a group declares', () => {
    const owners = new Map(
      expectationsFor(precedence, '127.0.1.7', 'local').declared.map(({ ports, owner }) => [
        `${ports}`,
        owner,
      ]),
    );
    expect(owners).toEqual(
      new Map([
        ['5432', 'dba'],
        ['1-1024', 'web'],
        ['8443', 'web'],
        ['8440-8442,8444-8449', 'web'],
      ]),
    );
  });

  test('an address of no host expects nothing', () => {
    expect(summary(expectationsFor(precedence, '127.9.9.9', 'local'))).toEqual({
      host: null,
      open: '',
      closed: '',
      filtered: '',
    });
  });
});
