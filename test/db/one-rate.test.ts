/*
 * All audits share one rate, a run can be cancelled, and in a blackout nothing is probed: what the rows say, and what the
 * scanner does on real listeners.
 */
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AddressSet } from '../../src/domain/address-set.js';
import { PortSet } from '../../src/domain/port-set.js';
import { describeOnBothDatabases, type TestDatabase } from '../support/databases.js';
import { FREE, NEVER, openRooms, type Rooms, sail, standingClock } from '../support/rooms.js';

const LEASE_MS = 15_000;
const BEGUN = { probed: 0, settledTo: 0, engine: null };
const SETTINGS = { seed: 1, timeoutMs: 200, retries: 0, ratePerSecond: 5000, inFlight: 10 };
const MANY = { addresses: AddressSet.parse('127.1.0.0/28'), ports: PortSet.parse('1-50000') };

const inventory = (windows = ''): string => `version: 1
hosts: [{ name: one, address: 127.0.63.1 }, { name: two, address: 127.0.63.2 }]
audits:
  - { name: watch, hosts: all, ports: "7,9", timeoutMs: 200, confirm: { times: 0 } }
  - { name: other, hosts: all, ports: "7,9", timeoutMs: 200, confirm: { times: 0 } }
${windows}`;

describeOnBothDatabases('scans beside each other', (kind) => {
  const clock = standingClock('2026-07-01T12:00:00Z');
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
  beforeEach(async () => {
    await rooms.load(inventory());
    clock.pass(1000);
  });
  afterEach(() => rooms.empty());

  async function scanning(audit: string, ratePerSecond = 5000): Promise<string> {
    const id = await rooms.scheduler.runNow(audit);
    await rooms.scans.start(await rooms.scans.run(id), {}, [MANY], { ...SETTINGS, ratePerSecond });
    return id;
  }

  describe('the rate', () => {
    const claim = (budget: number) => rooms.shards.claim(LEASE_MS, { ...FREE, budget });

    it('is had whole by one scan, and shared by two', async () => {
      await scanning('watch');
      const alone = await claim(5000);
      expect(alone?.ratePerSecond).toBe(5000);
      await scanning('other');
      expect(await claim(5000)).toBeNull();
      await rooms.shards.finish(alone!.shard);
      const shares = [await claim(5000), await claim(5000)];
      expect(shares.map((one) => [one?.run.audit, one?.ratePerSecond])).toEqual([
        ['watch', 2500],
        ['other', 2500],
      ]);
    });

    it('is free again when a worker is lost', async () => {
      await scanning('watch');
      await claim(5000);
      await scanning('other');
      clock.pass(LEASE_MS + 1);
      expect((await claim(5000))?.ratePerSecond).toBe(2500);
      expect((await claim(5000))?.ratePerSecond).toBe(2500);
    });

    it('that one scan wants less of leaves the rest to the other', async () => {
      await scanning('watch', 500);
      await scanning('other', 5000);
      expect((await claim(5000))?.ratePerSecond).toBe(500);
      expect((await claim(5000))?.ratePerSecond).toBe(4500);
    });
  });

  describe('a run that is cancelled', () => {
    it('ends at once, says by whom, and nobody goes on with it', async () => {
      const id = await scanning('watch');
      const claimed = await rooms.shards.claim(LEASE_MS, FREE);
      await rooms.scans.cancel(id, 'Ada');
      expect(await rooms.run(id)).toMatchObject({
        state: 'finished',
        verdict: 'inconclusive',
        because: 'cancelled by Ada',
        cancelled_by: 'Ada',
      });
      expect(await rooms.shards.renew(claimed!.shard, BEGUN, LEASE_MS)).toBe(false);
      await rooms.shards.finish(claimed!.shard);
      expect(await rooms.shards.claim(LEASE_MS, FREE)).toBeNull();
      expect(await rooms.comparer.workOnce()).toBe(0);
      expect(await rooms.query('select * from finding')).toEqual([]);
      expect((await rooms.run(id)).state).toBe('finished');
      // Its audit can run again.
      clock.pass(1000);
      await rooms.scheduler.runNow('watch');
    });

    it('before it was begun is as cancelled, and one that has ended can’t be', async () => {
      const id = await rooms.scheduler.runNow('watch');
      await rooms.scans.cancel(id, 'Ada');
      expect(await rooms.dispatcher.workOnce()).toBe(0);
      await expect(rooms.scans.cancel(id, 'Ada')).rejects.toThrow(`run ${id} has ended`);
      await expect(rooms.scans.cancel('999999', 'Ada')).rejects.toThrow('there is no run 999999');
    });
  });

  describe('a blackout', () => {
    const states = () => rooms.query('select distinct state from shard order by state');

    it('of an audit keeps its run waiting, and that of another goes on', async () => {
      const [watch, other] = [await scanning('watch'), await scanning('other')];
      const claimed = await rooms.shards.claim(LEASE_MS, { ...FREE, isBarred: (audit) => audit === 'watch' });
      expect(claimed?.run.id).toBe(other);
      expect(
        await rooms.shards.claim(LEASE_MS, { ...FREE, isBarred: (audit) => audit === 'watch' }),
      ).toBeNull();
      expect((await rooms.shards.claim(LEASE_MS, FREE))?.run.id).toBe(watch);
    });

    it('that begins while a run waits for its scanner is kept to, and the run ends well after it', async () => {
      const id = await rooms.scheduler.runNow('watch');
      await rooms.dispatcher.workOnce();
      await rooms.load(
        inventory(
          'windows: [{ name: freeze, kind: blackout, from: 2026-07-01 12:00, until: 2026-07-02 12:00 }]',
        ),
      );
      expect(await rooms.scanner.workOnce(NEVER)).toBe(0);
      expect(await states()).toEqual([{ state: 'waiting' }]);
      clock.at('2026-07-02T12:00:00Z');
      await sail(rooms, clock);
      expect(await rooms.run(id)).toMatchObject({ verdict: 'clean' });
      clock.at('2026-07-01T13:00:00Z');
    });

    it('of a host leaves it out, and its ports are unknown, not closed', async () => {
      await rooms.load(
        inventory(
          'windows: [{ name: freeze, kind: blackout, from: 2026-07-01, until: 2026-07-03, hosts: { names: [two] } }]',
        ),
      );
      const id = await rooms.scheduler.runNow('watch');
      await sail(rooms, clock);
      const run = await rooms.run(id);
      expect(run).toMatchObject({
        verdict: 'inconclusive',
        coverage: { expected: 4, answered: 2, unknown: 2 },
      });
      expect(await rooms.query('select distinct host(address) as address from observed_host')).toEqual([
        { address: '127.0.63.1' },
      ]);
    });
  });
});
