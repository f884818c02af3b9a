/* Who hears of a finding: the routing tree, its defaults, and that nothing is without a receiver. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DRIFT_KINDS, SEVERITIES } from '../../../src/domain/drift.js';
import { formatProblem, parseInventory } from '../../../src/domain/inventory-file.js';
import { type Routed, route } from '../../../src/domain/routing.js';
import { inventoryOf } from '../../support/builders.js';

const HOSTS = `owners:
  shop: { name: Shop, email: shop@example.test, receivers: [shop-chat, gone] }
  dba: { name: DBA, email: dba@example.test }
  ghost: { name: Nobody reads this }
hosts:
  - { name: web, address: 127.0.0.1, owner: shop, tags: [web, pci] }
  - { name: db, address: 127.0.0.2, owner: dba, tags: [db] }
receivers:
  - { name: shop-chat, type: slack, secret: shop-hook }
  - { name: pager, type: pagerduty, secret: pd }
  - { name: soc, type: email, to: [soc@example.test], details: false, digest: "0 8 * * 1", timezone: Europe/Berlin }
audits: [{ name: nightly, hosts: all, ports: 1-1000 }]
`;

const TREE = `${HOSTS}routes:
  - { match: { tag: [pci] }, to: [soc], continue: true, groupBy: [host], wait: 5m, repeat: never }
  - match: { severity: [critical, high] }
    to: [pager]
    wait: 10s
    escalateTo: [soc]
    routes:
      - { match: { kind: [host-down] }, to: [owner] }
      - { match: { owner: [dba] }, routes: [{ match: { audit: [nightly] }, to: [soc, owner] }] }
  - { match: { vantage: [local], kind: [undeclared-host] }, to: [operators, pager] }
`;

const finding = (some: Partial<Routed> = {}): Routed => ({
  ...{
    owner: 'shop',
    severity: 'medium',
    kind: 'unexpected-open',
    host: 'web',
    vantage: 'local',
    audit: 'nightly',
  },
  ...some,
});

const told = (some: Partial<Routed>, text = TREE): string[] =>
  route(finding(some), inventoryOf(text)).map(({ receiver }) => receiver.name);

describe('a finding is told to', () => {
  it.each<[string, Partial<Routed>, string[]]>([
    ['the first route that matches, and what continues before it', { severity: 'high' }, ['soc', 'pager']],
    [
      'a branch, and then not its route',
      { severity: 'high', kind: 'host-down', host: 'db', owner: 'dba' },
      ['e-mail of dba'],
    ],
    [
      'the route where none of its branches matches',
      { severity: 'high', host: 'db', owner: 'ghost' },
      ['pager'],
    ],
    ['a branch of a branch', { severity: 'critical', host: 'db', owner: 'dba' }, ['soc', 'e-mail of dba']],
    [
      'the branch whose own branches do not match, by what stands above',
      { severity: 'high', host: 'db', owner: 'dba', audit: 'other' },
      ['pager'],
    ],
    ['the owner where no route matches', { host: 'db', owner: 'shop' }, ['shop-chat']],
    ['the owner by e-mail where they have no receiver', { host: 'db', owner: 'dba' }, ['e-mail of dba']],
    [
      'whoever runs the service where the owner can not be told',
      { host: 'db', owner: 'ghost' },
      ['operators'],
    ],
    ['whoever runs the service where nobody owns it', { host: '127.0.0.9', owner: null }, ['operators']],
    ['each once', { host: 'x', owner: null, kind: 'undeclared-host' }, ['operators', 'pager']],
  ])('%s', (_, some, names) => {
    expect(told(some)).toEqual(names);
  });

  it('nobody but the owner where there are no routes', () => {
    expect(told({ severity: 'critical' }, HOSTS)).toEqual(['shop-chat']);
  });

  it('in the manner of its route, with what it does not say from above', () => {
    const [pci, high] = route(finding({ severity: 'high' }), inventoryOf(TREE));
    expect(pci!.manner).toMatchObject({ groupBy: ['host'], waitMs: 300_000, repeatMs: null, escalateTo: [] });
    expect(high!.manner).toMatchObject({
      groupBy: ['owner', 'audit'],
      waitMs: 10_000,
      repeatMs: 86_400_000,
      escalateTo: ['soc'],
    });
    const [branch] = route(finding({ severity: 'high', kind: 'host-down', host: 'db' }), inventoryOf(TREE));
    expect(branch!.manner).toMatchObject({ waitMs: 10_000, escalateTo: ['soc'] });
  });

  it('with the reason in words', () => {
    const because = (some: Partial<Routed>) => route(finding(some), inventoryOf(TREE)).at(-1)!.because;
    expect(because({ severity: 'high' })).toBe('the route at inventory.yaml:16 matches it');
    expect(because({ host: 'db', owner: 'dba' })).toBe(
      'no route matches it; dba owns it, and has no receiver but an e-mail address',
    );
    expect(because({ host: 'x', owner: null })).toBe('no route matches it; nobody owns it');
  });

  it('operators as the inventory has them, where it does', () => {
    const text = HOSTS.replace(
      'receivers:\n',
      'receivers:\n  - { name: operators, type: ntfy, url: "https://ntfy.example.test/ops" }\n',
    );
    expect(route(finding({ owner: null }), inventoryOf(text))[0]!.receiver).toMatchObject({ type: 'ntfy' });
  });
});

const NAMES = ['shop', 'dba', 'ghost'];
const list = (of: readonly string[]) => fc.subarray([...of], { maxLength: Math.min(2, of.length) });
const match = fc.record({
  owner: list(NAMES),
  severity: list(SEVERITIES),
  kind: list(DRIFT_KINDS),
  tag: list(['web', 'pci', 'db']),
  audit: list(['nightly']),
});
const leaf = fc.record({
  match,
  to: fc.subarray(['soc', 'pager', 'owner', 'operators'], { minLength: 1 }),
  continue: fc.boolean(),
});
const branch = fc.record({
  match,
  to: fc.constant(['soc']),
  continue: fc.boolean(),
  routes: fc.array(leaf, { maxLength: 3 }),
});
const routed: fc.Arbitrary<Routed> = fc.record({
  owner: fc.constantFrom(...NAMES, 'undeclared', null),
  severity: fc.constantFrom(...SEVERITIES),
  kind: fc.constantFrom(...DRIFT_KINDS),
  host: fc.constantFrom('web', 'db', '127.0.0.9'),
  vantage: fc.constantFrom('local', null),
  audit: fc.constantFrom('nightly', null),
});

describe('whatever the tree', () => {
  it('no finding is without a receiver, and none is told twice', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(leaf, branch), { maxLength: 5 }), routed, (routes, about) => {
        const destinations = route(about, inventoryOf(`${HOSTS}routes: ${JSON.stringify(routes)}\n`));
        const names = destinations.map(({ receiver }) => receiver.name);
        expect(names.length).toBeGreaterThan(0);
        expect(new Set(names).size).toBe(names.length);
      }),
      { numRuns: 200 },
    );
  });
});

describe('a warning is given for', () => {
  const warned = (routes: string): string[] => {
    const parsed = parseInventory([{ file: 'a.yaml', text: `version: 1\n${HOSTS}routes: ${routes}\n` }]);
    return parsed.ok ? parsed.warnings.map(formatProblem) : parsed.problems.map(formatProblem);
  };
  const GONE =
    "a.yaml:3:72: the receiver 'gone' is not declared; the owner is told by e-mail, where there is one";

  it('an owner with a receiver that is not declared', () => {
    expect(warned('[]')).toEqual([GONE]);
  });

  it('a route behind one that takes everything', () => {
    expect(warned('[{ to: [soc], continue: true }, { to: [soc] }, { to: [pager] }]')).toEqual([
      GONE,
      'a.yaml:14:56: the route can never match; see a.yaml:14:41',
    ]);
  });

  it('a branch that asks for what its route has ruled out', () => {
    const routes = '[{ match: { owner: [dba] }, to: [soc], routes: [{ match: { owner: [shop] } }] }]';
    expect(warned(routes)).toEqual([
      GONE,
      'a.yaml:14:57: the route can never match: the one above asks for another owner',
    ]);
  });
});
