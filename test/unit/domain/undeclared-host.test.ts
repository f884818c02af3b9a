/* A machine in scope and in no inventory that answers: one finding of its own, beside those of its ports. */
import { describe, expect, test } from 'vitest';
import { compareRun } from '../../../src/domain/compare-run.js';
import type { Finding } from '../../../src/domain/finding.js';
import type { PortState } from '../../../src/domain/observation.js';
import {
  apply,
  findingsAfter,
  kinds,
  look,
  minutesAfter,
  planOf,
  seen,
  TODAY,
} from '../../support/builders.js';

const text = (more = '') => `
owners: { ops: { name: Ops } }
scopes: [{ name: lab, allow: [198.51.100.0/24, 127.0.0.0/8], authorisedBy: CISO }]
hosts:
  - { name: web, address: 198.51.100.10, owner: ops, ports: [{ port: 1, expect: open }] }
${more}
audits: [{ name: sweep, hosts: { addresses: [198.51.100.0/24, 127.0.1.0/24] }, ports: 1-9 }]
`;
const PLAN = planOf(text());
const STRANGER = '198.51.100.77';
type States = Partial<Record<PortState, string>>;
const drifts = (states: States, address = STRANGER, plan = PLAN) =>
  compareRun(plan, look(seen(address, states)), TODAY).drifts.filter(({ address: at }) => at === address);

describe('a stranger', () => {
  test('with an open port is an undeclared host with an unexpected port', () => {
    const found = drifts({ open: '2', closed: '1,3-9' });
    expect(kinds(found)).toEqual(['undeclared-host', 'unexpected-open 2']);
    expect(found[0]).toMatchObject({
      host: STRANGER,
      declared: 'undeclared',
      observed: 'open',
      evidence: 'a machine that nobody has declared answers, with one open port: 2',
    });
  });

  test('that only refuses is there all the same', () => {
    expect(kinds(drifts({ closed: '1-9' }))).toEqual(['undeclared-host']);
  });

  test('that is silent is nobody', () => {
    expect(drifts({ filtered: '1-9' })).toEqual([]);
    expect(drifts({ unreachable: '1-9' })).toEqual([]);
    expect(drifts({ unknown: '1-9' })).toEqual([]);
  });

  test('on this machine itself is one only with an open port', () => {
    expect(drifts({ closed: '1-9' }, '127.0.1.7')).toEqual([]);
    expect(kinds(drifts({ open: '2', closed: '1,3-9' }, '127.0.1.7'))).toContain('undeclared-host');
  });

  test('is none where the inventory has no opinion on what it does not declare', () => {
    expect(drifts({ open: '2', closed: '1,3-9' }, STRANGER, planOf(text('undeclared: ignored')))).toEqual([]);
  });
});

test('a declared host is none', () => {
  expect(kinds(drifts({ open: '1', closed: '2-9' }, '198.51.100.10'))).toEqual([]);
});

describe('its finding ends', () => {
  const stateAfter = (states: States, plan = PLAN): Finding['state'] => {
    const findings = findingsAfter(PLAN, look(seen(STRANGER, { closed: '1-9' })));
    apply(findings, compareRun(plan, look(seen(STRANGER, states)), TODAY), minutesAfter(1));
    return Array.from(findings.values()).find(({ kind }) => kind === 'undeclared-host')!.state;
  };

  test('when it is declared', () => {
    const declared = planOf(text(`  - { name: printer, address: ${STRANGER} }`));
    expect(stateAfter({ closed: '1-9' }, declared)).toBe('resolved');
  });

  test('when all of it is silent, and not before', () => {
    expect(stateAfter({ filtered: '1-9' })).toBe('resolved');
    expect(stateAfter({ filtered: '1-8', unknown: '9' })).toBe('open');
    expect(stateAfter({ unknown: '1-9' })).toBe('open');
    expect(stateAfter({ closed: '1', filtered: '2-9' })).toBe('open');
  });

  test('on this machine, when no port of it is open any more', () => {
    const at = '127.0.1.7';
    const findings = findingsAfter(PLAN, look(seen(at, { open: '2', closed: '1,3-9' })));
    apply(findings, compareRun(PLAN, look(seen(at, { closed: '1-9' })), TODAY), minutesAfter(1));
    expect(Array.from(findings.values(), ({ kind, state }) => `${kind} ${state}`)).toContain(
      'undeclared-host resolved',
    );
  });

  test('but not by an audit that looks at fewer of its ports', () => {
    const both = text().replace(
      'audits: [',
      'audits: [{ name: few, hosts: { addresses: [198.51.100.0/24] }, ports: "1" }, ',
    );
    const [few, sweep] = [planOf(both, { audit: 'few' }), planOf(both, { audit: 'sweep' })];
    const findings = findingsAfter(sweep, look(seen(STRANGER, { open: '8', filtered: '1-7,9' })));
    const state = () => Array.from(findings.values()).find(({ kind }) => kind === 'undeclared-host')!.state;
    apply(findings, compareRun(few, look(seen(STRANGER, { filtered: '1' })), TODAY), minutesAfter(1));
    expect(state()).toBe('open');
    apply(findings, compareRun(sweep, look(seen(STRANGER, { filtered: '1-9' })), TODAY), minutesAfter(2));
    expect(state()).toBe('resolved');
  });

  test('and those of its ports are judged meanwhile', () => {
    const findings = findingsAfter(PLAN, look(seen(STRANGER, { open: '2', closed: '1,3-9' })));
    apply(findings, compareRun(PLAN, look(seen(STRANGER, { closed: '1-9' })), TODAY), minutesAfter(1));
    expect(
      Array.from(findings.values(), ({ kind, state }) => `${kind} ${state}`)
        .sort()
        .slice(-2),
    ).toEqual(['undeclared-host open', 'unexpected-open resolved']);
  });
});
