/*
 * Shards under contention: one worker each, taken up again when a worker is lost, given up at last, and never ended by
 * somebody who has lost them.
 */
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AddressSet } from '../../src/domain/address-set.js';
import { PortSet } from '../../src/domain/port-set.js';
import { describeOnBothDatabases, type TestDatabase } from '../support/databases.js';
import { FREE, NEVER, openRooms, type Rooms, sail, standingClock } from '../support/rooms.js';

const LEASE_MS = 15_000;
const BEGUN = { probed: 0, settledTo: 0, engine: null };
const SETTINGS = { seed: 1, timeoutMs: 200, retries: 0, ratePerSecond: 5000, inFlight: 10 };

const inventory = (ports: string): string => `version: 1
hosts: [{ name: one, address: 127.0.62.1 }]
audits: [{ name: watch, hosts: all, ports: "${ports}", timeoutMs: 200, confirm: { times: 0 } }]
`;

describeOnBothDatabases('shards', (kind) => {
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
    await rooms.load(inventory('7'));
    clock.pass(1000);
  });

  afterEach(() => rooms.empty());

  /** A run that is being scanned, of so many probes. */
  async function scanning(addresses = '127.0.62.1', ports = PortSet.of(7)): Promise<string> {
    const id = await rooms.scheduler.runNow('watch');
    await rooms.scans.start(
      await rooms.scans.run(id),
      {},
      [{ addresses: AddressSet.parse(addresses), ports }],
      SETTINGS,
    );
    return id;
  }

  const shards = () => rooms.query('select state, attempts, probed from shard order by id');
  const stateOf = async (id: string): Promise<string> => (await rooms.run(id)).state;

  it('a scan is cut into ranges without a gap or an overlap', async () => {
    await scanning('127.1.0.0/28', PortSet.parse('1-50000'));
    const ranges = await rooms.query('select from_position, to_position from shard order by from_position');
    expect(ranges.map((one) => [Number(one.from_position), Number(one.to_position)])).toEqual([
      [0, 262_144],
      [262_144, 524_288],
      [524_288, 786_432],
      [786_432, 800_000],
    ]);
  });

  it('of several workers that ask at once, one gets the shard', async () => {
    await scanning();
    const claims = await Promise.all(
      [rooms, other, rooms, other].map(({ shards }) => shards.claim(LEASE_MS, FREE)),
    );
    expect(claims.filter((claim) => claim !== null)).toHaveLength(1);
    expect(await shards()).toMatchObject([{ state: 'leased', attempts: 1 }]);
  });

  it('a lease that has ended is taken up again, one that was renewed is not', async () => {
    const id = await scanning();
    const claim = await rooms.shards.claim(LEASE_MS, FREE);
    clock.pass(LEASE_MS - 1);
    expect(await other.shards.claim(LEASE_MS, FREE)).toBeNull();
    expect(await rooms.shards.renew(claim!.shard, BEGUN, LEASE_MS)).toBe(true);
    clock.pass(LEASE_MS);
    expect(await other.shards.claim(LEASE_MS, FREE)).toBeNull();
    clock.pass(1);
    expect(await other.scanner.workOnce(NEVER)).toBe(1);
    expect(await shards()).toMatchObject([{ state: 'done', attempts: 2, probed: '1' }]);
    expect(await stateOf(id)).toBe('scanned');
  });

  it('a worker that was away too long can neither go on with its shard, nor end it, nor give it back', async () => {
    const id = await scanning();
    const lost = await rooms.shards.claim(LEASE_MS, FREE);
    clock.pass(LEASE_MS + 1);
    const taken = await other.shards.claim(LEASE_MS, FREE);
    expect(taken!.shard.id).toBe(lost!.shard.id);
    expect(await rooms.shards.renew(lost!.shard, BEGUN, LEASE_MS)).toBe(false);
    await rooms.shards.finish(lost!.shard);
    await rooms.shards.giveBack(lost!.shard, BEGUN);
    expect(await shards()).toMatchObject([{ state: 'leased', attempts: 2, probed: '0' }]);
    expect(await stateOf(id)).toBe('scanning');
    await other.shards.finish(taken!.shard);
    expect(await stateOf(id)).toBe('scanned');
  });

  it('a shard that is given back does not count as an attempt', async () => {
    await scanning();
    for (let time = 0; time < 5; time++) {
      const claim = await rooms.shards.claim(LEASE_MS, FREE);
      await rooms.shards.giveBack(claim!.shard, BEGUN);
    }
    expect(await shards()).toMatchObject([{ state: 'waiting', attempts: 0 }]);
  });

  it('after the third attempt that failed the shard is given up, and the run has failed, not passed', async () => {
    const id = await scanning();
    for (let attempt = 1; attempt <= 3; attempt++) {
      expect(await rooms.shards.claim(LEASE_MS, FREE)).not.toBeNull();
      clock.pass(LEASE_MS + 1);
    }
    expect(await rooms.shards.claim(LEASE_MS, FREE)).toBeNull();
    expect(await shards()).toMatchObject([{ state: 'given-up', attempts: 3 }]);
    await sail(rooms, clock);
    expect(await rooms.run(id)).toMatchObject({
      verdict: 'failed',
      because: '1 part of the scan could not be finished',
      coverage: { expected: 1, probed: 0, answered: 0, unknown: 1 },
    });
  });

  it('a scan that the service interrupts gives its shard back', async () => {
    await scanning();
    expect(await rooms.scanner.workOnce(AbortSignal.abort())).toBe(1);
    expect(await shards()).toMatchObject([{ state: 'waiting', attempts: 0 }]);
  });

  describe('a run that can not be carried out', () => {
    it.each([
      [
        'a scope that has ended since',
        'hosts: [{ name: one, address: 127.0.62.1 }]',
        '{ allow: [127.0.0.0/8], until: 2026-06-30 }',
        "the scope 's' ended on 2026-06-30",
      ],
      [
        'more probes than anybody means',
        'hosts: [{ name: one, address: "2001:db8::/64" }]',
        '{ allow: ["2001:db8::/32"] }',
        'expected at most 68719476736',
      ],
    ])('%s', async (_name, hosts, scope, because) => {
      await rooms.load(`version: 1
scopes: [${scope.replace('{', '{ name: s, authorisedBy: Me,')}]
${hosts}
audits: [{ name: watch, hosts: all, ports: 1-65535 }]
`);
      const id = await rooms.scheduler.runNow('watch');
      expect(await rooms.dispatcher.workOnce()).toBe(1);
      const run = await rooms.run(id);
      expect(run).toMatchObject({ state: 'finished', verdict: 'failed' });
      expect(run.because).toContain(because);
      expect(await shards()).toEqual([]);
    });

    it('does not fail under a server that has begun it', async () => {
      const id = await rooms.scheduler.runNow('watch');
      const stale = await rooms.scans.run(id);
      await other.dispatcher.workOnce();
      await rooms.scans.fail(stale, 'the name pointed elsewhere for a moment');
      expect(await stateOf(id)).toBe('scanning');
    });
  });
});
