/*
 * Opens the one database, embedded (PGlite, in a folder) or PostgreSQL, by one code path, and brings its schema up
 * to date. Whoever opens it closes it.
 *
 * The traps of the embedded one: a single connection, so that a query beside an open transaction waits for it (the
 * connection time-out turns a deadlock into an error); no lock on its folder (ours is `folder-lock.ts`); no fsync:
 * safe against a killed process, not against a power cut; and what it does on a full disk (`embedded-store.ts`).
 */
import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';
import type { ClientBase } from 'pg';
import { DataSource, type DataSourceOptions, type EntityTarget } from 'typeorm';
import type { EmbeddedStore } from './embedded-store.js';
import { lockFolder } from './folder-lock.js';
import { makeFolder } from './make-folder.js';
import { MIGRATIONS } from './migrations.js';
import { Refusal } from './refusal.js';
import { isDiskFull } from './store-trouble.js';

export interface DatabaseAddress {
  /** null for the embedded database. */
  readonly url: string | null;
  /** The folder of the embedded database; made where it is missing. */
  readonly dataDir: string | null;
}

export interface Database {
  readonly source: DataSource;
  readonly kind: 'embedded' | 'postgresql';
  close(): Promise<void>;
}

/** Wrong user or password, and no such database (PostgreSQL manual, appendix A: classes 28 and 3D). */
const REFUSED_CLASSES = ['28', '3D'];

const CONNECT_MS = 15_000;
/** What is open stays so: on a full disk the server may take no new connection, and those that it has go on reading. */
const KEPT_OPEN = { idleTimeoutMillis: 0 };
/** PostgreSQL manual, appendix A: the server knows no such setting. */
const UNDEFINED_OBJECT = '42704';
/**
 * Compiling a query takes tens of milliseconds, and ours are over before that: PostgreSQL judges by what it fears that they
 * cost (PostgreSQL manual, chapter 32.2). A server that does not know how has nothing to be told.
 */
const UNCOMPILED = {
  onConnect: async (client: ClientBase): Promise<void> => {
    await client.query('set jit = off').catch((error: { code?: string }) => {
      if (error.code !== UNDEFINED_OBJECT) throw error;
    });
  },
};
/** Any number that nobody else takes on the same database: 'port' in ASCII. */
const MIGRATION_LOCK = 0x706f7274;

export async function openDatabase(
  address: DatabaseAddress,
  entities: EntityTarget<object>[],
): Promise<Database> {
  return address.url === null
    ? openEmbedded(address.dataDir ?? './data', entities)
    : openServer(address.url, entities);
}

async function openServer(url: string, entities: EntityTarget<object>[]): Promise<Database> {
  const how = { url, poolSize: 10, connectTimeoutMS: CONNECT_MS, extra: { ...KEPT_OPEN, ...UNCOMPILED } };
  const source = new DataSource(options(entities, how));
  try {
    await source.initialize();
  } catch (error) {
    // A server that answers with a no is not away: waiting for it would not help.
    const isRefused = REFUSED_CLASSES.some((known) => (error as { code?: string }).code?.startsWith(known));
    const what = `the database at ${withoutPassword(url)} can't be ${isRefused ? 'used' : 'reached'}: ${reason(error)}`;
    throw new Refusal(isRefused ? 'bad-input' : 'unavailable', what, { cause: error });
  }
  try {
    await migrateAlone(source);
  } catch (error) {
    await source.destroy();
    throw error;
  }
  return { source, kind: 'postgresql', close: () => source.destroy() };
}

/** Several servers may start at once on a new database: one migrates, the others wait and find it done. */
async function migrateAlone(source: DataSource): Promise<void> {
  const holder = source.createQueryRunner();
  try {
    await holder.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await source.runMigrations({ transaction: 'each' });
  } finally {
    // The lock belongs to the session: a connection that is broken has let go of it by itself.
    await holder.query('select pg_advisory_unlock($1)', [MIGRATION_LOCK]).catch(() => undefined);
    await holder.release();
  }
}

async function openEmbedded(dataDir: string, entities: EntityTarget<object>[]): Promise<Database> {
  const lock = holdFolder(dataDir);
  let store: EmbeddedStore | undefined;
  try {
    // Loaded where it is used, for it is long to load.
    const { EmbeddedStore, poolOf } = await import('./embedded-store.js');
    store = await EmbeddedStore.open(join(dataDir, 'database'));
    const extra = { ...poolOf(store), connectionTimeoutMillis: CONNECT_MS };
    const source = new DataSource(options(entities, { extra }));
    await source.initialize();
    await source.runMigrations({ transaction: 'each' });
    const opened = store;
    const close = async (): Promise<void> => {
      await source.destroy();
      await opened.close();
      lock.release();
    };
    return { source, kind: 'embedded', close };
  } catch (error) {
    await store?.close();
    lock.release();
    throw error;
  }
}

function holdFolder(dataDir: string): { release(): void } {
  try {
    makeFolder(dataDir, 0o700);
    accessSync(dataDir, constants.W_OK | constants.R_OK | constants.X_OK);
    return lockFolder(dataDir);
  } catch (error) {
    if (error instanceof Refusal) throw error;
    const why = isDiskFull(error) ? 'its disk is full' : reason(error);
    throw new Refusal('unavailable', `the data folder ${dataDir} can't be written: ${why}`, {
      cause: error,
    });
  }
}

function options(entities: EntityTarget<object>[], how: object): DataSourceOptions {
  return {
    type: 'postgres',
    entities: entities as never[],
    migrations: MIGRATIONS,
    migrationsTableName: 'migration',
    synchronize: false,
    logging: false,
    ...how,
  };
}

function withoutPassword(url: string): string {
  try {
    const parsed = new URL(url);
    return `${parsed.host}${parsed.pathname}`;
  } catch {
    return 'DATABASE_URL';
  }
}

/** pg reports a refused connection to `localhost` as several errors in one, with an empty message of its own. */
function reason(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return reason(error.errors[0]);
  return error instanceof Error && error.message !== '' ? error.message : String(error);
}
