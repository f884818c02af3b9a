/* Canaries: ports beyond every plan that say whether a host says open to everything. They count for nothing else. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isWildcardHost, wildcardsIn } from '../../../src/domain/compare.js';
import { compareFresh, compareRun } from '../../../src/domain/compare-run.js';
import { explain } from '../../../src/domain/explain.js';
import {
  canariesOf,
  type HostObserved,
  isOfCanary,
  nothingObserved,
  type Observation,
  observe,
  overlay,
  type PortState,
  reasonOf,
} from '../../../src/domain/observation.js';
import { PortSet } from '../../../src/domain/port-set.js';
import { Sightings } from '../../../src/domain/sightings.js';
import { findingsAfter, kinds, look, planOf, seen, TODAY } from '../../support/builders.js';

const HOST = '127.0.0.10';
const CANARIES = '40001,43210,50505,61616';
const PLAN = planOf(`
owners: { ops: { name: Ops } }
hosts: [{ name: web, address: ${HOST}, owner: ops, ports: [{ ports: "22,443", expect: open }] }]
audits:
  - { name: watch, hosts: all, ports: declared }
  - { name: nightly, hosts: all, ports: 1-65535 }
`);

const canary = (reason: 'canary' | 'canary-shut', ports: string): Observation => ({
  address: HOST,
  ports: PortSet.parse(ports),
  state: reason === 'canary' ? 'open' : 'closed',
  reason,
  at: 7,
});

function host(states: Partial<Record<PortState, string>>, open = '', shut = ''): HostObserved {
  let one = seen(HOST, states);
  if (open !== '') one = observe(one, canary('canary', open));
  if (shut !== '') one = observe(one, canary('canary-shut', shut));
  return one;
}

const TARPIT = host({ open: '22,443' }, CANARIES);
const HONEST = host({ open: '22,443' }, '', CANARIES);

describe('a canary', () => {
  it('is in no state, whatever came before or after it, and is no reason of any port', () => {
    const all = [
      canary('canary', '40001,43210'),
      canary('canary-shut', '43210,50505'),
      { address: HOST, ports: PortSet.parse('22,40001'), state: 'closed', reason: 'reset', at: 1 } as const,
    ];
    fc.assert(
      fc.property(fc.shuffledSubarray(all, { minLength: 3 }), (order) => {
        const one = order.reduce(observe, nothingObserved(HOST));
        expect([one.open, one.closed, one.filtered, one.unknown].map(String)).toEqual([
          '',
          '22,40001',
          '',
          '',
        ]);
        const { open, shut } = canariesOf(one);
        expect([`${open}`, `${shut}`]).toEqual(['40001,43210', '50505']);
        expect([reasonOf(one, 40001), reasonOf(one, 50505)]).toEqual(['reset', 'not-probed']);
      }),
    );
  });

  it('is told from an observation of a planned port', () => {
    expect([canary('canary', '1'), canary('canary-shut', '1')].every(isOfCanary)).toBe(true);
    expect(isOfCanary({ ...canary('canary', '1'), reason: 'handshake' })).toBe(false);
  });

  it('is kept beside planned ports by those who collect a whole look', () => {
    const sightings = new Sightings(() => PortSet.parse('22,443'));
    sightings.add({ ...canary('canary', '22,443'), reason: 'handshake' });
    sightings.add(canary('canary', CANARIES));
    expect([sightings.open, isWildcardHost(sightings.host(HOST))]).toEqual([2, true]);
  });
});

describe('a later look over an earlier one', () => {
  it('brings its own canaries, if anything answered it', () => {
    expect(isWildcardHost(overlay(TARPIT, HONEST))).toBe(false);
    expect(isWildcardHost(overlay(HONEST, TARPIT))).toBe(true);
    expect(isWildcardHost(overlay(TARPIT, host({ closed: '22' })))).toBe(false);
  });

  it('takes nothing back where nothing answered', () => {
    expect(isWildcardHost(overlay(TARPIT, host({ filtered: '22', unknown: '443' })))).toBe(true);
    expect(canariesOf(overlay(HONEST, nothingObserved(HOST))).shut.size).toBe(4);
  });
});

describe('a host', () => {
  it('is a wildcard by three canaries, or by many open ports and few others', () => {
    expect(isWildcardHost(host({ open: '22' }, '40001,43210,50505', '61616'))).toBe(true);
    expect(isWildcardHost(host({ open: '22' }, '40001,43210'))).toBe(false);
    expect(isWildcardHost(host({ open: '1-64' }))).toBe(true);
    expect(isWildcardHost(host({ open: '1-64' }, '', '40001'))).toBe(false);
    expect(isWildcardHost(host({ open: '1-63' }))).toBe(false);
    expect(isWildcardHost(host({ open: '1-100', closed: '200-206' }))).toBe(false);
    expect(isWildcardHost(nothingObserved(HOST))).toBe(false);
  });
});

describe('a look', () => {
  it('knows its wildcards: by canaries, by many open ports of one piece or of many', () => {
    const sightings = new Sightings(() => PortSet.parse('1-100'));
    const add = (address: string, ports: string, reason = 'handshake') =>
      sightings.add({ ...canary('canary', ports), reason, address });
    add('127.0.0.1', '1-64');
    for (let port = 1; port <= 64; port++) add('127.0.0.2', `${port}`);
    add('127.0.0.3', '1-63');
    add('127.0.0.4', '22');
    add('127.0.0.4', '40001-40004', 'canary');
    add('127.0.0.5', '40001-40004', 'canary');
    add('127.0.0.6', '1-100');
    sightings.add({ ...canary('canary-shut', '40001'), address: '127.0.0.6' });
    expect(wildcardsIn(sightings)).toEqual(['127.0.0.1', '127.0.0.2', '127.0.0.4', '127.0.0.5']);
  });
});

describe('a run', () => {
  const drifts = (one: HostObserved) => compareRun(PLAN, look(one), TODAY);

  it('believes no port where the canaries say open, also where all is as declared, and says why', () => {
    const { drifts: found, coverage } = drifts(TARPIT);
    expect(kinds(found)).toEqual(['wildcard-open']);
    expect(found[0]!.evidence).toBe(
      '4 of 4 random ports that nobody would use say open as well; no port is believed',
    );
    expect(coverage).toEqual({ expected: 2, probed: 2, answered: 0, unknown: 2 });
  });

  it('counts and lists no canary, though the audit looks at all ports', () => {
    const nightly = {
      ...PLAN,
      ...planOf(
        'hosts: [{ name: web, address: 127.0.0.10 }]\naudits: [{ name: n, hosts: all, ports: 1-65535 }]\n',
      ),
    };
    const { coverage, drifts: found } = compareRun(
      nightly,
      look(host({ closed: '22' }, '40001', '50505')),
      TODAY,
    );
    expect([coverage.probed, found]).toEqual([1, []]);
  });

  it('resolves a wildcard when the canaries no longer say open, and not before', () => {
    const [finding] = findingsAfter(PLAN, look(TARPIT)).values();
    expect(finding!.kind).toBe('wildcard-open');
    expect(drifts(TARPIT).judges(finding!)).toBe(false);
    expect(drifts(host({ open: '22,443' })).judges(finding!)).toBe(false);
    expect(drifts(HONEST).judges(finding!)).toBe(true);
  });

  it('confirms a wildcard by fresh canaries alone', () => {
    const again = (fresh: HostObserved) => kinds(compareFresh(PLAN, look(TARPIT), look(fresh), TODAY).drifts);
    expect(again(TARPIT)).toEqual(['wildcard-open']);
    expect(again(HONEST)).toEqual([]);
    expect(again(host({ filtered: '22,443' }))).toEqual([]);
  });
});

it('evidence of a handshake that was not completed says so', () => {
  const half = observe(nothingObserved(HOST), {
    ...canary('canary', '8000'),
    reason: 'syn-ack',
  });
  const nightly = planOf(
    `hosts: [{ name: web, address: ${HOST} }]\naudits: [{ name: n, hosts: all, ports: 1-65535 }]\n`,
  );
  const [drift] = compareRun(nightly, look(half), TODAY).drifts;
  expect(drift).toMatchObject({ reason: 'syn-ack', evidence: expect.stringContaining('was not completed') });
});

it('explain says of a canary’s port that nobody has looked at it', () => {
  const about = {
    inventory: PLAN.inventory,
    expectations: PLAN.expect(HOST),
    observed: HONEST,
    vantage: 'local',
    today: TODAY,
    run: '1',
    findings: [],
  };
  expect(explain(about, 40001)).toMatchObject({ observed: { state: 'unknown', reason: 'not-probed' } });
});
