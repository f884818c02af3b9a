/* What shards write down by position, put together, says the same as `observe` says of one observation after the other. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AddressSet } from '../../../src/domain/address-set.js';
import {
  type HostObserved,
  nothingObserved,
  type Observation,
  observe,
  PORT_STATES,
  withoutRefuted,
} from '../../../src/domain/observation.js';
import { PortSet } from '../../../src/domain/port-set.js';
import { ProbeOrder } from '../../../src/engine/probe-order.js';
import { Collation, type LoggedShard } from '../../../src/scans/collation.js';
import { type LogEntry, ShardLog } from '../../../src/scans/shard-log.js';

const TARGETS = [
  { addresses: AddressSet.parse('203.0.113.8/30'), ports: PortSet.parse('1-300,400') },
  { addresses: AddressSet.parse('2001:db8::7'), ports: PortSet.parse('20-40') },
  { addresses: AddressSet.empty, ports: PortSet.empty },
];
const PORTS = new Map([
  ...['8', '9', '10', '11'].map((last) => [`203.0.113.${last}`, TARGETS[0]!.ports] as const),
  ['2001:db8::7', TARGETS[1]!.ports] as const,
]);
const COUNT = 4 * 301 + 21;
const REASONS = {
  open: ['handshake', 'syn-ack'],
  closed: ['reset'],
  filtered: ['silence', 'prohibited'],
  unreachable: ['host-unreachable'],
  unknown: ['EMFILE', 'lossy'],
} as const;

/** Whole stretches, so that something is usual, and single ports. */
const observation: fc.Arbitrary<Observation> = fc
  .record({
    address: fc.constantFrom(...PORTS.keys()),
    first: fc.integer({ min: 1, max: 400 }),
    length: fc.oneof(fc.constant(1), fc.constant(400), fc.nat(60)),
    state: fc.constantFrom(...PORT_STATES),
    pick: fc.nat(1),
    ms: fc.integer({ min: 1, max: 50 }),
  })
  .map(({ address, first, length, state, pick, ms }) => {
    const stretch = PortSet.range(first, first + length);
    const ports = stretch.intersect(PORTS.get(address)!);
    const reason = REASONS[state][pick % REASONS[state].length]!;
    // A port that has answered twice has two times, or none: `observe` gives no word on one that has come later.
    const times = state === 'open' ? Array.from(ports, (port) => [port, ms] as const) : [];
    return { address, ports, state, reason, at: 1, connectMs: new Map(times) };
  });

const later = (host: HostObserved, seen: Observation): HostObserved =>
  observe(withoutRefuted(host, seen), seen);

/** The part of an observation that lies in a shard. */
function within(order: ProbeOrder, seen: Observation, from: number, to: number): Observation {
  const positions = order.positionsOf(seen.address, seen.ports);
  const ports = [...seen.ports].filter((_, i) => positions[i]! >= from && positions[i]! < to);
  const connectMs = new Map([...(seen.connectMs ?? [])].filter(([port]) => ports.includes(port)));
  return { ...seen, ports: PortSet.from(ports), connectMs };
}

/** Sorted, and without what is empty. */
function plain({ reasons, connectMs, ...host }: HostObserved) {
  const states = PORT_STATES.map((state) => `${state} ${host[state]}`);
  const why = Array.from(reasons, ([reason, ports]) => `${reason} ${ports}`).sort();
  return { states, why, times: [...connectMs].sort(([a], [b]) => a - b), at: host.at };
}

const batches = fc.array(fc.array(observation, { maxLength: 4 }), { maxLength: 6 });
const cuts = fc.uniqueArray(fc.integer({ min: 1, max: COUNT - 1 }), { maxLength: 3 });

/** Writes down the part of some batches that lies in a shard, and notes in `expected` what they say one after the other. */
function written(
  order: ProbeOrder,
  [from, to]: readonly [number, number],
  timed: ReadonlyArray<{ at: number; batch: readonly Observation[] }>,
  expected: Map<string, HostObserved>,
): LoggedShard {
  const log = new ShardLog(order, from, to);
  const entries: LogEntry[] = [];
  for (const { at, batch } of timed) {
    for (const whole of batch) {
      const seen = { ...within(order, whole, from, to), at };
      if (seen.ports.isEmpty) continue;
      log.take(seen);
      expected.set(seen.address, later(expected.get(seen.address) ?? nothingObserved(seen.address), seen));
    }
    const entry = log.next();
    if (entry) entries.push(entry);
  }
  return { from, to, entries };
}

const byAddress = (hosts: Iterable<HostObserved>) =>
  new Map(Array.from(hosts, (host) => [host.address, plain(host)] as const));

describe('a collated log', () => {
  it('says of every host what its observations say one after the other', () => {
    fc.assert(
      fc.property(fc.nat(1000), cuts, batches, fc.boolean(), (seed, inner, given, expecting) => {
        const order = new ProbeOrder(TARGETS, seed);
        const bounds = [0, ...inner.sort((a, b) => a - b), COUNT];
        const expected = new Map<string, HostObserved>();
        const shards = bounds.slice(1).map((to, i) => {
          const timed = given.map((batch, j) => ({ at: 1 + i * given.length + j, batch }));
          return written(order, [bounds[i]!, to], timed, expected);
        });
        const collation = new Collation(order);
        if (expecting) collation.expect(shards[0]!);
        for (const shard of shards.toReversed()) collation.add(shard);
        const hosts = Array.from(collation.hosts());
        expect(hosts).toHaveLength(expected.size);
        expect(byAddress(hosts)).toEqual(byAddress(expected.values()));
      }),
      { numRuns: 300 },
    );
  });

  it('keeps what lies in no shard and in no plan, for the engine has said so', () => {
    const order = new ProbeOrder(TARGETS, 1);
    const log = new ShardLog(order, 0, 10);
    const stranger: Observation = {
      ...{ address: '203.0.113.99', ports: PortSet.of(7), state: 'open', reason: 'handshake', at: 5 },
      connectMs: new Map([[7, 2]]),
    };
    log.take(stranger);
    log.take({ address: '203.0.113.8', ports: PortSet.of(350), state: 'closed', reason: 'reset', at: 5 });
    const collation = new Collation(order);
    collation.add({ from: 0, to: 10, entries: [log.next()!] });
    const hosts = new Map(Array.from(collation.hosts(), (host) => [host.address, host]));
    expect([...hosts.keys()].sort()).toEqual(['203.0.113.8', '203.0.113.99']);
    expect([`${hosts.get('203.0.113.99')!.open}`, `${hosts.get('203.0.113.8')!.closed}`]).toEqual([
      '7',
      '350',
    ]);
    expect(hosts.get('203.0.113.99')!.connectMs.get(7)).toBe(2);
  });

  it('is small where a network is quiet, however many ports were probed', () => {
    const targets = [{ addresses: AddressSet.parse('203.0.113.8/30'), ports: PortSet.all }];
    const order = new ProbeOrder(targets, 7);
    const log = new ShardLog(order, 0, 4 * 65_535);
    for (const last of [8, 9, 10, 11]) {
      const address = `203.0.113.${last}`;
      log.take({ address, ports: PortSet.of(22, 443), state: 'open', reason: 'handshake', at: 1 });
      log.take({ address, ports: PortSet.all, state: 'closed', reason: 'reset', at: 1 });
    }
    expect(log.next()!.runs.length).toBeLessThan(150);
    expect(log.next()).toBeNull();
  });

  it('can not number more words than a byte has', () => {
    const log = new ShardLog(new ProbeOrder(TARGETS, 1), 0, COUNT);
    const seen = { address: '203.0.113.8', ports: PortSet.of(1), state: 'unknown', at: 1 } as const;
    for (let i = 0; i < 255; i++) log.take({ ...seen, reason: `E${i}` });
    expect(() => log.take({ ...seen, reason: 'ONE-MORE' })).toThrow(
      "'unknown ONE-MORE' is one word too many",
    );
  });
});
