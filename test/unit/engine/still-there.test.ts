/* The silence of a host that has answered is believed only as long as it answers. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AddressSet } from '../../../src/domain/address-set.js';
import type { Observation } from '../../../src/domain/observation.js';
import { PortSet } from '../../../src/domain/port-set.js';
import type { ScanPlan } from '../../../src/domain/scan-plan.js';
import type { Engine } from '../../../src/engine/engine.js';
import { stillThere } from '../../../src/engine/still-there.js';
import { StillThereDesk } from '../../../src/engine/still-there-desk.js';
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

const ALIVE = '203.0.113.1';
const DEAD = '203.0.113.2';
const MUTE = '203.0.113.3';
const PLAN = scanPlan([target(`${ALIVE}-3`, '1-400')]);

/** One port in ten refuses on two hosts, the rest is silent, and one host never says anything. */
const says = (address: string, port: number): Said =>
  address !== MUTE && port % 10 === 0 ? SAID.closed : SAID.silent;
const stillAlive = (address: string): Said => (address === DEAD ? SAID.silent : SAID.closed);

/** An engine that says just this, in this order. */
const saying = (...list: Observation[]): Engine =>
  async function* said() {
    for (const one of list) {
      yield one;
      await Promise.resolve();
    }
  };
const of = (address: string, ports: string, said: Said): Observation => ({
  ...observation(address, 1, said),
  ports: PortSet.parse(ports),
});

describe('of hosts that have answered before', () => {
  test('one that still does has its silence believed, and of one that doesn’t nothing is known', async () => {
    const handshake = fakeEngine(stillAlive);
    const hosts = await hostsOf(stillThere(fakeEngine(says).engine, handshake.engine)(PLAN, never));
    const [alive, dead, mute] = [ALIVE, DEAD, MUTE].map((address) => hosts.get(address)!);
    expect([alive!.closed.size, alive!.filtered.size, alive!.unknown.size]).toEqual([40, 360, 0]);
    expect([dead!.closed.size, mute!.filtered.size]).toEqual([40, 400]);
    // What was silent before the first answer has passed: nobody expected an answer then.
    const before = dead!.filtered.size;
    expect(before).toBeLessThan(100);
    expect(dead!.reasons.get('host-fell-silent')!.size).toBe(360 - before);
    // The one that never answered is not asked, and the others by a port that has.
    for (const probe of handshake.probed) expect(probe).toMatch(/^203\.0\.113\.[12]:\d*0$/);
  });

  test.each([
    ['open', SAID.open, 'filtered'],
    ['closed', SAID.closed, 'filtered'],
    ['silent', SAID.silent, 'unknown'],
    ['forbidden', SAID.prohibited, 'unknown'],
    ['unreachable', SAID.unreachable, 'unknown'],
    ['not to be asked', SAID.failed, 'unknown'],
  ])('one whose port is %s now', async (_, now, state) => {
    const scan = stillThere(
      saying(of(DEAD, '22', SAID.open), of(DEAD, '80', SAID.silent)),
      fakeEngine(() => now).engine,
    );
    const last = (await listOf(scan(PLAN, never))).at(-1)!;
    const reason = state === 'filtered' ? 'silence' : now === SAID.failed ? 'EMFILE' : 'host-fell-silent';
    expect(last).toMatchObject({ state, reason, ports: PortSet.of(80) });
  });

  test('every port comes once, and but for silence as it was', async () => {
    const say = fc.constantFrom(...Object.values(SAID));
    const plan = scanPlan([target('203.0.113.1-9', '1-60')]);
    await fc.assert(
      fc.asyncProperty(fc.func(say), fc.func(say), fc.boolean(), async (first, again, isSlow) => {
        const main = fakeEngine(first).engine;
        const handshake = fakeEngine(again).engine;
        const list = await listOf(stillThere(main, isSlow ? slow(handshake) : handshake)(plan, never));
        const seen = new Map(list.map((one) => [`${one.address} ${one.ports}`, one]));
        expect([list.length, seen.size]).toEqual([540, 540]);
        for (const one of list) {
          const said = first(one.address, one.ports.first);
          if (one.state !== said.state) expect([said, one.state]).toEqual([SAID.silent, 'unknown']);
        }
      }),
      { numRuns: 20 },
    );
  });

  test('the one that answered an earlier attempt is asked by a port that it answered then', async () => {
    const handshake = fakeEngine(() => SAID.silent);
    const known = new Map([[DEAD, PortSet.parse('443,8443')]]);
    const scan = stillThere(
      saying(of(DEAD, '80', SAID.silent), of(ALIVE, '80', SAID.silent)),
      handshake.engine,
    );
    const hosts = await hostsOf(scan({ ...PLAN, known }, never));
    expect(`${hosts.get(DEAD)!.unknown} ${hosts.get(ALIVE)!.filtered}`).toBe('80 80');
    expect(new Set(handshake.probed)).toEqual(new Set([`${DEAD}:443`]));
  });

  test('the port that answered last is asked', async () => {
    const handshake = fakeEngine(() => SAID.open);
    const answers = [of(ALIVE, '22', SAID.open), of(ALIVE, '80', SAID.closed), of(ALIVE, '443', SAID.open)];
    await listOf(
      stillThere(saying(...answers, of(ALIVE, '1-21', SAID.silent)), handshake.engine)(PLAN, never),
    );
    expect(handshake.probed).toEqual([`${ALIVE}:443`]);
  });

  test('fragile ones are asked nothing', async () => {
    const handshake = fakeEngine(() => SAID.silent);
    const plan = { ...PLAN, fragile: AddressSet.parse(DEAD), known: new Map([[DEAD, PortSet.of(80)]]) };
    const scan = stillThere(saying(of(DEAD, '22', SAID.open), of(DEAD, '80', SAID.silent)), handshake.engine);
    expect((await hostsOf(scan(plan, never))).get(DEAD)!.filtered.size).toBe(1);
    expect(handshake.plans).toEqual([]);
  });
});

test('nothing is asked where nothing is silent, or nobody has answered', async () => {
  const handshake = fakeEngine(() => SAID.open);
  const words = [SAID.open, SAID.closed, SAID.prohibited, SAID.unreachable, SAID.failed];
  await listOf(stillThere(fakeEngine((_, port) => words[port % 5]!).engine, handshake.engine)(PLAN, never));
  await listOf(stillThere(fakeEngine(() => SAID.silent).engine, handshake.engine)(PLAN, never));
  expect(handshake.plans).toEqual([]);
});

test('a question is one probe a host with one repetition, politely and not for long', async () => {
  const main = fakeEngine(says);
  const handshake = fakeEngine(stillAlive);
  const plan: ScanPlan = { ...PLAN, ratePerSecond: 1000, ratePerHost: 100, timeoutMs: 9000, retries: 4 };
  await listOf(stillThere(main.engine, handshake.engine)(plan, never));
  expect(main.plans[0]).toMatchObject({ ratePerSecond: 950, ratePerHost: 95, timeoutMs: 9000, retries: 4 });
  expect(handshake.plans[0]).toMatchObject({
    ratePerSecond: 12.5,
    ratePerHost: 1.25,
    timeoutMs: 2000,
    retries: 1,
  });
  for (const { targets, to } of handshake.plans) expect(targets).toHaveLength(to);
});

test('a slow host is waited for, and no longer than the plan says', async () => {
  const handshake = fakeEngine(() => SAID.open);
  const main = saying(of(ALIVE, '22', { ...SAID.open, connectMs: 1500 }), of(ALIVE, '80', SAID.silent));
  await listOf(stillThere(main, handshake.engine)({ ...PLAN, timeoutMs: 15_000 }, never));
  await listOf(stillThere(main, handshake.engine)({ ...PLAN, timeoutMs: 700 }, never));
  expect(handshake.plans.map(({ timeoutMs }) => timeoutMs)).toEqual([6000, 700]);
});

test('a question counts for the silence before it, and not for what comes while it is asked', async () => {
  let isDead = false;
  let asked = 0;
  const handshake: Engine = async function* once(plan, signal) {
    asked++;
    const word = isDead ? SAID.silent : SAID.open;
    // It dies while the answer is under way.
    isDead = true;
    await new Promise((resolve) => setImmediate(resolve));
    yield* fakeEngine(() => word).engine(plan, signal);
  };
  const silent = (port: number) => of(DEAD, `${port}`, SAID.silent);
  const scan = stillThere(saying(of(DEAD, '22', SAID.open), silent(1), silent(2), silent(3)), handshake);
  const host = (await hostsOf(scan(PLAN, never))).get(DEAD)!;
  expect([`${host.filtered}`, `${host.unknown}`, asked]).toEqual(['1', '2-3', 2]);
});

test('words about one port keep their order', async () => {
  const list = [
    of(ALIVE, '22', SAID.closed),
    of(ALIVE, '80-90', SAID.silent),
    of(ALIVE, '85', SAID.open),
    of(ALIVE, '99', SAID.open),
    of(ALIVE, '88-95', SAID.prohibited),
  ];
  for (const [now, silence] of [
    [SAID.open, 'filtered'],
    [SAID.silent, 'unknown'],
  ] as const) {
    const seen = await listOf(stillThere(saying(...list), slow(fakeEngine(() => now).engine))(PLAN, never));
    const of85 = seen.filter(({ ports }) => ports.has(85)).map(({ state }) => state);
    const of90 = seen.filter(({ ports }) => ports.has(90)).map(({ state }) => state);
    expect([of85, of90, seen[1]!.ports.first]).toEqual([[silence, 'open'], [silence, 'filtered'], 99]);
    expect(seen).toHaveLength(5);
  }
});

test('few hosts are asked at once', async () => {
  const handshake = fakeEngine(() => SAID.silent);
  const main = fakeEngine((_, port) => (port === 1 ? SAID.closed : SAID.silent));
  const plan = scanPlan([target('203.0.112.0/22', '1-3')]);
  await listOf(stillThere(main.engine, slow(handshake.engine))(plan, never));
  expect(handshake.mostRunning).toBeLessThanOrEqual(4);
  expect(Math.max(...handshake.plans.map(({ to }) => to))).toBeLessThanOrEqual(128);
});

test.each(['alive', 'dead'])('nothing counts as settled before it is handed out (%s)', async (which) => {
  const handshake = slow(fakeEngine(() => (which === 'alive' ? SAID.open : SAID.silent)).engine);
  const main = fakeEngine(says);
  let read = 0;
  const settled: number[] = [];
  const watch = ({ settledTo }: { settledTo: number }): void => {
    expect(settledTo).toBeLessThanOrEqual(read);
    settled.push(settledTo);
  };
  for await (const seen of stillThere(main.engine, handshake)(PLAN, never, watch)) read += seen.ports.size;
  expect(settled).toEqual(settled.toSorted((a, b) => a - b));
  expect([settled.at(-1), read]).toEqual([1200, 1200]);
});

test('an abort hands out what is held as interrupted: nobody knows whether the host was there', async () => {
  const stop = new AbortController();
  const handshake: Engine = async function* stuck(_, signal) {
    stop.abort();
    expect(signal.aborted).toBe(true);
    yield* [];
  };
  const scan = stillThere(saying(of(DEAD, '22', SAID.open), of(DEAD, '80', SAID.silent)), handshake);
  const host = (await hostsOf(scan(PLAN, stop.signal))).get(DEAD)!;
  expect([`${host.reasons.get('interrupted')}`, host.filtered.isEmpty]).toEqual(['80', true]);
});

test('what was cut off by an error is never settled', async () => {
  const told: number[] = [];
  let read = 0;
  const scan = stillThere(
    fakeEngine(says).engine,
    failing(slow(fakeEngine(stillAlive).engine), 1, 'no socket'),
  );
  const reading = async (): Promise<void> => {
    for await (const one of scan(PLAN, never, ({ settledTo }) => told.push(settledTo)))
      read += one.ports.size;
  };
  await expect(reading()).rejects.toThrow('no socket');
  expect(Math.max(...told)).toBeLessThanOrEqual(read);
});

describe('the desk', () => {
  const closed = of(ALIVE, '22', SAID.closed);
  const silent = of(ALIVE, '80', SAID.silent);

  test('lets a host rest between two questions, unless nothing more comes or too much is held', () => {
    let nowMs = 0;
    const desk = new StillThereDesk({}, () => nowMs, 3);
    desk.passes(closed, 0);
    const hold = (): void => {
      expect(desk.passes(silent, 0)).toBe(false);
    };
    hold();
    const first = desk.batch(9, false);
    expect(first).toHaveLength(1);
    hold();
    expect(desk.batch(9, true)).toEqual([]);
    desk.asked(first);
    expect(desk.batch(9, false)).toEqual([]);
    nowMs = 5000;
    const second = desk.batch(9, false);
    expect(second).toHaveLength(1);
    desk.asked(second);
    hold();
    expect(desk.batch(9, false)).toEqual([]);
    desk.asked(desk.batch(9, true));
    for (let i = 0; i < 3; i++) hold();
    expect([desk.isFull, desk.batch(9, false).length, desk.isFull]).toEqual([true, 1, false]);
  });

  test('costs a host of 65,000 silent ports, told of one by one, next to nothing', () => {
    const desk = new StillThereDesk({}, undefined, 100_000);
    desk.passes(closed, 0);
    const ports = Array.from({ length: 65_000 }, (_, i) => of(ALIVE, `${i + 100}`, SAID.silent));
    const startedMs = performance.now();
    for (const one of ports) {
      desk.passes(one, 0);
      desk.settledTo();
    }
    const [question] = desk.batch(9, true);
    // A hundred times what it takes, for a machine that has other things to do.
    expect(performance.now() - startedMs).toBeLessThan(500);
    expect(question!.held).toHaveLength(65_000);
  });
});
