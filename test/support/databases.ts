/*
 * Both kinds of database, new and empty, for tests that must hold on either: PGlite in a temporary folder, and a
 * database of its own on the real PostgreSQL that `npm test` brings. Whoever opens one drops it.
 */
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import pg from 'pg';
import { describe } from 'vitest';

export interface TestDatabase {
  /** Set for PostgreSQL. */
  readonly url: string | null;
  /** Set for the embedded database. */
  readonly dataDir: string | null;
  drop(): Promise<void>;
}

export interface TestDatabaseKind {
  readonly name: 'embedded' | 'postgresql';
  open(): Promise<TestDatabase>;
}

export const databases: readonly TestDatabaseKind[] = [
  { name: 'embedded', open: openEmbedded },
  { name: 'postgresql', open: openPostgresql },
];

/** `describe` once for each database; the tests inside open what they need from `database`. */
export function describeOnBothDatabases(name: string, tests: (database: TestDatabaseKind) => void): void {
  describe.each(databases.map((database) => ({ kind: database.name, database })))(
    `${name} ($kind)`,
    ({ database }) => tests(database),
  );
}

async function openEmbedded(): Promise<TestDatabase> {
  const folder = await mkdtemp(join(tmpdir(), 'portolan-embedded-'));
  const dataDir = join(folder, 'data');
  await mkdir(dataDir);
  // Where the service keeps it: src/platform/database.ts.
  await cp(await emptyEmbedded(), join(dataDir, 'database'), { recursive: true });
  return { url: null, dataDir, drop: () => rm(folder, { recursive: true, force: true }) };
}

/**
 * A new, empty embedded database to copy: making one takes several seconds, a copy less than one. The first to ask
 * makes it; where two workers do so at once, one of them finds the place taken and uses what is there.
 */
function emptyEmbedded(): Promise<string> {
  made ??= makeEmbedded();
  return made;
}

let made: Promise<string> | undefined;

async function makeEmbedded(): Promise<string> {
  const shared = process.env.PORTOLAN_TEST_EMBEDDED;
  if (!shared)
    throw new Error('PORTOLAN_TEST_EMBEDDED is not set; expected test/support/databases-setup.ts to run');
  const ready = join(shared, 'ready');
  if (existsSync(ready)) return ready;
  const fresh = await mkdtemp(join(shared, 'new-'));
  await (await PGlite.create(fresh)).close();
  await rename(fresh, ready).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
  });
  return ready;
}

async function openPostgresql(): Promise<TestDatabase> {
  const server = process.env.PORTOLAN_TEST_DATABASE_URL;
  if (!server) throw new Error('PORTOLAN_TEST_DATABASE_URL is not set; run the tests with npm test');
  const name = `portolan_test_${randomBytes(6).toString('hex')}`;
  await execute(server, `create database ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    dataDir: null,
    // with (force): a connection that a failed test left behind must not keep it alive.
    drop: () => execute(server, `drop database if exists ${name} with (force)`),
  };
}

async function execute(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
