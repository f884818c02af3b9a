/*
 * Thousands of malformed requests to everything that takes one, made from the API's own description and from the list of routes: each
 * is answered, soon, never by a mistake of ours, and to programs always as a problem. PORTOLAN_HOSTILE=20000 asks for longer; a
 * failure prints its seed.
 */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AccountsService } from '../../src/access/accounts.service.js';
import { SessionsService } from '../../src/access/sessions.service.js';
import type { OpenApi } from '../../src/platform/openapi.js';
import { isApi, RouteTable } from '../../src/platform/route-table.js';
import { databases, type TestDatabase } from '../support/databases.js';
import { hostileForm, knownForms } from '../support/hostile-forms.js';
import { type HostileRequest, hostileJson, type Target } from '../support/hostile-requests.js';
import { openRooms, type Rooms, standingClock } from '../support/rooms.js';
import { listenStill } from '../support/still-pages.js';
import { Visitor } from '../support/visitor.js';

const RUNS = Number(process.env.PORTOLAN_HOSTILE ?? 400);
const PATIENCE_MS = 20_000;
const INVENTORY = `version: 1
owners: { shop: { name: Shop, email: shop@harbour.test } }
hosts: [{ name: web-1, address: 127.0.0.1, owner: shop, ports: [{ port: 443, expect: open }] }]
`;

let on: TestDatabase;
let rooms: Rooms;
let url: string;
let signedIn: () => Promise<{ cookie: string; csrf: string }>;
let operations: Target[];

beforeAll(async () => {
  on = await databases.find(({ name }) => name === 'postgresql')!.open();
  rooms = await openRooms(on, standingClock('2026-07-01T12:00:00Z'), undefined, { access: 'accounts' });
  url = await listenStill(rooms);
  await rooms.load(INVENTORY);
  const wanted = { login: 'ada', name: 'Ada', role: 'administrator', owners: [] } as const;
  const account = await rooms.app.get(AccountsService).make(wanted, 'a test');
  signedIn = async () => {
    const session = await rooms.app
      .get(SessionsService)
      .begin(account, { address: '127.0.0.1', agent: 'a test' });
    const visitor = new Visitor(url);
    visitor.setCookie('portolan', session);
    await visitor.readCsrf();
    return { cookie: `portolan=${session}`, csrf: visitor.csrf! };
  };
  operations = targetsOf((await (await fetch(`${url}/api/v1/openapi.json`)).json()) as OpenApi);
});
afterAll(async () => {
  await rooms.close();
  await on.drop();
});

function targetsOf(document: OpenApi): Target[] {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => {
      const { parameters = [], requestBody } = operation as unknown as {
        parameters?: Array<{ name?: string; in?: string }>;
        requestBody?: { content: { 'application/json': { schema: Record<string, unknown> } } };
      };
      const query = parameters.flatMap((one) => (one.in === 'query' ? [one.name!] : []));
      return {
        method: method.toUpperCase(),
        path,
        query,
        body: requestBody?.content['application/json'].schema ?? null,
      };
    }),
  );
}

interface Answered {
  readonly status: number;
  readonly type: string;
  readonly text: string;
}

async function send(
  { method, path, headers, body }: HostileRequest,
  more: Record<string, string>,
): Promise<Answered> {
  const answer = await fetch(url + path, {
    ...{
      method,
      redirect: 'manual',
      headers: { ...headers, ...more },
      signal: AbortSignal.timeout(PATIENCE_MS),
    },
    ...(body === undefined ? {} : { body }),
  });
  const type = answer.headers.get('content-type') ?? '';
  // A stream goes on for as long as its reader likes.
  if (!type.startsWith('text/event-stream'))
    return { status: answer.status, type, text: await answer.text() };
  await answer.body?.cancel();
  return { status: answer.status, type, text: '' };
}

const says = (request: HostileRequest, { status, text }: Answered): string =>
  `${request.method} ${request.path.slice(0, 300)} ${request.body?.slice(0, 500) ?? ''}: ${status} ${text.slice(0, 300)}`;

function checkProblem(request: HostileRequest, answered: Answered): void {
  expect(answered.status, says(request, answered)).toBeLessThan(500);
  if (answered.status < 400) return;
  expect(answered.type, says(request, answered)).toMatch(/^application\/problem\+json/);
  expect(JSON.parse(answered.text)).toMatchObject({
    type: expect.any(String),
    title: expect.any(String),
    status: answered.status,
    detail: expect.any(String),
  });
}

/** A seed of one's own finds what another has found. */
const manner = (runs: number): fc.Parameters<[HostileRequest]> => {
  const seed = Number(process.env.PORTOLAN_HOSTILE_SEED ?? Date.now() % 1_000_000_007);
  console.log(`PORTOLAN_HOSTILE_SEED=${seed}, ${runs} requests`);
  return { numRuns: runs, seed, endOnFailure: true };
};

describe('the API', () => {
  it('answers whoever has signed in, whatever they send', async () => {
    let who = await signedIn();
    const statuses = new Map<number, number>();
    await fc.assert(
      fc.asyncProperty(hostileJson(operations), async (request) => {
        const answered = await send(request, { cookie: who.cookie, 'x-csrf-token': who.csrf });
        checkProblem(request, answered);
        statuses.set(answered.status, (statuses.get(answered.status) ?? 0) + 1);
        // Among all that may be asked for is that one’s own sessions end.
        if (answered.status === 401) who = await signedIn();
      }),
      manner(RUNS),
    );
    // It got as far as to what reads the requests, and sometimes beyond.
    expect(statuses.get(400) ?? 0).toBeGreaterThan(RUNS / 20);
    expect(statuses.get(200) ?? 0).toBeGreaterThan(0);
    expect(statuses.get(401) ?? 0).toBeLessThan(RUNS / 10);
  });

  it('answers nobody with anything but that', async () => {
    await fc.assert(
      fc.asyncProperty(hostileJson(operations), async (request) => {
        const answered = await send(request, {});
        checkProblem(request, answered);
        const isForAll = /^\/api\/v1\/(openapi\.json|schemas)/.test(request.path);
        if (!isForAll)
          expect([400, 401, 403, 404, 405, 413, 415], says(request, answered)).toContain(answered.status);
      }),
      manner(Math.ceil(RUNS / 3)),
    );
  });
});

describe('the pages', () => {
  const pages = (): Target[] =>
    rooms.app
      .get(RouteTable)
      .routes()
      .filter(({ path }) => !isApi(path) && !/^\/(health|sign-out|metrics)/.test(path))
      .map(({ method, path }) => ({ method, path, query: [], body: null }));

  it('answer whoever has signed in, whatever is in a form', async () => {
    let who = await signedIn();
    const forms = knownForms();
    expect(forms.length).toBeGreaterThan(40);
    const statuses = new Map<number, number>();
    await fc.assert(
      fc.asyncProperty(hostileForm(pages(), forms), async (request) => {
        const answered = await send(request, { cookie: who.cookie, 'x-csrf-token': who.csrf });
        expect(answered.status, says(request, answered)).toBeLessThan(500);
        statuses.set(answered.status, (statuses.get(answered.status) ?? 0) + 1);
        if (answered.status === 401 || /^\/sign-in/.test(answered.text)) who = await signedIn();
      }),
      manner(RUNS),
    );
    // It got as far as to what reads the forms, and sometimes beyond.
    for (const status of [200, 303, 400]) expect(statuses.get(status) ?? 0, `${status}`).toBeGreaterThan(0);
  });

  it('answer nobody with the way in', async () => {
    await fc.assert(
      fc.asyncProperty(hostileForm(pages(), knownForms()), async (request) => {
        const answered = await send(request, {});
        expect(answered.status, says(request, answered)).toBeLessThan(500);
      }),
      manner(Math.ceil(RUNS / 4)),
    );
  });
});
