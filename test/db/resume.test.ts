/*
 * A shard that is taken up again goes on from what is stored: nothing that is settled, and nothing that has answered, is
 * probed twice; and what was not stored is never called settled.
 */
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { canariesOf, type Observation } from '../../src/domain/observation.js';
import { PortSet } from '../../src/domain/port-set.js';
import { permutation } from '../../src/engine/permutation.js';
import { ProbeOrder } from '../../src/engine/probe-order.js';
import { Intake } from '../../src/scans/intake.js';
import { targetsOf } from '../../src/scans/scan-settings.js';
import { ShardLog } from '../../src/scans/shard-log.js';
import { describeOnBothDatabases } from '../support/databases.js';
import { type HarbourPort, openPort } from '../support/net-harbour.js';
import { FREE, NEVER, openRoomsOn, type Rooms, standingClock, writeDown } from '../support/rooms.js';

const HOST = '127.0.64.1';
const LEASE_MS = 15_000;
const LISTENERS = 24;
/** Answers that may be under way when a scan is interrupted: they were seen by the listener and by nobody else. */
const UNDER_WAY = 2;

describeOnBothDatabases('a shard that was begun', (kind) => {
  const clock = standingClock('2026-07-01T12:00:00Z');
  let rooms: Rooms;
  let listeners: Array<HarbourPort & { readonly accepted: number }>;
  let ports: number[];

  beforeAll(async () => {
    rooms = await openRoomsOn(kind, clock);
    return rooms.close;
  });

  beforeEach(async () => {
    listeners = await Promise.all(Array.from({ length: LISTENERS }, () => openPort(HOST)));
    ports = listeners.map(({ port }) => port).sort((a, b) => a - b);
    clock.pass(1000);
    await rooms.load(`version: 1
hosts: [{ name: one, address: ${HOST} }]
audits: [{ name: watch, hosts: all, ports: "${ports.join(',')}", ratePerSecond: 60, timeoutMs: 500, confirm: { times: 0 } }]
`);
    await rooms.scheduler.runNow('watch');
    await rooms.dispatcher.workOnce();
  });

  afterEach(async () => {
    for (const listener of listeners) await listener.close();
    await rooms.empty();
  });

  const shard = async () => (await rooms.query('select * from shard'))[0]!;
  const acceptedOn = (port: number): number => listeners.find((one) => one.port === port)!.accepted;
  const acceptedInAll = (): number => listeners.reduce((sum, { accepted }) => sum + accepted, 0);

  function seen(which: readonly number[]): Observation {
    return {
      ...{ address: HOST, ports: PortSet.from(which), state: 'open', reason: 'handshake', at: 1 },
      connectMs: new Map(which.map((port) => [port, 0.5])),
    };
  }

  async function openPorts(): Promise<string> {
    const [scan] = await rooms.query('select id from scan');
    return `${(await rooms.observations.ofScan(scan!.id)).get(HOST)!.open}`;
  }

  it('by a worker that died goes on from its position, and spares what has answered', async () => {
    const claim = await rooms.shards.claim(LEASE_MS, FREE);
    const { seed } = claim!.scan.settings;
    const order = Array.from({ length: LISTENERS }, (_, i) => ports[permutation(LISTENERS, seed)(i)]!);
    const settled = order.slice(0, 10);
    // Stored before the worker died, though not settled: the answers of two more.
    const answered = order.slice(15, 17);
    await writeDown(rooms, claim!, [seen(settled), seen(answered)], { probed: 12, settledTo: 10 });
    clock.pass(LEASE_MS + 1);
    expect(await rooms.scanner.workOnce(NEVER)).toBe(1);
    const spared = new Set([...settled, ...answered]);
    for (const port of ports) expect([port, acceptedOn(port)]).toEqual([port, spared.has(port) ? 0 : 1]);
    expect(await openPorts()).toBe(ports.join(','));
    expect(await shard()).toMatchObject({
      state: 'done',
      probed: String(LISTENERS),
      settled_to: String(LISTENERS),
      engine: 'portable',
    });
  });

  it('and that the service gave back when it stopped is finished by the next start, without a second look', async () => {
    const stop = new AbortController();
    const working = rooms.scanner.workOnce(stop.signal);
    await expect.poll(acceptedInAll, { timeout: 20_000, interval: 5 }).toBeGreaterThan(LISTENERS / 3);
    stop.abort();
    expect(await working).toBe(1);
    const back = await shard();
    expect([back.state, back.attempts]).toEqual(['waiting', 0]);
    expect(Number(back.probed)).toBeGreaterThan(0);
    expect(Number(back.probed)).toBeLessThan(LISTENERS);
    expect(await rooms.scanner.workOnce(NEVER)).toBe(1);
    expect(await openPorts()).toBe(ports.join(','));
    expect(acceptedInAll()).toBeLessThanOrEqual(LISTENERS + UNDER_WAY);
    expect((await rooms.query('select state from run'))[0]!.state).toBe('scanned');
  });

  it('asks again for what no handshake has confirmed, and takes its answer for it', async () => {
    const claim = await rooms.shards.claim(LEASE_MS, FREE);
    // Nobody listens there any more: what was a SYN-ACK once is refuted by a refusal.
    const gone = listeners.pop()!;
    await gone.close();
    const [confirmed, ...asked] = ports.filter((port) => port !== gone.port);
    const synAcks = {
      address: HOST,
      ports: PortSet.from([...asked, gone.port]),
      state: 'open' as const,
      at: 1,
    };
    await writeDown(rooms, claim!, [{ ...synAcks, reason: 'syn-ack' }, seen([confirmed!])]);
    clock.pass(LEASE_MS + 1);
    expect(await rooms.scanner.workOnce(NEVER)).toBe(1);
    const host = (await rooms.observations.ofScan(claim!.scan.id)).get(HOST)!;
    expect([`${host.closed}`, host.reasons.has('syn-ack')]).toEqual([`${gone.port}`, false]);
    expect(`${host.reasons.get('handshake')}`).toBe([confirmed, ...asked].join(','));
    expect([acceptedOn(confirmed!), acceptedOn(asked[0]!)]).toEqual([0, 1]);
  });

  it.each([
    ['before its end', 10],
    ['with nothing but its canaries left', LISTENERS],
  ])('%s has the canaries that are due by what is stored, once', async (_, settledTo) => {
    const claim = await rooms.shards.claim(LEASE_MS, FREE);
    await writeDown(rooms, claim!, [seen(ports)], { probed: LISTENERS, settledTo });
    clock.pass(LEASE_MS + 1);
    expect(await rooms.scanner.workOnce(NEVER)).toBe(1);
    const host = (await rooms.observations.ofScan(claim!.scan.id)).get(HOST)!;
    const { open, shut } = canariesOf(host);
    expect([acceptedInAll(), open.size, shut.size]).toEqual([0, 0, 4]);
  });

  it('sends no canaries where they are told of already', async () => {
    const claim = await rooms.shards.claim(LEASE_MS, FREE);
    const told = {
      address: HOST,
      ports: PortSet.of(60_001),
      state: 'closed',
      reason: 'canary-shut',
      at: 1,
    } as const;
    await writeDown(rooms, claim!, [seen(ports), told], { probed: LISTENERS, settledTo: 10 });
    clock.pass(LEASE_MS + 1);
    expect(await rooms.scanner.workOnce(NEVER)).toBe(1);
    const host = (await rooms.observations.ofScan(claim!.scan.id)).get(HOST)!;
    expect(`${canariesOf(host).shut}`).toBe('60001');
  });

  describe('and its intake', () => {
    const progress = (settledTo: number) => ({
      ...{ engine: 'syn' as const, settledTo, sent: settledTo, answered: 0, elapsedMs: 1 },
    });

    async function intake(): Promise<Intake> {
      const claim = await rooms.shards.claim(LEASE_MS, FREE);
      const { shard, scan } = claim!;
      const order = new ProbeOrder(targetsOf(scan), scan.settings.seed);
      const log = new ShardLog(order, 0, LISTENERS);
      return new Intake(shard, LEASE_MS, rooms.shards, log, () => clock().getTime());
    }

    it('renew the lease while the engine has nothing to hand out', async () => {
      const taking = await intake();
      clock.pass(LEASE_MS - 1);
      taking.watch(progress(0));
      await taking.flush();
      clock.pass(LEASE_MS - 1);
      expect(await rooms.shards.claim(LEASE_MS, FREE)).toBeNull();
      expect(taking.isLost).toBe(false);
    });

    it('call settled what is stored with all that was seen there, in one breath', async () => {
      const taking = await intake();
      await taking.take(seen(ports.slice(0, 3)));
      taking.watch(progress(8));
      await taking.flush();
      expect(await shard()).toMatchObject({ settled_to: '8', probed: '8', engine: 'syn' });
      expect(await openPorts()).toBe(ports.slice(0, 3).join(','));
    });

    it('call nothing settled that could not be stored', async () => {
      const taking = await intake();
      await taking.take(seen(ports.slice(0, 3)));
      taking.watch(progress(8));
      await rooms.query('alter table shard_log rename to shard_log_away');
      await expect(taking.flush()).rejects.toThrow('shard_log');
      await rooms.query('alter table shard_log_away rename to shard_log');
      expect((await shard()).settled_to).toBe('0');
    });

    it('tell the engine to stop once another worker has the shard, and write nothing more', async () => {
      const taking = await intake();
      clock.pass(LEASE_MS + 1);
      expect(await rooms.shards.claim(LEASE_MS, FREE)).not.toBeNull();
      await taking.take(seen(ports.slice(0, 3)));
      await taking.flush();
      expect([taking.isLost, taking.stopped.aborted]).toEqual([true, true]);
      expect(await rooms.query('select * from shard_log')).toEqual([]);
      expect(await shard()).toMatchObject({ state: 'leased', attempts: 2, settled_to: '0' });
    });
  });
});
