/*
 * What workers write down of their shards becomes one row a host: whatever the number of ports, shards, entries and attempts,
 * and whenever the process dies.
 */
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AddressSet } from '../../src/domain/address-set.js';
import { canariesOf, type Observation } from '../../src/domain/observation.js';
import { PortSet } from '../../src/domain/port-set.js';
import type { Claimed } from '../../src/scans/shards.service.js';
import { describeOnBothDatabases, type TestDatabase } from '../support/databases.js';
import { FREE, openRooms, type Rooms, standingClock, writeDown } from '../support/rooms.js';

const LEASE_MS = 15_000;
const ADDRESS = '127.0.62.1';
const SETTINGS = { seed: 1, timeoutMs: 200, retries: 0, ratePerSecond: 5000, inFlight: 10 };
const REASONS = {
  open: 'handshake',
  closed: 'reset',
  filtered: 'silence',
  unreachable: 'host-unreachable',
  unknown: 'EMFILE',
};

function seen(ports: string, state: Observation['state'], address = ADDRESS): Observation {
  const set = PortSet.parse(ports);
  const connectMs = new Map(state === 'open' ? Array.from(set, (port) => [port, 0.5] as const) : []);
  return { address, ports: set, state, reason: REASONS[state], at: 1000, connectMs };
}

describeOnBothDatabases('observations', (kind) => {
  const clock = standingClock('2026-07-01T12:00:00Z');
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

  beforeEach(async () => {
    await rooms.load(`version: 1
hosts: [{ name: one, address: ${ADDRESS} }]
audits: [{ name: watch, hosts: all, ports: "7", timeoutMs: 200, confirm: { times: 0 } }]
`);
    clock.pass(1000);
  });

  afterEach(() => rooms.empty());

  /** A run that is being scanned. */
  async function scanning(addresses = ADDRESS, ports = '1-65535'): Promise<string> {
    const id = await rooms.scheduler.runNow('watch');
    const target = { addresses: AddressSet.parse(addresses), ports: PortSet.parse(ports) };
    await rooms.scans.start(await rooms.scans.run(id), {}, [target], SETTINGS);
    return id;
  }

  const claim = async (): Promise<Claimed> => (await rooms.shards.claim(LEASE_MS, FREE))!;
  const rows = () => rooms.query('select * from observed_host order by address');
  const logged = async () => Number((await rooms.query('select count(*) from shard_log'))[0]!.count);

  /** Ends the shard and puts together what was written. */
  async function collated({ shard, scan }: Claimed) {
    await rooms.shards.finish(shard);
    expect(await rooms.collator.workOnce()).toBe(1);
    return rooms.observations.ofScan(scan.id);
  }

  it('of a host are one row a look, whatever the number of its ports and entries', async () => {
    const id = await scanning();
    const claimed = await claim();
    await writeDown(rooms, claimed, [seen('1-30000', 'closed'), seen('8080', 'open')]);
    await writeDown(rooms, claimed, [seen('40000-65535', 'filtered'), seen('30001', 'unknown')]);
    const host = (await collated(claimed)).get(ADDRESS)!;
    expect([await rows(), await logged()]).toMatchObject([{ length: 1 }, 0]);
    expect([`${host.open}`, `${host.closed}`, `${host.filtered}`, `${host.unknown}`]).toEqual([
      '8080',
      '1-8079,8081-30000',
      '40000-65535',
      '30001',
    ]);
    expect([host.connectMs.get(8080), host.at]).toEqual([0.5, 1000]);
    expect(await rooms.run(id)).toMatchObject({ state: 'observed' });
  });

  it('are the same in the log as in the rows, and the same batch twice changes nothing', async () => {
    await scanning(ADDRESS, '1-1000');
    const claimed = await claim();
    const batch = [seen('1-1000', 'closed'), seen('22,80', 'open'), seen('81', 'unknown')];
    await writeDown(rooms, claimed, batch);
    await writeDown(rooms, claimed, batch);
    const underWay = await rooms.observations.ofScan(claimed.scan.id);
    expect([await rows(), await logged()]).toEqual([[], 2]);
    expect(await collated(claimed)).toEqual(underWay);
    expect(`${underWay.get(ADDRESS)!.closed}`).toBe('1-21,23-79,81-1000');
  });

  it('of many shards come together by host, with those that nobody has looked at left out', async () => {
    await scanning('127.1.0.0/28', '1-50000');
    const ports = PortSet.parse('1-50000');
    for (let time = 0; time < 4; time++) {
      const claimed = await claim();
      // What lies in another shard is no matter: an engine hands out what lies in this one.
      const all = Array.from({ length: 15 }, (_, i) => ({
        ...seen('', 'closed', `127.1.0.${i}`),
        at: 1000 + time,
        ports: time === 3 ? ports.subtract(PortSet.of(22)) : ports,
      }));
      await writeDown(rooms, claimed, [...all, seen('22', 'open', '127.1.0.3')]);
      await rooms.shards.finish(claimed.shard);
    }
    expect(await rooms.collator.workOnce()).toBe(1);
    const [scan] = await rooms.query('select id from scan');
    const hosts = await rooms.observations.ofScan(scan!.id);
    expect([...hosts.keys()].sort()).toEqual(Array.from({ length: 15 }, (_, i) => `127.1.0.${i}`).sort());
    for (const [address, { open, closed, at }] of hosts)
      expect([`${open}`, closed.size, at]).toEqual(
        address === '127.1.0.3' ? ['22', 49_999, 1003] : ['', 50_000, 1003],
      );
  });

  it('of canaries are kept, beside the ports and not among them', async () => {
    await scanning(ADDRESS, '1-1000');
    const claimed = await claim();
    const canary = { ...seen('40001-40003', 'open'), reason: 'canary' };
    await writeDown(rooms, claimed, [canary, seen('22', 'open')]);
    await writeDown(rooms, claimed, [{ ...canary, ports: PortSet.of(40004), reason: 'canary-shut' }]);
    const host = (await collated(claimed)).get(ADDRESS)!;
    const { open, shut } = canariesOf(host);
    expect([`${host.open}`, `${open}`, `${shut}`]).toEqual(['22', '40001-40003', '40004']);
  });

  it('of an IPv6 address are of one host, however the database spells it', async () => {
    await scanning('::1', '80-81');
    const claimed = await claim();
    for (const port of ['80', '81']) await writeDown(rooms, claimed, [seen(port, 'closed', '::1')]);
    expect(`${(await collated(claimed)).get('::1')!.closed}`).toBe('80-81');
    expect(await rows()).toHaveLength(1);
  });

  it('of a worker that was away too long are not kept', async () => {
    await scanning(ADDRESS, '1-1000');
    const lost = await claim();
    expect(await writeDown(rooms, lost, [seen('1', 'closed')])).toBe(true);
    clock.pass(LEASE_MS + 1);
    const taken = (await other.shards.claim(LEASE_MS, FREE))!;
    expect(await writeDown(rooms, lost, [seen('2', 'open')])).toBe(false);
    expect(await writeDown(other, taken, [seen('3', 'open')])).toBe(true);
    const host = (await collated(taken)).get(ADDRESS)!;
    expect([`${host.open}`, `${host.closed}`]).toEqual(['3', '1']);
  });

  it('are put together once, however many servers do it in the same moment', async () => {
    await scanning(ADDRESS, '1-1000');
    const claimed = await claim();
    await writeDown(rooms, claimed, [seen('1-1000', 'closed')]);
    await rooms.shards.finish(claimed.shard);
    await Promise.all([rooms, other, rooms, other].map(({ collator }) => collator.workOnce()));
    expect([await rows(), await logged()]).toMatchObject([{ length: 1 }, 0]);
    expect(await rooms.collator.workOnce()).toBe(0);
  });

  describe('that an earlier version has stored as rows', () => {
    const OLD = `insert into observed_host (scan_id, address, open, closed, filtered, unreachable, unknown, reasons, connect_ms, at)
      select id, '${ADDRESS}', '{[22,23)}', '{[1,22)}', '{}', '{}', '{[30,31)}',
        '{"handshake": "22", "reset": "1-21", "not-probed": "30"}', '{"22": 0.7}', to_timestamp(2) from scan`;

    it('hold, and what the log has beside them does, too', async () => {
      await scanning(ADDRESS, '1-1000');
      await rooms.query(OLD);
      const claimed = await claim();
      await writeDown(rooms, claimed, [seen('22-40', 'closed')]);
      const host = (await collated(claimed)).get(ADDRESS)!;
      expect([`${host.open}`, `${host.closed}`, `${host.unknown}`]).toEqual(['22', '1-21,23-40', '']);
      expect([...host.connectMs]).toEqual([[22, 0.7]]);
    });
  });
});
