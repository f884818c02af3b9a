import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Inventory } from '../../../src/domain/inventory.js';
import {
  formatProblem,
  LARGEST_INVENTORY_BYTES,
  parseInventory,
  type Source,
} from '../../../src/domain/inventory-file.js';

const GOOD = join(import.meta.dirname, '../../fixtures/inventories/good');
const goodText = (name: string): string => readFileSync(join(GOOD, name), 'utf8');

function parsed(...sources: Array<string | Source>): Inventory {
  const result = parseInventory(
    sources.map((one) => (typeof one === 'string' ? { file: 'a.yaml', text: one } : one)),
  );
  if (!result.ok) throw new Error(result.problems.map(formatProblem).join('\n'));
  return result.inventory;
}

function printed(text: string, kind: 'problems' | 'warnings' = 'problems'): string[] {
  const result = parseInventory([{ file: 'a.yaml', text }]);
  const found = result.ok
    ? kind === 'warnings'
      ? result.warnings
      : []
    : kind === 'problems'
      ? result.problems
      : [];
  return found.map(formatProblem);
}

describe('files of a folder', () => {
  test('lists run on, owners come together, and every file counts its own lines', () => {
    const files = ['a.yaml', 'b.yml'].map((file) => ({ file, text: goodText(`folder/${file}`) }));
    const inventory = parsed(...files);
    expect(inventory.hosts.map(({ name, place }) => `${name} ${place.file}:${place.line}`)).toEqual([
      'a a.yaml:6',
      'b b.yml:5',
    ]);
    expect(inventory.undeclared).toBe('ignored');
    expect(inventory.exceptions[0]!.ports.toString()).toBe('22');
  });

  test('Windows line ends and a byte order mark change no place', () => {
    const text = `\ufeff${goodText('contract.yaml').replaceAll('\n', '\r\n')}`;
    expect(parsed(text).exceptions[0]!.place).toEqual({ file: 'a.yaml', line: 36, column: 5 });
  });
});

describe('values', () => {
  test('aliases repeat a list, a folded text becomes one line, and top-N is a set', () => {
    const inventory = parsed(goodText('aliases.yaml'));
    expect(inventory.hosts[0]!.ports).toEqual(inventory.hosts[1]!.ports);
    expect(inventory.hosts[1]!.ports[0]!.why).toBe('Customers come here');
    expect(inventory.hosts[1]!.ports[1]!.ports.toString()).toBe('443,8000-8010');
    const { audits } = parsed(goodText('precedence.yaml'));
    expect(audits[0]).toMatchObject({ portsText: 'top-10', schedule: null, from: ['local'] });
    expect(audits[0]!.ports).toHaveProperty('ports.size', 10);
  });

  test('hosts take IPv6, ranges, blocks and DNS names, which are lower-cased', () => {
    const { hosts } = parsed(`version: 1
hosts:
  - { name: six, address: "::1" }
  - { name: mix, addresses: [127.0.0.1-3, 127.1.0.0/30, WWW.Example.Test., "localhost"] }`);
    expect(hosts[0]!.addresses.toString()).toBe('::1');
    expect(hosts[1]!.addresses.toString()).toBe('127.0.0.1-127.0.0.3, 127.1.0.0/30');
    expect(hosts[1]!.names).toEqual(['www.example.test', 'localhost']);
  });

  test.each([
    ['60s', 60_000],
    ['5m', 300_000],
    ['12h', 43_200_000],
    ['1d', 86_400_000],
  ])('every: %s is %i ms', (every, everyMs) => {
    const text = `version: 1\nhosts: [{ name: a, address: 127.0.0.1 }]\naudits: [{ name: n, hosts: all, ports: 22, every: ${every} }]`;
    expect(parsed(text).audits[0]!.schedule).toEqual({ kind: 'every', everyMs });
  });

  test('a machine may lie within a block, with or without a scope of its own', () => {
    expect(
      printed('version: 1\nhosts: [{ name: a, address: 127.0.0.0/24 }, { name: b, address: 127.0.0.7 }]'),
    ).toEqual([]);
  });

  test('the same port may differ by vantage', () => {
    const ports =
      '[{ port: 22, expect: open, from: [local] }, { port: 22, expect: closed, from: [internet] }]';
    const text = `version: 1\nvantages: [{ name: internet }]\nhosts: [{ name: a, address: 127.0.0.1, ports: ${ports} }]`;
    expect(printed(text)).toEqual([]);
  });

  test('groups may disagree where they never meet', () => {
    const groups = `groups:
  - { match: { tags: [a] }, ports: [{ port: 80, expect: open }] }
  - { match: { tags: [b] }, ports: [{ port: 80, expect: closed }] }
  - { match: { addresses: [127.0.0.0/25] }, ports: [{ port: 81, expect: open }] }
  - { match: { addresses: [127.0.0.128/25] }, ports: [{ port: 81, expect: closed }] }`;
    const hosts =
      'hosts: [{ name: a, address: 127.0.0.0/24, tags: [a] }, { name: b, address: 127.0.1.2, tags: [b] }]';
    expect(printed(`version: 1\n${hosts}\n${groups}`)).toEqual([]);
  });
});

test('a group that holds for a host by tag and by address holds once', () => {
  const groups =
    'groups: [{ match: { tags: [a], addresses: [127.0.0.0/8] }, ports: [{ port: 80, expect: open }] }]';
  const hosts = 'hosts: [{ name: a, address: 127.0.0.1, tags: [a] }]';
  expect(printed(`version: 1\n${hosts}\n${groups}`)).toEqual([]);
});

describe('warnings', () => {
  test('a port for a vantage that nobody has declared yet, and a receiver that is yet to come, are worth a warning', () => {
    expect(printed(goodText('contract.yaml'), 'warnings')).toEqual([
      "a.yaml:3:78: the receiver 'platform-chat' is not declared; the owner is told by e-mail, where there is one",
      "a.yaml:20:48: the vantage 'internet' is not declared; expected 'local', or one that stands under 'vantages'",
    ]);
  });

  test('a group or audit that reaches no host, and a fragile address out of scope, are warned of', () => {
    const text = `version: 1
scopes:
  - { name: s, allow: [127.0.0.0/24], authorisedBy: me, fragile: [127.0.9.9] }
hosts: [{ name: a, address: 127.0.0.1 }]
groups:
  - { match: { addresses: [127.0.0.7] }, ports: [{ port: 1, expect: open }] }
audits:
  - { name: sweep, hosts: { addresses: [127.0.0.8/29] }, ports: declared }`;
    expect(printed(text, 'warnings')).toEqual([
      "a.yaml:3:5: the scope 's' calls addresses fragile that it does not allow",
      'a.yaml:6:5: the group matches no host',
      "a.yaml:8:5: the addresses of the audit 'sweep' belong to no host",
    ]);
  });
});

describe('bounds', () => {
  test('more than 10 MiB in all files are refused, 10 MiB are not', () => {
    const text = (bytes: number): string => `version: 1\n#${'x'.repeat(bytes - 12)}`;
    const sources = (bytes: number) => [
      { file: 'a.yaml', text: text(LARGEST_INVENTORY_BYTES / 2) },
      { file: 'b.yaml', text: text(bytes) },
    ];
    expect(parseInventory(sources(LARGEST_INVENTORY_BYTES / 2)).ok).toBe(true);
    const result = parseInventory(sources(LARGEST_INVENTORY_BYTES / 2 + 1));
    expect(result.ok ? [] : result.problems.map(formatProblem)).toEqual([
      'b.yaml:1:1: the inventory is too large; expected at most 10 MiB in all',
    ]);
  });

  test('no more than a thousand problems are told', () => {
    const host = '  - { name: a, address: 127.0.0.1 }\n';
    expect(printed(`version: 1\nhosts:\n${host.repeat(2000)}`)).toHaveLength(1000);
  });

  test('thousands of hosts may share one list by its alias', () => {
    const hosts = Array.from({ length: 3000 }, (_, i) => {
      const ports = i === 0 ? '&p [{ port: 22, expect: open }, { port: 80, expect: open }]' : '*p';
      return `  - { name: h${i}, address: 127.0.${i >> 8}.${i & 255}, ports: ${ports} }`;
    });
    expect(parsed(`version: 1\nhosts:\n${hosts.join('\n')}`).hosts).toHaveLength(3000);
  });

  test('brackets without end are refused, not a crash', () => {
    expect(printed(`version: 1\nhosts: ${'['.repeat(20_000)}`)).toHaveLength(1);
  });

  test('nothing to read is a problem with a place', () => {
    const result = parseInventory([]);
    expect(result.ok ? [] : result.problems.map(formatProblem)).toEqual([
      'inventory:1:1: no file was given; expected YAML',
    ]);
  });
});

test('whatever is done to a good file, the answer is an inventory or problems with a place', () => {
  const start = goodText('contract.yaml') + goodText('precedence.yaml').replace(/^version.*$/m, '');
  const texts = [goodText('contract.yaml'), goodText('precedence.yaml'), goodText('aliases.yaml'), start];
  const piece = fc.oneof(
    fc.string({ maxLength: 6, unit: 'binary' }),
    fc.constantFrom(
      '\t',
      '\n',
      '- ',
      '{',
      '}',
      '[',
      ']',
      '*a',
      '&a ',
      '<<: ',
      '"',
      "'",
      ': ',
      '!!set ',
      '%YAML 1.1\n',
    ),
    fc.constantFrom(
      'null',
      '~',
      '1e9',
      '0x1F',
      '-1',
      '70000',
      '::',
      '::1',
      '__proto__: 1',
      '---\n',
      '#',
      '|',
      '>',
      '? ',
    ),
  );
  const cut = fc.record({ at: fc.double({ min: 0, max: 1, noNaN: true }), drop: fc.nat(40), put: piece });
  fc.assert(
    fc.property(fc.constantFrom(...texts), fc.array(cut, { minLength: 1, maxLength: 4 }), (text, cuts) => {
      const mutated = cuts.reduce((all, { at, drop, put }) => {
        const from = Math.floor(at * all.length);
        return all.slice(0, from) + put + all.slice(from + drop);
      }, text);
      const lines = mutated.split('\n').length;
      const result = parseInventory([{ file: 'a.yaml', text: mutated }]);
      if (result.ok) return;
      expect(result.problems.length).toBeGreaterThan(0);
      for (const { place, message } of result.problems) {
        expect(place.line).toBeGreaterThanOrEqual(1);
        expect(place.line).toBeLessThanOrEqual(lines);
        expect(place.column).toBeGreaterThanOrEqual(1);
        expect(message).not.toMatch(/[\n\r\u001b]|undefined|\[object/);
      }
    }),
    { numRuns: 200 },
  );
}, 60_000);
