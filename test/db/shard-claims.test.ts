/*
 * One shard of a scan at a time: each is probed at the whole rate of its scan, and a fragile host is asked one thing at a
 * time, so that two workers would break what was promised. On PostgreSQL the workers are those of two servers.
 */
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AddressSet } from '../../src/domain/address-set.js';
import { PortSet } from '../../src/domain/port-set.js';
import { describeOnBothDatabases, type TestDatabase } from '../support/databases.js';
import { FREE, openRooms, type Rooms, standingClock, writeDown } from '../support/rooms.js';

const LEASE_MS = 15_000;
const BEGUN = { probed: 0, settledTo: 0, engine: null };
const SETTINGS = { seed: 1, timeoutMs: 200, retries: 0, ratePerSecond: 5000, inFlight: 10 };
/** Four shards. */
const MANY = { addresses: AddressSet.parse('127.1.0.0/28'), ports: PortSet.parse('1-50000') };
const FEW = { addresses: AddressSet.parse('127.0.62.1'), ports: PortSet.of(7) };

const INVENTORY = `version: 1
hosts: [{ name: one, address: 127.0.62.1 }]
audits:
  - { name: watch, hosts: all, ports: "7", timeoutMs: 200, confirm: { times: 0 } }
  - { name: other, hosts: all, ports: "7", timeoutMs: 200, confirm: { times: 0 } }
`;

describeOnBothDatabases('claims', (kind) => {
  const clock = standingClock('2026-07-01T12:00:00Z');
  let on: TestDatabase;
  let rooms: Rooms;
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

  beforeEach(async () => {
    await rooms.load(INVENTORY);
    clock.pass(1000);
  });

  afterEach(() => rooms.empty());

  async function scanning(target = MANY, audit = 'watch'): Promise<string> {
    const id = await rooms.scheduler.runNow(audit);
    await rooms.scans.start(await rooms.scans.run(id), {}, [target], SETTINGS);
    return id;
  }

  const shards = () => rooms.query('select state, attempts from shard order by id');

  describe('a scan of several shards', () => {
    const leased = async () => Number((await rooms.query(`select from shard where state = 'leased'`)).length);

    it('has one worker at a time, as each goes at the whole rate, also where they ask in the same moment', async () => {
      await scanning();
      for (let time = 0; time < 4; time++) {
        const asked = [rooms, other, rooms, other, other, rooms].map(({ shards }) =>
          shards.claim(LEASE_MS, FREE),
        );
        const claims = (await Promise.all(asked)).filter((claim) => claim !== null);
        expect([time, claims.length, await leased()]).toEqual([time, 1, 1]);
        expect(await other.shards.claim(LEASE_MS, FREE)).toBeNull();
        await rooms.shards.finish(claims[0]!.shard);
      }
      expect(await rooms.shards.claim(LEASE_MS, FREE)).toBeNull();
      expect(new Set((await shards()).map(({ state, attempts }) => `${state} ${attempts}`))).toEqual(
        new Set(['done 1']),
      );
    });

    it('has one worker however often two ask in the same moment', async () => {
      await scanning();
      for (let time = 0; time < 25; time++) {
        const claims = await Promise.all([
          rooms.shards.claim(LEASE_MS, FREE),
          other.shards.claim(LEASE_MS, FREE),
        ]);
        const got = claims.filter((claim) => claim !== null);
        expect(got.length).toBe(1);
        await rooms.shards.giveBack(got[0]!.shard, BEGUN);
      }
    });

    it('leaves other scans to other workers', async () => {
      await scanning();
      await scanning(FEW, 'other');
      const [one, two] = [await rooms.shards.claim(LEASE_MS, FREE), await other.shards.claim(LEASE_MS, FREE)];
      expect(one!.scan.id).not.toBe(two!.scan.id);
      expect(await rooms.shards.claim(LEASE_MS, FREE)).toBeNull();
    });

    it('is free again when the lease of its one worker has ended', async () => {
      await scanning();
      const lost = await rooms.shards.claim(LEASE_MS, FREE);
      clock.pass(LEASE_MS + 1);
      const taken = await other.shards.claim(LEASE_MS, FREE);
      expect(taken!.shard.id).toBe(lost!.shard.id);
      expect(await rooms.shards.renew(lost!.shard, BEGUN, LEASE_MS)).toBe(false);
    });

    it('is seen, and its observations are written, while somebody claims', async () => {
      await scanning(FEW);
      const claim = await rooms.shards.claim(LEASE_MS, FREE);
      const seen = {
        address: '127.0.62.1',
        ports: PortSet.of(7),
        state: 'closed',
        reason: 'reset',
        at: 1,
      } as const;
      const all = Array.from({ length: 10 }, () => [
        writeDown(rooms, claim!, [seen]),
        other.shards.claim(LEASE_MS, FREE),
      ]);
      await Promise.all(all.flat());
      expect(await leased()).toBe(1);
    });
  });
});
