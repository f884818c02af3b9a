/*
 * Fragile hosts beside the rest: they are probed by connect() alone, one probe at a time and slowly, and the connection
 * ends with a FIN; everything else goes to the engine that was chosen, at the same time.
 *
 * Their probes are found from the hosts and not by going through the order: a position is asked for, and is probed only
 * where the plan's part of the order has it. The trap is the order's end: positions of fragile hosts lie scattered over
 * it, so that nothing counts as settled before the last of them is.
 */
import { AddressSet, formatAddress } from '../domain/address-set.js';
import type { Observation } from '../domain/observation.js';
import { PortSet } from '../domain/port-set.js';
import { addressesOf, probeCount, type ScanPlan } from '../domain/scan-plan.js';
import { Confluence } from './confluence.js';
import type { Engine, Watch } from './engine.js';
import { inversePermutation } from './permutation.js';
import { type ProgressSum, progressSum } from './progress-sum.js';

/** Controllers and old printers keep up with what a person at a keyboard does, and fall over at what a scanner does. */
const PROBES_PER_SECOND = 10;
const HOSTS_AT_ONCE = 16;

/** @param gentle an engine that completes handshakes, and keeps to `inFlight: 1` */
export function withFragile(engine: Engine, gentle: Engine): Engine {
  return ({ fragile, ...plan }, signal, watch) => {
    const all = addressesOf(plan.targets);
    const within = plan.allowed ? plan.allowed.intersect(all) : all;
    const weak = fragile ? within.intersect(fragile) : AddressSet.empty;
    if (weak.isEmpty) return engine(plan, signal, watch);
    return gently(plan, signal, watch, weak, within.subtract(weak));
  };

  async function* gently(
    plan: HostPlan,
    signal: AbortSignal,
    watch: Watch | undefined,
    weak: AddressSet,
    strong: AddressSet,
  ): AsyncGenerator<Observation> {
    const [slowRate, fastRate] = shareRate(plan.ratePerSecond, weak, strong);
    const sum = progressSum(plan, watch);
    const flow = new Confluence<Observation>(signal);
    if (!strong.isEmpty) {
      const calm = { ...plan, allowed: strong, ratePerSecond: fastRate };
      flow.add(engine(calm, flow.signal, sum.lane().watch));
    }
    flow.add(slowly({ ...plan, ratePerSecond: slowRate }, weak, { gentle, flow, sum }));
    yield* flow;
  }
}

/** Both run at once: together they keep to the plan's rate. */
function shareRate(rate: number, weak: AddressSet, strong: AddressSet): [slow: number, fast: number] {
  const atOnce = Number(weak.size < HOSTS_AT_ONCE ? weak.size : BigInt(HOSTS_AT_ONCE));
  const slow = Math.min(PROBES_PER_SECOND * atOnce, strong.isEmpty ? rate : rate / 2);
  return [slow, rate - slow];
}

interface Surroundings {
  readonly gentle: Engine;
  readonly flow: Confluence<Observation>;
  readonly sum: ProgressSum;
}

type HostPlan = Omit<ScanPlan, 'fragile'>;

async function* slowly(
  plan: HostPlan,
  weak: AddressSet,
  { gentle, flow, sum }: Surroundings,
): AsyncGenerator<Observation, void, undefined> {
  const settling = sum.lane();
  const hosts = hostPlans(plan, weak);
  const started = new Confluence<Observation>(flow.signal);
  for (let berth = 0; berth < HOSTS_AT_ONCE && BigInt(berth) < weak.size; berth++) {
    started.add(oneAfterTheOther(hosts, started.signal, gentle, sum));
  }
  yield* started;
  if (flow.signal.aborted) return;
  settling.watch({
    engine: 'portable',
    settledTo: plan.to,
    sent: 0,
    answered: 0,
    elapsedMs: 0,
  });
}

/** Several of these share the hosts: each takes the next one that is free. */
async function* oneAfterTheOther(
  hosts: Iterator<HostPlan>,
  signal: AbortSignal,
  gentle: Engine,
  sum: ProgressSum,
): AsyncGenerator<Observation, void, undefined> {
  for (let next = hosts.next(); !next.done && !signal.aborted; next = hosts.next()) {
    const lane = sum.lane('only adds');
    yield* gentle(next.value, signal, lane.watch);
    lane.end();
  }
}

function* hostPlans(plan: HostPlan, weak: AddressSet): Generator<HostPlan, void, undefined> {
  const portsOf = portsInPart(plan);
  const atOnce = Number(weak.size < HOSTS_AT_ONCE ? weak.size : BigInt(HOSTS_AT_ONCE));
  const ratePerSecond = Math.min(
    PROBES_PER_SECOND,
    plan.ratePerSecond / atOnce,
    plan.ratePerHost ?? Infinity,
    (plan.ratePerSubnet ?? Infinity) / atOnce,
  );
  for (const number of weak) {
    const ports = portsOf(number).subtract(plan.known?.get(formatAddress(number)) ?? PortSet.empty);
    if (ports.isEmpty) continue;
    const targets = [{ addresses: AddressSet.ofNumber(number), ports }];
    yield { ...plan, targets, from: 0, to: probeCount(targets), ratePerSecond, inFlight: 1 };
  }
}

/** An address's ports whose position is in the plan's part of the order. */
function portsInPart({ targets, from, to, seed }: HostPlan): (address: bigint) => PortSet {
  const count = probeCount(targets);
  const positionOf = inversePermutation(count, seed);
  const isWhole = from <= 0 && to >= count;
  const starts: number[] = [];
  let next = 0;
  for (const { addresses, ports } of targets) {
    starts.push(next);
    next += Number(addresses.size) * ports.size;
  }
  return (address) => {
    const sets = targets.map(({ addresses, ports }, target) => {
      if (!addresses.has(address)) return PortSet.empty;
      if (isWhole) return ports;
      let index = starts[target]! + placeOf(addresses, address) * ports.size;
      const here: number[] = [];
      for (const port of ports) {
        const position = positionOf(index++);
        if (position >= from && position < to) here.push(port);
      }
      return PortSet.from(here);
    });
    return PortSet.unionOf(sets);
  };
}

/** How many of the set's addresses are below this one. */
function placeOf(addresses: AddressSet, address: bigint): number {
  let below = 0n;
  for (const [first, last] of addresses.ranges()) {
    if (address <= last) return Number(below + address - first);
    below += last - first + 1n;
  }
  throw new RangeError(`${formatAddress(address)} is not among ${addresses}`);
}
