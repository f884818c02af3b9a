/*
 * The scheduler on a clock that the test moves, across the ends and beginnings of summer time, with a row for every
 * run. Berlin: 2026-03-29 02:00 is 03:00, 2026-10-25 03:00 is 02:00.
 */
import { afterEach, beforeAll, expect, it } from 'vitest';
import { Scheduler } from '../../src/scans/scheduler.js';
import { describeOnBothDatabases, type TestDatabase } from '../support/databases.js';
import { openRooms, type Rooms, standingClock } from '../support/rooms.js';

describeOnBothDatabases('the scheduler', (kind) => {
  const clock = standingClock('2026-01-01T00:00:00Z');
  let on: TestDatabase;
  let rooms: Rooms;

  beforeAll(async () => {
    on = await kind.open();
    rooms = await openRooms(on, clock);
    return async () => {
      await rooms.close();
      await on.drop();
    };
  });
  afterEach(() => rooms.empty());

  async function load(start: string, ...schedules: string[]): Promise<void> {
    clock.at(start);
    const audits = schedules.map(
      (schedule, i) => `  - { name: a${i}, hosts: all, ports: "7", ${schedule} }\n`,
    );
    await rooms.load(`version: 1\nhosts: [{ name: one, address: 127.0.0.1 }]\naudits:\n${audits.join('')}`);
  }

  /** Ticks in steps until `end`; every run is over before the next tick. */
  async function tickUntil(end: string, everyMs: number): Promise<string[]> {
    while (clock() < new Date(end)) {
      clock.pass(everyMs);
      await rooms.scheduler.workOnce();
      await rooms.query(`update run set state = 'finished'`);
    }
    const rows = await rooms.query('select due_at from run order by due_at');
    return rows.map(({ due_at }) => due_at.toISOString());
  }

  const BERLIN = 'timezone: Europe/Berlin';

  it('runs a nightly audit once in every night, also where the clock is put forward over its hour', async () => {
    await load('2026-03-27T12:00:00Z', `schedule: "30 2 * * *", ${BERLIN}`);
    expect(await tickUntil('2026-03-30T12:00:00Z', 600_000)).toEqual([
      '2026-03-28T01:30:00.000Z',
      '2026-03-29T01:00:00.000Z',
      '2026-03-30T00:30:00.000Z',
    ]);
  });

  it('runs a nightly audit once where the clock is put back and its hour comes twice', async () => {
    await load('2026-10-24T12:00:00Z', `schedule: "30 2 * * *", ${BERLIN}`);
    expect(await tickUntil('2026-10-26T12:00:00Z', 600_000)).toEqual([
      '2026-10-25T00:30:00.000Z',
      '2026-10-26T01:30:00.000Z',
    ]);
  });

  it('an interval takes no notice of clock changes, nor of the moment of the start', async () => {
    await load('2026-10-25T00:07:13Z', 'every: 30m');
    expect(await tickUntil('2026-10-25T02:00:00Z', 60_000)).toEqual([
      '2026-10-25T00:30:00.000Z',
      '2026-10-25T01:00:00.000Z',
      '2026-10-25T01:30:00.000Z',
      '2026-10-25T02:00:00.000Z',
    ]);
  });

  it('of the slots that went by while nobody ticked, the latest runs', async () => {
    await load('2026-07-01T00:00:00Z', 'every: 1h', 'schedule: "0 4 * * *"');
    clock.at('2026-07-05T10:20:00Z');
    expect(await rooms.scheduler.workOnce()).toBe(2);
    const rows = await rooms.query('select audit, due_at from run order by audit');
    expect(rows.map(({ audit, due_at }) => [audit, due_at.toISOString()])).toEqual([
      ['a0', '2026-07-05T10:00:00.000Z'],
      ['a1', '2026-07-05T04:00:00.000Z'],
    ]);
    expect(await rooms.scheduler.workOnce()).toBe(0);
  });

  it('a slot that comes while a run is going waits for its end', async () => {
    await load('2026-07-01T00:00:30Z', 'every: 1m');
    clock.at('2026-07-01T00:01:00Z');
    expect(await rooms.scheduler.workOnce()).toBe(1);
    for (const state of ['due', 'scanning', 'scanned', 'observed']) {
      await rooms.query('update run set state = $1', [state]);
      clock.pass(60_000);
      expect([state, await rooms.scheduler.workOnce()]).toEqual([state, 0]);
    }
    await rooms.query(`update run set state = 'compared'`);
    expect(await rooms.scheduler.workOnce()).toBe(1);
    const rows = await rooms.query('select due_at from run order by due_at');
    expect(rows.map(({ due_at }) => due_at.toISOString())).toEqual([
      '2026-07-01T00:01:00.000Z',
      '2026-07-01T00:05:00.000Z',
    ]);
  });

  it('an audit of another vantage, and one without a schedule, are never due here', async () => {
    clock.at('2026-07-01T00:00:30Z');
    await rooms.load(`version: 1
vantages: [{ name: local }, { name: far }]
hosts: [{ name: one, address: 127.0.0.1 }]
audits:
  - { name: far, hosts: all, ports: "7", every: 60s, from: [far] }
  - { name: manual, hosts: all, ports: "7" }
`);
    clock.pass(3_600_000);
    expect(await rooms.scheduler.workOnce()).toBe(0);
  });

  it('a tick that fails rests for longer and longer, and makes up for it', async () => {
    const inventory = Object.create(rooms.inventory, {
      current: {
        value: () => {
          asked++;
          throw new Error('the database is away');
        },
        writable: true,
      },
    });
    let asked = 0;
    const waits: number[] = [];
    const failed = (_error: unknown, { waitMs }: { waitMs?: number }) => void waits.push(waitMs!);
    const scheduler = new Scheduler(inventory, rooms.scans, rooms.agenda, clock, { isFull: false, failed });
    for (let tick = 0; tick < 100; tick++) await scheduler.tick();
    // So a database that comes back is noticed within ten seconds.
    expect(waits).toEqual([1000, 2000, 4000, 8000, ...Array.from({ length: 9 }, () => 10_000)]);
    expect(asked).toBe(13);
  });

  it('two schedulers that tick at once make one run of a slot', async () => {
    await load('2026-07-01T00:00:30Z', 'every: 1m');
    const other = kind.name === 'postgresql' ? await openRooms(on, clock) : rooms;
    const silent = { isFull: false, failed: () => undefined };
    const twins = [rooms, other, rooms, other].map(
      ({ inventory, scans, agenda }) => new Scheduler(inventory, scans, agenda, clock, silent),
    );
    try {
      clock.at('2026-07-01T00:01:00Z');
      const made = await Promise.all(twins.map((twin) => twin.workOnce()));
      expect(made.reduce((sum, one) => sum + one)).toBe(1);
      expect(await rooms.query('select state from run')).toEqual([{ state: 'due' }]);
    } finally {
      if (other !== rooms) await other.close();
    }
  });

  it('of many calls for a run of one audit at once, one makes it', async () => {
    await load('2026-07-01T00:00:30Z', 'every: 1m');
    const other = kind.name === 'postgresql' ? await openRooms(on, clock) : rooms;
    try {
      const { id: inventoryVersionId } = (await rooms.inventory.current())!;
      const calls = Array.from({ length: 16 }, (_, i) =>
        (i % 2 ? rooms : other).scans.createRun({
          audit: 'a0',
          dueAt: new Date(clock().getTime() + i),
          trigger: 'manual',
          inventoryVersionId,
          vantage: 'local',
        }),
      );
      const made = (await Promise.all(calls)).filter((id) => id !== null);
      expect(made).toHaveLength(1);
    } finally {
      if (other !== rooms) await other.close();
    }
  });

  it('of several people who start an audit at once one does', async () => {
    await load('2026-07-01T00:00:30Z', 'every: 1m');
    const clicks = await Promise.allSettled(
      [0, 1, 2, 3].map(() => {
        clock.pass(7);
        return rooms.scheduler.runNow('a0');
      }),
    );
    expect(clicks.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const click of clicks)
      if (click.status === 'rejected') expect(click.reason).toMatchObject({ code: 'conflict' });
  });
});
