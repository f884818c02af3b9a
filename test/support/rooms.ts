/*
 * The rooms of one run on a test's database, without timers or pages: a test says which room works when, and what time
 * it is. The listeners that they look at are real.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { Deliverer } from '../../src/alerts/deliverer.js';
import { DeliveriesService } from '../../src/alerts/deliveries.service.js';
import { HealthWatch } from '../../src/alerts/health-watch.js';
import { Notifier } from '../../src/alerts/notifier.js';
import type { Config } from '../../src/config.js';
import type { Observation } from '../../src/domain/observation.js';
import { ProbeOrder } from '../../src/engine/probe-order.js';
import { Comparer } from '../../src/findings/comparer.js';
import { FindingsService } from '../../src/findings/findings.service.js';
import { Historian } from '../../src/history/historian.js';
import { InventoryService } from '../../src/inventory/inventory.service.js';
import { makeLogger } from '../../src/platform/log.js';
import { ReportPress } from '../../src/reports/report-press.js';
import { Reporter } from '../../src/reports/reporter.js';
import { AgendaService } from '../../src/scans/agenda.service.js';
import { Collator } from '../../src/scans/collator.js';
import { Dispatcher } from '../../src/scans/dispatcher.js';
import { ObservationsService } from '../../src/scans/observations.service.js';
import { RunLooks } from '../../src/scans/run-looks.js';
import { targetsOf } from '../../src/scans/scan-settings.js';
import { Scanner } from '../../src/scans/scanner.js';
import { ScansService } from '../../src/scans/scans.service.js';
import { Scheduler } from '../../src/scans/scheduler.js';
import { ShardLog } from '../../src/scans/shard-log.js';
import { type Claimed, type ShardProgress, ShardsService } from '../../src/scans/shards.service.js';
import { openPages } from '../../src/service.js';
import type { TestDatabase } from './databases.js';

/** A claim that nothing stands against. */
export const FREE = { isBarred: () => false, budget: 1_000_000 };

export const NEVER = new AbortController().signal;

/** A clock that stands still until the test moves it. */
export function standingClock(start: string): { (): Date; at(time: string): void; pass(ms: number): void } {
  let now = new Date(start).getTime();
  const clock = (): Date => new Date(now);
  return Object.assign(clock, {
    at: (time: string) => {
      now = new Date(time).getTime();
    },
    pass: (ms: number) => {
      now += ms;
    },
  });
}

export type Rooms = Awaited<ReturnType<typeof openRooms>>;

// biome-ignore lint/suspicious/noExplicitAny: rows of a test's own query
export type Row = Record<string, any>;

/** Another call on the same PostgreSQL is another server. */
export async function openRooms(
  on: TestDatabase,
  clock: () => Date,
  log = makeLogger('silent'),
  some: Partial<Config> = {},
) {
  // Servers on the same PostgreSQL have one place for what is not in it, as mails; other tests have another.
  const own =
    on.url === null ? null : join(tmpdir(), `portolan-data${new URL(on.url).pathname.replace('/', '-')}`);
  const dataDir = on.dataDir ?? own!;
  const config: Config = {
    inventory: null,
    dataDir,
    historyDays: 400,
    looksDays: 30,
    reportsKeepDays: null,
    databaseUrl: on.url,
    listen: { address: '127.0.0.1', port: 0 },
    access: 'open',
    trustedProxies: [],
    signOn: null,
    signing: { file: null, password: null, passwordFile: null, stampUrl: null },
    letterhead: { logo: null, organisation: null },
    signOnTokenDays: 90,
    chromium: null,
    chromiumSandbox: 'auto',
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
    ...some,
  };
  const { app, close } = await openPages(config, log, { clock });
  const folder = await mkdtemp(join(tmpdir(), 'portolan-rooms-'));
  const source = app.get(DataSource);
  const query = (sql: string, parameters: unknown[] = []): Promise<Row[]> => source.query(sql, parameters);
  return {
    app,
    source,
    query,
    inventory: app.get(InventoryService),
    scans: app.get(ScansService),
    agenda: app.get(AgendaService),
    shards: app.get(ShardsService),
    observations: app.get(ObservationsService),
    looks: app.get(RunLooks),
    findings: app.get(FindingsService),
    scheduler: app.get(Scheduler),
    dispatcher: app.get(Dispatcher),
    scanner: app.get(Scanner),
    collator: app.get(Collator),
    comparer: app.get(Comparer),
    notifier: app.get(Notifier),
    deliverer: app.get(Deliverer),
    deliveries: app.get(DeliveriesService),
    healthWatch: app.get(HealthWatch),
    historian: app.get(Historian),
    reporter: app.get(Reporter),
    press: app.get(ReportPress),
    /** Makes a text the current inventory. */
    async load(yaml: string) {
      const file = join(folder, 'inventory.yaml');
      await writeFile(file, yaml);
      return app.get(InventoryService).load(file);
    },
    async run(id: string): Promise<Row> {
      const [row] = await query('select * from run where id = $1', [id]);
      return row!;
    },
    /** Empties every table. The ids go on, as the services remember what they have seen under theirs. */
    async empty() {
      const tables = source.entityMetadatas.map(({ tableName }) => tableName).join(', ');
      await source.transaction(async (rows) => {
        // History keeps itself from being emptied; this switches its triggers off, as only a superuser may.
        await rows.query('set local session_replication_role = replica');
        await rows.query(`truncate ${tables} cascade`);
      });
    },
    async close() {
      await close();
      await rm(folder, { recursive: true, force: true });
      if (own) await rm(own, { recursive: true, force: true });
    },
  };
}

/** The same on a database of its own, which goes with it. */
export async function openRoomsOn(
  kind: { open(): Promise<TestDatabase> },
  clock: () => Date,
): Promise<Rooms> {
  const on = await kind.open();
  const rooms = await openRooms(on, clock);
  const close = async (): Promise<void> => {
    await rooms.close();
    await on.drop();
  };
  return { ...rooms, close };
}

const BEGUN: ShardProgress = { probed: 0, settledTo: 0, engine: null };

/** Writes down what a worker has seen of the shard that it holds, as its intake does; false where it holds it no longer. */
export async function writeDown(
  { shards }: Rooms,
  { shard, scan }: Claimed,
  seen: readonly Observation[],
  { leaseMs = 15_000, ...progress }: Partial<ShardProgress> & { leaseMs?: number } = {},
): Promise<boolean> {
  const order = new ProbeOrder(targetsOf(scan), scan.settings.seed);
  const log = new ShardLog(order, Number(shard.fromPosition), Number(shard.toPosition));
  for (const one of seen) log.take(one);
  return shards.renew(shard, { ...BEGUN, ...progress }, leaseMs, log.next());
}

/** Lets the rooms work in the order of a run, until it is compared; time passes between the looks. */
export async function sail(rooms: Rooms, clock: { pass(ms: number): void }): Promise<void> {
  for (let turn = 0; turn < 20; turn++) {
    const done =
      (await rooms.dispatcher.workOnce()) +
      (await rooms.scanner.workOnce(NEVER)) +
      (await rooms.collator.workOnce()) +
      (await rooms.comparer.workOnce());
    const [open] = await rooms.query(
      `select count(*)::int as runs from run where state in ('due', 'scanning', 'scanned', 'observed')`,
    );
    if (open!.runs === 0) return;
    clock.pass(done === 0 ? 5000 : 1000);
  }
  throw new Error('the run did not end in 20 turns');
}
