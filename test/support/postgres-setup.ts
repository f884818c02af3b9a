/*
 * Lets `npx vitest run test/db/…` work by itself: where `npm test` has not brought a PostgreSQL already, it
 * brings one for this run. The workers inherit its address by the environment.
 */
import { getPostgres } from './postgres.mjs';

export async function setup(): Promise<(() => Promise<void>) | undefined> {
  if (process.env.PORTOLAN_TEST_DATABASE_URL) return undefined;
  const server = await getPostgres();
  process.env.PORTOLAN_TEST_DATABASE_URL = server.url;
  return async () => {
    delete process.env.PORTOLAN_TEST_DATABASE_URL;
    await server.stop();
  };
}
