/* The schema: made from nothing on either database, wanted by the entities as it is, and keeping what must not change. */
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ENTITIES } from '../../src/entities.js';
import { type Database, openDatabase } from '../../src/platform/database.js';
import { MIGRATIONS } from '../../src/platform/migrations.js';
import { databases, describeOnBothDatabases, type TestDatabase } from '../support/databases.js';

const opened: Array<Database | TestDatabase> = [];

async function openNew(kind: (typeof databases)[number]): Promise<{ on: TestDatabase; database: Database }> {
  const on = await kind.openNew();
  opened.push(on);
  const database = await openDatabase(on, ENTITIES);
  opened.push(database);
  return { on, database };
}

afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await ('drop' in one ? one.drop() : one.close());
});

const TABLES = `select table_name as name from information_schema.tables where table_schema = 'public' order by 1`;

const ROWS = `
insert into inventory_version (path, sha256, sources, loaded_at) values ('a', 'b', '[]', now());
insert into run (audit, due_at, trigger, inventory_version_id, vantage, state) values ('nightly', now(), 'manual', 1, 'local', 'finished');
insert into finding (key, kind, host, severity, severity_reasons, evidence, state, confirmations, first_seen, last_seen, reopened, evidence_at, looks, turns)
  values ('k', 'owner-missing', 'web', 'low', '[]', 'seen', 'open', 0, now(), now(), 0, now(), '1', '[]');
insert into finding_event (finding_id, run_id, at, actor, to_state, why) values (1, 1, now(), 'run 1', 'open', 'seen');
insert into report (run_id, made_at, snapshot, snapshot_sha256) values (1, now(), '{}', 'x');`;

async function execute({ source }: Database, script: string): Promise<void> {
  for (const statement of script.split(';')) if (statement.trim() !== '') await source.query(statement);
}

describeOnBothDatabases(
  'the schema',
  (kind) => {
    it('is made from nothing, and a second start changes nothing', async () => {
      const { on, database } = await openNew(kind);
      const made = await database.source.query(TABLES);
      expect(made.map(({ name }: { name: string }) => name)).toContain('observed_host');
      expect(await database.source.query('select name from migration')).toHaveLength(MIGRATIONS.length);
      await database.close();
      opened.pop();
      const again = await openDatabase(on, ENTITIES);
      opened.push(again);
      expect(await again.source.runMigrations()).toEqual([]);
      expect(await again.source.query(TABLES)).toEqual(made);
      expect(await again.source.query('select name from migration')).toHaveLength(MIGRATIONS.length);
    });

    it('is what the entities want', async () => {
      const { database } = await openNew(kind);
      const wanted = await database.source.driver.createSchemaBuilder().log();
      expect(wanted.upQueries.map(({ query }) => query)).toEqual([]);
    });

    it('can be taken back, and made anew', async () => {
      const { database } = await openNew(kind);
      for (const _ of MIGRATIONS) await database.source.undoLastMigration();
      expect(await database.source.query(TABLES)).toEqual([{ name: 'migration' }]);
      expect(
        await database.source.query(
          `select proname from pg_proc where pronamespace = 'public'::regnamespace`,
        ),
      ).toEqual([]);
      expect(await database.source.runMigrations({ transaction: 'each' })).toHaveLength(MIGRATIONS.length);
    });

    describe('keeps what must not change', () => {
      let database: Database;
      let on: TestDatabase;
      beforeAll(async () => {
        on = await kind.open();
        database = await openDatabase(on, ENTITIES);
        await execute(database, ROWS);
        return async () => {
          await database.close();
          await on.drop();
        };
      });

      it.each([
        [`update finding_event set why = 'another'`, 'finding_event is append-only'],
        ['delete from finding_event', 'finding_event is append-only'],
        ['truncate finding_event', 'finding_event is append-only'],
        ['truncate report cascade', 'report is append-only'],
        [`update report set snapshot = '{"verdict":"clean"}'`, 'report is append-only'],
        [`update report set snapshot_sha256 = 'y'`, 'report is append-only'],
        ['update report set run_id = run_id', 'report is append-only'],
        ['delete from report', 'report is append-only'],
        [`delete from run`, 'violates foreign key constraint'],
        [`update run set state = 'lost'`, 'run_state_ck'],
        [`update finding set state = 'closed'`, 'finding_state_ck'],
      ])('refuses: %s', async (sql, message) => {
        await expect(database.source.query(sql)).rejects.toThrow(message);
      });

      it('lets a report be printed', async () => {
        await database.source.query(
          `update report set pdf = '\\x25504446', pdf_sha256 = 'z', printed_at = now()`,
        );
        expect(await database.source.query('select pdf_sha256 from report')).toEqual([{ pdf_sha256: 'z' }]);
      });
    });
  },
  { always: true },
);

it('several servers that start at once on a new PostgreSQL database migrate it once', async () => {
  const on = await databases[1]!.openNew();
  opened.push(on);
  const servers = await Promise.all(Array.from({ length: 4 }, () => openDatabase(on, ENTITIES)));
  opened.push(...servers);
  expect(await servers[3]!.source.query('select name from migration')).toHaveLength(MIGRATIONS.length);
});
