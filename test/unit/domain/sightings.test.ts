/* A look under way, against `observe`: it must say the same, and keep little meanwhile. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type HostObserved,
  nothingObserved,
  type Observation,
  observe,
  PORT_STATES,
} from '../../../src/domain/observation.js';
import { PortSet } from '../../../src/domain/port-set.js';
import { Sightings } from '../../../src/domain/sightings.js';

const ADDRESSES = ['203.0.113.7', '2001:db8::7'];
/** With a gap: a port's place is not its number. */
const PLANNED = PortSet.parse('1-12,20-31');
const REASONS = {
  open: ['handshake', 'syn-ack'],
  closed: ['reset'],
  filtered: ['silence', 'prohibited'],
  unreachable: ['host-unreachable'],
  unknown: ['EMFILE', 'lossy'],
} as const;

/** So many that a few ranges are kept as such. */
const MANY = PortSet.parse('1-700,900-1100');
const stretches: fc.Arbitrary<Observation> = fc
  .record({
    address: fc.constantFrom(...ADDRESSES),
    ports: fc.array(
      fc.tuple(fc.integer({ min: 1, max: 1100 }), fc.nat(200), fc.integer({ min: 1, max: 9 })),
      {
        minLength: 1,
        maxLength: 3,
      },
    ),
    state: fc.constantFrom(...PORT_STATES),
    pick: fc.nat(1),
    at: fc.integer({ min: 1, max: 1000 }),
  })
  .map(({ address, ports, state, pick, at }) => {
    const some = ports.flatMap(([first, most, step]) => {
      const last = Math.min(1100, first + most);
      return Array.from({ length: Math.ceil((last - first + 1) / step) }, (_, i) => first + i * step);
    });
    const reason = REASONS[state][pick % REASONS[state].length]!;
    return { address, ports: PortSet.from(some).intersect(MANY), state, reason, at };
  });

const planned: fc.Arbitrary<Observation> = fc
  .record({
    address: fc.constantFrom(...ADDRESSES),
    ports: fc.subarray([...PLANNED], { minLength: 1 }),
    state: fc.constantFrom(...PORT_STATES),
    pick: fc.nat(1),
    at: fc.integer({ min: 1, max: 1000 }),
  })
  .map(({ address, ports, state, pick, at }) => ({
    ...{ address, ports: PortSet.from(ports), state, at },
    reason: REASONS[state][pick % REASONS[state].length]!,
    ...(state === 'open' ? { connectMs: new Map(ports.map((port) => [port, at / 10])) } : {}),
  }));
const canary: fc.Arbitrary<Observation> = fc.record({
  address: fc.constantFrom(...ADDRESSES),
  ports: fc.constantFrom(PortSet.of(40_000), PortSet.of(50_000, 60_000)),
  state: fc.constant('open' as const),
  reason: fc.constantFrom('canary', 'canary-shut'),
  at: fc.integer({ min: 1, max: 1000 }),
});
const observations = fc.array(fc.oneof({ weight: 5, arbitrary: planned }, canary), { maxLength: 14 });

function slowly(seen: readonly Observation[], address: string): HostObserved {
  return seen.filter((one) => one.address === address).reduce(observe, nothingObserved(address, 'a name'));
}

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

function buffersMb(): number {
  collect();
  return process.memoryUsage().arrayBuffers / 2 ** 20;
}

const plain = (host: HostObserved) => ({
  ...host,
  ...Object.fromEntries(PORT_STATES.map((state) => [state, host[state].toString()])),
  reasons: Object.fromEntries(
    Array.from(host.reasons, ([reason, ports]) => [reason, ports.toString()] as const).sort(),
  ),
  connectMs: Object.fromEntries(host.connectMs),
});

describe('sightings', () => {
  it('are what the observations are, one after the other', () => {
    fc.assert(
      fc.property(observations, (seen) => {
        const sightings = new Sightings(() => PLANNED);
        for (const one of seen) sightings.add(one);
        for (const address of ADDRESSES) {
          expect(plain(sightings.host(address, 'a name'))).toEqual(plain(slowly(seen, address)));
        }
        expect([...sightings.toMap().keys()].sort()).toEqual(
          [...new Set(seen.map(({ address }) => address))].sort(),
        );
      }),
    );
  });

  it('are the same while ranges become ragged, and when they close up again', () => {
    fc.assert(
      fc.property(fc.array(stretches, { maxLength: 20 }), fc.boolean(), (seen, isWhole) => {
        const sightings = new Sightings(() => MANY);
        const whole = { state: 'filtered', reason: 'silence', ports: MANY, at: 5 } as const;
        const all = isWhole ? [...seen, ...ADDRESSES.map((address) => ({ ...whole, address }))] : seen;
        for (const one of all) sightings.add(one);
        let judged = 0;
        for (const address of ADDRESSES) {
          const host = slowly(all, address);
          expect(plain(sightings.host(address, 'a name'))).toEqual(plain(host));
          judged += host.open.size + host.closed.size + host.filtered.size + host.unreachable.size;
        }
        expect(sightings.judged).toBe(judged);
      }),
    );
  });

  it('grow with what is ragged at the moment, not with what was probed', () => {
    const [hosts, slices] = [256, 32];
    const ports = PortSet.all;
    const parts = Array.from({ length: slices }, (_, part) =>
      PortSet.from(Array.from({ length: 2048 }, (_, i) => i * slices + part)).intersect(ports),
    );
    const sightings = new Sightings(() => ports);
    const grownMb: number[] = [];
    const before = buffersMb();
    for (let slice = 0; slice < slices; slice++) {
      for (let host = 0; host < hosts; host++) {
        // Each host another part: as ragged as it gets.
        const these = parts[(slice + host) % slices]!;
        sightings.add({ address: `198.18.0.${host}`, ports: these, state: 'closed', reason: 'reset', at: 1 });
      }
      if (slice === slices / 2) grownMb.push(buffersMb() - before);
    }
    grownMb.push(buffersMb() - before);
    expect(sightings.judged).toBe(hosts * ports.size);
    const [halfway, atTheEnd] = grownMb;
    // A byte a port would be 16 MiB at any moment.
    // Buffers are counted until they are collected, which a busy machine puts off.
    expect(halfway).toBeLessThan(6);
    expect(atTheEnd).toBeLessThan(4);
    expect(`${sightings.host('198.18.0.77').closed}`).toBe('1-65535');
  });

  it('count what is judged and what is open at any moment, canaries left out', () => {
    fc.assert(
      fc.property(observations, (seen) => {
        const sightings = new Sightings(() => PLANNED);
        for (const [i, one] of seen.entries()) {
          sightings.add(one);
          const hosts = ADDRESSES.map((address) => slowly(seen.slice(0, i + 1), address));
          const open = hosts.reduce((sum, host) => sum + host.open.size, 0);
          const rest = hosts.reduce(
            (sum, { closed, filtered, unreachable }) => sum + closed.size + filtered.size + unreachable.size,
            0,
          );
          expect([sightings.open, sightings.judged]).toEqual([open, open + rest]);
        }
      }),
    );
  });

  it('refuse a port that nobody asked for, since it would be counted as another', () => {
    const sightings = new Sightings(() => PLANNED);
    const closed = { address: ADDRESSES[0]!, state: 'closed', reason: 'reset', at: 1 } as const;
    sightings.add({ ...closed, ports: PortSet.of(1) });
    for (const ports of ['15', '10-20', '32', '65535']) {
      expect(() => sightings.add({ ...closed, ports: PortSet.parse(ports) })).toThrow('not asked for');
    }
  });
});
