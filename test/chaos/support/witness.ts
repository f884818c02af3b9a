/*
 * Looks at the database by a connection of its own, so that what is known of a run does not come from the service that
 * is killed. It polls every few milliseconds, and asks for no more than whether there are rows.
 */
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';

// biome-ignore lint/suspicious/noExplicitAny: rows of a test's own query
export type Row = Record<string, any>;

const POLL_MS = 3;

export interface Witness {
  query(sql: string, parameters?: unknown[]): Promise<Row[]>;
  has(sql: string): Promise<boolean>;
  /** Polls until the query has a row; fails after the time, with the runs as they stand. */
  until(what: string, sql: string, withinMs: number): Promise<void>;
  /** Until when a worker that is gone holds a shard, from `sinceMs` on, in milliseconds; 0 where none does. */
  leaseLeftMs(sinceMs: number): Promise<number>;
  close(): Promise<void>;
}

export const OPEN_RUN = `select from run where state <> 'finished'`;
export const NO_RUN_OPEN = `select where not exists (${OPEN_RUN})`;

export async function openWitness(url: string): Promise<Witness> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const query = async (sql: string, parameters: unknown[] = []): Promise<Row[]> =>
    (await client.query(sql, parameters)).rows;
  const has = async (sql: string): Promise<boolean> => (await client.query(sql)).rowCount !== 0;
  return {
    query,
    has,
    async until(what, sql, withinMs) {
      const endMs = performance.now() + withinMs;
      while (!(await has(sql))) {
        if (performance.now() > endMs) {
          const runs = await query(
            'select id, state, verdict, because, stumbles from run order by id desc limit 3',
          );
          throw new Error(`waited ${withinMs} ms for ${what}; the last runs: ${JSON.stringify(runs)}`);
        }
        await pause(POLL_MS);
      }
    },
    async leaseLeftMs(sinceMs) {
      const [row] = await query(`select max(leased_until) as until from shard where state = 'leased'`);
      return row?.until ? Math.max(0, row.until.getTime() - sinceMs) : 0;
    },
    close: () => client.end(),
  };
}
