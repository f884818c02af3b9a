/* The guard before the embedded database: with little space left it is read and not written, and says so as a full disk. */
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { EmbeddedStore, poolOf } from '../../src/platform/embedded-store.js';
import { databases, type TestDatabase } from '../support/databases.js';

const MIB = 1024 * 1024;
let on: TestDatabase;
let store: EmbeddedStore;
let pool: pg.Pool;
let leftMib: number;

beforeEach(async () => {
  on = await databases.find(({ name }) => name === 'embedded')!.open();
  leftMib = 1000;
  store = await EmbeddedStore.open(join(on.dataDir!, 'database'), () => leftMib * MIB);
  pool = new pg.Pool(poolOf(store));
  await pool.query('create table kept (id int)');
  await pool.query('insert into kept values ($1)', [1]);
});
afterEach(async () => {
  await pool.end();
  await store.close();
  await on.drop();
});

const kept = async (): Promise<number> => (await pool.query('select count(*)::int as n from kept')).rows[0].n;
const FULL = { code: '53100', message: expect.stringMatching(/^No space left on device: \d+ MiB are left/) };

it('writes down to 48 MiB, and again from 64 MiB on', async () => {
  for (const [left, writes] of [
    [48, true],
    [47, false],
    [63, false],
    [64, true],
    [48, true],
  ] as const) {
    leftMib = left;
    const before = await kept();
    const writing = pool.query('insert into kept values ($1)', [left]);
    if (writes) await writing;
    else await expect(writing).rejects.toMatchObject(FULL);
    expect([left, await kept()]).toEqual([left, before + (writes ? 1 : 0)]);
  }
});

it('a transaction that has begun is ended as it was begun', async () => {
  const client = await pool.connect();
  await client.query('begin');
  await client.query('insert into kept values (2)');
  leftMib = 10;
  await client.query('insert into kept values (3)');
  await client.query('commit');
  await expect(client.query('begin; insert into kept values (4)')).rejects.toMatchObject(FULL);
  await client.query('rollback');
  client.release();
  expect(await kept()).toBe(3);
});
