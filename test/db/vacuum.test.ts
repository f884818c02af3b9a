/* The embedded database grows with what it holds, not with what was ever changed. */
import { expect, it } from 'vitest';
import { ENTITIES } from '../../src/entities.js';
import { openDatabase } from '../../src/platform/database.js';
import { vacuumRoom } from '../../src/platform/vacuum.js';
import { databases } from '../support/databases.js';
import { NEVER, standingClock } from '../support/rooms.js';

it('what is changed again and again takes no more room once an hour has passed', async () => {
  const on = await databases.find(({ name }) => name === 'embedded')!.open();
  const database = await openDatabase(on, ENTITIES);
  const clock = standingClock('2026-07-01T12:00:00Z');
  const vacuum = vacuumRoom(database, clock);
  const churn = async (): Promise<number> => {
    for (let i = 0; i < 40; i++)
      // The column is in an index, so that PostgreSQL can't tidy up within a page by itself.
      await database.source.query(`update run set due_at = due_at + interval '1 second'`);
    const [size] = await database.source.query(`select pg_relation_size('run')::int as bytes`);
    return size.bytes;
  };
  try {
    await database.source.query(
      `insert into inventory_version (path, sha256, sources, loaded_at) values ('a', 'b', '[]', now())`,
    );
    await database.source.query(
      `insert into run (audit, due_at, trigger, inventory_version_id, vantage, state)
       select 'a' || i, now(), 'manual', 1, 'local', 'finished' from generate_series(1, 200) as i`,
    );
    const grown = await churn();
    expect(await vacuum.workOnce(NEVER)).toBe(0);
    clock.pass(3_600_000);
    expect(await vacuum.workOnce(NEVER)).toBe(1);
    expect(await vacuum.workOnce(NEVER)).toBe(0);
    expect(await churn()).toBeLessThan(grown * 1.2);
  } finally {
    await database.close();
    await on.drop();
  }
});

it('its log takes no more room than a few segments, however much is written', async () => {
  const on = await databases.find(({ name }) => name === 'embedded')!.open();
  const database = await openDatabase(on, ENTITIES);
  const clock = standingClock('2026-07-01T12:00:00Z');
  const vacuum = vacuumRoom(database, clock);
  try {
    for (let minute = 0; minute < 6; minute++) {
      await database.source.query(
        `select pg_logical_emit_message(false, 'x', repeat('y', 1000000)) from generate_series(1, 34)`,
      );
      clock.pass(60_000);
      expect(await vacuum.workOnce(NEVER)).toBe(0);
    }
    const [log] = await database.source.query('select count(*)::int as segments from pg_ls_waldir()');
    expect(log.segments).toBeLessThan(9);
  } finally {
    await database.close();
    await on.drop();
  }
});
