/*
 * No slot is forgotten: those that had no run are kept with the reason, in the same transaction as the run of the next one.
 * On PostgreSQL several servers tick at once.
 */
import { afterEach, beforeAll, expect, it } from 'vitest';
import { describeOnBothDatabases, type TestDatabase } from '../support/databases.js';
import { openRooms, type Rooms, standingClock } from '../support/rooms.js';

describeOnBothDatabases('the agenda', (kind) => {
  const clock = standingClock('2026-01-01T00:00:00Z');
  let on: TestDatabase;
  let rooms: Rooms;
  /** Another server, where the database can have two. */
  let other: Rooms;

  beforeAll(async () => {
    on = await kind.open();
    rooms = await openRooms(on, clock);
    other = kind.name === 'postgresql' ? await openRooms(on, clock) : rooms;
    return async () => {
      if (other !== rooms) await other.close();
      await rooms.close();
      await on.drop();
    };
  });
  afterEach(() => rooms.empty());

  const load = (audit: string, more = '') =>
    rooms.load(`version: 1
hosts: [{ name: one, address: 127.0.0.1 }]
audits:
  - { name: watch, hosts: all, ports: "7", ${audit} }
${more}`);

  const minute = (time: Date): string => new Date(time).toISOString().slice(5, 16);
  const runs = async () =>
    (await rooms.query('select due_at from run order by due_at')).map(({ due_at }) => minute(due_at));
  const skipped = async () =>
    (await rooms.query('select * from skipped_slots order by id')).map(
      ({ why, detail, first_due, last_due, slots }) =>
        `${why}${detail ? ` (${detail})` : ''} ${minute(first_due)} … ${minute(last_due)} ×${slots}`,
    );
  const endRuns = () =>
    rooms.query(
      `update run set state = 'finished', started_at = coalesce(started_at, due_at), finished_at = $1
      where state <> 'finished'`,
      [clock()],
    );

  it('what went by while nobody was there is kept, and the latest slot runs', async () => {
    clock.at('2026-07-01T00:00:30Z');
    await load('every: 1h');
    clock.at('2026-07-01T01:00:00Z');
    await rooms.scheduler.workOnce();
    clock.pass(60_000);
    await endRuns();
    clock.at('2026-07-05T10:20:00Z');
    expect(await rooms.scheduler.workOnce()).toBe(1);
    expect(await runs()).toEqual(['07-01T01:00', '07-05T10:00']);
    expect(await skipped()).toEqual(['down 07-01T02:00 … 07-05T09:00 ×104']);
    expect(await rooms.scheduler.workOnce()).toBe(0);
  });

  it('what an audit that does not catch up has missed is kept, and the next slot runs in time', async () => {
    clock.at('2026-07-01T00:00:30Z');
    await load('every: 1h, catchUp: never');
    clock.at('2026-07-01T03:30:00Z');
    expect(await rooms.scheduler.workOnce()).toBe(0);
    expect(await skipped()).toEqual(['down 07-01T01:00 … 07-01T03:00 ×3']);
    clock.at('2026-07-01T04:00:01Z');
    expect(await rooms.scheduler.workOnce()).toBe(1);
    expect(await runs()).toEqual(['07-01T04:00']);
  });

  it('a new version of the inventory forgets no slot that was missed, and invents none of a new schedule', async () => {
    clock.at('2026-07-01T00:00:30Z');
    await load('every: 1h');
    await rooms.scheduler.workOnce();
    clock.at('2026-07-01T05:30:00Z');
    await load('every: 1h, timeoutMs: 500');
    expect(await rooms.scheduler.workOnce()).toBe(1);
    expect(await runs()).toEqual(['07-01T05:00']);
    expect(await skipped()).toEqual(['down 07-01T01:00 … 07-01T04:00 ×4']);
    await endRuns();
    await load('every: 7m');
    expect(await rooms.scheduler.workOnce()).toBe(0);
    clock.pass(7 * 60_000);
    expect(await rooms.scheduler.workOnce()).toBe(1);
    expect(await skipped()).toHaveLength(1);
  });

  it('what came of another schedule before a new one was loaded, while nobody was there, is kept, and the latest runs', async () => {
    clock.at('2026-07-01T00:00:30Z');
    await load('every: 1h');
    await rooms.scheduler.workOnce();
    clock.at('2026-07-01T05:30:00Z');
    const file = 'schedule: "*/20 * * * *"';
    await load(file);
    await load(file);
    expect(await rooms.scheduler.workOnce()).toBe(1);
    expect(await rooms.scheduler.workOnce()).toBe(0);
    expect(await runs()).toEqual(['07-01T05:00']);
    expect(await skipped()).toEqual(['down 07-01T01:00 … 07-01T04:00 ×4']);
    await endRuns();
    expect(await rooms.scheduler.workOnce()).toBe(0);
    // And back to hours, by way of a schedule from which nothing has come.
    clock.at('2026-07-01T05:40:00Z');
    expect(await rooms.scheduler.workOnce()).toBe(1);
    await endRuns();
    await load('every: 1h');
    expect(await rooms.scheduler.workOnce()).toBe(0);
    clock.at('2026-07-01T06:00:00Z');
    expect(await rooms.scheduler.workOnce()).toBe(1);
    expect(await runs()).toEqual(['07-01T05:00', '07-01T05:40', '07-01T06:00']);
    expect(await skipped()).toHaveLength(1);
  });

  it('a slot that waits for a run runs after it, also where another schedule is loaded meanwhile', async () => {
    clock.at('2026-07-01T00:00:30Z');
    await load('every: 1m, catchUp: never');
    for (let at = 0; at < 5; at++) {
      clock.pass(60_000);
      await rooms.scheduler.workOnce();
    }
    await load('every: 1h, catchUp: never');
    clock.pass(60_000);
    expect(await rooms.scheduler.workOnce()).toBe(0);
    expect(await rooms.query('select schedule from agenda')).toEqual([{ schedule: 'every 60000 ms' }]);
    await endRuns();
    expect(await rooms.scheduler.workOnce()).toBe(1);
    expect(await runs()).toEqual(['07-01T00:01', '07-01T00:05']);
    expect(await skipped()).toEqual(['overlap 07-01T00:02 … 07-01T00:04 ×3']);
    await endRuns();
    clock.at('2026-07-01T01:00:00Z');
    expect(await rooms.scheduler.workOnce()).toBe(1);
    expect(await runs()).toHaveLength(3);
  });

  it.each([
    ['left the inventory', 'other'],
    ['runs by hand alone', 'watch'],
  ])(
    'of an audit that %s, what waited is kept, and nothing of it runs when it comes back',
    async (_, name) => {
      clock.at('2026-07-01T00:00:30Z');
      await load('every: 1m');
      for (let at = 0; at < 4; at++) {
        clock.pass(60_000);
        await rooms.scheduler.workOnce();
      }
      await rooms.load(`version: 1
hosts: [{ name: one, address: 127.0.0.1 }]
audits: [{ name: ${name}, hosts: all, ports: "7" }]`);
      clock.pass(3_600_000);
      await Promise.all([rooms.scheduler.workOnce(), other.scheduler.workOnce()]);
      const kept = ['overlap 07-01T00:02 … 07-01T00:04 ×3'];
      expect(await skipped()).toEqual(kept);
      expect(await rooms.query('select audit from agenda')).toEqual([]);
      await endRuns();
      clock.pass(3_600_000);
      await load('every: 1m');
      expect(await rooms.scheduler.workOnce()).toBe(0);
      clock.pass(60_000);
      expect(await rooms.scheduler.workOnce()).toBe(1);
      expect(await skipped()).toEqual(kept);
    },
  );

  it('a server that has not read the newest inventory leaves its slots to those that have', async () => {
    clock.at('2026-07-01T00:00:30Z');
    const old = await load('every: 1m');
    await rooms.scheduler.workOnce();
    await load('every: 1h');
    await rooms.scheduler.workOnce();
    const { judged_to: judgedTo } = (await rooms.query('select judged_to from agenda'))[0]!;
    clock.pass(60_000);
    expect(await rooms.agenda.work(old, old.inventory.audits, 'local')).toBe(0);
    await rooms.agenda.work(old, [], 'local');
    expect(await rooms.query('select schedule, judged_to from agenda')).toEqual([
      { schedule: 'every 3600000 ms', judged_to: judgedTo },
    ]);
    expect(await runs()).toEqual([]);
  });

  it('slots that come while a run is going are kept, but for the latest, which runs after it', async () => {
    clock.at('2026-07-01T00:00:30Z');
    await load('every: 1m');
    for (let at = 0; at < 5; at++) {
      clock.pass(60_000);
      await rooms.scheduler.workOnce();
    }
    expect(await runs()).toEqual(['07-01T00:01']);
    await endRuns();
    await rooms.scheduler.workOnce();
    expect(await runs()).toEqual(['07-01T00:01', '07-01T00:05']);
    expect(await skipped()).toEqual(['overlap 07-01T00:02 … 07-01T00:04 ×3']);
  });

  it('a pause is one entry however long it is; a run by hand is still had; after it the audit goes on', async () => {
    clock.at('2026-07-01T00:00:30Z');
    await load('every: 1m');
    await rooms.scheduler.workOnce();
    await rooms.scheduler.pause('watch', 'Ada', 'the network moves');
    for (let at = 0; at < 30; at++) {
      clock.pass(60_000);
      expect(await rooms.scheduler.workOnce()).toBe(0);
    }
    clock.pass(60_000);
    await rooms.scheduler.runNow('watch');
    await endRuns();
    await rooms.scheduler.resume('watch');
    expect(await skipped()).toEqual(['paused (Ada) 07-01T00:01 … 07-01T00:31 ×31']);
    expect(await rooms.scheduler.workOnce()).toBe(0);
    clock.pass(60_000);
    expect(await rooms.scheduler.workOnce()).toBe(1);
  });

  it('an audit that is not there can’t be paused', async () => {
    await load('every: 1m');
    await expect(rooms.scheduler.pause('wacth', 'Ada', null)).rejects.toThrow("there is no audit 'wacth'");
  });

  it('a blackout’s slots are one entry, nothing runs in it by hand either, and then the audit goes on', async () => {
    clock.at('2026-07-01T00:00:30Z');
    await load(
      'every: 10m',
      'windows: [{ name: freeze, kind: blackout, from: 2026-07-01 00:05, until: 2026-07-01 02:05, audits: [watch] }]',
    );
    for (let at = 0; at < 12; at++) {
      clock.pass(600_000);
      expect(await rooms.scheduler.workOnce()).toBe(0);
    }
    await expect(rooms.scheduler.runNow('watch')).rejects.toThrow(
      "the blackout 'freeze' lasts until 2026-07-01T02:05",
    );
    clock.pass(600_000);
    expect(await rooms.scheduler.workOnce()).toBe(1);
    expect(await runs()).toEqual(['07-01T02:10']);
    expect(await skipped()).toEqual(['blackout (freeze) 07-01T00:10 … 07-01T02:00 ×12']);
  });

  it.each([3_600_000, 86_400_000])(
    'a clock that jumps by %i ms, forward or back, runs no slot twice and forgets none',
    async (jumpMs) => {
      clock.at('2026-07-02T00:00:30Z');
      await load('every: 10m');
      const tick = async (): Promise<void> => {
        await rooms.scheduler.workOnce();
        await endRuns();
      };
      for (const stepMs of [600_000, 600_000, jumpMs, 600_000, -jumpMs, 600_000, 600_000, jumpMs, 600_000]) {
        clock.pass(stepMs);
        await tick();
      }
      const ran = await runs();
      expect(new Set(ran).size).toBe(ran.length);
      const [{ slots }] = (await rooms.query(
        'select coalesce(sum(slots), 0)::int as slots from skipped_slots',
      )) as [{ slots: number }];
      const [{ judged_to }] = (await rooms.query('select judged_to from agenda')) as [{ judged_to: Date }];
      const all = (new Date(judged_to).getTime() - Date.parse('2026-07-02T00:00:00Z')) / 600_000;
      expect(ran.length + slots).toBe(all);
    },
  );

  it('of many servers that tick at once, one makes the run, and what was missed is kept once', async () => {
    clock.at('2026-07-01T00:00:30Z');
    await load('every: 1h');
    clock.at('2026-07-01T06:30:00Z');
    const ticks = [rooms, other, rooms, other, rooms, other].map(({ scheduler }) => scheduler.workOnce());
    expect((await Promise.all(ticks)).reduce((sum, one) => sum + one)).toBe(1);
    expect(await runs()).toEqual(['07-01T06:00']);
    expect(await skipped()).toEqual(['down 07-01T01:00 … 07-01T05:00 ×5']);
  });
});
