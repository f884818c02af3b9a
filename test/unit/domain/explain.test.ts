/* Why a port stands as it does, in one sentence, for each way in which it can stand. */
import { describe, expect, it } from 'vitest';
import { type Explanation, explain, parseEndpoint } from '../../../src/domain/explain.js';
import { findingsAfter, look, NOON, planOf, seen, TODAY } from '../../support/builders.js';

const HOST = '127.0.0.10';
const TEXT = `
owners: { ops: { name: Ops, email: ops@example.test, receivers: [chat] }, dba: { name: DBA } }
hosts:
  - name: web
    address: ${HOST}
    owner: ops
    ports:
      - { port: 22, expect: open, service: ssh, why: Administration }
      - { port: 5432, expect: closed, owner: dba }
audits: [{ name: a, hosts: all, ports: 1-65535 }]
exceptions:
  - { host: web, ports: 80, reason: Move, approvedBy: CISO, expires: 2026-12-31 }
  - { host: web, ports: 80, reason: Before, approvedBy: CISO, expires: 2026-01-01 }
`;

function explained(port: number, states: Parameters<typeof seen>[1], text = TEXT): Explanation {
  const plan = planOf(text);
  const observed = seen(HOST, states);
  const finding = [...findingsAfter(plan, look(observed)).values()].filter(
    (one) => one.port === port && one.observed,
  );
  const event = { key: '', at: NOON, actor: 'run 1', from: null, to: 'open', why: 'seen' } as const;
  return explain(
    {
      inventory: plan.inventory,
      expectations: plan.expect(HOST),
      vantage: 'local',
      today: TODAY,
      observed,
      run: '1',
      findings: finding.map((one) => ({ finding: one, events: [event] })),
    },
    port,
  );
}
const why = (port: number, states: Parameters<typeof seen>[1], text?: string) => {
  const { verdict, because } = explained(port, states, text);
  return `${verdict}: ${because}`;
};

describe('explain', () => {
  it.each([
    [22, { open: '22' }, 'match: what was observed agrees with what is declared'],
    [22, { closed: '22' }, 'drift: unexpected-closed: the machine refused the connection (RST)'],
    [5432, { open: '5432,22' }, 'drift: unexpected-open: the handshake completed'],
    [
      22,
      { filtered: '22,5432' },
      'drift: host-down: none of the 2 ports that were probed answered, 1 of which should be open',
    ],
    [
      5432,
      { filtered: '22,5432' },
      'unknown: nothing can be said of the port, for host-down: none of the 2 ports that were probed answered, 1 of which should be open',
    ],
    [
      5432,
      { filtered: '5432' },
      'unknown: nothing on the host answered, so that its silence says nothing of this port',
    ],
    [
      22,
      { open: '1-1000' },
      'unknown: nothing can be said of the port, for wildcard-open: all 1000 ports that were probed say open, declared or not; no port is believed',
    ],
    [443, {}, 'unknown: no run has seen this port; silence is not evidence'],
    [443, { unknown: '443' }, 'unknown: our own probe failed (EMFILE), which says nothing of the port'],
  ])('port %i, %o: %s', (port, states, sentence) => {
    expect(why(port, states)).toBe(sentence);
  });

  it('tells what is declared, by whom, and where it stands', () => {
    expect(explained(22, { open: '22' })).toMatchObject({
      host: 'web',
      declared: {
        expect: 'open',
        service: 'ssh',
        owner: 'ops',
        why: 'Administration',
        place: 'inventory.yaml:9',
      },
      observed: { state: 'open', reason: 'handshake', at: NOON.toISOString(), run: '1' },
      route: { owner: 'ops', email: 'ops@example.test', receivers: ['chat'] },
      findings: [],
    });
    expect(explained(5432, { closed: '5432' }).route).toEqual({
      ...{ owner: 'dba', email: null, receivers: [] },
      told: [
        {
          ...{ receiver: 'operators', type: 'email' },
          because: 'no route matches it; its owner dba has neither a receiver nor an e-mail address',
        },
      ],
    });
    expect(explained(81, {}).declared.expect).toBe('undeclared, so closed');
    expect(explained(81, {}, `${TEXT}undeclared: ignored\n`).declared.expect).toBe('undeclared, and ignored');
    expect(explained(81, {}).observed).toMatchObject({ state: 'unknown', reason: 'not-probed', at: null });
  });

  it('shows the finding with its history, and every exception with whether it has ended', () => {
    const { findings, exceptions } = explained(80, { open: '80', closed: '1' });
    expect(findings).toMatchObject([
      { kind: 'unexpected-open', state: 'accepted', history: [{ actor: 'run 1', why: 'seen' }] },
    ]);
    expect(exceptions.map(({ reason, expired }) => [reason, expired])).toEqual([
      ['Move', false],
      ['Before', true],
    ]);
    expect(explained(81, {}).exceptions).toEqual([]);
  });
});

describe('an endpoint', () => {
  it.each([
    ['127.0.0.1:22', { address: '127.0.0.1', port: 22 }],
    [' 127.0.0.1:0 ', { address: '127.0.0.1', port: 0 }],
    ['[::1]:65535', { address: '::1', port: 65535 }],
    ['[2001:DB8:0::1]:443', { address: '2001:db8::1', port: 443 }],
    ['[::ffff:127.0.0.1]:22', { address: '127.0.0.1', port: 22 }],
  ])('%s is an address and a port', (text, endpoint) => {
    expect(parseEndpoint(text)).toEqual(endpoint);
  });

  it.each([
    '',
    '127.0.0.1',
    '127.0.0.1:',
    ':22',
    '127.0.0.1:65536',
    '::1:22',
    'localhost:22',
    '127.0.0.1:-1',
    '127.1:22',
    '[fe80::1%lo]:22',
  ])("'%s' is none", (text) => {
    expect(parseEndpoint(text)).toBeNull();
  });
});
