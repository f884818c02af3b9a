/* A whole run: who is listed, what ties out, what a look may resolve, and the verdict. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareRun, concerns, confirmationTargets, decideVerdict } from '../../../src/domain/compare-run.js';
import type { Finding } from '../../../src/domain/finding.js';
import { findingsAfter, look, planOf, seen, TODAY } from '../../support/builders.js';

const WEB = '127.0.0.10';
const TEXT = `
owners: { ops: { name: Ops } }
hosts:
  - { name: web, address: ${WEB}, owner: ops, ports: [{ ports: "22,443", expect: open }, { port: 5432, expect: filtered }] }
  - { name: other, address: 127.0.0.11, owner: ops }
vantages: [{ name: internet }]
audits:
  - { name: nightly, hosts: { names: [web] }, ports: 1-65535, from: [local, internet] }
  - { name: watch, hosts: { names: [web] }, ports: [443] }
  - { name: silent, hosts: { names: [web] }, ports: [5432] }
  - { name: rest, hosts: { names: [other] }, ports: 1-65535 }
`;
const NIGHTLY = planOf(TEXT);
const only = (findings: Map<string, Finding>): Finding => {
  expect(findings.size).toBe(1);
  return [...findings.values()][0]!;
};
const foundBy = (states: Parameters<typeof seen>[1], plan = NIGHTLY): Finding =>
  only(findingsAfter(plan, look(seen(WEB, states))));
const judgedBy = (audit: string, finding: Finding, states: Parameters<typeof seen>[1]): boolean =>
  compareRun(planOf(TEXT, { audit }), look(seen(WEB, states)), TODAY).judges(finding);

describe('a finding is judged by a look', () => {
  const open = foundBy({ open: '22,443,8000', closed: '1' });
  const down = foundBy({ filtered: '1-65535' });
  const wildcard = foundBy({ open: '1-65535' });

  it('that saw its port', () => {
    expect(open.kind).toBe('unexpected-open');
    expect(judgedBy('nightly', open, { open: '22', closed: '8000' })).toBe(true);
    expect(judgedBy('nightly', open, { open: '22', closed: '8001', unknown: '8000' })).toBe(false);
    expect(judgedBy('nightly', open, {})).toBe(false);
  });

  it('not where an audit of fewer ports, or of other hosts, never ordered the port', () => {
    expect(judgedBy('watch', open, { open: '443', closed: '8000' })).toBe(false);
    expect(judgedBy('rest', open, { closed: '8000' })).toBe(false);
  });

  it('not from another vantage', () => {
    const outside = planOf(TEXT, { vantage: 'internet' });
    const judges = compareRun(outside, look(seen(WEB, { open: '22,443', closed: '8000' })), TODAY).judges;
    expect(judges(open)).toBe(false);
    expect(concerns(outside, open)).toBe(false);
    expect(concerns(NIGHTLY, open)).toBe(true);
  });

  it('not on a host that is silent as a whole, or a wildcard', () => {
    expect(judgedBy('nightly', open, { filtered: '1-65535' })).toBe(false);
    expect(judgedBy('nightly', open, { open: '1-65535' })).toBe(false);
    const refused = foundBy({ open: '22', closed: '443' });
    expect(refused.kind).toBe('unexpected-closed');
    expect(judgedBy('nightly', refused, { filtered: '1-65535' })).toBe(false);
  });

  it('where silence is declared, also on a host that is silent as a whole', () => {
    const answer = foundBy({ open: '22,443', closed: '5432' });
    expect(answer.kind).toBe('unexpected-answer');
    expect(judgedBy('nightly', answer, { filtered: '1-65535' })).toBe(true);
  });

  it('host-down only by an answer: silence on the one port of a smaller audit does not bring the host back', () => {
    expect(down.kind).toBe('host-down');
    expect(judgedBy('watch', down, { filtered: '443' })).toBe(false);
    expect(judgedBy('silent', down, { filtered: '5432' })).toBe(false);
    expect(judgedBy('watch', down, { closed: '443' })).toBe(true);
    expect(judgedBy('watch', down, { open: '443' })).toBe(true);
    expect(judgedBy('nightly', down, { open: '1-65535' })).toBe(false);
  });

  it('a wildcard only by ports that are not open', () => {
    expect(wildcard.kind).toBe('wildcard-open');
    expect(judgedBy('watch', wildcard, { open: '443' })).toBe(false);
    expect(judgedBy('watch', wildcard, { closed: '443' })).toBe(true);
    expect(judgedBy('nightly', wildcard, { open: '22,443', closed: '1-21' })).toBe(true);
    expect(judgedBy('nightly', wildcard, { filtered: '1-65535' })).toBe(false);
    expect(judgedBy('nightly', wildcard, {})).toBe(false);
  });

  it('of the inventory: when the host is one of the audit, or is declared no more', () => {
    const owing = planOf(TEXT.replace(', owner: ops, ports', ', ports').replace('"22,443"', '22'));
    const finding = only(findingsAfter(owing, look()));
    expect(finding.kind).toBe('owner-missing');
    const judges = (text: string, audit: string) =>
      compareRun(planOf(text, { audit }), look(), TODAY).judges(finding);
    expect(judges(TEXT, 'nightly')).toBe(true);
    expect(judges(TEXT, 'rest')).toBe(false);
    const gone = `hosts: [{ name: other, address: 127.0.0.11 }]\naudits: [{ name: rest, hosts: all, ports: 1-9 }]\n`;
    expect(judges(gone, 'rest')).toBe(true);
  });

  it('also when the name of the vantage holds a bar', () => {
    const text = TEXT.replaceAll('internet', 'a|b');
    const plan = planOf(text, { vantage: 'a|b' });
    const finding = foundBy({ open: '22,443,8000', closed: '1' }, plan);
    expect(compareRun(plan, look(seen(WEB, { closed: '8000' })), TODAY).judges(finding)).toBe(true);
    expect(compareRun(planOf(text), look(seen(WEB, { closed: '8000' })), TODAY).judges(finding)).toBe(false);
  });
});

describe('the hosts of a run', () => {
  const addresses = (text: string, resolved = {}, observed = look()) =>
    compareRun(planOf(text, { resolved }), observed, TODAY).verdicts.map(({ address }) => address);

  it('list what nothing was seen of, once, also a machine within a block', () => {
    const text = `hosts: [{ name: block, address: 127.0.1.0/30 }, { name: machine, address: 127.0.1.2 }]
audits: [{ name: a, hosts: all, ports: 1-9 }]\n`;
    expect(addresses(text).sort()).toEqual(['127.0.1.0', '127.0.1.1', '127.0.1.2', '127.0.1.3']);
  });

  it('list the addresses of a DNS name of which nothing was seen', () => {
    const text = `hosts: [{ name: db, address: db.example.test }]\naudits: [{ name: a, hosts: all, ports: 1-9 }]\n`;
    expect(addresses(text, { 'db.example.test': ['127.0.0.5', '::1'] }).sort()).toEqual(['127.0.0.5', '::1']);
  });

  it('leave out what was seen beside the plan', () => {
    expect(addresses(TEXT, {}, look(seen('127.0.0.99', { open: '1' })))).toEqual([WEB]);
  });
});

describe('coverage', () => {
  it('counts every ordered port once, those of hosts that were never reached and of names without address too', () => {
    const text = `hosts:
  - { name: a, address: 127.0.0.1, ports: [{ port: 1, expect: open }] }
  - { name: b, address: 127.0.0.2 }
  - { name: c, address: c.example.test }
audits: [{ name: a, hosts: all, ports: 1-10 }]\n`;
    const { coverage } = compareRun(
      planOf(text),
      look(seen('127.0.0.1', { open: '1', closed: '2-4', filtered: '5', unknown: '6' })),
      TODAY,
    );
    expect(coverage).toEqual({ expected: 30, probed: 5, answered: 4, unknown: 25 });
  });

  it('believes no answer of a wildcard', () => {
    const { coverage } = compareRun(NIGHTLY, look(seen(WEB, { open: '1-65535' })), TODAY);
    expect(coverage).toEqual({ expected: 65535, probed: 65535, answered: 0, unknown: 65535 });
  });
});

describe('what is to be looked at again', () => {
  it('is the suspected ports, and all ports of a host that seems down', () => {
    const targets = (list: Array<{ address: string | null; port: number | null }>) =>
      confirmationTargets(NIGHTLY, list).map(({ addresses, ports }) => `${addresses} ${ports}`);
    expect(
      targets([
        { address: WEB, port: 8000 },
        { address: WEB, port: 22 },
      ]),
    ).toEqual([`${WEB} 22,8000`]);
    expect(
      targets([
        { address: WEB, port: null },
        { address: WEB, port: 22 },
      ]),
    ).toEqual([`${WEB} 1-65535`]);
    expect(targets([{ address: null, port: 22 }])).toEqual([]);
  });
});

describe('the verdict of a run', () => {
  const full = { expected: 10, probed: 10, answered: 8, unknown: 0 };
  const holes = { ...full, unknown: 3 };
  const verdict = (states: Finding['state'][], coverage = full, shardsGivenUp = 0, denied = 0) =>
    decideVerdict(
      states.map((state) => ({ state })),
      coverage,
      { shardsGivenUp, denied },
    ).verdict;

  it('is not clean where it saw a drift that a later look says is over', () => {
    expect(verdict(['resolved'], full, 0, 1)).toBe('inconclusive');
    expect(verdict(['resolved'], full, 0, 0)).toBe('clean');
  });

  it('drift wins over failed, failed over inconclusive, inconclusive over clean', () => {
    expect(verdict(['open', 'suspected'], holes, 1)).toBe('drift');
    expect(verdict(['acknowledged'], holes, 1)).toBe('drift');
    expect(verdict(['suspected', 'accepted'], holes, 1)).toBe('failed');
    expect(verdict(['resolved'], full, 1)).toBe('failed');
    expect(verdict([], holes)).toBe('inconclusive');
    expect(verdict(['suspected'])).toBe('inconclusive');
    expect(verdict([], { expected: 0, probed: 0, answered: 0, unknown: 0 })).toBe('inconclusive');
    expect(verdict(['accepted', 'resolved'])).toBe('clean');
    expect(verdict([])).toBe('clean');
  });

  it('is clean only without drift, without gaps and without broken parts', () => {
    const state = fc.constantFrom<Finding['state']>(
      'suspected',
      'open',
      'acknowledged',
      'accepted',
      'resolved',
    );
    fc.assert(
      fc.property(fc.array(state, { maxLength: 4 }), fc.nat(2), fc.nat(1), (states, unknown, givenUp) => {
        const isClean = verdict(states, { ...full, unknown }, givenUp) === 'clean';
        const isFine =
          unknown === 0 && givenUp === 0 && states.every((one) => one === 'accepted' || one === 'resolved');
        expect(isClean).toBe(isFine);
      }),
    );
  });

  it('says how many', () => {
    expect(decideVerdict([{ state: 'open' }], full).because).toBe('1 finding is open');
    expect(decideVerdict([], holes).because).toContain('3 of 10 ports could not be judged');
    expect(decideVerdict([{ state: 'accepted' }], full).because).toContain('1 accepted exception');
  });
});
