/*
 * The whole service for tests of its pages: a database, listeners on 127.x, and an inventory with names that would be markup,
 * were they let. Asked by fetch; page-browser.ts looks at it with a browser.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { DataSource } from 'typeorm';
import { LinksService } from '../../src/access/links.service.js';
import type { Config } from '../../src/config.js';
import { type Service, startService } from '../../src/service.js';
import { openPlaced, type PlacedDatabase } from './databases.js';
import type { Row } from './rooms.js';
import { testChromium } from './test-chromium.js';

export const HOSTILE = '<img/src=x/onerror=document.title=1>';
export const HOSTILE_SERVICE = 'ssh"></td><script>document.title=2</script>';
/** Every character that means something in a URL. */
export const ODD_AUDIT = 'a/b?c%2Fd#e&f"g';

const inventory = (open: number, shut: number): string => `version: 1
owners:
  shop: { name: "Shop & <b>checkout</b>", email: shop@example.test }
hosts:
  - name: web-1
    address: 127.0.0.21
    owner: shop
    criticality: high
    ports:
      - { port: ${open}, service: ${JSON.stringify(HOSTILE_SERVICE)}, expect: closed }
      - { port: ${shut}, service: https, expect: open }
  - { name: "${HOSTILE}", address: 127.0.0.22, ports: [{ port: ${shut}, expect: open }] }
  - { name: quiet, address: 127.0.0.23, owner: shop, tags: [港], ports: [{ port: ${shut}, expect: closed }] }
audits:
  - { name: quick, hosts: all, ports: declared, confirm: { times: 1, afterMs: 100 } }
  - { name: ${JSON.stringify(ODD_AUDIT)}, hosts: { names: [quiet] }, ports: declared, confirm: { times: 0, afterMs: 0 } }
  - { name: slow, hosts: { names: [quiet] }, ports: 20000-25999, ratePerSecond: 2000, confirm: { times: 0, afterMs: 0 } }
`;

const listening = (host: string, port: number): Promise<Server> =>
  new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.on('error', () => undefined).end());
    server.once('error', reject).listen(port, host, () => resolve(server));
  });
const portOf = (server: Server): number => (server.address() as { port: number }).port;
const closed = (server: Server): Promise<void> => new Promise((resolve) => server.close(() => resolve()));

async function freePort(): Promise<number> {
  const server = await listening('127.0.0.1', 0);
  const port = portOf(server);
  await closed(server);
  return port;
}

async function serviceWith(
  file: string | null,
  { url, dataDir }: PlacedDatabase,
  access: Config['access'],
): Promise<Service> {
  const listen = { address: '127.0.0.1', port: await freePort() };
  const config: Config = {
    inventory: file,
    ...{ databaseUrl: url, dataDir },
    historyDays: 400,
    looksDays: 30,
    reportsKeepDays: null,
    listen,
    access,
    trustedProxies: [],
    signOn: null,
    signing: { file: null, password: null, passwordFile: null, stampUrl: null },
    letterhead: { logo: null, organisation: null },
    signOnTokenDays: 90,
    chromium: testChromium(),
    chromiumSandbox: 'auto' as const,
    ratePerSecond: null,
    requestsPerMinute: 1_000_000,
    heartbeatUrl: null,
    mail: { url: null, from: 'portolan@harbour.test', to: [] },
    publicUrl: null,
    privateReceivers: [],
    keys: { key: null, file: null },
    server: { url: null, token: null, tokenFile: null },
    secrets: new Map(),
    logLevel: 'silent',
  };
  return startService(config, pino({ level: 'silent' }));
}

export type PageHarbour = Awaited<ReturnType<typeof openPageHarbour>>;

/** With an inventory or without, by default without a sign-in; whoever opens it closes it. */
export async function openPageHarbour(options: {
  inventory: boolean;
  access?: Config['access'];
  /** Goes on where the inventory's list of audits ends. */
  more?: string;
}) {
  const folder = await mkdtemp(join(tmpdir(), 'portolan-pages-'));
  const on = await openPlaced();
  const listener = await listening('127.0.0.21', 0);
  const file = join(folder, 'inventory.yaml');
  await writeFile(file, inventory(portOf(listener), await freePort()) + (options.more ?? ''));
  const service = await serviceWith(options.inventory ? file : null, on, options.access ?? 'open');
  let closing: Promise<void> | null = null;
  const closeService = (): Promise<void> => {
    closing ??= service.close();
    return closing;
  };
  const headers = { accept: 'text/html' };
  const post = (path: string, more: Record<string, string> = {}): Promise<Response> =>
    fetch(service.url + path, { method: 'POST', redirect: 'manual', headers: { ...headers, ...more } });
  return {
    url: service.url,
    app: service.app,
    setUpLink: (): Promise<string> => service.app.get(LinksService).make('set-up', null),
    post,
    /** Where the service keeps what is not in the database, as mails. */
    dataDir: on.dataDir,
    query: (sql: string, parameters: unknown[] = []): Promise<Row[]> =>
      service.app.get(DataSource).query(sql, parameters),
    async fetchPage(path: string): Promise<{ status: number; html: string; headers: Headers }> {
      const answer = await fetch(service.url + path, { headers });
      return { status: answer.status, html: await answer.text(), headers: answer.headers };
    },
    /** The run's page. */
    async runToItsEnd(audit: string): Promise<string> {
      const path = (await post(`/audits/${audit}/run`)).headers.get('location')!;
      const stream = await fetch(`${service.url}${path}/progress`);
      await stream.text(); // The stream ends with the run.
      return path;
    },
    closeService,
    async close(): Promise<void> {
      await closeService();
      await closed(listener);
      await on.drop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
