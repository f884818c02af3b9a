/* The two databases that the other tests stand on: both new, and each gone afterwards. */
import { existsSync } from 'node:fs';
import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { ENTITIES } from '../../src/entities.js';
import { openDatabase } from '../../src/platform/database.js';
import { Run } from '../../src/scans/scans.entities.js';
import { databases, describeOnBothDatabases } from '../support/databases.js';

describeOnBothDatabases(
  'a database for a test',
  (database) => {
    it('has an address or a folder of its own, never both', async () => {
      const [one, two] = await Promise.all([database.open(), database.open()]);
      try {
        expect((one.url === null) !== (one.dataDir === null)).toBe(true);
        expect(one.url ?? one.dataDir).not.toBe(two.url ?? two.dataDir);
      } finally {
        await Promise.all([one.drop(), two.drop()]);
      }
    });
  },
  { always: true },
);

describeOnBothDatabases(
  'the service on such a database',
  (database) => {
    it('opens it, and finds nothing in it but its own tables', async () => {
      const opened = await database.open();
      try {
        const { source, close } = await openDatabase(opened, ENTITIES);
        expect(await source.getRepository(Run).count()).toBe(0);
        await close();
      } finally {
        await opened.drop();
      }
    });
  },
  { always: true },
);

describe('dropping a database', () => {
  it('removes the folder of an embedded one', async () => {
    const { dataDir, drop } = await databases[0]!.open();
    expect(existsSync(dataDir!)).toBe(true);
    await drop();
    expect(existsSync(dataDir!)).toBe(false);
  });

  it('removes one on PostgreSQL, whoever still holds a connection', async () => {
    const { url, drop } = await databases[1]!.openNew();
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
