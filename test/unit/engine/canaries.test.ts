/* Hosts on which everything says open are asked a few ports more; others are left alone. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AddressSet } from '../../../src/domain/address-set.js';
import { isWildcardHost } from '../../../src/domain/compare.js';
import { canariesOf } from '../../../src/domain/observation.js';
import { PortSet } from '../../../src/domain/port-set.js';
import { serviceName } from '../../../src/domain/top-ports.js';
import { canaryPorts, canaryTargets, withCanaries } from '../../../src/engine/canaries.js';
import {
  fakeEngine,
  hostsOf,
  listOf,
  never,
  observation,
  SAID,
  type Said,
  scanPlan,
  target,
} from '../../support/fake-engine.js';

const PLANNED = PortSet.parse('22,80,443');
const HONEST = '203.0.113.1';
const TARPIT = '203.0.113.2';

/** What canaries say is the second world's business. */
function canaried(
  says: (address: string, port: number) => Said,
  saysCanary: (address: string, port: number) => Said,
) {
  const main = fakeEngine(says);
  const canary = fakeEngine(saysCanary);
  return { main, canary, scan: withCanaries(main.engine, canary.engine) };
}

const PLAN = scanPlan([target(`${HONEST}-2`, '22,80,443')]);

describe('a host on which every port says open', () => {
  test('is a wildcard where the canaries say so too', async () => {
    const { scan } = canaried(
      () => SAID.open,
      () => SAID.open,
    );
    const hosts = await hostsOf(scan(PLAN, never));
    for (const host of hosts.values()) {
      expect(isWildcardHost(host)).toBe(true);
      expect(`${host.open}`).toBe('22,80,443');
      expect(canariesOf(host).open.size).toBe(4);
    }
    expect(hosts.size).toBe(2);
  });

  test.each([
    ['refuse', () => SAID.closed],
    ['keep silent', () => SAID.silent],
    ['partly refuse', (port: number) => (port % 2 ? SAID.open : SAID.closed)],
  ])('is no wildcard where the canaries %s, and that is told', async (_, canarySays) => {
    let turn = 0;
    const { scan } = canaried(
      () => SAID.open,
      () => canarySays(turn++),
    );
    for (const host of (await hostsOf(scan(PLAN, never))).values()) {
      expect(isWildcardHost(host)).toBe(false);
      expect(canariesOf(host).open.isEmpty).toBe(true);
      expect(canariesOf(host).shut.isEmpty).toBe(false);
      expect(`${host.closed}${host.filtered}`).toBe('');
    }
  });

  test('is a wildcard though one canary was lost on the way', async () => {
    let turn = 0;
    const { scan } = canaried(
      () => SAID.open,
      () => (turn++ === 0 ? SAID.silent : SAID.open),
    );
    const host = (await hostsOf(scan(scanPlan([target(TARPIT, '22')]), never))).get(TARPIT)!;
    expect([isWildcardHost(host), canariesOf(host).open.size, canariesOf(host).shut.size]).toEqual([
      true,
      3,
      1,
    ]);
  });

  test('of which nothing more could be learnt through a fault of ours is told nothing of', async () => {
    const { scan } = canaried(
      () => SAID.open,
      () => SAID.failed,
    );
    const host = (await hostsOf(scan(PLAN, never))).get(TARPIT)!;
    expect(Array.from(host.reasons.keys())).toEqual(['handshake']);
  });
});

test.each([
  ['refused', SAID.closed, 0],
  ['was silent', SAID.silent, 0],
  ['could not be probed', SAID.failed, 4],
])('a host of which one port %s', async (_, other, canaries) => {
  const { scan, canary } = canaried(
    (_, port) => (port === 22 ? SAID.open : other),
    () => SAID.open,
  );
  await listOf(scan(scanPlan([target(HONEST, '22,80')], { seed: 4 }), never));
  expect(canary.probed).toHaveLength(canaries);
});

test('a fragile host is sent nothing but what was asked of it', async () => {
  const { scan, main, canary } = canaried(
    () => SAID.open,
    () => SAID.open,
  );
  await listOf(scan({ ...PLAN, fragile: AddressSet.parse(TARPIT) }, never));
  expect(main.probed).toHaveLength(6);
  expect(canary.probed.map((probe) => probe.split(':')[0])).toEqual(Array(4).fill(HONEST));
  expect(canary.plans[0]!.fragile).toBeUndefined();
});

test('hosts that say nothing but no are sent no canary, and no engine is started', async () => {
  const { scan, canary } = canaried(
    () => SAID.closed,
    () => SAID.open,
  );
  await listOf(scan(PLAN, never));
  expect(canary.plans).toEqual([]);
});

test('an abort sends no canary', async () => {
  const stop = new AbortController();
  const { scan, canary } = canaried(
    () => SAID.open,
    () => SAID.open,
  );
  for await (const _ of scan(PLAN, stop.signal)) stop.abort();
  expect(canary.plans).toEqual([]);
});

test('an abort among the canaries tells of none that silence alone speaks of', async () => {
  const stop = new AbortController();
  const main = fakeEngine(() => SAID.open);
  let turn = 0;
  const canary = fakeEngine(() => (turn++ === 0 ? SAID.silent : SAID.open));
  const scan = withCanaries(main.engine, async function* cutOff(plan, signal) {
    for await (const seen of canary.engine(plan, signal)) {
      yield seen;
      stop.abort();
    }
  });
  const host = (await hostsOf(scan(scanPlan([target(TARPIT, '22')]), stop.signal))).get(TARPIT)!;
  expect([canary.probed.length, canariesOf(host).shut.isEmpty]).toEqual([1, true]);
});

describe('a scan that goes on', () => {
  const one = AddressSet.parse(TARPIT);
  const none = AddressSet.empty;
  const known = new Map([[TARPIT, PLANNED]]);

  async function goOn(heard: { open: AddressSet; cleared: AddressSet }, changes = {}) {
    const { scan, main, canary } = canaried(
      () => SAID.open,
      () => SAID.open,
    );
    const plan = { ...scanPlan([target(TARPIT, '22,80,443')], { known, ...changes }), heard };
    const hosts = await hostsOf(scan(plan, never));
    return { hosts, main, canary };
  }

  test('sends the canaries that are due by what was open before', async () => {
    const { hosts, main, canary } = await goOn({ open: one, cleared: none });
    expect([main.probed.length, canary.probed.length]).toEqual([0, 4]);
    expect(canariesOf(hosts.get(TARPIT)!).open.size).toBe(4);
    expect(canary.plans[0]!.timeoutMs).toBe(1000);
  });

  test('sends them also where nothing else is left to do', async () => {
    const { canary } = await goOn({ open: one, cleared: none }, { from: 3, known: undefined });
    expect(canary.probed).toHaveLength(4);
  });

  test('sends none where the host has said something else before, or has had its canaries', async () => {
    expect((await goOn({ open: one, cleared: one })).canary.probed).toEqual([]);
    expect((await goOn({ open: one, cleared: one }, { known: undefined })).canary.probed).toEqual([]);
  });

  test('sends none where the host says something else now', async () => {
    const main = fakeEngine(() => SAID.closed);
    const canary = fakeEngine(() => SAID.open);
    const plan = { ...scanPlan([target(TARPIT, '22')]), heard: { open: one, cleared: none } };
    await listOf(withCanaries(main.engine, canary.engine)(plan, never));
    expect(canary.probed).toEqual([]);
  });
});

test.each([
  ['has gone away', ['gone'], 0],
  ['is back', ['gone', 'open'], 4],
])('a host that %s is asked accordingly', async (_, words, canaries) => {
  const gone = { state: 'unknown', reason: 'host-fell-silent' } as const;
  const canary = fakeEngine(() => SAID.silent);
  const scan = withCanaries(async function* half() {
    yield observation(HONEST, 22, SAID.open);
    for (const word of words) yield observation(HONEST, 80, word === 'gone' ? gone : SAID.open);
  }, canary.engine);
  await listOf(scan(PLAN, never));
  expect(canary.probed).toHaveLength(canaries);
});

test('canaries are waited for as long as the host was slow, and no longer than the plan says', async () => {
  const slow = { ...SAID.open, connectMs: 40 };
  const { scan, canary } = canaried(
    () => slow,
    () => SAID.open,
  );
  await listOf(scan({ ...PLAN, timeoutMs: 2000 }, never));
  await listOf(scan({ ...PLAN, timeoutMs: 300 }, never));
  expect(canary.plans.map(({ timeoutMs }) => timeoutMs)).toEqual([500, 300]);
});

test('the progress of a scan counts its canaries, and settles no more than the plan', async () => {
  const { scan } = canaried(
    () => SAID.open,
    () => SAID.closed,
  );
  let last = {};
  await listOf(scan(PLAN, never, (progress) => (last = progress)));
  expect(last).toMatchObject({ settledTo: 6, sent: 14 });
});

describe('canary ports', () => {
  test('are high, of no known service, not in the plan, and the same for the same seed', () => {
    fc.assert(
      fc.property(fc.integer(), fc.nat(45_000), fc.nat(20_000), (seed, first, width) => {
        const planned = PortSet.range(20_000 + first, 20_000 + first + Math.min(width, 45_535 - first));
        const ports = canaryPorts(planned, seed);
        expect(ports.size).toBe(4);
        expect(ports.intersect(planned).isEmpty).toBe(true);
        for (const port of ports) expect([port >= 20_000, serviceName(port)]).toEqual([true, null]);
        expect(`${canaryPorts(planned, seed)}`).toBe(`${ports}`);
      }),
    );
  });

  test('are random', () => {
    const chosen = Array.from({ length: 50 }, (_, seed) => `${canaryPorts(PLANNED, seed)}`);
    expect(new Set(chosen).size).toBeGreaterThan(45);
  });

  test('are none where the plan leaves fewer than three', () => {
    expect(canaryTargets(scanPlan([target(HONEST, '-')]), [HONEST])).toEqual([]);
  });

  test('differ by what the plan asks of each host, and hosts that are alike share a target', () => {
    const targets = [target('203.0.113.1-9', '22'), target('203.0.113.9', '20000-65535')];
    const list = canaryTargets({ targets, seed: 1 }, ['203.0.113.3', '203.0.113.4', '203.0.113.9']);
    expect(list.map(({ addresses }) => `${addresses}`)).toEqual(['203.0.113.3-203.0.113.4']);
  });
});
