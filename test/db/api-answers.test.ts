/*
 * What the running service answers is what it says that it answers: each reading route of the API, and each deed, held against the
 * schema that its description was made of. A field that is not described, is missing or is something else fails here.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { AccountsService } from '../../src/access/accounts.service.js';
import { SessionsService } from '../../src/access/sessions.service.js';
import { LedgerKeeper } from '../../src/ledger/ledger-keeper.js';
import { isApi, type Route, RouteTable } from '../../src/platform/route-table.js';
import { OrderClerk } from '../../src/reports/orders/order-clerk.js';
import { AccessRooms } from '../support/access-rooms.js';
import { plugTestKinds } from '../support/asked-reports.js';
import { databases } from '../support/databases.js';
import { sail } from '../support/rooms.js';
import { Visitor } from '../support/visitor.js';

const INVENTORY = `version: 1
owners: { shop: { name: Shop, email: shop@harbour.test } }
hosts: [{ name: web-1, address: 127.0.66.9, owner: shop, tags: [web], ports: [{ port: 443, service: https, expect: open }] }]
audits: [{ name: nightly, hosts: all, ports: declared, schedule: "0 2 * * *", confirm: { times: 1, afterMs: 100 } }]
exceptions: [{ host: web-1, ports: [8443], reason: Moving, approvedBy: Ada, expires: 2026-12-31 }]
`;
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
  const here = new AccessRooms(kind);
  let ada: Visitor;
  let routes: readonly Route[];

  beforeAll(async () => {
    plugTestKinds(here.rooms);
    routes = here.rooms.app
      .get(RouteTable)
      .routes()
      .filter(({ path }) => isApi(path));
  });

  async function signIn(): Promise<void> {
    const wanted = { login: 'ada', name: 'Ada', role: 'administrator', owners: [] } as const;
    const account = await here.rooms.app.get(AccountsService).make(wanted, 'a test');
    ada = here.visitor();
    const place = { address: '127.0.0.1', agent: 'a test' };
    ada.setCookie('portolan', await here.rooms.app.get(SessionsService).begin(account, place));
    await ada.readCsrf();
  }

  async function aRun(): Promise<void> {
    await here.rooms.load(INVENTORY);
    await here.rooms.scheduler.workOnce();
    await here.rooms.scheduler.runNow('nightly');
    await sail(here.rooms, here.clock);
    await here.rooms.notifier.workOnce();
    await here.rooms.deliverer.workOnce();
    await here.rooms.historian.workOnce();
  }

  /** Of the run, and what was asked for. */
  async function aReport(kind: string): Promise<string> {
    await here.rooms.reporter.workOnce();
    while ((await here.rooms.app.get(OrderClerk).workOnce()) > 0);
    const [made] = await here.rooms.query('select id::text from report where run_id is null and kind = $1', [
      kind,
    ]);
    return made!.id;
  }

  const routeOf = (method: string, path: string): Route =>
    routes.find((one) => one.method === method && one.path === `/api/v1/${path}`)!;

  /** As described, without what an open description would let by. */
  function check(
    { description, status, method, path }: Route,
    answer: { status: number; html: string },
  ): unknown {
    expect(answer.status, `${method} ${path}: ${answer.html.slice(0, 300)}`).toBe(status);
    if (!description!.answer) return expect(answer.html).toBe('');
    const schema = z.toJSONSchema(description!.answer, {
      unrepresentable: ({ zodSchema }) =>
        zodSchema._zod.def.type === 'date' ? { type: 'string', format: 'date-time' } : 'any',
    });
    const body: unknown = JSON.parse(answer.html);
    const read = z.fromJSONSchema(JSON.parse(JSON.stringify(schema))).safeParse(body);
    expect(read.error?.issues ?? [], `${method} ${path}: ${answer.html.slice(0, 500)}`).toEqual([]);
    return body;
  }

  const deed = async (
    method: string,
    path: string,
    to: string,
    body?: unknown,
  ): Promise<Record<string, never>> =>
    check(routeOf(method, path), await ada.json(method, `/api/v1/${to}`, body)) as Record<string, never>;

  it('would be told of a field that is not described, and of one that is missing', async () => {
    const route = routeOf('GET', 'accounts');
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
    expect(() => check(route, answer({ version: 1 }))).not.toThrow();
    expect(() => check(route, answer({ version: 1, passwordHash: 'x' }))).toThrow(/passwordHash/);
    expect(() => check(route, answer({}))).toThrow(/expected: 'number'/);
  });

  it('reads as it is described, of a run with a finding', async () => {
    await signIn();
    await aRun();
    const [finding] = await here.rooms.query('select id::text from finding');
    const [account] = await here.rooms.query('select id::text from account');
    await ada.json('PUT', '/api/v1/secrets/pager', { value: 'a secret of a pager' });
    while ((await here.rooms.app.get(LedgerKeeper).workOnce()) > 0);
    const checkpoint = JSON.parse((await ada.json('POST', '/api/v1/ledger/checkpoints')).html);
    const idOf = async (path: string, body: object): Promise<string> =>
      JSON.parse((await ada.json('POST', `/api/v1/${path}`, body)).html).id;
    const ids: Readonly<Record<string, string>> = {
      ...{ ...NAMED, findings: finding!.id, accounts: account!.id },
      tokens: await idOf('tokens', { name: 'ci', days: 9, scopes: [] }),
      silences: await idOf('silences', { match: { hosts: ['web-1'] }, for: '2h', why: 'a disk' }),
      orders: await idOf('reports', { kind: 'exposure' }),
      reports: await aReport('exposure'),
      checkpoints: String(checkpoint.seq),
      checks: await idOf('ledger/checks', {}),
    };
    await idOf('reports', { kind: 'attestation' });
    const attested = await aReport('attestation');
    const asked: string[] = [];
    const reading = routes.filter(({ method, description }) => method === 'GET' && !description!.type);
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
      check(route, await ada.json('GET', named + (ASKED[route.path] ?? '')));
      asked.push(route.path);
    }
    expect(asked.length).toBeGreaterThan(15);
  });

  it('does as it is described', async () => {
    await signIn();
    await aRun();
    const [finding] = await here.rooms.query('select id::text from finding');
    const id = String(finding!.id);
    await deed('POST', 'findings/:id/actions', `findings/${id}/actions`, { do: 'comment', text: 'on it' });
    await deed('POST', 'findings/actions', 'findings/actions?state=all', { do: 'acknowledge', why: 'on it' });
    const { id: silence } = await deed('POST', 'silences', 'silences', {
      match: { hosts: ['web-1'] },
      for: '2h',
      why: 'a disk',
    });
    await deed('DELETE', 'silences/:id', `silences/${silence}`, {});
    await deed('PUT', 'secrets/:name', 'secrets/pager', { value: 'a secret of a pager' });
    await deed('POST', 'secrets/rotate', 'secrets/rotate', {});
    await deed('DELETE', 'secrets/:name', 'secrets/pager', {});
    await deed('POST', 'alerts/test', 'alerts/test', { receiver: 'operators' });
    await deed('POST', 'reports', 'reports', { kind: 'exposure', title: 'The first' });
    const bob = await deed('POST', 'accounts', 'accounts', {
      login: 'bob',
      name: 'Bob',
      role: 'viewer',
      owners: [],
    });
    await deed('POST', 'accounts/:id/link', `accounts/${bob.id}/link`);
    await deed('POST', 'accounts/:id/shut-out', `accounts/${bob.id}/shut-out`);
    const token = await deed('POST', 'tokens', 'tokens', { name: 'ci', days: 9, scopes: [] });
    await deed('DELETE', 'tokens/:id', `tokens/${token.id}`);
    await deed('POST', 'audits/:name/pause', 'audits/nightly/pause', { why: 'the network moves' });
    await deed('POST', 'audits/:name/resume', 'audits/nightly/resume', {});
    const [passkey] = await here.rooms.query(
      `insert into passkey (credential, account_id, public_key, counter, name, made_at)
       select 'x', id, 'y', 0, 'phone', now() from account where login = 'ada' returning id::text`,
    );
    await deed('DELETE', 'passkeys/:id', `passkeys/${passkey!.id}`);
  });
});
