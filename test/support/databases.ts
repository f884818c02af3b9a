/*
 * Both kinds of database for tests that must hold on either: PGlite in a temporary folder, and a database of its own on the
 * real PostgreSQL that `npm test` brings. Whoever opens one drops it. Most tests ask for one whose schema is made already:
 * a copy of it costs a tenth of what making it does.
 */
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import pg from 'pg';
import { describe } from 'vitest';
import type { Database } from '../../src/platform/database.js';
import { inForm, turnsOfDay } from '../chaos/support/form.js';

export interface TestDatabase {
  /** Set for PostgreSQL. */
  readonly url: string | null;
  /** Set for the embedded database. */
  readonly dataDir: string | null;
  drop(): Promise<void>;
}

export interface TestDatabaseKind {
  readonly name: 'embedded' | 'postgresql';
  /** With the schema, and nothing in it. */
  open(): Promise<TestDatabase>;
  /** As the first start of a service finds it. */
  openNew(): Promise<TestDatabase>;
}

export const databases: readonly TestDatabaseKind[] = [
  { name: 'embedded', open: () => openEmbedded(migrated), openNew: () => openEmbedded(empty) },
  {
    name: 'postgresql',
    open: async () => openPostgresql(await template()),
    openNew: () => openPostgresql('template1'),
  },
];

export interface PlacedDatabase extends TestDatabase {
  readonly dataDir: string;
}

/**
 * A database with the schema and a data folder beside it, for what is the same on either kind and not about it: on PostgreSQL, which is
 * the quicker one, in the short form, and on the embedded one in the long.
 */
export async function openPlaced(): Promise<PlacedDatabase> {
  const kind = inForm({ short: 'postgresql', long: 'embedded' });
  const { url, dataDir: own, drop } = await databases.find(({ name }) => name === kind)!.open();
  const dataDir = own ?? (await mkdtemp(join(tmpdir(), 'portolan-data-')));
  return {
    ...{ url, dataDir },
    async drop() {
      await drop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

async function openService(at: { url: string | null; dataDir: string | null }): Promise<Database> {
  const [{ openDatabase }, { ENTITIES }] = await Promise.all([
    import('../../src/platform/database.js'),
    import('../../src/entities.js'),
  ]);
  return openDatabase(at, ENTITIES);
}

/**
 * `describe` once for each database; the tests inside open what they need from `database`. The embedded one takes longer: in the
 * short form it is asked every third day, by turns, and always where `always` says that the database itself is what is tested.
 */
export function describeOnBothDatabases(
  name: string,
  tests: (database: TestDatabaseKind) => void,
  { always = false } = {},
): void {
  const isEmbeddedAsked = always || turnsOfDay([name], 3).length > 0;
  describeOn(
    databases.filter((one) => one.name === 'postgresql' || isEmbeddedAsked),
    name,
    tests,
  );
}

function describeOn(
  kinds: readonly TestDatabaseKind[],
  name: string,
  tests: (database: TestDatabaseKind) => void,
): void {
  describe.each(kinds.map((database) => ({ kind: database.name, database })))(
    `${name} ($kind)`,
    ({ database }) => tests(database),
  );
}

/**
 * For what is asked over HTTP, and holds on either: on PostgreSQL in the short form, on both in the long one
 * (PORTOLAN_CHAOS=long). The pages' own tests ask the same of the embedded database, by a browser.
 */
export function describeOnPostgresql(name: string, tests: (database: TestDatabaseKind) => void): void {
  const chosen = inForm({ short: databases.filter((one) => one.name === 'postgresql'), long: databases });
  describeOn(chosen, name, tests);
}

async function openEmbedded(original: () => Promise<string>): Promise<TestDatabase> {
  const folder = await mkdtemp(join(tmpdir(), 'portolan-embedded-'));
  const dataDir = join(folder, 'data');
  await cp(await original(), dataDir, { recursive: true });
  return { url: null, dataDir, drop: () => rm(folder, { recursive: true, force: true }) };
}

/** A data folder with a new database, to copy: making one takes several seconds, a copy less than one. */
const empty = once('empty', async (dataDir) => {
  // Where the service keeps it: src/platform/database.ts.
  await (await PGlite.create(join(dataDir, 'database'))).close();
});

const migrated = once('migrated', async (dataDir) => {
  await cp(await empty(), dataDir, { recursive: true });
  await (await openService({ url: null, dataDir })).close();
});

/** The first to ask makes it; where two workers do so at once, one of them finds the place taken and uses what is there. */
function once(name: string, make: (dataDir: string) => Promise<void>): () => Promise<string> {
  let made: Promise<string> | undefined;
  return () => {
    made ??= makeIn(name, make);
    return made;
  };
}

async function makeIn(name: string, make: (dataDir: string) => Promise<void>): Promise<string> {
  const shared = process.env.PORTOLAN_TEST_EMBEDDED;
  if (!shared)
    throw new Error('PORTOLAN_TEST_EMBEDDED is not set; expected test/support/databases-setup.ts to run');
  const ready = join(shared, name);
  if (existsSync(ready)) return ready;
  const fresh = await mkdtemp(join(shared, 'new-'));
  await make(fresh);
  await rename(fresh, ready).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
  });
  return ready;
}

const TEMPLATE = 'portolan_template';
/** Any number that the migrations' own lock does not have. */
const TEMPLATE_LOCK = 0x74656d70;
let templated: Promise<string> | undefined;

/** A database with the schema, for `create database … template`. */
function template(): Promise<string> {
  templated ??= onServer(async (client) => {
    await client.query('select pg_advisory_lock($1)', [TEMPLATE_LOCK]);
    const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [TEMPLATE]);
    if (rowCount === 0) {
      const name = `${TEMPLATE}_in_the_making`;
      await client.query(`drop database if exists ${name} with (force)`);
      await client.query(`create database ${name}`);
      await (await openService({ url: addressOf(name), dataDir: null })).close();
      await client.query(`alter database ${name} rename to ${TEMPLATE}`);
    }
    return TEMPLATE;
  });
  return templated;
}

async function openPostgresql(original: string): Promise<TestDatabase> {
  const name = `portolan_test_${randomBytes(6).toString('hex')}`;
  await onServer((client) => client.query(`create database ${name} template ${original}`));
  return {
    url: addressOf(name),
    dataDir: null,
    // with (force): a connection that a failed test left behind must not keep it alive.
    drop: async () => {
      await onServer((client) => client.query(`drop database if exists ${name} with (force)`));
    },
  };
}

function serverAddress(): string {
  const server = process.env.PORTOLAN_TEST_DATABASE_URL;
  if (!server) throw new Error('PORTOLAN_TEST_DATABASE_URL is not set; run the tests with npm test');
  return server;
}

function addressOf(name: string): string {
  const url = new URL(serverAddress());
  url.pathname = `/${name}`;
  return url.href;
}

async function onServer<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: serverAddress() });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
