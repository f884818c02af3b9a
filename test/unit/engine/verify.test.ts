/* A SYN-ACK is believed after a handshake, refuted by an answer to it, and stands where nothing answered or we could not try. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isWildcardHost } from '../../../src/domain/compare.js';
import type { Observation } from '../../../src/domain/observation.js';
import { PortSet } from '../../../src/domain/port-set.js';
import type { ScanProgress } from '../../../src/domain/scan-plan.js';
import { verifying } from '../../../src/engine/verify.js';
import { VerifyDesk } from '../../../src/engine/verify-desk.js';
import {
  failing,
  fakeEngine,
  hostsOf,
  listOf,
  never,
  observation,
  SAID,
  type Said,
  scanPlan,
  slow,
  target,
} from '../../support/fake-engine.js';

const HOST = '203.0.113.1';
const PLAN = scanPlan([target(HOST, '1-20')], { verify: true });

/** Port 7 has answered by SYN-ACK; `handshakes` is what each attempt at it says. */
async function portAfter(...handshakes: Said[]) {
  const syn = fakeEngine((_, port) => (port === 7 ? SAID.synAck : SAID.closed));
  const gentle = fakeEngine(() => handshakes.shift() ?? SAID.failed);
  const list = await listOf(verifying(syn.engine, gentle.engine)(PLAN, never));
  const of7 = list.filter(({ ports }) => ports.has(7)).map(({ state, reason }) => [state, reason]);
  return { of7, attempts: gentle.probed, others: list.length - of7.length };
}

describe('a SYN-ACK', () => {
  test('is handed out once, as open, with the time of its handshake', async () => {
    expect(await portAfter(SAID.open)).toEqual({
      of7: [['open', 'handshake']],
      attempts: [`${HOST}:7`],
      others: 19,
    });
  });

  test('is believed at the second attempt', async () => {
    expect((await portAfter(SAID.silent, SAID.open)).of7).toEqual([['open', 'handshake']]);
  });

  test.each([
    [SAID.closed, SAID.closed, ['closed', 'reset']],
    [SAID.silent, SAID.silent, ['open', 'syn-ack']],
    [SAID.silent, SAID.prohibited, ['filtered', 'prohibited']],
    [SAID.prohibited, SAID.silent, ['filtered', 'prohibited']],
    [SAID.unreachable, SAID.silent, ['unreachable', 'host-unreachable']],
    [SAID.closed, SAID.prohibited, ['closed', 'reset']],
    [SAID.silent, SAID.closed, ['closed', 'reset']],
    [SAID.closed, SAID.silent, ['closed', 'reset']],
    [SAID.closed, SAID.failed, ['open', 'syn-ack']],
    [SAID.failed, SAID.silent, ['open', 'syn-ack']],
    [SAID.failed, SAID.failed, ['open', 'syn-ack']],
  ])('is, after %o and %o, %o', async (first, second, expected) => {
    expect((await portAfter(first, second)).of7).toEqual([expected]);
  });

  test('passes at once where the plan asks for no more', async () => {
    const gentle = fakeEngine(() => SAID.open);
    const scan = verifying(fakeEngine(() => SAID.synAck).engine, gentle.engine);
    const seen = await listOf(scan({ ...PLAN, verify: false }, never));
    expect([seen.length, gentle.plans]).toEqual([20, []]);
  });
});

test('every port is handed out once, whatever the handshakes say', async () => {
  const say = fc.constantFrom(...Object.values(SAID));
  await fc.assert(
    fc.asyncProperty(fc.func(say), fc.func(say), async (says, handshake) => {
      const syn = fakeEngine((address, port) => says(address, port));
      const scan = verifying(syn.engine, fakeEngine(handshake).engine);
      const plan = scanPlan([target('203.0.113.1-9', '1-200')], { verify: true });
      const seen = await listOf(scan(plan, never));
      const ports = seen.flatMap((one) => Array.from(one.ports, (port) => `${one.address} ${port}`));
      expect([ports.length, new Set(ports).size]).toEqual([1800, 1800]);
    }),
    { numRuns: 8 },
  );
});

describe('a host on which everything says open', () => {
  const plan = scanPlan([target(HOST, '1-1000')], { verify: true });

  test('has 64 of its ports confirmed, and the rest passes as it is', async () => {
    const gentle = fakeEngine(() => SAID.open);
    const host = (
      await hostsOf(verifying(fakeEngine(() => SAID.synAck).engine, gentle.engine)(plan, never))
    ).get(HOST)!;
    expect(gentle.probed).toHaveLength(64);
    expect([host.open.size, host.reasons.get('handshake')!.size, host.reasons.get('syn-ack')!.size]).toEqual([
      1000, 64, 936,
    ]);
  });

  test('by SYN-ACK alone, and completes no handshake, has every port refuted', async () => {
    const gentle = fakeEngine(() => SAID.closed);
    const scan = verifying(fakeEngine(() => SAID.synAck).engine, gentle.engine);
    const host = (await hostsOf(scan(plan, never))).get(HOST)!;
    expect([host.closed.size, host.open.size, gentle.probed.length]).toEqual([1000, 0, 2000]);
  });

  test('by SYN-ACK alone, and is silent to every handshake, is unknown, and asked no more than a sample', async () => {
    const gentle = fakeEngine(() => SAID.silent);
    const scan = verifying(fakeEngine(() => SAID.synAck).engine, gentle.engine);
    const host = (await hostsOf(scan(plan, never))).get(HOST)!;
    expect([host.unknown.size, host.reasons.get('unconfirmed')!.size]).toEqual([1000, 1000]);
    expect(gentle.probed.length).toBe(2 * 64);
  });

  test('but is silent to a few handshakes, is a wildcard, and of those few nothing is known', async () => {
    let turn = 0;
    const gentle = fakeEngine(() => (turn++ % 16 < 2 ? SAID.silent : SAID.open));
    const scan = verifying(fakeEngine(() => SAID.synAck).engine, gentle.engine);
    const host = (await hostsOf(scan(plan, never))).get(HOST)!;
    expect(host.unknown.size).toBeGreaterThan(0);
    expect([host.open.size + host.unknown.size, isWildcardHost(host)]).toEqual([1000, true]);
  });

  test('is a wildcard also where it completes no handshake, but is too large to refute port by port', async () => {
    const large = scanPlan([target(HOST, '1-2000')], { verify: true });
    const scan = verifying(fakeEngine(() => SAID.synAck).engine, fakeEngine(() => SAID.closed).engine);
    const host = (await hostsOf(scan(large, never))).get(HOST)!;
    expect([host.closed.size, host.open.size, isWildcardHost(host)]).toEqual([64, 1936, true]);
  });

  test('has all of them confirmed once enough else is seen there, though it comes later', async () => {
    const open = PortSet.range(1, 300);
    async function* slice(): AsyncGenerator<Observation> {
      for (const port of open) yield observation(HOST, port, SAID.synAck);
      yield { ...observation(HOST, 1, SAID.closed), ports: PortSet.range(301, 1000) };
    }
    const gentle = fakeEngine(() => SAID.open);
    const host = (await hostsOf(verifying(slice, gentle.engine)(plan, never))).get(HOST)!;
    expect([gentle.probed.length, `${host.reasons.get('handshake')}`]).toEqual([300, '1-300']);
  });
});

describe('a firewall that lets a SYN a minute through', () => {
  test.each([
    ['a host whose other ports are silent', SAID.silent, 20],
    ['a host whose other ports refuse', SAID.closed, 20],
    ['a host that is asked for one port', SAID.silent, 1],
    ['a host on which all of a few ports answered', SAID.synAck, 20],
  ])('leaves open what it let through: %s', async (_, other, ports) => {
    const says = (_: string, port: number) => (port === 1 ? SAID.synAck : other);
    const scan = verifying(fakeEngine(says).engine, fakeEngine(() => SAID.silent).engine);
    const of = scanPlan([target(HOST, `1-${ports}`)], { verify: true });
    const host = (await hostsOf(scan(of, never))).get(HOST)!;
    expect([host.open.has(1), host.reasons.get('syn-ack')!.has(1), host.unknown.isEmpty]).toEqual([
      true,
      true,
      true,
    ]);
  });

  test('holds nothing up once the host has said something else', async () => {
    const says = (_: string, port: number) => (port === 300 ? SAID.synAck : SAID.silent);
    const scan = verifying(fakeEngine(says).engine, fakeEngine(() => SAID.silent).engine);
    const told: ScanProgress[] = [];
    const of = scanPlan([target(HOST, '1-1000')], { verify: true });
    const seen = await listOf(scan(of, never, (progress) => told.push(progress)));
    expect(seen.findIndex(({ state }) => state === 'open')).toBeLessThan(999);
    expect(told.at(-1)).toMatchObject({ settledTo: 1000 });
  });

  test('settles nothing while it may still be a wildcard', async () => {
    const scan = verifying(fakeEngine(() => SAID.synAck).engine, fakeEngine(() => SAID.silent).engine);
    const settled = new Map<number, number>();
    let read = 0;
    const watch = ({ settledTo }: ScanProgress) => settled.set(settledTo, read);
    for await (const one of scan(PLAN, never, watch)) read += one.ports.size;
    for (const [settledTo, readThen] of settled) expect(readThen).toBeGreaterThanOrEqual(settledTo);
  });
});

test('few handshakes run at once, and never many ports in one', async () => {
  const gentle = fakeEngine(() => SAID.open);
  const plan = scanPlan([target('203.0.113.0/25', '1-40')], { verify: true });
  await listOf(verifying(fakeEngine(() => SAID.synAck).engine, gentle.engine)(plan, never));
  expect(gentle.probed).toHaveLength(128 * 40);
  expect(gentle.mostRunning).toBeLessThanOrEqual(4);
  expect(Math.max(...gentle.plans.map(({ to }) => to))).toBeLessThanOrEqual(128);
});

test('the engine and its handshakes share the rates', async () => {
  const syn = fakeEngine(() => SAID.synAck);
  const gentle = fakeEngine(() => SAID.open);
  await listOf(verifying(syn.engine, gentle.engine)({ ...PLAN, ratePerSecond: 100, ratePerHost: 50 }, never));
  expect(syn.plans[0]).toMatchObject({ ratePerSecond: 90, ratePerHost: 45 });
  expect(gentle.plans[0]).toMatchObject({ ratePerSecond: 2.5, ratePerHost: 1.25, retries: 0 });
});

test('nothing counts as settled while it waits for its handshake', async () => {
  let release: () => void = () => undefined;
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const told: ScanProgress[] = [];
  const plan = scanPlan([target(HOST, '1-50')], { verify: true });
  let opened = 0;
  const syn = fakeEngine(() => (opened++ === 10 ? SAID.synAck : SAID.closed));
  const scan = verifying(syn.engine, async function* slow(handshakePlan, signal) {
    await released;
    yield* fakeEngine(() => SAID.open).engine(handshakePlan, signal);
  });
  const seen: Observation[] = [];
  const watch = (progress: ScanProgress): void => {
    told.push(progress);
    if (syn.probed.length === 50) release();
  };
  for await (const one of scan(plan, never, watch)) seen.push(one);
  const settled = told.map(({ settledTo }) => settledTo);
  expect(settled.slice(0, 50)).toEqual(settled.slice(0, 50).map((_, i) => Math.min(i + 1, 10)));
  expect(settled.at(-1)).toBe(50);
  expect(seen.at(-1)).toMatchObject({ state: 'open', reason: 'handshake' });
});

test('an abort hands out what waits, as it is', async () => {
  const stop = new AbortController();
  const syn = fakeEngine((_, port) => (port === 7 ? SAID.synAck : SAID.closed));
  const scan = verifying(syn.engine, async function* stuck(_, signal) {
    stop.abort();
    expect(signal.aborted).toBe(true);
    yield* [];
  });
  const host = (await hostsOf(scan(PLAN, stop.signal))).get(HOST)!;
  expect(`${host.reasons.get('syn-ack')}`).toBe('7');
});

test('an error of the handshakes is the scan’s', async () => {
  const scan = verifying(fakeEngine(() => SAID.synAck).engine, async function* broken() {
    yield* [];
    throw new Error('no socket');
  });
  await expect(listOf(scan(PLAN, never))).rejects.toThrow('no socket');
});

test('what a batch had that was cut off is never settled', async () => {
  const told: number[] = [];
  const scan = verifying(
    fakeEngine(() => SAID.synAck).engine,
    failing(slow(fakeEngine(() => SAID.open).engine), 3, 'no socket'),
  );
  let read = 0;
  const reading = async (): Promise<void> => {
    for await (const one of scan(PLAN, never, ({ settledTo }) => told.push(settledTo)))
      read += one.ports.size;
  };
  await expect(reading()).rejects.toThrow('no socket');
  expect(Math.max(...told)).toBeLessThanOrEqual(read);
});

test('what is held is bounded: beyond it, open ports pass as they are', () => {
  const desk = new VerifyDesk(10);
  const all = { ...observation(HOST, 1, SAID.synAck), ports: PortSet.range(1, 100) };
  expect(desk.take(all, 0).map(({ ports }) => `${ports}`)).toEqual(['75-100']);
  expect(desk.waiting).toBe(64);
  expect(desk.giveUp().map(({ ports }) => `${ports}`)).toEqual(['1-74']);
});
