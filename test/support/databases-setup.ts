/*
 * Runs once before the projects that need a database. It makes the folder in which databases.ts keeps its copy of
 * an empty embedded database, and lets `npx vitest run test/db/…` work by itself: where `npm test` has not brought
 * a PostgreSQL already, it brings one for this run. The workers inherit both by the environment.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getPostgres } from './postgres.mjs';

export async function setup(): Promise<(() => Promise<void>) | undefined> {
  // Another project's setup has been here.
  if (process.env.PORTOLAN_TEST_EMBEDDED) return undefined;
  const folder = await mkdtemp(join(tmpdir(), 'portolan-embedded-'));
  process.env.PORTOLAN_TEST_EMBEDDED = folder;
  const server = process.env.PORTOLAN_TEST_DATABASE_URL ? null : await getPostgres();
  if (server) process.env.PORTOLAN_TEST_DATABASE_URL = server.url;
  return async () => {
    await rm(folder, { recursive: true, force: true });
    await server?.stop();
  };
}
