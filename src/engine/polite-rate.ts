/*
 * The rate at which a whole scan may go so that no single host, and no /24 or /64, gets more than its own limit. As the
 * order is shuffled, a host gets that share of every second which it has of all probes, on average.
 *
 * What is passed over takes no time, so that shares are counted among what will be sent: what is allowed, and both with
 * and without the ports that are known already, for nobody knows in which shard these lie; the larger share counts.
 * The trap is repetition: what is sent again goes to silent hosts alone, which is for the engines to keep in mind.
 */
import { type AddressNumber, isV4Number } from '../domain/address-number.js';
import { parseAddress } from '../domain/address-set.js';
import type { PortSet } from '../domain/port-set.js';
import type { ScanPlan } from '../domain/scan-plan.js';
import { type Stretch, stretchesOf } from './address-stretches.js';

type Rated = Pick<
  ScanPlan,
  'targets' | 'allowed' | 'known' | 'ratePerSecond' | 'ratePerHost' | 'ratePerSubnet'
>;

/** Each of these addresses gets so many probes. */
interface Load {
  readonly first: AddressNumber;
  readonly end: AddressNumber;
  readonly probes: number;
}

export function politeRate(plan: Rated): number {
  const { ratePerSecond, ratePerHost = Infinity, ratePerSubnet = Infinity, allowed, known } = plan;
  if (ratePerHost === Infinity && ratePerSubnet === Infinity) return ratePerSecond;
  const targets = allowed
    ? plan.targets.map(({ addresses, ports }) => ({ addresses: addresses.intersect(allowed), ports }))
    : plan.targets;
  const stretches = stretchesOf(targets);
  const views = [stretches.map(loadOf)];
  if (known && known.size > 0) views.push(Array.from(withoutKnown(stretches, known)));
  let rate = ratePerSecond;
  for (const loads of views) {
    const { all, busiestHost, busiestSubnet } = weigh(loads);
    if (all === 0) continue;
    rate = Math.min(rate, (ratePerHost * all) / busiestHost, (ratePerSubnet * all) / busiestSubnet);
  }
  return rate;
}

function loadOf({ first, end, targets }: Stretch): Load {
  return { first, end, probes: targets.reduce((sum, { ports }) => sum + ports.size, 0) };
}

/** The loads less what is known, each known address by itself. */
function* withoutKnown(
  stretches: readonly Stretch[],
  known: ReadonlyMap<string, PortSet>,
): Generator<Load, void, undefined> {
  const addresses = Array.from(known, ([text, ports]) => ({ address: parseAddress(text), ports }))
    .filter((one): one is { address: AddressNumber; ports: PortSet } => one.address !== null)
    .sort((a, b) => (a.address < b.address ? -1 : 1));
  let next = 0;
  for (const stretch of stretches) {
    const { probes, end } = loadOf(stretch);
    let first = stretch.first;
    while (next < addresses.length && addresses[next]!.address < first) next++;
    for (; next < addresses.length && addresses[next]!.address < end; next++) {
      const { address, ports } = addresses[next]!;
      if (address > first) yield { first, end: address, probes };
      const done = stretch.targets.reduce((sum, target) => sum + target.ports.intersect(ports).size, 0);
      yield { first: address, end: address + 1n, probes: probes - done };
      first = address + 1n;
    }
    if (first < end) yield { first, end, probes };
  }
}

/** Loads come in ascending order, so that a subnet is full when the next one begins. */
function weigh(loads: readonly Load[]): { all: number; busiestHost: number; busiestSubnet: number } {
  let all = 0;
  let busiestHost = 0;
  let busiestSubnet = 0;
  let subnet = -1n;
  let inSubnet = 0;
  const add = (number: bigint, hosts: bigint, probes: number): void => {
    inSubnet = number === subnet ? inSubnet + Number(hosts) * probes : Number(hosts) * probes;
    subnet = number;
    busiestSubnet = Math.max(busiestSubnet, inSubnet);
  };
  for (const { first, end, probes } of loads) {
    all += Number(end - first) * probes;
    busiestHost = Math.max(busiestHost, probes);
    const bits = isV4Number(first) ? 8n : 64n;
    const from = first >> bits;
    const to = (end - 1n) >> bits;
    if (from === to) {
      add(from, end - first, probes);
      continue;
    }
    add(from, ((from + 1n) << bits) - first, probes);
    // Those in between are all alike.
    if (to > from + 1n) add(to - 1n, 1n << bits, probes);
    add(to, end - (to << bits), probes);
  }
  return { all, busiestHost, busiestSubnet };
}
