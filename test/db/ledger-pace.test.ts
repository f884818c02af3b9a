/*
 * How fast the ledger takes in what waits for it: a tenth of the time while somebody asks for something or a run is under way, all of
 * it while nobody does. The clock goes on by itself whenever it is read, so that work takes time on it; a room's loop waits between.
 */
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { LedgerKeeper } from '../../src/ledger/ledger-keeper.js';
import { describeOnBothDatabases } from '../support/databases.js';
import { plantAll, verifyAll } from '../support/ledger-rooms.js';
import { openRoomsOn, type Rooms, standingClock } from '../support/rooms.js';
import { listenStill } from '../support/still-pages.js';

const ROWS = 6000;
/** As platform/loop.ts waits where a room has done nothing. */
const IDLE_MS = 250;
const READING_MS = 3;

const clock = standingClock('2026-07-01T12:00:00Z');
const going = (): Date => {
  clock.pass(READING_MS);
  return clock();
};

interface Kept {
  readonly workedMs: number;
  readonly passedMs: number;
  readonly longestBiteMs: number;
}

describeOnBothDatabases('the pace of the ledger', (database) => {
  let rooms: Rooms;
  let url: string;

  beforeAll(async () => {
    rooms = await openRoomsOn(database, going);
    url = await listenStill(rooms);
  });
  afterAll(() => rooms.close());
  beforeEach(async () => {
    await rooms.empty();
    await plantAll(rooms, ROWS);
    clock.pass(3_600_000);
  });

  /** As a loop has it work, until all is recorded. */
  async function keep(meanwhile: () => Promise<void>): Promise<Kept> {
    const keeper = rooms.app.get(LedgerKeeper);
    const began = clock().getTime();
    let [workedMs, longestBiteMs] = [0, 0];
    for (let isOver = false, turn = 0; !isOver; turn++) {
      expect(turn, 'it ends').toBeLessThan(2000);
      await meanwhile();
      const beforeMs = clock().getTime();
      const done = await keeper.workOnce();
      const tookMs = clock().getTime() - beforeMs;
      if (done > 0) {
        workedMs += tookMs;
        longestBiteMs = Math.max(longestBiteMs, tookMs);
      } else {
        clock.pass(IDLE_MS);
        isOver = (await waiting()) === 0 && !keeper.pace.isResting;
      }
    }
    return { workedMs, passedMs: clock().getTime() - began, longestBiteMs };
  }

  const waiting = async (): Promise<number> =>
    (
      await rooms.query(
        `select count(*)::int as rows from finding_event where id > coalesce((select max(last_id) from ledger_entry where source = 'finding-event'), 0)`,
      )
    )[0]!.rows;

  const ask = async (path: string): Promise<void> => {
    const answer = await fetch(`${url}${path}`);
    await answer.text();
    expect(answer.status).toBe(200);
  };

  it('takes a tenth of the time while somebody asks for pages', async () => {
    const { workedMs, passedMs, longestBiteMs } = await keep(() => ask('/ledger'));
    expect(workedMs / passedMs).toBeLessThan(0.1);
    expect(workedMs / passedMs).toBeGreaterThan(0.02);
    expect(longestBiteMs).toBeLessThan(150);
    expect((await verifyAll(rooms)).waiting).toBe(0);
  });

  it('takes a tenth of the time while a run is under way', async () => {
    await rooms.query(
      `insert into run (audit, due_at, trigger, inventory_version_id, vantage, state) select 'other', now(), 'manual', max(id), 'local', 'scanning' from inventory_version`,
    );
    const { workedMs, passedMs } = await keep(async () => {});
    expect(workedMs / passedMs).toBeLessThan(0.1);
    expect(workedMs / passedMs).toBeGreaterThan(0.02);
  });

  it('does not rest where nobody asks, or only whether it is well', async () => {
    const { workedMs, passedMs } = await keep(() => ask('/health'));
    // The last two looks find nothing to do.
    expect(passedMs - workedMs).toBeLessThan(3 * IDLE_MS);
    expect((await verifyAll(rooms)).waiting).toBe(0);
  });

  it('goes on at once where the clock was set back while it rested', async () => {
    const keeper = rooms.app.get(LedgerKeeper);
    await ask('/ledger');
    expect(await keeper.workOnce()).toBeGreaterThan(0);
    expect(await keeper.workOnce()).toBe(0);
    clock.pass(-60_000);
    expect(await keeper.workOnce()).toBeGreaterThan(0);
  });
});
