import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { describe, expect, test, vi } from 'vitest';
import { AddressSet } from '../../../../src/domain/address-set.js';
import {
  type HostObserved,
  nothingObserved,
  type Observation,
  observe,
} from '../../../../src/domain/observation.js';
import { PortSet } from '../../../../src/domain/port-set.js';
import { probeCount, type ScanPlan } from '../../../../src/domain/scan-plan.js';
import { scan } from '../../../../src/engine/scan.js';
import { moored } from '../../../support/mooring.js';
import { closingPort, openPort, refusingPort, silentPort } from '../../../support/net-harbour.js';

function planOf(host: string, ports: PortSet, changes: Partial<ScanPlan> = {}): ScanPlan {
  const targets = [{ addresses: AddressSet.parse(host), ports }];
  return {
    targets,
    from: 0,
    to: probeCount(targets),
    seed: 1,
    timeoutMs: 10_000,
    retries: 0,
    ratePerSecond: Number.POSITIVE_INFINITY,
    inFlight: 256,
    ...changes,
  };
}

const never = new AbortController().signal;

async function observed(plan: ScanPlan, signal = never): Promise<Map<string, HostObserved>> {
  const hosts = new Map<string, HostObserved>();
  for await (const seen of scan(plan, signal)) {
    hosts.set(seen.address, observe(hosts.get(seen.address) ?? nothingObserved(seen.address), seen));
  }
  return hosts;
}

const openSockets = (): number =>
  process.getActiveResourcesInfo().filter((kind) => kind === 'TCPSocketWrap' || kind === 'TCPWRAP').length;

describe.each(['127.0.0.1', '127.9.8.7', '::1'])('on %s', (host) => {
  test('open, refusing, closing and silent ports are told apart, with their reasons', async () => {
    const open = await moored(openPort(host));
    const closing = await moored(closingPort(host));
    const silent = await moored(silentPort(host));
    const refusing = await refusingPort(host);
    const ports = PortSet.of(open.port, closing.port, silent.port, refusing);
    const seen = (await observed(planOf(host, ports, { timeoutMs: 300, retries: 1 }))).get(host)!;
    expect(`${seen.open}`).toBe(`${PortSet.of(open.port, closing.port)}`);
    expect(`${seen.closed}`).toBe(`${refusing}`);
    expect(`${seen.filtered}`).toBe(`${silent.port}`);
    expect(Array.from(seen.reasons.keys()).sort()).toEqual(['handshake', 'reset', 'silence']);
    expect(Array.from(seen.connectMs.keys()).sort()).toEqual([open.port, closing.port].sort());
    for (const ms of seen.connectMs.values()) expect(ms).toBeGreaterThan(0);
  });
});

test('every listener among thousands of refusing ports is found, and every port is named once', async () => {
  const listeners = await Promise.all(Array.from({ length: 40 }, () => moored(openPort('127.0.0.3'))));
  const wanted = PortSet.from(listeners.map(({ port }) => port));
  const ports = PortSet.range(30_000, 36_000).union(wanted);
  let named = 0;
  let seen = nothingObserved('127.0.0.3');
  for await (const observation of scan(planOf('127.0.0.3', ports), never)) {
    named += observation.ports.size;
    seen = observe(seen, observation);
  }
  expect(`${wanted.subtract(seen.open)}`).toBe('');
  expect(seen.open.size + seen.closed.size).toBe(ports.size);
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

test('an abort ends the scan at once, keeps what was found and closes every socket', async () => {
  const before = openSockets();
  const silent = await moored(silentPort('127.0.0.1'));
  const open = await moored(openPort('127.0.0.1'));
  const listening = openSockets();
  const stop = new AbortController();
  const found: Observation[] = [];
  const plan = planOf('127.0.0.1', PortSet.of(silent.port, open.port), { timeoutMs: 600_000 });
  for await (const seen of scan(plan, stop.signal)) {
    found.push(seen);
    stop.abort();
  }
  expect(found.map(({ state, ports }) => [state, `${ports}`])).toEqual([['open', `${open.port}`]]);
  await vi.waitFor(() => expect(openSockets()).toBeLessThanOrEqual(listening));
  expect(before).toBeLessThanOrEqual(listening);
});

test('a scan that was aborted before it began sends nothing', async () => {
  const open = await moored(openPort('127.0.0.1'));
  expect(await observed(planOf('127.0.0.1', PortSet.of(open.port)), AbortSignal.abort())).toEqual(new Map());
  expect(open.accepted).toBe(0);
});

test('leaving the loop closes every socket', async () => {
  const silent = await moored(silentPort('127.0.0.1'));
  const open = await moored(openPort('127.0.0.1'));
  const before = openSockets();
  const plan = planOf('127.0.0.1', PortSet.of(silent.port, open.port), { timeoutMs: 600_000 });
  for await (const seen of scan(plan, never)) {
    expect(seen.state).toBe('open');
    break;
  }
  await vi.waitFor(() => expect(openSockets()).toBeLessThanOrEqual(before));
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

test('when descriptors run out in the middle, the ports are probed again and none is lost', async () => {
  const listeners = await Promise.all(Array.from({ length: 10 }, () => moored(openPort('127.0.0.6'))));
  const wanted = PortSet.from(listeners.map(({ port }) => port));
  const ports = PortSet.range(20_000, 22_000).union(wanted);
  const limit = (soft: number): void => {
    execFileSync('prlimit', ['--pid', String(process.pid), `--nofile=${soft}:`]);
  };
  const before = Number(
    execFileSync('prlimit', ['--pid', String(process.pid), '-n', '-o', 'SOFT', '--noheadings']),
  );
  const taken = readdirSync('/proc/self/fd').length;
  let seen = nothingObserved('127.0.0.6');
  try {
    for await (const observation of scan(planOf('127.0.0.6', ports, { ratePerSecond: 4000 }), never)) {
      // Fewer than one turn of the engine opens, so that the kernel does say EMFILE.
      if (seen.at === 0) limit(taken + 12);
      seen = observe(seen, observation);
    }
  } finally {
    limit(before);
  }
  expect(`${wanted.subtract(seen.open)}`).toBe('');
  expect(`${seen.unknown}`).toBe('');
  expect(seen.open.union(seen.closed).equals(ports)).toBe(true);
});

test('answers that came in time are not called silence because this process was late to read them', async () => {
  const open = await moored(openPort('127.0.0.1'));
  const refusing = await refusingPort('127.0.0.1');
  const plan = planOf('127.0.0.1', PortSet.of(open.port, refusing), { timeoutMs: 20 });
  const seen = observed(plan);
  // Runs when the SYNs are out and before any answer is read: the process stalls for five time-outs.
  process.nextTick(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100));
  const host = (await seen).get('127.0.0.1')!;
  expect([`${host.open}`, `${host.closed}`, `${host.filtered}`]).toEqual([`${open.port}`, `${refusing}`, '']);
});

test('a slow reader is waited for, and still gets everything', async () => {
  const ports = PortSet.range(20_000, 23_000);
  let seen = nothingObserved('127.0.0.1');
  for await (const observation of scan(planOf('127.0.0.1', ports), never)) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    seen = observe(seen, observation);
  }
  expect(seen.open.union(seen.closed).equals(ports)).toBe(true);
});
