/*
 * Alive as long as it answers; ready only while the database answers and the scheduler ticks, by a clock that stands still.
 */
import { beforeAll, expect, it } from 'vitest';
import { type DatabaseProxy, databaseProxy } from '../support/database-proxy.js';
import { describeOnBothDatabases, type TestDatabase } from '../support/databases.js';
import { openRooms, type Rooms, standingClock } from '../support/rooms.js';
import { holdDatabase, listenStill } from '../support/still-pages.js';

describeOnBothDatabases('the service’s health', (kind) => {
  const clock = standingClock('2026-07-01T12:00:00Z');
  let on: TestDatabase;
  let proxy: DatabaseProxy | null = null;
  let rooms: Rooms;
  let url: string;

  beforeAll(async () => {
    on = await kind.open();
    if (on.url !== null) {
      proxy = await databaseProxy(on.url);
      await proxy.up();
    }
    rooms = await openRooms({ ...on, url: proxy?.url ?? null }, clock);
    url = await listenStill(rooms);
    return async () => {
      await rooms.close();
      await proxy?.down();
      await on.drop();
    };
  });

  async function ask(path: string): Promise<[number, unknown]> {
    const answer = await fetch(`${url}/health${path}`);
    expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
    return [answer.status, await answer.json()];
  }
  const READY = [200, { status: 'ready' }];
  const LIVE = [200, { status: 'live' }];
  const without = (what: string, why: string) => [503, { status: 'not ready', missing: [{ what, why }] }];

  it('is live, and not ready, before the scheduler has ticked', async () => {
    expect(await ask('/live')).toEqual(LIVE);
    expect(await ask('/ready')).toEqual(without('scheduler', 'it has not ticked yet'));
    expect(await ask('')).toEqual([200, { status: 'ok' }]);
    await rooms.scheduler.tick();
    expect(await ask('/ready')).toEqual(READY);
  });

  it('is not ready once the scheduler has not ticked for more than 30 s, until it does', async () => {
    await rooms.scheduler.tick();
    const since = `it has not ticked since ${clock().toISOString()}`;
    clock.pass(30_000);
    expect(await ask('/ready')).toEqual(READY);
    clock.pass(1);
    expect(await ask('/ready')).toEqual(without('scheduler', since));
    expect(await ask('/live')).toEqual(LIVE);
    await rooms.scheduler.tick();
    expect(await ask('/ready')).toEqual(READY);
    clock.pass(-3_600_000);
    expect((await ask('/ready'))[0]).toBe(503);
  });

  it('is live, and not ready, while the database hangs', async () => {
    await rooms.scheduler.tick();
    const letGo = await holdDatabase(rooms.source, kind.name === 'embedded' ? 1 : 10);
    try {
      expect(await ask('/ready')).toEqual(without('database', 'it does not answer'));
      expect(await ask('/live')).toEqual(LIVE);
    } finally {
      await letGo();
    }
    expect(await ask('/ready')).toEqual(READY);
  });

  // The embedded one is a part of the process: it can't go away by itself.
  if (kind.name === 'embedded') return;

  it('says so where the database has gone, and is ready again when it is back', async () => {
    await rooms.scheduler.tick();
    await proxy!.down();
    expect(await ask('/ready')).toEqual(without('database', 'it does not answer'));
    const scraped = await fetch(`${url}/metrics`);
    expect([scraped.status, (await scraped.text()).match(/^portolan_(?!build_info).*$/gm)]).toEqual([
      200,
      ['portolan_database_up 0'],
    ]);
    await proxy!.up();
    expect(await ask('/ready')).toEqual(READY);
  });
});
