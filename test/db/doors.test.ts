/*
 * Every route, asked by every role and by nobody: the table is made from the routes that there are. What a role may not do is
 * refused, and what nobody may see leads to the sign-in.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AccountsService } from '../../src/access/accounts.service.js';
import { SessionsService } from '../../src/access/sessions.service.js';
import { type Actor, may, ROLES, type Role } from '../../src/domain/access.js';
import { type Route, RouteTable } from '../../src/platform/route-table.js';
import { databases, type TestDatabase } from '../support/databases.js';
import { openRooms, type Rooms, standingClock } from '../support/rooms.js';
import { listenStill } from '../support/still-pages.js';
import { Visitor } from '../support/visitor.js';

const PATIENCE_MS = 5000;
let on: TestDatabase;
let rooms: Rooms;
let url: string;
let routes: Route[];
const visitors = new Map<Role | 'nobody', Visitor>();

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
async function statusOf(visitor: Visitor, { method, path }: Route): Promise<number> {
  const there = path.replaceAll(/:\w+/g, '999999');
  const body = method === 'GET' ? undefined : {};
  const asked = visitor.status(method, there, body);
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
    'GET /choose-password',
    'GET /health',
    'GET /health/live',
    'GET /health/ready',
    'GET /set-up',
    'GET /sign-in',
    'GET /sign-in/code',
    'POST /choose-password',
    'POST /set-up',
    'POST /sign-in',
    'POST /sign-in/code',
  ]);
});

describe.each(['nobody', ...ROLES] as const)('%s', (who) => {
  it('gets what it may, and nothing else', async () => {
    const unexpected: string[] = [];
    for (const route of routes) {
      const status = await statusOf(visitors.get(who)!, route);
      const isLetIn =
        route.asked === 'anybody' ||
        (who !== 'nobody' && (route.asked === 'signed-in' || may(actorOf(who), route.asked!)));
      const isAsExpected = isLetIn
        ? // What is asked for makes no sense: it may be refused, but not for who asks.
          ![401, 403, 500].includes(status) || route.path === '/sign-in/code'
        : status === (who === 'nobody' ? 401 : 403);
      if (!isAsExpected) unexpected.push(`${route.method} ${route.path} (${route.asked}): ${status}`);
    }
    expect(unexpected).toEqual([]);
  });
});
