/* What the inventory shows of itself: each kind, its absence, and that two of the same never meet in one look. */
import { describe, expect, it } from 'vitest';
import { inventoryDrift } from '../../../src/domain/hygiene.js';
import { kinds, planOf, TODAY } from '../../support/builders.js';

const ALL = 'audits: [{ name: a, hosts: all, ports: 1-65535 }]\n';
const found = (text: string, where = {}): string[] => kinds(inventoryDrift(planOf(text, where), TODAY));
const host = (port: string, rest = '') =>
  `owners: { ops: { name: Ops } }\nhosts: [{ name: web, address: 127.0.0.10, ports: [{ ${port} }]${rest} }]\n`;

describe('owner-missing', () => {
  it('is a port that should be open and has no owner, nor has its host', () => {
    expect(found(host('port: 22, expect: open') + ALL)).toEqual(['owner-missing 22']);
  });
  it('is not a port with an owner, one of an owned host, or one that should be closed', () => {
    expect(found(host('port: 22, expect: open, owner: ops') + ALL)).toEqual([]);
    expect(found(host('port: 22, expect: open', ', owner: ops') + ALL)).toEqual([]);
    expect(found(host('port: 22, expect: closed') + ALL)).toEqual([]);
  });
});

describe('review-overdue', () => {
  it('is a review day that has passed, not one that is today', () => {
    const on = (day: string) => found(host(`port: 22, expect: open, owner: ops, reviewBy: ${day}`) + ALL);
    expect(on('2026-11-21')).toEqual(['review-overdue 22']);
    expect(on('2026-11-22')).toEqual([]);
  });
});

describe('never-observed', () => {
  const declared = host('ports: 20-29, expect: open, owner: ops');
  const audit = (rest: string) => `audits: [{ name: a, hosts: all, ${rest} }]\n`;

  it('is a declaration with ports at which no audit looks', () => {
    expect(found(declared + audit('ports: 1-25'))).toEqual(['never-observed']);
    const [drift] = inventoryDrift(planOf(declared + audit('ports: 1-25')), TODAY);
    expect(drift!.evidence).toBe(
      'ports 20-29: no audit looks at 26-29 of it, declared in inventory.yaml, line 3',
    );
  });
  it('is not one that audits cover together, or by looking at what is declared', () => {
    expect(found(declared + audit('ports: declared'))).toEqual([]);
    expect(
      found(
        `${declared}audits: [{ name: a, hosts: all, ports: 1-25 }, { name: b, hosts: all, ports: 26-30 }]\n`,
      ),
    ).toEqual([]);
  });
  it('is one that holds from a vantage from which no audit runs', () => {
    const outside = `vantages: [{ name: internet }]\n${host('port: 5432, expect: filtered, from: [internet]')}`;
    expect(found(outside + ALL)).toEqual(['never-observed 5432']);
    expect(found(outside + audit('ports: 1-9999, from: [local, internet]'))).toEqual([]);
  });
  it('is not a machine within a block that an audit names', () => {
    const text = `hosts: [{ name: block, address: 127.0.1.0/30 }, { name: machine, address: 127.0.1.2, ports: [{ port: 22, expect: closed }] }]
audits: [{ name: look, hosts: { names: [machine] }, ports: 1 }, { name: b, hosts: { names: [block] }, ports: 1-99 }]\n`;
    expect(found(text)).toEqual([]);
  });
});

describe('exception-expired', () => {
  const excepted = (...ends: string[]) =>
    `${host('port: 22, expect: open, owner: ops')}${ALL}exceptions:\n${ends.map((end) => `  - { host: web, ports: [80, 81], reason: r, approvedBy: CISO, expires: ${end} }\n`).join('')}`;

  it('is an exception whose last day has passed', () => {
    expect(found(excepted('2026-11-21'))).toEqual(['exception-expired']);
    expect(found(excepted('2026-11-22'))).toEqual([]);
  });
  it('is not one that was approved again', () => {
    expect(found(excepted('2026-11-21', '2027-01-01'))).toEqual([]);
  });
  it('is one finding, however often the same ports were excepted', () => {
    expect(found(excepted('2026-10-21', '2026-11-21'))).toEqual(['exception-expired']);
  });
});

describe('the hosts at hand', () => {
  it('are those of the audit; others are left to theirs', () => {
    const text = `hosts:
  - { name: one, address: 127.0.0.1, ports: [{ port: 22, expect: open }] }
  - { name: two, address: 127.0.0.2, ports: [{ port: 22, expect: open }] }
audits: [{ name: a, hosts: { names: [one] }, ports: 22 }, { name: b, hosts: { names: [two] }, ports: 22 }]\n`;
    const drifts = inventoryDrift(planOf(text, { audit: 'b' }), TODAY);
    expect(drifts.map(({ key, host: name, address }) => [key, name, address])).toEqual([
      ['owner-missing||two|22', 'two', '127.0.0.2'],
    ]);
  });

  it('answer for what their groups declare, unless their own declaration wins', () => {
    const text = (own: string) => `owners: { ops: { name: Ops } }
hosts: [{ name: web, address: 127.0.0.10, tags: [web], ports: [${own}] }]
groups: [{ match: { tags: [web] }, ports: [{ port: 80, expect: open, reviewBy: 2026-01-01 }] }]\n${ALL}`;
    expect(found(text(''))).toEqual(['owner-missing 80', 'review-overdue 80']);
    expect(found(text('{ port: 80, expect: open, owner: ops }'))).toEqual([]);
  });

  it('have one finding for the same ports declared for two vantages: keys never meet', () => {
    const text = `vantages: [{ name: internet }]
hosts: [{ name: web, address: 127.0.0.10, ports: [{ port: 22, expect: open, from: [local] }, { port: 22, expect: open, from: [internet] }] }]
audits: [{ name: a, hosts: all, ports: 22, from: [local, internet] }]\n`;
    expect(found(text)).toEqual(['owner-missing 22']);
  });
});
