/* Every kind of drift that ports can show, its absence, and the whole against an oracle that goes port by port. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareRun } from '../../../src/domain/compare-run.js';
import { observe, type PortState } from '../../../src/domain/observation.js';
import { PortSet } from '../../../src/domain/port-set.js';
import { kinds, look, planOf, seen, TODAY } from '../../support/builders.js';

const HOST = '127.0.0.10';
const DECLARED = `
hosts:
  - name: web
    address: ${HOST}
    owner: ops
    criticality: high
    ports:
      - { ports: "22,443", expect: open, service: ssh }
      - { ports: 8000-8009, expect: closed }
      - { port: 5432, expect: filtered }
owners: { ops: { name: Ops } }
audits: [{ name: all, hosts: all, ports: 1-65535 }]
`;

function verdictOf(states: Partial<Record<PortState, string>>, text = DECLARED, today = TODAY) {
  const comparison = compareRun(planOf(text), look(seen(HOST, states)), today);
  const [verdict] = comparison.verdicts;
  return { ...verdict!, kinds: kinds(verdict!.drift), coverage: comparison.coverage };
}

describe('what a look at one host is called', () => {
  it.each([
    ['an open port that should be closed', { open: '8000', closed: '1' }, ['unexpected-open 8000']],
    ['an open port that should be silent', { open: '5432', closed: '1' }, ['unexpected-open 5432']],
    ['an open port that nobody declared', { open: '9999', closed: '1' }, ['unexpected-open 9999']],
    ['a refusal where it should be open', { closed: '22' }, ['unexpected-closed 22']],
    ['silence where it should be open', { filtered: '22', closed: '1' }, ['unexpected-filtered 22']],
    ['an unreachable port of a living host', { unreachable: '22', closed: '1' }, ['unexpected-filtered 22']],
    ['a refusal where silence should be', { closed: '5432' }, ['unexpected-answer 5432']],
    ['a host that is silent on all ports', { filtered: '1-65535' }, ['host-down']],
    ['a host that is unreachable', { unreachable: '22' }, ['host-down']],
    ['the only port that was probed is silent', { filtered: '22' }, ['unexpected-filtered 22']],
    ['everything open', { open: '1-65535' }, ['wildcard-open']],
    [
      'nearly everything open, as lossy tarpits are',
      { open: '1-60000', closed: '60001', filtered: '60002-60100' },
      ['wildcard-open'],
    ],
  ])('%s', (_, states, expected) => {
    expect(verdictOf(states).kinds).toEqual(expected);
  });

  it.each([
    ['open where it should be open', { open: '22,443' }],
    ['closed where it should be closed', { closed: '8000-8009' }],
    ['silent where it should be closed, on a host that answers', { filtered: '8000-8009', closed: '1' }],
    ['silent where it should be silent', { filtered: '5432' }],
    ['unreachable where it should be silent', { unreachable: '5432' }],
    ['nothing seen', {}],
    ['only failures of our own', { unknown: '1-65535' }],
    ['a refusal of a port that nobody declared', { closed: '9999' }],
    ['a silent host on which nothing needs to be open', { filtered: '8000-8009,9000-9999' }],
  ])('no drift: %s', (_, states) => {
    expect(verdictOf(states).kinds).toEqual([]);
  });

  it('63 undeclared open ports are 63 drifts, 64 are one wildcard', () => {
    expect(verdictOf({ open: '10001-10063' }).drift).toHaveLength(63);
    expect(verdictOf({ open: '10001-10064' }).kinds).toEqual(['wildcard-open']);
  });

  it('declared open ports make no wildcard, however many', () => {
    const text = DECLARED.replace('"22,443"', '"22,10000-20000"');
    expect(verdictOf({ open: '22,10000-20000' }, text).kinds).toEqual([]);
  });

  it('a tenth of refusals makes single drifts of what is open', () => {
    expect(verdictOf({ open: '10001-10090', closed: '1-10' }).drift).toHaveLength(90);
  });

  it('no port of a wildcard is believed, not even the declared', () => {
    const { match, driftPorts, unknown } = verdictOf({ open: '1-65535' });
    expect([match.size, driftPorts.size, unknown.size]).toEqual([0, 0, 65535]);
  });

  it('a silent host matches where silence is declared, and is unknown where it should be closed or is undeclared', () => {
    const { match, driftPorts, unknown } = verdictOf({ filtered: '1-65535' });
    expect([match, driftPorts].map(String)).toEqual(['5432', '22,443']);
    expect(unknown.size).toBe(65535 - 3);
  });

  it('undeclared: ignored has no opinion of an open port', () => {
    const ignored = `${DECLARED}undeclared: ignored\n`;
    expect(verdictOf({ open: '9999', closed: '1' }, ignored)).toMatchObject({ kinds: [] });
    expect(verdictOf({ open: '8000,9999' }, ignored).kinds).toEqual(['unexpected-open 8000']);
  });

  it('an address in no inventory that a sweep finds open is drift of that address', () => {
    const text = `audits: [{ name: all, hosts: { addresses: [${HOST}] }, ports: 1-100 }]\n`;
    const [drift] = verdictOf({ open: '80', closed: '1' }, text).drift;
    expect(drift).toMatchObject({ host: HOST, declared: 'undeclared', owner: null });
  });
});

describe('a drift carries', () => {
  it('what was declared, seen, by whom it is owned, and the time of the handshake', () => {
    const observed = look(seen(HOST, { open: '8000,22,443', closed: '1' }, new Map([[8000, 1.25]])));
    const [drift] = compareRun(planOf(DECLARED), observed, TODAY).drifts;
    expect(drift).toMatchObject({
      key: `unexpected-open|local|${HOST}|8000`,
      host: 'web',
      address: HOST,
      port: 8000,
      declared: 'closed',
      observed: 'open',
      reason: 'handshake',
      owner: 'ops',
      severity: 'high',
      evidence: expect.stringMatching(/^the handshake completed in 1\.[23] ms$/),
      exception: null,
    });
  });

  it('no handshake of no time: what is too short to print is within a tenth of a millisecond', () => {
    const observed = look(seen(HOST, { open: '8000,22,443', closed: '1' }, new Map([[8000, 0.04]])));
    const [drift] = compareRun(planOf(DECLARED), observed, TODAY).drifts;
    expect(drift?.evidence).toBe('the handshake completed within 0.1 ms');
  });

  it.each([
    ['closed', 'reset', 'the machine refused the connection (RST)'],
    ['closed', 'port-unreachable', 'the machine refused the connection (ICMP port unreachable)'],
    [
      'closed',
      'self-connect',
      'nothing listens there: the kernel of this machine connected the probe to itself, again and again',
    ],
    ['filtered', 'silence', 'no answer within the time-out, after every retry'],
    ['filtered', 'prohibited', 'an ICMP message turned the probe away, as a filter does'],
    [
      'unreachable',
      'host-unreachable',
      'an ICMP message called the host unreachable, or nobody on the link answered for its address (ARP, neighbour discovery)',
    ],
    ['filtered', 'a new one', 'the port could not be reached (a new one)'],
    ['closed', 'a new one', 'the machine refused the connection (a new one)'],
  ] as const)('the evidence of its reason: %s by %s', (state, reason, evidence) => {
    const one = { address: HOST, ports: PortSet.of(22), state, reason, at: 1 };
    // Another port answers, so that the host is up.
    const observed = observe(seen(HOST, { closed: '1' }), one);
    const [drift] = compareRun(planOf(DECLARED), look(observed), TODAY).drifts;
    expect(drift).toMatchObject({ port: 22, reason, evidence });
  });

  it.each([
    [
      { unreachable: '22,443' },
      'none of the 2 ports that were probed answered, and 2 were out of reach: an ICMP message called the host unreachable, or nobody on the link answered for its address (ARP, neighbour discovery)',
    ],
    [{ filtered: '22,443' }, 'none of the 2 ports that were probed answered, 2 of which should be open'],
  ])('of a host that is down, what was seen: %j', (states, evidence) => {
    expect(verdictOf(states).drift[0]).toMatchObject({ kind: 'host-down', evidence });
  });

  const excepted = (expires: string, more = '') =>
    `${DECLARED}exceptions:\n  - { host: web, ports: [8000], reason: Move, approvedBy: CISO, expires: ${expires} }\n${more}`;

  it('the exception that covers it, to its last day and no longer', () => {
    const states = { open: '8000', closed: '1' };
    expect(verdictOf(states, excepted('2026-11-22')).drift[0]!.exception).toMatchObject({
      approvedBy: 'CISO',
    });
    expect(verdictOf(states, excepted('2026-11-21')).drift[0]!.exception).toBeNull();
    expect(verdictOf({ open: '8001', closed: '1' }, excepted('2027-01-01')).drift[0]!.exception).toBeNull();
  });

  it('of several exceptions the one that holds longest', () => {
    const later = `  - { host: web, ports: 8000-8005, reason: Longer, approvedBy: CTO, expires: 2026-12-31 }\n`;
    const [drift] = verdictOf({ open: '8000', closed: '1' }, excepted('2026-11-30', later)).drift;
    expect(drift!.exception).toEqual({ reason: 'Longer', approvedBy: 'CTO', expires: '2026-12-31' });
  });

  it('no exception of a host that merely bears the address as its name', () => {
    const text = `hosts: [{ name: ${HOST}, address: 127.0.0.11 }]
audits: [{ name: all, hosts: { addresses: [${HOST}] }, ports: 1-100 }]
exceptions: [{ host: ${HOST}, ports: 80, reason: r, approvedBy: a, expires: 2027-01-01 }]\n`;
    expect(verdictOf({ open: '80', closed: '1' }, text).drift[0]!.exception).toBeNull();
  });
});

type Declared = 'open' | 'closed' | 'filtered' | 'undeclared';
type Said = 'match' | 'drift' | 'unknown';

const SMALL = Array.from({ length: 8 }, (_, i) => i + 1);
const BULK = Array.from({ length: 70 }, (_, i) => i + 1001);

/** One row of the contract's table; empty where nothing is wrong. */
function kindOf(expected: Declared, state: PortState, undeclared: string): string {
  const silent = state === 'filtered' || state === 'unreachable';
  if (state === 'open' && expected === 'undeclared') return undeclared === 'closed' ? 'unexpected-open' : '';
  if (state === 'open' && expected !== 'open') return 'unexpected-open';
  if (state === 'closed' && expected === 'open') return 'unexpected-closed';
  if (state === 'closed' && expected === 'filtered') return 'unexpected-answer';
  return silent && expected === 'open' ? 'unexpected-filtered' : '';
}

/** The contract, read port by port. */
function oracle(declared: Map<number, Declared>, observed: Map<number, PortState>, undeclared: string) {
  const having = (...states: PortState[]): number[] =>
    [...declared.keys()].filter((port) => states.includes(observed.get(port) ?? 'unknown'));
  const open = having('open');
  const silent = having('filtered', 'unreachable');
  const refusing = having('closed');
  const surprising = open.filter((port) => declared.get(port) !== 'open');
  const said = new Map<number, Said>();

  if (surprising.length >= 64 && (silent.length + refusing.length) / open.length <= 0.05) {
    for (const port of declared.keys()) said.set(port, 'unknown');
    return { said, found: ['wildcard-open'] };
  }
  const isMute = open.length === 0 && refusing.length === 0;
  const found: string[] = [];
  for (const [port, expected] of declared) {
    const state = observed.get(port) ?? 'unknown';
    const wantsShut = expected === 'closed' || (expected === 'undeclared' && undeclared === 'closed');
    const kind = kindOf(expected, state, undeclared);
    if (kind !== '') {
      found.push(`${kind} ${port}`);
      said.set(port, 'drift');
    } else if (state === 'unknown' || (isMute && wantsShut)) said.set(port, 'unknown');
    else said.set(port, 'match');
  }
  const isOneSilentPort = silent.length === 1 && having('filtered').length === 1;
  if (isMute && found.length > 0 && !isOneSilentPort) return { said, found: ['host-down'] };
  return { said, found: found.sort() };
}

describe('compare agrees with a reading of the contract, port by port', () => {
  const declaredState = fc.constantFrom<Declared>('open', 'closed', 'filtered', 'undeclared');
  const state = fc.constantFrom<PortState>('open', 'closed', 'filtered', 'unreachable', 'unknown');
  const mute = fc.constantFrom<PortState>('filtered', 'unreachable', 'unknown');
  const eight = <T>(one: fc.Arbitrary<T>) =>
    fc.array(one, { minLength: SMALL.length, maxLength: SMALL.length });

  const listed = (ports: readonly number[]): string => `"${ports.join(',')}"`;
  function inventoryText(declared: Map<number, Declared>, undeclared: string): string {
    const lines = (['open', 'closed', 'filtered'] as const).flatMap((expected) => {
      const ports = [...declared].filter(([, one]) => one === expected).map(([port]) => port);
      return ports.length === 0 ? [] : [`{ ports: ${listed(ports)}, expect: ${expected} }`];
    });
    const ordered = listed([...declared.keys()]);
    return `hosts: [{ name: h, address: ${HOST}, ports: [${lines.join(', ')}] }]
undeclared: ${undeclared}
audits: [{ name: a, hosts: all, ports: ${ordered} }]\n`;
  }

  it('match, drift and unknown are the same ports, disjoint, and cover all; the coverage ties out', () => {
    fc.assert(
      fc.property(
        eight(declaredState),
        fc.oneof(eight(state), eight(mute)),
        fc.constantFrom('closed', 'ignored'),
        fc.constantFrom<PortState | null>(null, 'open', 'open', 'unknown', 'filtered'),
        (wanted, states, undeclared, bulk) => {
          const declared = new Map(SMALL.map((port, i) => [port, wanted[i]!] as const));
          const observed = new Map(SMALL.map((port, i) => [port, states[i]!] as const));
          for (const port of bulk === null ? [] : BULK) {
            declared.set(port, 'undeclared');
            observed.set(port, bulk!);
          }
          const byState: Partial<Record<PortState, string>> = {};
          for (const [port, one] of observed)
            byState[one] = byState[one] ? `${byState[one]},${port}` : `${port}`;
          // Ports that nobody ordered must not count.
          byState.open = byState.open ? `${byState.open},60000` : '60000';

          const verdict = verdictOf(byState, inventoryText(declared, undeclared));
          const wise = oracle(declared, observed, undeclared);
          expect(verdict.kinds).toEqual(wise.found);
          for (const [port, said] of wise.said) {
            const is = { match: verdict.match, drift: verdict.driftPorts, unknown: verdict.unknown };
            expect([
              port,
              (['match', 'drift', 'unknown'] as const).filter((name) => is[name].has(port)),
            ]).toEqual([port, [said]]);
          }
          expect(verdict.match.size + verdict.driftPorts.size + verdict.unknown.size).toBe(declared.size);

          const judged = [...wise.said].filter(([, said]) => said !== 'unknown').map(([port]) => port);
          const answered = judged.filter((port) => ['open', 'closed'].includes(observed.get(port)!));
          expect(verdict.coverage).toMatchObject({
            expected: declared.size,
            answered: answered.length,
            unknown: declared.size - judged.length,
          });
        },
      ),
      { numRuns: 200 },
    );
  });
});
