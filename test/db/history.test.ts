/*
 * From runs to history: each is taken in once and whole, whatever dies or comes late, and is forgotten in time. The
 * listeners are real.
 */
import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { describeOnBothDatabases, type TestDatabase } from '../support/databases.js';
import { HOUR_MS, START, shippingOn } from '../support/history-runs.js';
import { openRooms, type Rooms, type Row, standingClock } from '../support/rooms.js';

const DAY_MS = 24 * HOUR_MS;

describeOnBothDatabases('the history', (kind) => {
  const clock = standingClock(START);
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
  beforeEach(() => clock.at(START));
  afterEach(() => rooms.empty());

  const { listener, standing, look, write } = shippingOn(() => rooms, clock, 'every: 1h');
  const noonPlus = (at: Date): number => (new Date(at).getTime() - new Date(START).getTime()) / HOUR_MS;
  const intervals = async (): Promise<unknown[]> =>
    (
      await rooms.query(
        'select state, observed, from_at, until_at from port_interval order by from_at, until_at',
      )
    ).map((row) => [row.state, row.observed, noonPlus(row.from_at), noonPlus(row.until_at)]);
  const hours = (): Promise<Row[]> => rooms.query('select * from port_hour order by hour');
  const marks = async (): Promise<unknown[]> =>
    (
      await rooms.query('select run_id::text as id, because from history_mark order by history_mark.run_id')
    ).map((row) => [row.id, row.because]);
  it('has what a run saw, once', async () => {
    const port = await standing();
    const id = await look(0);
    expect(await write()).toBe(1);
    const [row, ...others] = await rooms.query('select * from port_interval');
    expect(others).toEqual([]);
    expect(row).toMatchObject({
      ...{ address: '127.0.66.1', port, vantage: 'local', host: 'web', service: 'https', owner: 'ops' },
      ...{ state: 'as-declared', observed: 'open' },
    });
    const kept = await hours();
    expect(kept).toMatchObject([{ as_declared: 1, failing: 0, unknown: 0, connects: 1 }]);
    expect(kept[0]!.sum_ms).toBeGreaterThan(0);
    expect([kept[0]!.min_ms, kept[0]!.max_ms]).toEqual([kept[0]!.sum_ms, kept[0]!.sum_ms]);
    expect(await marks()).toEqual([[id, null]]);

    expect(await write()).toBe(0);
    expect(await intervals()).toEqual([['as-declared', 'open', 0, 0]]);
    expect(await hours()).toEqual(kept);
  });

  it('grows by what changes: a look that finds the same only moves the end', async () => {
    const port = await listener();
    for (const hour of [0, 0.25, 1]) await look(hour);
    expect(await write()).toBe(3);
    expect(await intervals()).toEqual([['as-declared', 'open', 0, 1]]);
    expect((await hours()).map((row) => [noonPlus(row.hour), row.as_declared, row.connects])).toEqual([
      [0, 2, 2],
      [1, 1, 1],
    ]);
    await port.down();
    await look(2);
    await port.back();
    await look(3);
    await write();
    expect(await intervals()).toEqual([
      ['as-declared', 'open', 0, 2],
      ['failing', 'closed', 2, 3],
      ['as-declared', 'open', 3, 3],
    ]);
  });

  it('takes runs in by their numbers, not by how these are spelt', async () => {
    await standing();
    await rooms.query('alter table run alter column id restart with 9999');
    expect([await look(0), await look(1)]).toEqual(['9999', '10000']);
    await rooms.historian.workOnce();
    expect(await marks()).toEqual([['9999', null]]);
    await rooms.historian.workOnce();
    expect(await intervals()).toEqual([['as-declared', 'open', 0, 1]]);
  });

  it('knows nothing of a gap that is longer than twice the interval of the audit', async () => {
    await standing();
    for (const hour of [0, 2, 4.5]) await look(hour);
    await write();
    expect(await intervals()).toEqual([
      ['as-declared', 'open', 0, 2],
      ['unknown', 'unknown', 2, 4.5],
      ['as-declared', 'open', 4.5, 4.5],
    ]);
  });

  it('has nothing of a run that came to no word about the network', async () => {
    await standing();
    const id = await rooms.scheduler.runNow('watch');
    await rooms.dispatcher.workOnce();
    await rooms.scans.cancel(id, 'Ada');
    expect(await write()).toBe(0);
    expect(await marks()).toEqual([]);
  });

  it('has nothing of a run whose looks have been let go', async () => {
    await standing();
    const id = await look(0);
    await rooms.query('delete from observed_host');
    await write();
    expect(await intervals()).toEqual([]);
    expect(await marks()).toEqual([[id, 'what it saw is no longer kept']]);
  });

  it('takes in a run whose writing failed half-way, whole and once', async () => {
    await standing();
    const id = await look(0);
    await rooms.query('alter table port_hour rename to port_hour_away');
    await expect(rooms.historian.workOnce()).rejects.toThrow('port_hour');
    await rooms.query('alter table port_hour_away rename to port_hour');
    expect([await intervals(), await marks()]).toEqual([[], []]);
    await write();
    expect(await intervals()).toEqual([['as-declared', 'open', 0, 0]]);
    expect(await hours()).toMatchObject([{ as_declared: 1 }]);
    expect(await marks()).toEqual([[id, null]]);
  });

  it('takes in a run once where two work on it at the same time', async () => {
    await standing();
    const id = await look(0);
    await Promise.all([rooms.historian.workOnce(), rooms.historian.workOnce()]);
    expect(await hours()).toMatchObject([{ as_declared: 1 }]);
    expect(await marks()).toEqual([[id, null]]);
  });

  it('is held up by no run that can’t be taken in', async () => {
    await standing();
    const broken = await look(0);
    await rooms.query('alter table port_hour rename to port_hour_away');
    for (let time = 0; time < 10; time++) await expect(rooms.historian.workOnce()).rejects.toThrow();
    await rooms.query('alter table port_hour_away rename to port_hour');
    const next = await look(1);
    expect(await write()).toBe(1);
    expect(await marks()).toEqual([
      [broken, expect.stringMatching(/^the historian failed over it: .*port_hour/)],
      [next, null],
    ]);
    expect(await intervals()).toEqual([['as-declared', 'open', 1, 1]]);
  });

  it('takes a run that ends late for what it is: older than what is known', async () => {
    const port = await listener();
    await port.down();
    const late = await look(0);
    // Its verdict has not been given yet when the next one, with a higher number, has ended.
    const [{ coverage }] = (await rooms.query('select coverage from run where id = $1', [late])) as [
      { coverage: object },
    ];
    await rooms.query('update run set verdict = null, coverage = null where id = $1', [late]);
    await port.back();
    const id = await look(1, 'other');
    await write();
    expect(await marks()).toEqual([[id, null]]);
    await rooms.query(`update run set verdict = 'drift', coverage = $2 where id = $1`, [
      late,
      JSON.stringify(coverage),
    ]);
    expect(await write()).toBe(1);
    expect(await marks()).toHaveLength(2);
    expect(await intervals()).toEqual([['as-declared', 'open', 1, 1]]);
    expect(await hours()).toMatchObject([{ as_declared: 1, failing: 0 }]);
  });

  it('forgets what ended before the retention, keeps what goes on, and takes no run again', async () => {
    const port = await listener();
    await look(0);
    await port.down();
    await look(1);
    await look(2);
    await write();
    const days = 400 * 24;
    clock.at(new Date(new Date(START).getTime() + (days + 1.5) * HOUR_MS).toISOString());
    expect(await write()).toBe(1);
    expect(await intervals()).toEqual([['failing', 'closed', 1, 2]]);
    expect((await hours()).map((row) => noonPlus(row.hour))).toEqual([1, 2]);
    clock.pass(DAY_MS);
    await write();
    expect([await intervals(), await hours()]).toEqual([[], []]);
    expect(await marks()).toHaveLength(3);
  });
});
