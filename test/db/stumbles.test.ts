/* A run over which a room fails through a fault of ours: it holds up no other, and ends as failed, never as clean. */
import { beforeAll, expect, it } from 'vitest';
import { describeOnBothDatabases } from '../support/databases.js';
import { openRoomsOn, type Rooms, standingClock } from '../support/rooms.js';

const inventory = (audit: string): string => `version: 1
hosts: [{ name: web, address: 127.0.62.1 }]
audits: [{ name: ${audit}, hosts: all, ports: "9" }]
`;

describeOnBothDatabases('a run over which a room fails', (kind) => {
  let rooms: Rooms;
  beforeAll(async () => {
    rooms = await openRoomsOn(kind, standingClock('2026-07-01T12:00:00Z'));
    return rooms.close;
  });

  it('lets the others pass, and ends as failed with the reason', async () => {
    const { id: spoilt } = await rooms.load(inventory('spoilt'));
    const broken = await rooms.scheduler.runNow('spoilt');
    await rooms.load(inventory('sound'));
    const sound = await rooms.scheduler.runNow('sound');
    await rooms.query(
      `update inventory_version set sources = '[{"file":"a.yaml","text":"{"}]' where id = $1`,
      [spoilt],
    );

    await expect(rooms.dispatcher.workOnce()).rejects.toThrow(/was valid when it was kept/);
    expect(await rooms.dispatcher.workOnce()).toBe(1);
    expect(await rooms.run(sound)).toMatchObject({ state: 'scanning', stumbles: 0 });
    expect(await rooms.run(broken)).toMatchObject({ state: 'due', stumbles: 1 });

    for (let again = 2; again <= 10; again++) await expect(rooms.dispatcher.workOnce()).rejects.toThrow();
    expect(await rooms.run(broken)).toMatchObject({ state: 'finished', verdict: 'failed' });
    expect((await rooms.run(broken)).because).toMatch(/^the dispatcher failed over it: inventory version/);
    expect(await rooms.dispatcher.workOnce()).toBe(0);
  });

  it.each([
    ['whose disk is full', '53100'],
    ['that is away', 'ECONNREFUSED'],
  ])('through a database %s has not stumbled, however often', async (_, code) => {
    await rooms.load(inventory(`spared-${code.toLowerCase()}`));
    const id = await rooms.scheduler.runNow(`spared-${code.toLowerCase()}`);
    const trouble = Object.assign(new Error('could not extend file'), { code });
    const failing = rooms.scans.workOnNext('due', 'test', async () => {
      throw trouble;
    });
    await expect(failing).rejects.toBe(trouble);
    for (let again = 2; again <= 12; again++)
      await rooms.scans.workOnNext('due', 'test', () => Promise.reject(trouble)).catch(() => undefined);
    expect(await rooms.run(id)).toMatchObject({ state: 'due', stumbles: 0 });
    await rooms.scans.cancel(id, 'the test');
  });
});
