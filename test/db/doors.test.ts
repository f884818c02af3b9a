/*
 * Every route, asked by every role, by a token for one thing alone, and by nobody: the table is made from the routes that there are,
 * and kept in test/fixtures/doors.txt for whoever wants to read it. What a role may not do is refused, and what nobody may see leads
 * to the sign-in.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { AccountsService } from '../../src/access/accounts.service.js';
import { SessionsService } from '../../src/access/sessions.service.js';
import { TokensService } from '../../src/access/tokens.service.js';
import { type Actor, may, type Permission, ROLES, type Role } from '../../src/domain/access.js';
import { type Route, RouteTable } from '../../src/platform/route-table.js';
import { databases, type TestDatabase } from '../support/databases.js';
import { openRooms, type Rooms, standingClock } from '../support/rooms.js';
import { listenStill } from '../support/still-pages.js';
import { Visitor } from '../support/visitor.js';

const PATIENCE_MS = 20_000;
/** What nobody has begun is refused there, whoever asks. */
const BEGUN_ELSEWHERE = ['/sign-in/code', '/sign-in/provider/back'];
let on: TestDatabase;
let rooms: Rooms;
let url: string;
let routes: Route[];
let token: string;
const COLUMNS = ['nobody', ...ROLES, 'a token'] as const;
type Column = (typeof COLUMNS)[number];
const visitors = new Map<Column, Visitor>();
/** An administrator's, and for one thing alone. */
const SCOPES: readonly Permission[] = ['findings.read'];

beforeAll(async () => {
  on = await databases.find(({ name }) => name === 'postgresql')!.open();
  rooms = await openRooms(on, standingClock('2026-07-01T12:00:00Z'), undefined, { access: 'accounts' });
  url = await listenStill(rooms);
  // Leaving comes last: who has left may nothing any more.
  routes = rooms.app
    .get(RouteTable)
    .routes()
    .toSorted((a, b) => Number(a.path === '/sign-out') - Number(b.path === '/sign-out'));
  for (const role of ROLES) visitors.set(role, await signedIn(role));
  visitors.set('nobody', new Visitor(url));
  visitors.set('a token', new Visitor(url));
  const administrator = (await rooms.app.get(AccountsService).byLogin('administrator'))!;
  const wanted = { name: 'a test', days: 9, scopes: SCOPES };
  token = (await rooms.app.get(TokensService).make(administrator.id, wanted)).value;
});
afterAll(async () => {
  await rooms.close();
  await on.drop();
});

async function signedIn(role: Role): Promise<Visitor> {
  const wanted = { login: role, name: role, role, owners: ['shop'] };
  const account = await rooms.app.get(AccountsService).make(wanted, 'a test');
  const visitor = new Visitor(url);
  const session = await rooms.app
    .get(SessionsService)
    .begin(account, { address: '127.0.0.1', agent: 'a test' });
  visitor.setCookie('portolan', session);
  await visitor.readCsrf();
  return visitor;
}

/** A stream goes on: its beginning says enough. */
async function statusOf(who: Column, { method, path }: Route): Promise<number> {
  const there = path.replaceAll(/:\w+/g, '999999');
  const body = method === 'GET' ? undefined : {};
  const headers: Record<string, string> = who === 'a token' ? { authorization: `Bearer ${token}` } : {};
  const asked = visitors.get(who)!.status(method, there, body, headers);
  return Promise.race([
    asked,
    pause(PATIENCE_MS).then(() => Promise.reject(new Error(`${method} ${path} hangs`))),
  ]);
}

const actorOf = (role: Role): Actor => ({
  name: role,
  role,
  account: '1',
  owners: ['shop'],
  scopes: null,
  via: 'session',
});

const tokenActor: Actor = { ...actorOf('administrator'), scopes: SCOPES, via: 'token' };

it('has routes, and each says what it asks for', () => {
  expect(routes.length).toBeGreaterThan(50);
  expect(routes.filter(({ asked }) => asked === undefined)).toEqual([]);
});

it('lets anybody do no more than sign in, see that the service lives, and read what the API is', () => {
  const open = routes
    .filter(({ asked }) => asked === 'anybody')
    .map(({ method, path }) => `${method} ${path}`);
  expect(open.sort()).toEqual([
    'GET /api',
    'GET /api/v1/openapi.json',
    'GET /api/v1/schemas',
    'GET /api/v1/schemas/:name/:version',
    'GET /choose-password',
    'GET /health',
    'GET /health/live',
    'GET /health/ready',
    'GET /set-up',
    'GET /sign-in',
    'GET /sign-in/code',
    'GET /sign-in/provider',
    'GET /sign-in/provider/back',
    'GET /signed-out',
    'POST /choose-password',
    'POST /set-up',
    'POST /sign-in',
    'POST /sign-in/code',
    'POST /sign-in/passkey',
    'POST /sign-in/passkey/begin',
    'POST /sign-in/resume',
  ]);
});

const isLetIn = (who: Column, { asked }: Route): boolean => {
  if (asked === 'anybody') return true;
  if (who === 'nobody') return false;
  if (who === 'a token') return asked !== 'signed-in' && may(tokenActor, asked!);
  return asked === 'signed-in' || may(actorOf(who), asked!);
};

/** For readers: every route, with who is let in. */
function tableOf(rows: ReadonlyArray<{ route: Route; cells: readonly string[] }>): string {
  const head = ['route', 'asks for', ...COLUMNS];
  const lines = rows.map(({ route: { method, path, asked }, cells }) => [
    `${method} ${path}`,
    asked ?? '',
    ...cells,
  ]);
  const widths = head.map((_, at) => Math.max(...[head, ...lines].map((line) => line[at]!.length)));
  const drawn = [head, ...lines].map((line) =>
    line
      .map((cell, at) => cell.padEnd(widths[at]!))
      .join('  ')
      .trimEnd(),
  );
  return `${drawn.join('\n')}\n`;
}

it('lets in whoever may, and nobody else: every route, asked by everybody', async () => {
  const unexpected: string[] = [];
  const cells = new Map<Route, string[]>(routes.map((route) => [route, []]));
  for (const who of COLUMNS) {
    for (const route of routes) {
      const status = await statusOf(who, route);
      const refused = who === 'nobody' ? 401 : 403;
      // What is asked for makes no sense: it may be refused, but not for who asks.
      const isIn = ![401, 403].includes(status) || BEGUN_ELSEWHERE.includes(route.path);
      // Nothing ticks here, so that the service says that it is not ready.
      const isSound = status < 500 || route.path === '/health/ready';
      const isAsExpected = isSound && (isLetIn(who, route) ? isIn : status === refused);
      if (!isAsExpected) unexpected.push(`${who}: ${route.method} ${route.path} (${route.asked}): ${status}`);
      cells.get(route)!.push(isIn ? 'yes' : String(status));
    }
  }
  expect(unexpected).toEqual([]);
  const rows = Array.from(cells, ([route, all]) => ({ route, cells: all }));
  rows.sort((a, b) =>
    a.route.path < b.route.path
      ? -1
      : a.route.path > b.route.path
        ? 1
        : a.route.method < b.route.method
          ? -1
          : 1,
  );
  await expect(tableOf(rows)).toMatchFileSnapshot('../fixtures/doors.txt');
});
