/*
 * Both kinds of database, new and empty, for tests that must hold on either: PGlite in a temporary folder, and a
 * database of its own on the real PostgreSQL that `npm test` brings. Whoever opens one drops it.
 */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
  return {
    url: null,
    dataDir: join(folder, 'data'),
    drop: () => rm(folder, { recursive: true, force: true }),
  };
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
