/*
 * What is offered is to be had: each role goes by all links that the pages show it, and each is a page for them; each form that they are
 * shown leads to a route that they may send to, and none is refused because of who sends it. Who may not do something is not asked to.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AccountsService } from '../../src/access/accounts.service.js';
import { SessionsService } from '../../src/access/sessions.service.js';
import { type Actor, may, ROLES, type Role } from '../../src/domain/access.js';
import { type Route, RouteTable } from '../../src/platform/route-table.js';
import { OrderClerk } from '../../src/reports/orders/order-clerk.js';
import { ReportOrdersService } from '../../src/reports/orders/report-orders.service.js';
import { askedFor, plugTestKinds } from '../support/asked-reports.js';
import { databases, type TestDatabase } from '../support/databases.js';
import { type OfferedForm, offeredBy } from '../support/offered.js';
import { plantFindings } from '../support/planted-findings.js';
import { openRooms, type Rooms, sail, standingClock } from '../support/rooms.js';
import { listenStill } from '../support/still-pages.js';
import { Visitor } from '../support/visitor.js';

const INVENTORY = `version: 1
owners: { shop: { name: Shop, email: shop@harbour.test }, ops: { name: Ops } }
hosts:
  - { name: web-1, address: 127.0.66.9, owner: shop, tags: [web], criticality: high, ports: [{ port: 443, service: https, expect: open }, { port: 22, service: ssh, expect: open, owner: ops }] }
  - { name: db-1, address: 127.0.66.10, owner: ops, ports: [{ port: 5432, service: postgres, expect: closed }] }
audits:
  - { name: nightly, hosts: all, ports: declared, schedule: "0 2 * * *", confirm: { times: 0, afterMs: 0 } }
  - { name: by-hand, hosts: all, ports: declared }
receivers: [{ name: chat, type: syslog, host: 127.0.0.1, port: 6514 }]
windows:
  - { name: racks, kind: maintenance, hosts: { names: [db-1] }, from: "2026-01-01T00:00", until: "2199-01-01T00:00", why: racks }
exceptions: [{ host: web-1, ports: [8443], reason: Moving, approvedBy: Ada, expires: 2026-12-31 }]
`;
/** Of each kind of page so many: they are the same but for what they are about. */
const ALIKE_MOST = 6;
/** Whoever sends these is out afterwards. */
const LAST = /^\/(sign-out|account\/sessions|access\/accounts\/\d+($|\/shut-out))/;

let on: TestDatabase;
let rooms: Rooms;
let url: string;
let routes: readonly Route[];
const accounts = new Map<Role, Actor>();

beforeAll(async () => {
  on = await databases.find(({ name }) => name === 'postgresql')!.open();
  const clock = standingClock('2026-07-01T12:00:00Z');
  rooms = await openRooms(on, clock, undefined, { access: 'accounts' });
  url = await listenStill(rooms);
  routes = rooms.app.get(RouteTable).routes();
  await rooms.load(INVENTORY);
  await rooms.scheduler.workOnce();
  await rooms.scheduler.runNow('nightly');
  await sail(rooms, clock);
  for (let run = 0; run < 2; run++) {
    clock.pass(60_000);
    await rooms.scheduler.runNow('by-hand');
    await sail(rooms, clock);
  }
  while ((await rooms.reporter.workOnce()) > 0);
  await plantAll();
  await askForReports();
  await rooms.notifier.workOnce();
  await rooms.deliverer.workOnce();
  await rooms.historian.workOnce();
  for (const role of ROLES) {
    const wanted = { login: role, name: role, role, owners: role === 'owner' ? ['shop'] : [] };
    const { id } = await rooms.app.get(AccountsService).make(wanted, 'a test');
    const owners = role === 'owner' ? ['shop'] : null;
    accounts.set(role, { name: role, role, account: id, owners, scopes: null, via: 'session' });
  }
});
afterAll(async () => {
  await rooms.close();
  await on.drop();
});

/** One is made, and one waits, of what each role may see. */
async function askForReports(): Promise<void> {
  plugTestKinds(rooms);
  const orders = rooms.app.get(ReportOrdersService);
  await orders.ask({ parameters: askedFor({ owner: 'shop' }), by: 'Ada' });
  await rooms.app.get(OrderClerk).workOnce();
  await orders.ask({ parameters: askedFor({ owner: 'shop' }), by: 'Ada' });
}

/** Findings in each state, of both owners and of nobody, and one silence that holds. */
async function plantAll(): Promise<void> {
  const states = ['suspected', 'open', 'acknowledged', 'accepted', 'resolved'];
  const planted = states.flatMap((state, at) =>
    ['shop', 'ops', null].map((owner, which) => ({
      ...{ host: owner === 'ops' ? 'db-1' : 'web-1', owner, state, severity: 'high' },
      ...{ address: owner === 'ops' ? '127.0.66.10' : '127.0.66.9', port: 9000 + 10 * at + which },
    })),
  );
  await plantFindings(rooms, planted);
  await rooms.query(
    `update finding set accepted_until = '2026-09-01', accepted_by = 'Ada' where state = 'accepted'`,
  );
  await rooms.query(
    `insert into alert_silence (match, why, made_at, made_by, begins_at, until)
     values ('{"hosts":["web-1"],"tags":[],"owners":[],"severities":[],"kinds":[],"audits":[],"vantages":[],"receivers":[]}',
       'a disk', '2026-07-01T11:00:00Z', 'Ada', '2026-07-01T11:00:00Z', '2026-07-02T12:00:00Z')`,
  );
}

async function signedIn(role: Role): Promise<Visitor> {
  const account = await rooms.app.get(AccountsService).get(accounts.get(role)!.account!);
  const visitor = new Visitor(url);
  const place = { address: '127.0.0.1', agent: 'a test' };
  visitor.setCookie('portolan', await rooms.app.get(SessionsService).begin(account, place));
  await visitor.readCsrf();
  return visitor;
}

const segments = (path: string): string[] => path.split('/');
/** The route that answers there: what is named before what is chosen. */
function routeAt(method: string, path: string): Route | undefined {
  const asked = segments(path.split('?')[0]!);
  const fits = routes.filter((route) => {
    const own = segments(route.path);
    const isSame =
      own.length === asked.length && own.every((part, at) => part.startsWith(':') || part === asked[at]);
    return route.method === method && isSame;
  });
  return fits.sort((a, b) => a.path.split(':').length - b.path.split(':').length)[0];
}

const mayAsk = (actor: Actor, route: Route | undefined): boolean => {
  const asked = route?.asked;
  if (asked === undefined) return false;
  return asked === 'anybody' || asked === 'signed-in' || may(actor, asked);
};

interface Seen {
  readonly pages: Map<string, number>;
  readonly troubles: string[];
  readonly forms: Map<string, { readonly form: OfferedForm; readonly at: string }>;
  /** Of what kinds of page. */
  readonly kinds: Set<string>;
}

/** By everything that it is shown, from where it begins. */
async function goEverywhere(role: Role): Promise<Seen> {
  const who = await signedIn(role);
  const seen: Seen = { pages: new Map(), troubles: [], forms: new Map(), kinds: new Set() };
  const alike = new Map<string, number>();
  const begins = [role === 'owner' ? '/owners/shop' : '/', '/findings'];
  const ahead = begins.map((path): readonly [string, string] => [path, 'the sign-in']);
  for (let next = ahead.shift(); next; next = ahead.shift()) {
    const [link, from] = next;
    const path = link.split('#')[0]!;
    if (path === '' || seen.pages.has(path) || path.startsWith('/assets/')) continue;
    const kind = `${routeAt('GET', path)?.path} ${[...new URLSearchParams(path.split('?')[1]).keys()].sort()}`;
    alike.set(kind, (alike.get(kind) ?? 0) + 1);
    if (alike.get(kind)! > ALIKE_MOST) continue;
    const links = await look(who, accounts.get(role)!, path, from, seen);
    ahead.push(...links.map((one) => [one, path] as const));
  }
  return seen;
}

/** Writes down what is wrong there; returns where it leads. */
async function look(
  who: Visitor,
  actor: Actor,
  path: string,
  from: string,
  { pages, troubles, forms, kinds }: Seen,
): Promise<readonly string[]> {
  const { status, html, headers } = await who.get(path);
  pages.set(path, status);
  kinds.add(routeAt('GET', path)?.path ?? '');
  if (status >= 400) troubles.push(`${from} leads to ${path}: ${status}`);
  if (!(headers.get('content-type') ?? '').startsWith('text/html')) return [];
  const offered = offeredBy(html, path);
  for (const stream of offered.streams)
    if (!mayAsk(actor, routeAt('GET', stream))) troubles.push(`${path} reads ${stream}`);
  for (const form of offered.forms)
    if (form.method === 'POST') forms.set(`${form.path} ${form.deeds}`, { form, at: path });
  return offered.links;
}

const REFUSED = [401, 403, 404, 405];
const why = (html: string): string => /class="refusal[^>]*>([\s\S]*?)<\/div>/.exec(html)?.[1] ?? '';

/** Sent with nothing filled in: most are refused for that, and none for who sends them. */
async function sendAll(role: Role, { forms }: Seen): Promise<string[]> {
  const who = await signedIn(role);
  const troubles: string[] = [];
  for (const { form, at } of forms.values()) {
    const route = routeAt('POST', form.path);
    if (!mayAsk(accounts.get(role)!, route))
      troubles.push(`${at} has a form to ${form.path}: ${route?.asked ?? 'there is none'}`);
    const deeds = form.deeds.length > 0 ? form.deeds.map((deed) => ({ do: deed })) : [{}];
    for (const deed of LAST.test(form.path) ? [] : deeds) {
      const fields = Object.fromEntries(form.fields.filter(([name]) => name !== '_csrf'));
      const { status, html } = await who.post(form.path, { ...fields, ...deed });
      if (REFUSED.includes(status) || status >= 500)
        troubles.push(`${at} sends ${form.path} ${JSON.stringify(deed)}: ${status} ${why(html)}`);
    }
  }
  return troubles;
}

describe.each(ROLES)('to a role: %s', (role) => {
  let seen: Seen;
  beforeAll(async () => {
    seen = await goEverywhere(role);
  });

  it('every link that it is shown leads to a page for it', () => {
    expect(seen.troubles).toEqual([]);
    expect(seen.pages.size).toBeGreaterThan(8);
  });

  it('every form that it is shown may be sent by it', async () => {
    expect(seen.forms.size).toBeGreaterThan(1);
    expect(await sendAll(role, seen)).toEqual([]);
  });

  it('shows every page that it may read', () => {
    const actor = accounts.get(role)!;
    const pages = routes.filter(
      ({ method, path, asked }) =>
        method === 'GET' &&
        !/^\/(api\/|health|metrics|graphs|progress|sign|set-up|choose)/.test(path) &&
        asked !== 'anybody' &&
        (asked === 'signed-in' || may(actor, asked!)) &&
        // What a run saw is everybody’s: to an owner’s account its report is not there.
        !(role === 'owner' && path.startsWith('/runs/')),
    );
    const missed = pages
      .map(({ path }) => path)
      .filter((path) => !seen.kinds.has(path) && !UNLINKED.includes(path));
    expect(missed).toEqual([]);
  });
});

/** Reached by doing something, or while something is going. */
const UNLINKED = [
  '/findings/deeds/:key',
  '/runs/:id/progress',
  '/runs/:id/report.pdf',
  '/reports/:id/report.pdf',
  '/inventory/versions/:id',
  '/inventory/adopt',
  '/start',
  '/alerts/:id',
  // Where there is a certificate, an attestation, an entry of the ledger.
  '/reports/certificate.pem',
  '/reports/:id/sign-off',
  '/ledger/checkpoints/:seq',
  '/ledger/export.jsonl',
  '/ledger/key.pem',
];
