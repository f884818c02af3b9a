/*
 * `portolan explain` of a port that drifts, one that is as declared, and one that nobody declared: the same answer from
 * a running service and from the database as it lies.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { databases, type TestDatabase } from '../support/databases.js';
import { openPort, refusingPort } from '../support/net-harbour.js';
import { freePort, portolan, type Running, start, stop } from '../support/program.js';
import { openRooms, sail, standingClock } from '../support/rooms.js';

const ADDRESS = '127.0.66.1';
const ports = { match: 0, drift: 0, undeclared: 0, unseen: 1 };
const env = { PORTOLAN_DATA: '', PORTOLAN_LISTEN: '' };
let on: TestDatabase;

beforeAll(async () => {
  on = await databases[0]!.open();
  const [match, undeclared] = await Promise.all([openPort(ADDRESS), openPort(ADDRESS)]);
  Object.assign(ports, {
    match: match.port,
    undeclared: undeclared.port,
    drift: await refusingPort(ADDRESS),
  });
  Object.assign(env, { PORTOLAN_DATA: on.dataDir, PORTOLAN_LISTEN: `127.0.0.1:${await freePort()}` });
  const clock = standingClock('2026-07-01T12:00:00Z');
  const rooms = await openRooms(on, clock);
  await rooms.load(`version: 1
owners: { ops: { name: Operations, email: ops@example.test, receivers: [ops-chat] } }
hosts:
  - name: one
    address: ${ADDRESS}
    owner: ops
    ports:
      - { port: ${ports.match}, service: http, expect: open, why: The shop }
      - { port: ${ports.drift}, service: ssh, expect: open }
audits:
  - { name: a, hosts: all, ports: "${ports.match},${ports.drift},${ports.undeclared}" }
`);
  await rooms.scheduler.runNow('a');
  await sail(rooms, clock);
  await rooms.close();
  await match.close();
  await undeclared.close();
  return () => on.drop();
});

const explained = (endpoint: string, ...args: string[]) => portolan(['explain', endpoint, ...args], { env });

const CASES: Array<[keyof typeof ports, object, RegExp[]]> = [
  [
    'drift',
    {
      host: 'one',
      declared: { expect: 'open', service: 'ssh', owner: 'ops' },
      observed: { state: 'closed', reason: 'reset' },
      verdict: 'drift',
      because: 'unexpected-closed: the machine refused the connection (RST)',
      findings: [
        { kind: 'unexpected-closed', state: 'open', history: [{ to: 'suspected' }, { to: 'open' }] },
      ],
      route: { owner: 'ops', email: 'ops@example.test', receivers: ['ops-chat'] },
    },
    [
      /^verdict {3}drift: unexpected-closed/m,
      /^finding {3}unexpected-closed, open, /m,
      /^route .*ops-chat$/m,
    ],
  ],
  [
    'match',
    {
      declared: { expect: 'open', why: 'The shop' },
      observed: { state: 'open' },
      verdict: 'match',
      findings: [],
    },
    [/^verdict {3}match: what was observed agrees/m, /^finding {3}none$/m],
  ],
  [
    'undeclared',
    {
      declared: { expect: 'undeclared, so closed', place: null },
      observed: { state: 'open' },
      verdict: 'drift',
      findings: [{ kind: 'unexpected-open', state: 'open' }],
    },
    [/^declared {2}undeclared, so closed$/m, /^finding {3}unexpected-open, open, /m],
  ],
  [
    'unseen',
    { observed: { state: 'unknown', at: null, run: null }, verdict: 'unknown', findings: [] },
    [/^observed {2}unknown: no run has looked at it$/m],
  ],
];

function explainsAll(): void {
  test.each(CASES)('a port: %s', async (which, expected) => {
    const json = await explained(`${ADDRESS}:${ports[which]}`, '--json');
    expect([json.code, json.stderr]).toEqual([0, '']);
    expect(JSON.parse(json.stdout)).toMatchObject({ address: ADDRESS, port: ports[which], ...expected });
  });

  test('as a person reads it', async () => {
    for (const [which, , lines] of CASES.slice(0, 1)) {
      const text = await explained(`${ADDRESS}:${ports[which]}`);
      expect([text.code, text.stderr]).toEqual([0, '']);
      for (const line of lines) expect(text.stdout).toMatch(line);
    }
  });
}

describe('with no service running', explainsAll);

describe('with the service running', () => {
  let service: Running;
  beforeAll(async () => {
    service = start(['serve'], { env });
    await service.printed(/"url":"http:/);
  });
  afterAll(() => stop(service));
  explainsAll();
});

test('where there is neither a service nor a database, it says so', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'portolan-explain-'));
  try {
    const { code, stderr } = await portolan(['explain', '127.0.0.1:22'], {
      env: { ...env, PORTOLAN_DATA: folder },
    });
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /^there is no database in .*; start 'portolan serve' first, or name its folder with PORTOLAN_DATA\n$/,
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test('where another program has the port, its answer is not taken for ours', async () => {
  const other = await openPort('127.0.0.1', (socket) => {
    const body = '{"declared":{}}';
    socket.end(`HTTP/1.1 200 OK\r\ncontent-length: ${body.length}\r\nconnection: close\r\n\r\n${body}`);
  });
  const folder = await mkdtemp(join(tmpdir(), 'portolan-explain-'));
  try {
    const { code, stderr } = await portolan(['explain', '127.0.0.1:22'], {
      env: { PORTOLAN_DATA: folder, PORTOLAN_LISTEN: `127.0.0.1:${other.port}` },
    });
    expect(code).toBe(2);
    expect(stderr).not.toMatch(/TypeError|\n {4}at /);
  } finally {
    await other.close();
    await rm(folder, { recursive: true, force: true });
  }
});

test.each(['nonsense', '127.0.0.1', '127.0.0.1:70000', 'localhost:22', '::1:22'])(
  'what is no address and port is refused: %s',
  async (endpoint) => {
    expect(await explained(endpoint)).toMatchObject({
      code: 2,
      stdout: '',
      stderr: `'${endpoint}' is no address and port; expected 127.0.0.1:22 or [::1]:22\n`,
    });
  },
);
