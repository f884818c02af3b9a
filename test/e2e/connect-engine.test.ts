/*
 * The connect engine as it is built: its workers exist only compiled. Real listeners on loopback, no privilege.
 */
import { readdirSync } from 'node:fs';
import koffi from 'koffi';
import { describe, expect, test, vi } from 'vitest';
import { AddressSet } from '../../src/domain/address-set.js';
import {
  type HostObserved,
  nothingObserved,
  type Observation,
  observe,
} from '../../src/domain/observation.js';
import { PortSet } from '../../src/domain/port-set.js';
import { probeCount, type ScanPlan, type ScanProgress } from '../../src/domain/scan-plan.js';
import { moored } from '../support/mooring.js';
import { closingPort, openPort, refusingPort, silentPort } from '../support/net-harbour.js';

const built = new URL('../../dist/src/engine/connect/connect-scan.js', import.meta.url).href;
const { connectScan }: typeof import('../../src/engine/connect/connect-scan.js') = await import(built);

function planOf(hosts: string, ports: PortSet, changes: Partial<ScanPlan> = {}): ScanPlan {
  const targets = [
    { addresses: AddressSet.unionOf(hosts.split(' ').map((text) => AddressSet.parse(text))), ports },
  ];
  return {
    targets,
    from: 0,
    to: probeCount(targets),
    seed: 1,
    timeoutMs: 10_000,
    retries: 1,
    ratePerSecond: Number.POSITIVE_INFINITY,
    inFlight: 256,
    ...changes,
  };
}

const never = new AbortController().signal;

async function observed(plan: ScanPlan, signal = never): Promise<Map<string, HostObserved>> {
  const hosts = new Map<string, HostObserved>();
  for await (const seen of connectScan(plan, signal)) {
    hosts.set(seen.address, observe(hosts.get(seen.address) ?? nothingObserved(seen.address), seen));
  }
  return hosts;
}

const RLIMIT_NOFILE = 7;
const descriptors = (): number => readdirSync('/proc/self/fd').length;

// Elsewhere there is no epoll, and the engine says so.
describe.skipIf(process.platform !== 'linux')('on Linux', () => {
  describe.each(['127.0.0.1', '127.9.8.7', '::1'])('on %s', (host) => {
    test('open, refusing, closing and silent ports are told apart, with their reasons', async () => {
      const open = await moored(openPort(host));
      const closing = await moored(closingPort(host));
      const silent = await moored(silentPort(host));
      const refusing = await refusingPort(host);
      const ports = PortSet.of(open.port, closing.port, silent.port, refusing);
      const seen = (await observed(planOf(host, ports, { timeoutMs: 300 }))).get(host)!;
      expect(`${seen.open}`).toBe(`${PortSet.of(open.port, closing.port)}`);
      expect(`${seen.closed}`).toBe(`${refusing}`);
      expect(`${seen.filtered}`).toBe(`${silent.port}`);
      expect(Array.from(seen.reasons.keys()).sort()).toEqual(['handshake', 'reset', 'silence']);
      expect(Array.from(seen.connectMs.keys()).sort()).toEqual([open.port, closing.port].sort());
      for (const ms of seen.connectMs.values()) expect(ms).toBeGreaterThan(0);
    });
  });

  test('a listener that resets whoever comes is open, as it has shaken hands', async () => {
    const resetting = await moored(openPort('127.0.0.1', (socket) => socket.resetAndDestroy()));
    const silent = await moored(silentPort('127.0.0.1'));
    const ports = PortSet.of(resetting.port, silent.port);
    const seen = (await observed(planOf('127.0.0.1', ports, { timeoutMs: 200 }))).get('127.0.0.1')!;
    expect([`${seen.open}`, `${seen.filtered}`]).toEqual([`${resetting.port}`, `${silent.port}`]);
  });

  test('every listener among thousands of refusing ports is found, and every port is named once', async () => {
    const listeners = await Promise.all(Array.from({ length: 40 }, () => moored(openPort('127.0.0.3'))));
    const wanted = PortSet.from(listeners.map(({ port }) => port));
    const ports = PortSet.range(30_000, 60_000).union(wanted);
    let named = 0;
    let seen = nothingObserved('127.0.0.3');
    for await (const observation of connectScan(planOf('127.0.0.3', ports), never)) {
      named += observation.ports.size;
      seen = observe(seen, observation);
    }
    expect(`${seen.open}`).toBe(`${wanted}`);
    expect(seen.closed.equals(ports.subtract(wanted))).toBe(true);
    expect(named).toBe(ports.size);
  });

  test('two shards of one plan make up the whole, and neither does the work of the other', async () => {
    const ports = PortSet.range(40_000, 40_199);
    const halves = await Promise.all([
      observed(planOf('127.0.0.4/31', ports, { to: 170 })),
      observed(planOf('127.0.0.4/31', ports, { from: 170 })),
    ]);
    for (const host of ['127.0.0.4', '127.0.0.5']) {
      const [left, right] = halves.map((half) => half.get(host)!);
      expect(`${left!.closed.intersect(right!.closed)}`).toBe('');
      expect(left!.closed.union(right!.closed).equals(ports)).toBe(true);
    }
  });

  test('addresses that are not allowed and ports that are known are passed over, slice after slice', async () => {
    const open = await moored(openPort('127.1.7.255'));
    const ports = PortSet.range(20_000, 20_299).union(PortSet.of(open.port));
    const known = new Map([['127.1.0.1', PortSet.range(20_000, 20_290)]]);
    const allowed = AddressSet.parse('127.1.0.0/31').union(AddressSet.parse('127.1.7.255'));
    // More probes than one slice has.
    const plan = planOf('127.1.0.0/21', ports, { allowed, known });
    const hosts = await observed(plan);
    expect([...hosts.keys()].sort()).toEqual(['127.1.0.0', '127.1.0.1', '127.1.7.255']);
    expect(hosts.get('127.1.0.0')!.closed.equals(ports)).toBe(true);
    expect(hosts.get('127.1.0.1')!.closed.equals(ports.subtract(PortSet.range(20_000, 20_290)))).toBe(true);
    expect(`${hosts.get('127.1.7.255')!.open}`).toBe(`${open.port}`);
  });

  test('the connection ends with a FIN and not a reset, though the listener talks first', async () => {
    const ends: string[] = [];
    const talker = await moored(
      openPort('127.0.0.1', (socket) => {
        socket.write('SSH-2.0-harbour\r\n'.repeat(100));
        socket.resume();
        socket.on('end', () => ends.push('fin'));
      }),
    );
    await observed(planOf('127.0.0.1', PortSet.of(talker.port)));
    await vi.waitFor(() => expect(ends).toEqual(['fin']));
    expect([talker.accepted, talker.resets]).toEqual([1, 0]);
  });

  test('a listener that never closes does not hold the scan up', async () => {
    const holder = await moored(openPort('127.0.0.1', () => undefined));
    const seen = await observed(planOf('127.0.0.1', PortSet.of(holder.port), { timeoutMs: 600_000 }));
    expect(`${seen.get('127.0.0.1')!.open}`).toBe(`${holder.port}`);
  });

  test('an abort ends the scan, keeps what was judged, says nothing of what waits, and closes every socket', async () => {
    const silent = await moored(silentPort('127.0.0.1'));
    const open = await moored(openPort('127.0.0.1'));
    const refusing = await refusingPort('127.0.0.1');
    const before = descriptors();
    const stop = new AbortController();
    const found: Observation[] = [];
    // The open port comes last: what refuses has been judged by then.
    const plan = planOf('127.0.0.1', PortSet.of(silent.port, open.port, refusing), {
      timeoutMs: 600_000,
      retries: 0,
    });
    for await (const seen of connectScan(plan, stop.signal)) {
      found.push(seen);
      stop.abort();
    }
    expect(found.map(({ state, ports }) => [state, `${ports}`])).toEqual([
      ['open', `${open.port}`],
      ['closed', `${refusing}`],
    ]);
    expect(descriptors()).toBeLessThanOrEqual(before);
  });

  test('a scan that was aborted before it began sends nothing', async () => {
    const open = await moored(openPort('127.0.0.1'));
    expect(await observed(planOf('127.0.0.1', PortSet.of(open.port)), AbortSignal.abort())).toEqual(
      new Map(),
    );
    expect(open.accepted).toBe(0);
  });

  test('leaving the loop closes every socket', async () => {
    const silent = await moored(silentPort('127.0.0.1'));
    const open = await moored(openPort('127.0.0.1'));
    const before = descriptors();
    const plan = planOf('127.0.0.1', PortSet.of(silent.port, open.port), { timeoutMs: 600_000, retries: 0 });
    for await (const seen of connectScan(plan, never)) {
      expect(seen.state).toBe('open');
      break;
    }
    expect(descriptors()).toBeLessThanOrEqual(before);
  });

  test('the rate holds for retries too', async () => {
    const silent = await moored(silentPort('127.0.0.1'));
    const startedMs = performance.now();
    await observed(
      planOf('127.0.0.1', PortSet.of(silent.port), { timeoutMs: 20, retries: 3, ratePerSecond: 10 }),
    );
    // Four attempts of which one is the burst: three tenths of a second at the least, whatever the machine does.
    expect(performance.now() - startedMs).toBeGreaterThanOrEqual(300);
  });

  test("a host's share of the rate is kept to", async () => {
    const startedMs = performance.now();
    await observed(planOf('127.0.0.1', PortSet.range(20_000, 20_059), { ratePerHost: 100 }));
    // 60 probes, of which three are the burst.
    expect(performance.now() - startedMs).toBeGreaterThanOrEqual(560);
  });

  test('when descriptors run out in the middle, the ports are probed again and none is lost', async () => {
    const listeners = await Promise.all(Array.from({ length: 10 }, () => moored(openPort('127.0.0.6'))));
    const silent = await Promise.all(Array.from({ length: 20 }, () => moored(silentPort('127.0.0.6'))));
    const [wanted, quiet] = [listeners, silent].map((all) => PortSet.from(all.map(({ port }) => port)));
    const ports = PortSet.range(20_000, 22_000).union(wanted!).union(quiet!);
    // Within this process: another one could not be started while there are no descriptors.
    const libc = koffi.load('libc.so.6');
    const getrlimit = libc.func('int getrlimit(int, void *)');
    const setrlimit = libc.func('int setrlimit(int, void *)');
    const limits = Buffer.alloc(16);
    getrlimit(RLIMIT_NOFILE, limits);
    const before = Number(limits.readBigUInt64LE(0));
    const limit = (soft: number): void => {
      limits.writeBigUInt64LE(BigInt(soft), 0);
      expect(setrlimit(RLIMIT_NOFILE, limits)).toBe(0);
    };
    let seen = nothingObserved('127.0.0.6');
    let isLimited = false;
    const plan = planOf('127.0.0.6', ports, { ratePerSecond: 4000, timeoutMs: 400 });
    try {
      for await (const observation of connectScan(plan, never)) {
        // Fewer than there are silent ports, so that the kernel does say EMFILE.
        if (!isLimited) limit(descriptors() + 4);
        isLimited = true;
        seen = observe(seen, observation);
      }
    } finally {
      limit(before);
    }
    expect(`${wanted!.subtract(seen.open)}`).toBe('');
    expect([`${seen.unknown}`, `${seen.filtered}`]).toEqual(['', `${quiet}`]);
    expect(seen.open.union(seen.closed).union(seen.filtered).equals(ports)).toBe(true);
  });

  test('probes come from the address that the plan names, and ports of the other family stay unknown', async () => {
    const callers: (string | undefined)[] = [];
    const open = await moored(
      openPort('127.0.0.1', (socket) => {
        callers.push(socket.remoteAddress);
        socket.resume();
      }),
    );
    const plan = planOf('127.0.0.1 ::1', PortSet.of(open.port), { source: '127.0.0.9' });
    const hosts = await observed(plan);
    await vi.waitFor(() => expect(callers).toEqual(['127.0.0.9']));
    expect(Array.from(hosts.get('::1')!.reasons.keys())).toEqual(['EAFNOSUPPORT']);
    expect(`${hosts.get('::1')!.unknown}`).toBe(`${open.port}`);
  });

  test.each([
    [{ source: '203.0.113.9' }, /source address is none of this machine/],
    [{ source: 'harbour' }, /source 'harbour' is no address/],
    [{ interfaceName: 'nosuchthing' }, /interface can't be used \(SO_BINDTODEVICE: ENODEV\)/],
  ])('a thread that can not go on makes the scan throw: %o', async (changes, message) => {
    const before = descriptors();
    await expect(observed(planOf('127.0.0.1', PortSet.of(9), changes))).rejects.toThrow(message);
    expect(descriptors()).toBeLessThanOrEqual(before);
  });

  test.each([
    ['0.0.0.0', '127.0.0.1'],
    ['::', '::1'],
  ])("%s is nobody's address: it is not taken for %s, as Linux takes it", async (nobody, here) => {
    const open = await moored(openPort(here));
    const seen = (await observed(planOf(nobody, PortSet.of(open.port)))).get(nobody)!;
    expect([`${seen.unknown}`, [...seen.reasons.keys()]]).toEqual([`${open.port}`, ['EINVAL']]);
    expect(open.accepted).toBe(0);
  });

  test('the last word of progress is that everything is settled', async () => {
    const told: ScanProgress[] = [];
    const plan = planOf('127.0.0.1', PortSet.range(20_000, 22_999), { ratePerSecond: 10_000 });
    for await (const _ of connectScan(plan, never, (progress) => told.push(progress)));
    expect(told.at(-1)).toMatchObject({ engine: 'connect', settledTo: 3000, answered: 3000 });
    expect(told.at(-1)!.sent).toBeGreaterThanOrEqual(3000);
    expect(told.length).toBeGreaterThan(1);
    expect(told.map(({ sent }) => sent)).toEqual(told.map(({ sent }) => sent).sort((a, b) => a - b));
  });
});
