/* The two databases that the other tests stand on: both new, and each gone afterwards. */
import { existsSync, mkdirSync } from 'node:fs';
import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { databases, describeOnBothDatabases } from '../support/databases.js';

describeOnBothDatabases('a database for a test', (database) => {
  it('has an address or a folder of its own, never both', async () => {
    const [one, two] = await Promise.all([database.open(), database.open()]);
    try {
      expect((one.url === null) !== (one.dataDir === null)).toBe(true);
      expect(one.url ?? one.dataDir).not.toBe(two.url ?? two.dataDir);
    } finally {
      await Promise.all([one.drop(), two.drop()]);
    }
  });
});

describe('dropping a database', () => {
  it('removes the folder of an embedded one', async () => {
    const { dataDir, drop } = await databases[0]!.open();
    mkdirSync(dataDir!);
    await drop();
    expect(existsSync(dataDir!)).toBe(false);
  });

  it('removes one on PostgreSQL, whoever still holds a connection', async () => {
    const { url, drop } = await databases[1]!.open();
    const left = new pg.Client({ connectionString: url! });
    const cutOff = new Promise((resolve) => left.on('error', resolve));
    await left.connect();
    expect(
      (await left.query('select count(*)::int as tables from pg_tables where schemaname = $1', ['public']))
        .rows,
    ).toEqual([{ tables: 0 }]);
    await drop();
    await cutOff;
    await expect(new pg.Client({ connectionString: url! }).connect()).rejects.toThrow(/does not exist/);
  });
});
