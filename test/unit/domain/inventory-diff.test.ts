/* What changes between two inventories: named things, and declarations, which have no name. */
import { describe, expect, test } from 'vitest';
import { type Change, diffInventories } from '../../../src/domain/inventory-diff.js';
import { inventoryOf } from '../../support/builders.js';

const BEFORE = `
owners: { ops: { name: Ops, email: ops@example.test } }
hosts:
  - { name: web-1, address: 127.0.0.1, owner: ops, tags: [web, pci], ports: [{ port: 443, service: https, expect: open }, { ports: 8000-8999, expect: closed }] }
  - { name: db-1, address: 127.0.0.2, ports: [{ port: 5432, expect: open, from: [local] }] }
groups:
  - { match: { tags: [web] }, ports: [{ port: 80, expect: open }] }
audits:
  - { name: nightly, hosts: { tags: [pci] }, ports: 1-65535, schedule: "0 2 * * *", timezone: Europe/Berlin }
exceptions:
  - { host: web-1, ports: [8443], reason: Migration, approvedBy: CISO, expires: 2026-12-31 }
`;
const diff = (before: string, after: string): string[] =>
  diffInventories(inventoryOf(before), inventoryOf(after)).map(
    ({ change, what, before: was, after: is }: Change) => `${change} ${what}: ${was ?? '–'} → ${is ?? '–'}`,
  );

describe('nothing changes', () => {
  test('where nothing did', () => {
    expect(diff(BEFORE, BEFORE)).toEqual([]);
  });

  test('where the same is said in another order, with other comments and other defaults written out', () => {
    const same = `
exceptions: # moved up
  - { expires: 2026-12-31, host: web-1, ports: [8443], reason: Migration, approvedBy: CISO }
audits:
  - { name: nightly, hosts: { tags: [pci] }, ports: 1-65535, schedule: "0 2 * * *", timezone: Europe/Berlin, retries: 1, catchUp: once }
groups:
  - { match: { tags: [web] }, ports: [{ port: 80, expect: open }] }
hosts:
  - { name: db-1, address: 127.0.0.2, ports: [{ port: 5432, from: [local], expect: open }] }
  - { name: web-1, addresses: [127.0.0.1], owner: ops, tags: [pci, web], ports: [{ ports: 8000-8999, expect: closed }, { port: 443, service: https, expect: open }] }
owners: { ops: { email: ops@example.test, name: Ops } }
`;
    expect(diff(BEFORE, same)).toEqual([]);
  });
});

describe('a change is told', () => {
  const changed = (from: string, to: string): string[] => diff(BEFORE, BEFORE.replace(from, to));

  test('of a port’s expectation, as it was and as it is to be', () => {
    expect(changed('service: https, expect: open', 'service: https, expect: filtered')).toEqual([
      'changed port 443 of host web-1: expect open, service https → expect filtered, service https',
    ]);
  });

  test('of a port that is declared no more, and of one that is', () => {
    expect(changed('{ port: 5432, expect: open, from: [local] }', '{ port: 5433, expect: open }')).toEqual([
      'removed port 5432 of host db-1 from local: expect open → –',
      'added port 5433 of host db-1: – → expect open',
    ]);
  });

  test('of a host that goes, with its ports and what was accepted there', () => {
    const without = BEFORE.replace(/ {2}- \{ name: web-1.*\n/, '')
      .replace(/exceptions:\n.*\n/, '')
      .replace('tags: [pci]', 'names: [db-1]')
      .replace(/groups:\n.*\n/, '');
    expect(diff(BEFORE, without).map((line) => line.split(':')[0])).toEqual([
      'removed host web-1',
      'removed port 443 of host web-1',
      'removed port 80 of group of web',
      'removed port 8000-8999 of host web-1',
      'removed group of web',
      'changed audit nightly',
      'removed exception for 8443 of host web-1, by CISO until 2026-12-31',
    ]);
  });

  test.each([
    ['ops@example.test', 'noc@example.test', 'changed owner ops'],
    ['address: 127.0.0.1', 'address: 127.0.0.9', 'changed host web-1'],
    ['tags: [web, pci]', 'tags: [web, pci, dmz]', 'changed host web-1'],
    ['0 2 * * *', '0 3 * * *', 'changed audit nightly'],
    ['Europe/Berlin', 'UTC', 'changed audit nightly'],
    [
      'reason: Migration',
      'reason: Move',
      'changed exception for 8443 of host web-1, by CISO until 2026-12-31',
    ],
    ['exceptions:', 'undeclared: ignored\nexceptions:', 'changed undeclared'],
    ['exceptions:', 'deadlines: { low: 365 }\nexceptions:', 'changed deadlines'],
    [
      'exceptions:',
      'windows: [{ name: w, kind: blackout, from: 2026-12-24, until: 2026-12-25 }]\nexceptions:',
      'added window w',
    ],
  ])('of %s to %s', (from, to, what) => {
    expect(changed(from, to).map((line) => line.split(':')[0])).toEqual([what]);
  });

  test('of a risk that is taken back, though another covers the same ports', () => {
    const two = `${BEFORE}  - { host: web-1, ports: [8443], reason: Migration, approvedBy: CISO, expires: 2027-06-30 }\n`;
    expect(diff(two, BEFORE)).toEqual([
      'removed exception for 8443 of host web-1, by CISO until 2027-06-30: reason Migration → –',
    ]);
  });

  test('of everything, where there was nothing', () => {
    const all = diffInventories(null, inventoryOf(BEFORE));
    expect(new Set(all.map(({ change }) => change))).toEqual(new Set(['added']));
    expect(all.length).toBeGreaterThan(8);
  });
});
