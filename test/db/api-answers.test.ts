/*
 * What the running service answers is what it says that it answers: each reading route of the API is held against the schema that its
 * description was made of. A field that is not described, is missing or is something else fails here. api-deeds.test.ts does the
 * same with what changes something.
 */
import { describe, expect, it } from 'vitest';
import { LedgerKeeper } from '../../src/ledger/ledger-keeper.js';
import { ApiRooms } from '../support/api-rooms.js';
import { databases } from '../support/databases.js';

/** What reading routes can't be asked without. */
const ASKED: Readonly<Record<string, string>> = {
  '/api/v1/explain': '?endpoint=127.0.66.9:443',
  '/api/v1/history/new': '?since=2026-06-30',
};
/** Of two runs that have ended, which there are not: test/db/run-pairs.test.ts asks it. */
const ELSEWHERE = '/api/v1/runs/:id/difference';
const NAMED: Readonly<Record<string, string>> = {
  hosts: 'web-1',
  owners: 'shop',
  ports: '443',
  audits: 'nightly',
  entries: 'exceptions',
  secrets: 'pager',
  schemas: 'portolan-report',
};

const kind = databases.find(({ name }) => name === 'postgresql')!;

describe('the API', () => {
  const on = new ApiRooms(kind);
  const { here } = on;

  it('would be told of a field that is not described, and of one that is missing', async () => {
    const route = on.routeOf('GET', 'accounts');
    const account = {
      id: '1',
      login: 'a',
      name: 'A',
      role: 'viewer',
      owners: [],
      disabled: false,
      signedInAt: null,
    };
    const answer = (more: object) => ({
      status: 200,
      html: JSON.stringify({ accounts: [{ ...account, ...more }] }),
    });
    expect(() => on.check(route, answer({ version: 1 }))).not.toThrow();
    expect(() => on.check(route, answer({ version: 1, passwordHash: 'x' }))).toThrow(/passwordHash/);
    expect(() => on.check(route, answer({}))).toThrow(/expected: 'number'/);
  });

  it('reads as it is described, of a run with a finding', async () => {
    await on.signIn();
    await on.aRun();
    const [finding] = await here.rooms.query('select id::text from finding');
    const [account] = await here.rooms.query('select id::text from account');
    await on.ada.json('PUT', '/api/v1/secrets/pager', { value: 'a secret of a pager' });
    while ((await here.rooms.app.get(LedgerKeeper).workOnce()) > 0);
    const checkpoint = JSON.parse((await on.ada.json('POST', '/api/v1/ledger/checkpoints')).html);
    const idOf = async (path: string, body: object): Promise<string> =>
      JSON.parse((await on.ada.json('POST', `/api/v1/${path}`, body)).html).id;
    const ids: Readonly<Record<string, string>> = {
      ...{ ...NAMED, findings: finding!.id, accounts: account!.id },
      tokens: await idOf('tokens', { name: 'ci', days: 9, scopes: [] }),
      silences: await idOf('silences', { match: { hosts: ['web-1'] }, for: '2h', why: 'a disk' }),
      orders: await idOf('reports', { kind: 'exposure' }),
      reports: await on.aReport('exposure'),
      checkpoints: String(checkpoint.seq),
      checks: await idOf('ledger/checks', {}),
    };
    await idOf('reports', { kind: 'attestation' });
    const attested = await on.aReport('attestation');
    const asked: string[] = [];
    const reading = on.routes.filter(({ method, description }) => method === 'GET' && !description!.type);
    for (const route of reading.filter(({ path }) => path !== ELSEWHERE)) {
      const parts = route.path.split('/');
      const known: Readonly<Record<string, string>> = {
        ...ids,
        ...(parts.includes('ledger') ? { entries: String(checkpoint.seq) } : {}),
        ...(parts.includes('sign-offs') ? { reports: attested } : {}),
      };
      const named = parts
        .map((part, at) => (part.startsWith(':') ? (known[parts[at - 1]!] ?? '1') : part))
        .join('/');
      on.check(route, await on.ada.json('GET', named + (ASKED[route.path] ?? '')));
      asked.push(route.path);
    }
    expect(asked.length).toBeGreaterThan(15);
  });
});
