import { expect, test } from 'vitest';
import { judgesMove, movedDrift } from '../../../src/domain/moved.js';
import { planOf } from '../../support/builders.js';

const PLAN = planOf(`
owners: { ops: { name: Ops } }
hosts: [{ name: shop, address: shop.example.test, owner: ops, criticality: high }, { name: fixed, address: 127.0.0.1 }]
audits: [{ name: a, hosts: all, ports: "443" }]
`);
const moved = (before: string[] | null, now: string[]): string[] =>
  movedDrift(
    PLAN,
    new Map([['shop.example.test', now]]),
    new Map(before === null ? [] : [['shop.example.test', before]]),
  ).map(({ key, evidence }) => `${key}: ${evidence}`);

test('a name that leads to another address has moved, once for each new one', () => {
  expect(moved(['127.0.0.2'], ['127.0.0.3', '::1'])).toEqual([
    'address-moved||shop|shop.example.test 127.0.0.3: shop.example.test leads to 127.0.0.3, and led to 127.0.0.2 at the run before',
    'address-moved||shop|shop.example.test ::1: shop.example.test leads to ::1, and led to 127.0.0.2 at the run before',
  ]);
});

test('one that has lost an address, or was not known before, has not', () => {
  expect(moved(['127.0.0.2', '127.0.0.3'], ['127.0.0.3'])).toEqual([]);
  expect(moved(['127.0.0.2'], [])).toEqual([]);
  expect(moved([], ['127.0.0.2'])).toEqual([]);
  expect(moved(null, ['127.0.0.2'])).toEqual([]);
});

test('it belongs to the host’s owner, and weighs as the host does', () => {
  const [drift] = movedDrift(
    PLAN,
    new Map([['shop.example.test', ['127.0.0.3']]]),
    new Map([['shop.example.test', ['127.0.0.2']]]),
  );
  expect(drift).toMatchObject({ owner: 'ops', severity: 'medium', address: '127.0.0.3', port: null });
});

test('an address has not moved where nobody could tell before whether the name had any of its kind', () => {
  const now = new Map([['shop.example.test', ['127.0.0.3', '::3']]]);
  const before = new Map([
    ['shop.example.test', ['127.0.0.2']],
    ['shop.example.test AAAA', []],
  ]);
  expect(movedDrift(PLAN, now, before).map(({ address }) => address)).toEqual(['127.0.0.3']);
});

test('whether a name still leads elsewhere is not judged by a look-up that failed', () => {
  const now = new Map([
    ['shop.example.test', ['127.0.0.3']],
    ['shop.example.test AAAA', []],
  ]);
  const plan = { ...PLAN, names: { now, before: new Map() } };
  const judges = (host: string, address: string): boolean => judgesMove(plan, { host, address });
  expect([judges('shop', '::3'), judges('shop', '127.0.0.9'), judges('fixed', '::3')]).toEqual([
    false,
    true,
    true,
  ]);
});
