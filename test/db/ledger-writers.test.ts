/*
 * The ledger with many at it at once: the chain stays one, and no row is missed, in whatever order transactions give out ids and
 * commit. On PostgreSQL, for the embedded database has one connection.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { Calm } from '../../src/ledger/calm.js';
import { CheckpointsService } from '../../src/ledger/checkpoints.service.js';
import { LedgerQueries } from '../../src/ledger/ledger.queries.js';
import { LedgerService } from '../../src/ledger/ledger.service.js';
import { LedgerKeeper } from '../../src/ledger/ledger-keeper.js';
import { RecordedRows } from '../../src/ledger/recorded-rows.queries.js';
import { SettledIds } from '../../src/ledger/settled-ids.js';
import { TableWriters } from '../../src/ledger/table-writers.queries.js';
import { Bustle } from '../../src/platform/bustle.js';
import { databases } from '../support/databases.js';
import { keep, plantAll, verifyAll } from '../support/ledger-rooms.js';
import { openRoomsOn, type Rooms, standingClock } from '../support/rooms.js';

const KEEPERS = 64;
const WRITERS = 8;
const ROWS_EACH = 40;
const LOG = `insert into audit_log (at, actor, action, outcome) values (now(), $1, 'x', 'done') returning id::text`;

const clock = standingClock('2026-07-01T12:00:00Z');
let rooms: Rooms;
/** With a connection for each. */
let wide: DataSource;

beforeAll(async () => {
  rooms = await openRoomsOn(databases.find(({ name }) => name === 'postgresql')!, clock);
  wide = new DataSource({ ...rooms.source.options, extra: { max: KEEPERS + WRITERS } } as never);
  await wide.initialize();
});
afterAll(async () => {
  await wide.destroy();
  await rooms.close();
});
beforeEach(() => rooms.empty());

/** As another server has it. */
function anotherKeeper(): LedgerKeeper {
  const checkpoints = rooms.app.get(CheckpointsService);
  const ledger = new LedgerService(wide, new RecordedRows(wide), checkpoints, clock);
  const calm = new Calm(new LedgerQueries(wide), new Bustle(clock));
  return new LedgerKeeper(ledger, checkpoints, new SettledIds(new TableWriters(wide)), calm, clock);
}

/** How often each row of the audit log is in the ledger, by the ranges of its entries. */
const recorded = (): Promise<Array<Record<string, unknown>>> =>
  rooms.query(
    `select audit_log.id::text, count(entry.seq)::int as times from audit_log
     left join ledger_entry entry on entry.source = 'audit-log' and audit_log.id between entry.first_id and entry.last_id
     group by audit_log.id having count(entry.seq) <> 1`,
  );

it('waits for a transaction that took its id earlier and commits later', async () => {
  const early = wide.createQueryRunner();
  await early.startTransaction();
  await early.query(LOG, ['early']);
  await wide.query(LOG, ['late']);
  const keeper = anotherKeeper();
  expect([await keeper.workOnce(), await keeper.workOnce()]).toEqual([0, 0]);
  await early.commitTransaction();
  await early.release();
  expect(await keeper.workOnce()).toBe(2);
  expect(await verifyAll(rooms)).toMatchObject({ rows: 2, troubles: [], waiting: 0 });
});

it('does not wait for one that begins after it has looked, nor for one that took an id and gave up', async () => {
  const keeper = anotherKeeper();
  const first = wide.createQueryRunner();
  await first.startTransaction();
  await first.query(LOG, ['gives up']);
  await wide.query(LOG, ['early']);
  expect(await keeper.workOnce()).toBe(0);
  const second = wide.createQueryRunner();
  await second.startTransaction();
  await second.query(LOG, ['goes on']);
  await first.rollbackTransaction();
  await first.release();
  expect(await keeper.workOnce()).toBe(1);
  await second.commitTransaction();
  await second.release();
  expect(await keeper.workOnce()).toBe(1);
  expect(await verifyAll(rooms)).toMatchObject({ rows: 2, troubles: [], waiting: 0 });
});

it('is one chain with everything in it where 64 keepers write at once, and others what they record', async () => {
  await plantAll(rooms, 5000);
  let isOver = false;
  const write = async (place: number): Promise<void> => {
    for (let row = 0; row < ROWS_EACH; row++) {
      const runner = wide.createQueryRunner();
      await runner.startTransaction();
      await runner.query(LOG, [`writer ${place}`]);
      await pause((place * 7 + row * 3) % 11);
      if (row % 9 === place) await runner.rollbackTransaction();
      else await runner.commitTransaction();
      await runner.release();
    }
  };
  const watch = async (keeper: LedgerKeeper): Promise<number> => {
    let done = 0;
    while (!isOver) done += await keeper.workOnce();
    return done;
  };
  const keepers = Array.from({ length: KEEPERS }, () => watch(anotherKeeper()));
  await Promise.all(Array.from({ length: WRITERS }, (_, place) => write(place)));
  isOver = true;
  const done = (await Promise.all(keepers)).reduce((sum, one) => sum + one, 0);
  expect(done).toBeGreaterThan(5000);
  await keep(rooms);
  expect(await recorded()).toEqual([]);
  const { entries, rows, troubles, waiting } = await verifyAll(rooms);
  const [there] = await rooms.query(
    `select (select count(*) from audit_log)::int + (select count(*) from finding_event)::int + 4 as rows, (select max(seq)::int from ledger_entry) as entries`,
  );
  expect({ entries, rows, troubles, waiting }).toEqual({ ...there, troubles: [], waiting: 0 });
});
