/* Findings that no audit can judge any more, and those that one still can. */
import { describe, expect, test } from 'vitest';
import { orphans } from '../../../src/domain/orphans.js';
import { inventoryOf } from '../../support/builders.js';

const INVENTORY = inventoryOf(`
scopes: [{ name: all, allow: [127.0.0.0/8], exclude: [127.0.1.66], authorisedBy: CISO }]
hosts:
  - { name: web, address: 127.0.0.1, tags: [web], ports: [{ port: 443, expect: open }] }
  - { name: db, address: 127.0.0.2, ports: [{ port: 5432, expect: open }] }
  - { name: named, address: named.example.test, ports: [{ port: 22, expect: open }] }
groups: [{ match: { tags: [web] }, ports: [{ port: 80, expect: open }] }]
audits:
  - { name: sweep, hosts: { addresses: [127.0.1.0/24] }, ports: 1-1024 }
  - { name: watch, hosts: { names: [web, named] }, ports: declared }
`);

const finding = (
  host: string,
  address: string | null,
  port: number | null,
  kind = 'unexpected-open',
  vantage = 'local',
) => ({
  key: `${kind}|${vantage}|${address ?? host}|${port ?? ''}`,
  kind: kind as 'unexpected-open',
  host,
  address,
  port,
});
const isOrphan = (one: ReturnType<typeof finding>): boolean => orphans([one], INVENTORY).length === 1;

describe('is kept', () => {
  test.each([
    ['a declared port of a host that an audit looks at', finding('web', '127.0.0.1', 443)],
    ['a port that a group declares for it', finding('web', '127.0.0.1', 80)],
    ['what is said of the whole host', finding('web', '127.0.0.1', null, 'host-down')],
    ['any port of an address that is swept', finding('127.0.1.9', '127.0.1.9', 22)],
    ['what is at an address that a DNS name had', finding('named', '127.0.9.9', 22)],
    [
      'what the inventory itself shows of a host',
      { ...finding('web', null, 443, 'owner-missing'), key: 'owner-missing||web|443' },
    ],
  ])('%s', (_, one) => {
    expect(isOrphan(one)).toBe(false);
  });
});

describe('is over', () => {
  test.each([
    [
      'what the inventory shows of a host that no audit looks at',
      { ...finding('db', null, 5432, 'owner-missing'), key: 'owner-missing||db|5432' },
    ],
    ['what lies at an address that is excluded now', finding('127.0.1.66', '127.0.1.66', 22)],
    ['a port that is declared no more', finding('web', '127.0.0.1', 8080)],
    ['a host that no audit selects', finding('db', '127.0.0.2', 5432)],
    ['a host that is declared no more', finding('gone', '127.0.0.3', 443)],
    ['a port beyond what is swept', finding('127.0.1.9', '127.0.1.9', 8080)],
    ['what was seen from elsewhere', finding('web', '127.0.0.1', 443, 'unexpected-closed', 'far')],
    [
      'what the inventory showed of a host that it no longer has',
      { ...finding('gone', null, 22, 'owner-missing'), key: 'owner-missing||gone|22' },
    ],
  ])('%s', (_, one) => {
    expect(isOrphan(one)).toBe(true);
  });
});
