/* What an audit may look at: scopes of today, exclusions that win, names, blocks, sweeps, and the ports of each. */
import { describe, expect, it } from 'vitest';
import { plannedOf, planOf } from '../../support/builders.js';

const shown = (text: string, where = {}): string[] =>
  planOf(text, where).targets.map(({ addresses, ports }) => `${addresses}: ${ports}`);
const refusal = (text: string, where = {}): string => {
  const planned = plannedOf(text, where);
  return planned.ok ? 'planned' : planned.why;
};

const audit = (rest: string): string => `audits: [{ name: a, ${rest} }]\n`;
const SCOPE = (rest: string): string =>
  `scopes: [{ name: harbour, allow: [198.51.100.0/24, "2001:db8::/64"], authorisedBy: CISO${rest} }]\n`;
const NAMED = `hosts: [{ name: db, address: db.example.test, ports: [{ port: 5432, expect: open }] }]\n`;
const at = (...addresses: string[]) => ({ resolved: { 'db.example.test': addresses } });

describe('a plan is refused', () => {
  it('without a scope, for anything but loopback', () => {
    const text = NAMED + audit('hosts: all, ports: 1-9');
    expect(refusal(text, at('198.51.100.7'))).toBe(
      "198.51.100.7 (host 'db') is out of scope; no scope is declared, so that only loopback may be scanned",
    );
    expect(refusal(text, at('127.0.0.7', '::1'))).toBe('planned');
  });

  it('for a name with one address out of scope, though the other is within', () => {
    const text = SCOPE('') + NAMED + audit('hosts: all, ports: 1-9');
    expect(refusal(text, at('198.51.100.7', '203.0.113.7'))).toBe(
      "203.0.113.7 (host 'db') is out of scope; expected an address that a scope allows",
    );
    expect(refusal(text, at('198.51.100.7', '2001:db8::7'))).toBe('planned');
  });

  it('for an excluded address, also in its IPv4-mapped spelling', () => {
    const text = SCOPE(', exclude: [198.51.100.7]') + NAMED + audit('hosts: all, ports: 1-9');
    for (const spelling of ['198.51.100.7', '::ffff:198.51.100.7', '::ffff:c633:6407'])
      expect(refusal(text, at(spelling))).toBe(
        "198.51.100.7 (host 'db') is out of scope; the scope 'harbour' excludes it",
      );
    const mapped = SCOPE(', exclude: ["::ffff:c633:6407"]') + NAMED + audit('hosts: all, ports: 1-9');
    expect(refusal(mapped, at('198.51.100.7'))).toContain('excludes it');
  });

  it('for what another scope, even one that has ended, excludes', () => {
    const text = `scopes:
  - { name: wide, allow: [198.51.100.0/24], authorisedBy: CISO }
  - { name: old, allow: [203.0.113.0/24], exclude: [198.51.100.7], authorisedBy: CISO, until: 2026-01-01 }
${NAMED}${audit('hosts: all, ports: 1-9')}`;
    expect(refusal(text, at('198.51.100.7'))).toContain("the scope 'old' excludes it");
  });

  it('for an excluded address of a host, though the audit sweeps the block around it', () => {
    const text =
      SCOPE(', exclude: [198.51.100.7]') +
      NAMED +
      audit('hosts: { names: [db], addresses: [198.51.100.0/24] }, ports: 1-9');
    expect(refusal(text, at('198.51.100.7'))).toContain(
      "(host 'db') is out of scope; the scope 'harbour' excludes it",
    );
  });

  it('the day after its scope has ended, not on the last day', () => {
    const text = SCOPE(', until: 2026-11-22') + NAMED + audit('hosts: all, ports: 1-9');
    expect(refusal(text, { ...at('198.51.100.7'), today: '2026-11-22' })).toBe('planned');
    expect(refusal(text, { ...at('198.51.100.7'), today: '2026-11-23' })).toBe(
      "198.51.100.7 (host 'db') is out of scope; the scope 'harbour' ended on 2026-11-22",
    );
  });

  it('from a vantage that the audit does not name', () => {
    const text = `vantages: [{ name: internet }]\n${NAMED}${audit('hosts: all, ports: 1-9, from: [internet]')}`;
    expect(refusal(text)).toBe("the audit 'a' is to run from internet, and this is local");
    expect(refusal(text, { vantage: 'internet' })).toBe('planned');
  });

  it('for declared ports on more addresses than can be listed, and for more probes than make sense', () => {
    const wide = `scopes: [{ name: s, allow: ["2001:db8::/64"], authorisedBy: CISO }]\nhosts: [{ name: six, address: "2001:db8::/64" }]\n`;
    expect(refusal(wide + audit('hosts: all, ports: declared'))).toContain('expected at most 65536');
    expect(refusal(wide + audit('hosts: all, ports: 1-9'))).toMatch(/asks for \d+ probes; expected at most/);
  });
});

describe('what is looked at', () => {
  const HOSTS = `hosts:
  - { name: web, addresses: [127.0.0.10, "::1"], tags: [pci] }
  - { name: block, address: 127.0.1.0/30 }
  - { name: machine, address: 127.0.1.2, ports: [{ port: 22, expect: open }] }
`;

  it('all hosts, those of a name, or those of a tag', () => {
    expect(planOf(HOSTS + audit('hosts: all, ports: 1-9')).addresses.size).toBe(6n);
    expect(shown(HOSTS + audit('hosts: { names: [block] }, ports: 1-9'))).toEqual(['127.0.1.0/30: 1-9']);
    expect(planOf(HOSTS + audit('hosts: { tags: [pci] }, ports: 1-9')).hosts.map(({ name }) => name)).toEqual(
      ['web'],
    );
  });

  it('the addresses that an audit names and no others, though they belong to a larger host', () => {
    expect(shown(HOSTS + audit('hosts: { addresses: [127.0.1.2] }, ports: 1-9'))).toEqual(['127.0.1.2: 1-9']);
    expect(shown(HOSTS + audit('hosts: { addresses: [127.0.0.10] }, ports: 1-9'))).toEqual([
      '127.0.0.10: 1-9',
    ]);
  });

  it('a swept block without what is excluded from it', () => {
    const text =
      SCOPE(', exclude: [198.51.100.0]') + audit('hosts: { addresses: [198.51.100.0/31] }, ports: 22');
    expect(shown(text)).toEqual(['198.51.100.1: 22']);
  });

  it('a host that is a block without the holes that are excluded in it', () => {
    const text =
      `${SCOPE(', exclude: [198.51.100.1]')}hosts:\n  - { name: block, address: 198.51.100.0/30 }\n` +
      audit('hosts: all, ports: 22');
    expect(shown(text)).toEqual(['198.51.100.0, 198.51.100.2/31: 22']);
    expect(planOf(text).expected).toBe(3);
  });

  it('a machine within a block by its own declarations', () => {
    const plan = planOf(HOSTS + audit('hosts: all, ports: 1-9'));
    expect([plan.expect('127.0.1.1').host?.name, plan.expect('127.0.1.2').host?.name]).toEqual([
      'block',
      'machine',
    ]);
  });

  it('every address of a name once, and the ports of a name without one, or of a failed look-up, as unknown', () => {
    const text = NAMED + audit('hosts: all, ports: 1-9');
    const two = planOf(text, at('127.0.0.5', '127.0.0.5', '::1'));
    expect([two.addresses.size, two.expected, two.unresolved.length]).toEqual([2n, 18, 0]);
    const none = planOf(text);
    expect(none.expected).toBe(9);
    expect(none.unresolved).toMatchObject([{ name: 'db.example.test' }]);
    const failed = planOf(text, {
      resolved: { 'db.example.test': ['127.0.0.5'], 'db.example.test AAAA': [] },
    });
    expect([failed.addresses.size, failed.expected]).toEqual([1n, 18]);
    expect(failed.unresolved).toMatchObject([{ name: 'db.example.test AAAA' }]);
  });

  it('declared ports, of host and of group, where they hold from here', () => {
    const text = `vantages: [{ name: internet }]
hosts:
  - { name: web, address: 127.0.0.10, tags: [web], ports: [{ port: 22, expect: open, from: [internet] }, { port: 443, expect: open }] }
  - { name: bare, address: 127.0.0.11 }
groups: [{ match: { tags: [web] }, ports: [{ port: 80, expect: open }] }]
audits: [{ name: a, hosts: all, ports: declared, from: [local, internet] }]
`;
    expect(shown(text)).toEqual(['127.0.0.10: 80,443']);
    expect(shown(text, { vantage: 'internet' })).toEqual(['127.0.0.10: 22,80,443']);
  });

  it("a group's ports of a name without an address, so that such a run can't be clean", () => {
    const text = `hosts: [{ name: db, address: db.example.test, tags: [pg] }]
groups: [{ match: { tags: [pg] }, ports: [{ port: 5432, expect: open }] }]
${audit('hosts: all, ports: declared')}`;
    expect(planOf(text).expected).toBe(1);
  });

  it('the most common ports', () => {
    expect(planOf(HOSTS + audit('hosts: { names: [web] }, ports: top-10')).expected).toBe(20);
  });

  it('at the lowest rate that the audit and its scopes allow', () => {
    const text =
      SCOPE(', maxRatePerSecond: 100') + NAMED + audit('hosts: all, ports: 1-9, ratePerSecond: 500');
    const plan = planOf(text, at('198.51.100.7'));
    expect([plan.ratePerSecond, plan.scopes.map(({ name }) => name)]).toEqual([100, ['harbour']]);
  });
});
