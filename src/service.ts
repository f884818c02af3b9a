/*
 * The service, from an open database to listening pages and turning rooms; `close` takes it down in the other order.
 * What is under way is told to stop, what was found is kept, and the next start goes on from the rows.
 */
import 'reflect-metadata';
import fastifyCookie from '@fastify/cookie';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { AccountsService } from './access/accounts.service.js';
import { LinksService } from './access/links.service.js';
import { LocalToken } from './access/local-token.js';
import { Deliverer } from './alerts/deliverer.js';
import { HealthWatch } from './alerts/health-watch.js';
import { Notifier } from './alerts/notifier.js';
import { appModule } from './app.module.js';
import { Cartographer } from './chart/cartographer.js';
import type { Config } from './config.js';
import { type Context, type Opening, openWith } from './context.js';
import { Comparer } from './findings/comparer.js';
import { Tidier } from './findings/tidier.js';
import { Historian } from './history/historian.js';
import { InventoryService } from './inventory/inventory.service.js';
import { loadInventory } from './inventory/inventory-folder.js';
import { LedgerChecker } from './ledger/ledger-checker.js';
import { LedgerKeeper } from './ledger/ledger-keeper.js';
import { type Clock, systemClock } from './platform/clock.js';
import { tagAnswers } from './platform/entity-tags.js';
import { Heartbeat } from './platform/heartbeat.js';
import { Keyring } from './platform/keyring.js';
import { Loop } from './platform/loop.js';
import { guardChanges, guardLoopback } from './platform/loopback-only.js';
import { nestLog } from './platform/nest-log.js';
import { sendPageHeaders } from './platform/page-headers.js';
import { Refusal } from './platform/refusal.js';
import { answerBadAddress, mindManners } from './platform/request-manners.js';
import { serveStaticFiles } from './platform/serve-static-files.js';
import { loadStaticFiles } from './platform/static-files.js';
import { StoreWatch } from './platform/store-watch.js';
import { vacuumRoom } from './platform/vacuum.js';
import { rememberVisits } from './platform/visit.js';
import { WebViews } from './platform/web-views.js';
import { OrderClerk } from './reports/orders/order-clerk.js';
import { ReportDeliverer } from './reports/orders/report-deliverer.js';
import { ReportScheduler } from './reports/orders/report-scheduler.js';
import { ReportWeeder } from './reports/orders/report-weeder.js';
import { ScheduleWeeder } from './reports/orders/schedule-weeder.js';
import { ReportPress } from './reports/report-press.js';
import { Reporter } from './reports/reporter.js';
import { KeyWatch } from './reports/seal/key-watch.js';
import { Archivist } from './scans/archivist.js';
import { Collator } from './scans/collator.js';
import { Dispatcher } from './scans/dispatcher.js';
import { Scanner } from './scans/scanner.js';

export interface Service {
  readonly app: NestFastifyApplication;
  readonly url: string;
  close(): Promise<void>;
}

/** A short audit need not wait for a long one: they share the rate. */
const SCANS_AT_ONCE = 2;
/** How long a start waits for a database that is away. */
const PATIENCE_MS = 60_000;

export async function startService(
  config: Config,
  log: Logger,
  options: { clock?: Clock; signal?: AbortSignal } = {},
): Promise<Service> {
  // A file that can't be used is refused before anything is opened or made.
  if (config.inventory !== null) await loadInventory(config.inventory);
  const patiently = { ...options, patienceMs: PATIENCE_MS };
  const { app, database, close: closeContext } = await openPages(config, log, patiently);
  const watch = app.get(StoreWatch);
  const loop = new Loop(watch);
  let closing: Promise<void> | null = null;
  const close = (): Promise<void> => {
    closing ??= loop
      .close()
      .then(() => app.get(LocalToken).remove())
      .then(closeContext);
    return closing;
  };
  try {
    await useInventory(app.get(InventoryService), config, log);
    await app.get(Keyring).prepare();
    await listen(app, config);
    // With a PostgreSQL the command line goes to that by itself.
    if (config.access === 'accounts' && config.databaseUrl === null)
      await app.get(LocalToken).write(await app.getUrl());
    await sayHowToBegin(app, config, log);
    const scanners = Array.from({ length: SCANS_AT_ONCE }, () => Scanner);
    for (const room of [
      Dispatcher,
      ...scanners,
      Collator,
      Comparer,
      Tidier,
      Notifier,
      HealthWatch,
      Deliverer,
      Historian,
      Cartographer,
      ...[LedgerKeeper, LedgerChecker],
      Reporter,
      ReportScheduler,
      OrderClerk,
      ReportPress,
      ReportDeliverer,
      ...[ReportWeeder, ScheduleWeeder],
      KeyWatch,
      Archivist,
    ])
      loop.start(app.get<Dispatcher>(room));
    loop.start(watch);
    loop.start(app.get(Heartbeat));
    loop.start(vacuumRoom(database, options.clock ?? systemClock));
    return { app, url: await app.getUrl(), close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** As long as there is no account, whoever reads the log makes the first. */
async function sayHowToBegin(
  app: NestFastifyApplication,
  { access, publicUrl, trustedProxies }: Config,
  log: Logger,
): Promise<void> {
  if (access === 'open') {
    log.warn('there is no sign-in (PORTOLAN_ACCESS is open): everybody on this machine may do everything');
    return;
  }
  if (publicUrl?.startsWith('https:') && trustedProxies.length === 0)
    log.warn(
      'PORTOLAN_URL is https, and no PORTOLAN_TRUSTED_PROXIES: everybody seems to come from the proxy, and waits for everybody’s wrong passwords',
    );
  if (await app.get(AccountsService).hasAny()) return;
  const link = await app.get(LinksService).make('set-up', null);
  const url = `${publicUrl ?? (await app.getUrl())}/set-up?link=${link}`;
  log.warn({ setUp: url }, 'there is no account yet: open this link within a day to make the administrator');
}

/** The one that is configured, else the one that was used last: say so, for its audits go on. */
async function useInventory(
  inventories: InventoryService,
  { inventory }: Config,
  log: Logger,
): Promise<void> {
  if (inventory !== null) {
    await inventories.load(inventory);
    return;
  }
  const last = await inventories.current();
  if (last)
    log.warn(
      { path: last.path, loadedAt: last.loadedAt },
      'PORTOLAN_INVENTORY is not set: going on with the inventory that was used last',
    );
  else log.warn('no inventory: set PORTOLAN_INVENTORY to a file or folder');
}

/** All of it but what turns: whoever opens it listens, or asks it without a socket. */
export function openPages(
  config: Config,
  log: Logger,
  how: Opening = {},
): Promise<Context<NestFastifyApplication>> {
  return openWith(config, log, how, async (surroundings) => {
    const adapter = new FastifyAdapter({
      forceCloseConnections: true,
      trustProxy: config.trustedProxies.length === 0 ? false : [...config.trustedProxies],
      routerOptions: { maxParamLength: 1000 },
      frameworkErrors: answerBadAddress as never,
    });
    const server = adapter.getInstance() as never as FastifyInstance;
    const isSecure = config.publicUrl?.startsWith('https:') === true;
    await mindManners(server);
    sendPageHeaders(server, isSecure);
    if (config.access === 'open') guardLoopback(server);
    guardChanges(server, isSecure);
    rememberVisits(server);
    tagAnswers(server);
    await server.register(fastifyCookie);
    const files = loadStaticFiles();
    await serveStaticFiles(server, files);
    return NestFactory.create<NestFastifyApplication>(
      appModule({ ...surroundings, views: new WebViews(files) }),
      adapter,
      {
        logger: nestLog(log),
        abortOnError: false,
      },
    );
  });
}

async function listen(app: NestFastifyApplication, { listen: { address, port } }: Config): Promise<void> {
  try {
    await app.listen(port, address);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE') {
      throw new Refusal(
        'conflict',
        `${address}:${port} is taken by another program; choose another with PORTOLAN_LISTEN`,
      );
    }
    if (code === 'EACCES')
      throw new Refusal('unavailable', `${address}:${port} may not be listened on: ${message}`);
    throw error;
  }
}
