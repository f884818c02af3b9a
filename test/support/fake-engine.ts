/*
 * An engine whose wire is a function: what each port would say. It goes through a plan's part of the order as the real ones
 * do, with `allowed` and `known`, and writes down what it was asked to probe.
 */
import { AddressSet, formatAddress } from '../../src/domain/address-set.js';
import {
  type HostObserved,
  nothingObserved,
  type Observation,
  observe,
} from '../../src/domain/observation.js';
import { PortSet } from '../../src/domain/port-set.js';
import { probeCount, probeIndex, type ScanPlan, type Target } from '../../src/domain/scan-plan.js';
import type { Engine } from '../../src/engine/engine.js';
import { permutation } from '../../src/engine/permutation.js';

export function target(addresses: string, ports: string): Target {
  const sets = addresses.split(',').map((text) => AddressSet.parse(text.trim()));
  return { addresses: AddressSet.unionOf(sets), ports: PortSet.parse(ports) };
}

export function scanPlan(targets: readonly Target[], changes: Partial<ScanPlan> = {}): ScanPlan {
  return {
    targets,
    from: 0,
    to: probeCount(targets),
    seed: 1,
    timeoutMs: 1000,
    retries: 0,
    ratePerSecond: Number.POSITIVE_INFINITY,
    inFlight: 256,
    ...changes,
  };
}

export type Said = Pick<Observation, 'state' | 'reason'> & { readonly connectMs?: number };

export const SAID = {
  open: { state: 'open', reason: 'handshake', connectMs: 1 },
  synAck: { state: 'open', reason: 'syn-ack' },
  closed: { state: 'closed', reason: 'reset' },
  silent: { state: 'filtered', reason: 'silence' },
  prohibited: { state: 'filtered', reason: 'prohibited' },
  unreachable: { state: 'unreachable', reason: 'host-unreachable' },
  failed: { state: 'unknown', reason: 'EMFILE' },
} as const satisfies Record<string, Said>;

export interface FakeEngine {
  readonly engine: Engine;
  /** `address:port`, in the order of probing. */
  readonly probed: string[];
  readonly plans: ScanPlan[];
  /** Engines that run at this moment, and the most that ever did. */
  running: number;
  mostRunning: number;
}

/** One port an observation; after each it lets others run, and tells its progress. */
export function fakeEngine(says: (address: string, port: number) => Said | null): FakeEngine {
  const fake: FakeEngine = {
    probed: [],
    plans: [],
    running: 0,
    mostRunning: 0,
    async *engine(plan, signal, watch) {
      fake.plans.push(plan);
      fake.running++;
      fake.mostRunning = Math.max(fake.mostRunning, fake.running);
      try {
        const { count, probeAt } = probeIndex(plan.targets);
        const indexAt = permutation(count, plan.seed);
        let sent = 0;
        for (let position = plan.from; position < plan.to; position++) {
          if (signal.aborted) return;
          const { address: number, port } = probeAt(indexAt(position));
          const address = formatAddress(number);
          if (plan.allowed && !plan.allowed.has(number)) continue;
          if (plan.known?.get(address)?.has(port)) continue;
          fake.probed.push(`${address}:${port}`);
          sent++;
          const said = says(address, port);
          if (said) yield observation(address, port, said);
          const settledTo = position + 1;
          watch?.({ engine: 'syn', settledTo, sent, answered: sent, elapsedMs: 0 });
          await Promise.resolve();
        }
      } finally {
        fake.running--;
      }
    },
  };
  return fake;
}

/** The same engine, but it breaks in place of what comes after so many observations, in one run or several. */
export function failing(engine: Engine, after: number, message: string): Engine {
  let left = after;
  return async function* broken(plan, signal, watch) {
    for await (const seen of engine(plan, signal, watch)) {
      if (left-- <= 0) throw new Error(message);
      yield seen;
    }
  };
}

/** The same engine, but the event loop turns before each observation, as where packets have to be waited for. */
export function slow(engine: Engine): Engine {
  return async function* late(plan, signal, watch) {
    for await (const seen of engine(plan, signal, watch)) {
      await new Promise((resolve) => setImmediate(resolve));
      yield seen;
    }
  };
}

export function observation(address: string, port: number, { state, reason, connectMs }: Said): Observation {
  const times = connectMs === undefined ? {} : { connectMs: new Map([[port, connectMs]]) };
  return { address, ports: PortSet.of(port), state, reason, at: 1, ...times };
}

export const never = new AbortController().signal;

export async function listOf<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

export async function hostsOf(observations: AsyncIterable<Observation>): Promise<Map<string, HostObserved>> {
  const hosts = new Map<string, HostObserved>();
  for await (const seen of observations) {
    hosts.set(seen.address, observe(hosts.get(seen.address) ?? nothingObserved(seen.address), seen));
  }
  return hosts;
}
