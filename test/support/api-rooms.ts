/*
 * The API of a service in which a run has found something, asked by an administrator: each answer is held against the schema that its
 * description was made of, and against the document that programs read.
 */
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { beforeAll, expect } from 'vitest';
import { z } from 'zod';
import { AccountsService } from '../../src/access/accounts.service.js';
import { SessionsService } from '../../src/access/sessions.service.js';
import { isApi, type Route, RouteTable } from '../../src/platform/route-table.js';
import { OrderClerk } from '../../src/reports/orders/order-clerk.js';
import { AccessRooms } from './access-rooms.js';
import { plugTestKinds } from './asked-reports.js';
import type { TestDatabase } from './databases.js';
import { sail } from './rooms.js';
import type { Visitor } from './visitor.js';

export const API_INVENTORY = `version: 1
owners: { shop: { name: Shop, email: shop@harbour.test } }
hosts: [{ name: web-1, address: 127.0.66.9, owner: shop, tags: [web], ports: [{ port: 443, service: https, expect: open }] }]
audits: [{ name: nightly, hosts: all, ports: declared, schedule: "0 2 * * *", confirm: { times: 1, afterMs: 100 } }]
exceptions: [{ host: web-1, ports: [8443], reason: Moving, approvedBy: Ada, expires: 2026-12-31 }]
`;

interface Told {
  readonly status: number;
  readonly html: string;
}

export class ApiRooms {
  readonly here: AccessRooms;
  /** Those that were asked, as `POST /api/v1/…`. */
  readonly asked = new Set<string>();
  ada!: Visitor;
  routes!: readonly Route[];
  private readonly ajv = new Ajv2020({ strict: false, allErrors: true });

  /** For the body of a `describe`. */
  constructor(kind: { open(): Promise<TestDatabase> }) {
    this.here = new AccessRooms(kind as never);
    beforeAll(async () => {
      (addFormats as unknown as (ajv: Ajv2020) => void)(this.ajv);
      plugTestKinds(this.here.rooms);
      this.routes = this.here.rooms.app
        .get(RouteTable)
        .routes()
        .filter(({ path }) => isApi(path));
      const { html } = await this.here.visitor().get('/api/v1/openapi.json');
      this.ajv.addSchema({ ...JSON.parse(html), $id: 'document' });
    });
  }

  async signIn(): Promise<void> {
    const { app } = this.here.rooms;
    const wanted = { login: 'ada', name: 'Ada', role: 'administrator', owners: [] } as const;
    const account = await app.get(AccountsService).make(wanted, 'a test');
    this.ada = this.here.visitor();
    const place = { address: '127.0.0.1', agent: 'a test' };
    this.ada.setCookie('portolan', await app.get(SessionsService).begin(account, place));
    await this.ada.readCsrf();
  }

  async aRun(inventory = API_INVENTORY): Promise<void> {
    const { rooms, clock } = this.here;
    await rooms.load(inventory);
    await rooms.scheduler.workOnce();
    await rooms.scheduler.runNow('nightly');
    await sail(rooms, clock);
    await rooms.notifier.workOnce();
    await rooms.deliverer.workOnce();
    await rooms.historian.workOnce();
  }

  /** Of the run, and what was asked for. */
  async aReport(kind: string): Promise<string> {
    const { rooms } = this.here;
    await rooms.reporter.workOnce();
    while ((await rooms.app.get(OrderClerk).workOnce()) > 0);
    const [made] = await rooms.query('select id::text from report where run_id is null and kind = $1', [
      kind,
    ]);
    return made!.id;
  }

  routeOf(method: string, path: string): Route {
    const found = this.routes.find((one) => one.method === method && one.path === `/api/v1/${path}`);
    if (!found) throw new Error(`there is no route ${method} ${path}`);
    return found;
  }

  /** As described, without what an open description would let by. */
  check({ description, status, method, path }: Route, answer: Told): unknown {
    expect(answer.status, `${method} ${path}: ${answer.html.slice(0, 300)}`).toBe(status);
    this.asked.add(`${method} ${path}`);
    if (!description!.answer) return expect(answer.html).toBe('');
    const schema = z.toJSONSchema(description!.answer, {
      unrepresentable: ({ zodSchema }) =>
        zodSchema._zod.def.type === 'date' ? { type: 'string', format: 'date-time' } : 'any',
    });
    const body: unknown = JSON.parse(answer.html);
    const read = z.fromJSONSchema(JSON.parse(JSON.stringify(schema))).safeParse(body);
    expect(read.error?.issues ?? [], `${method} ${path}: ${answer.html.slice(0, 500)}`).toEqual([]);
    this.checkDocument(method, path, answer.status, body);
    return body;
  }

  /** The document has this status for the route, and its schema takes the body. */
  private checkDocument(method: string, path: string, status: number, body: unknown): void {
    const place = path
      .replace(/:(\w+)/g, '{$1}')
      .replaceAll('~', '~0')
      .replaceAll('/', '~1');
    const at = ['paths', place, method.toLowerCase(), 'responses', String(status), 'content'];
    const $ref = `document#/${[...at, 'application~1json', 'schema'].map(encodeURIComponent).join('/')}`;
    const validate = this.ajv.compile({ $ref });
    validate(body);
    expect(validate.errors ?? [], `${method} ${path}, by the document`).toEqual([]);
  }

  async deed<Body = { id: string }>(method: string, path: string, to: string, body?: unknown): Promise<Body> {
    const answer = await this.ada.json(method, `/api/v1/${to}`, body);
    return this.check(this.routeOf(method, path), answer) as Body;
  }
}
