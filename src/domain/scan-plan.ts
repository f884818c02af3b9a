/*
 * A scan's work, as sets: which ports of which addresses, how carefully. Nothing is enumerated: a probe is an
 * index below `probeCount`, and `probeAt` finds its address and port, so that a shard is a range of indices
 * and an interrupted scan goes on from an integer.
 */
import type { AddressNumber } from './address-number.js';
import { AddressSet } from './address-set.js';
import type { PortSet } from './port-set.js';

export interface Target {
  readonly addresses: AddressSet;
  readonly ports: PortSet;
}

export interface ScanPlan {
  readonly targets: readonly Target[];
  /** What may be probed at this very moment; what lies beyond it is passed over, and stays unknown. All where absent. */
  readonly allowed?: AddressSet;
  /** The part of the shuffled order that this scan covers: from ≤ position < to. A whole plan is 0 to probeCount. */
  readonly from: number;
  readonly to: number;
  /** Keys the order of the probes; the same seed gives the same order, on every machine. */
  readonly seed: number;
  /** How long one probe may wait for its answer. */
  readonly timeoutMs: number;
  /** How often a probe that met silence is sent again. */
  readonly retries: number;
  /** At most so many probes a second leave this scan; Infinity for no limit. */
  readonly ratePerSecond: number;
  /** At most so many probes wait for an answer at once. */
  readonly inFlight: number;
  /** At most so many probes a second to one address, and to one /24 or /64; no limit where absent. */
  readonly ratePerHost?: number;
  readonly ratePerSubnet?: number;
  /** Which engine has to do it; the best that the process is allowed where absent. */
  readonly engine?: EngineChoice;
  /** A SYN-ACK is believed only after a full handshake. */
  readonly verify?: boolean;
  /** Addresses that are probed by connect() only, one probe at a time. */
  readonly fragile?: AddressSet;
  /** From its first probe on, a host gets so long; what is left of it then stays unknown. */
  readonly hostDeadlineMs?: number;
  /** The address that probes come from, where the kernel's choice won't do. */
  readonly source?: string;
  /** The interface that probes leave by, where the kernel's choice won't do. */
  readonly interfaceName?: string;
  /** Ports whose answer an earlier attempt at this scan has had, by canonical address: not probed again. */
  readonly known?: ReadonlyMap<string, PortSet>;
  /** What that attempt has heard of hosts; canaries are due by all that a host has said, not by what it says from now on. */
  readonly heard?: Heard;
}

/** Hosts by what they have said to an earlier attempt at the same scan. */
export interface Heard {
  /** Something there said open. */
  readonly open: AddressSet;
  /** Something there said anything else, or canaries have been told of already: none are due. */
  readonly cleared: AddressSet;
}

/** `syn` and `connect` need Linux; `portable` is Node's own sockets, and runs everywhere. */
export const ENGINES = ['syn', 'connect', 'portable'] as const;
export type EngineName = (typeof ENGINES)[number];
export type EngineChoice = 'auto' | EngineName;

/** How far a scan is. */
export interface ScanProgress {
  readonly engine: EngineName;
  /** Every position below this is settled: an interrupted scan goes on from here. */
  readonly settledTo: number;
  /** Packets or connects that have left, with every repetition. */
  readonly sent: number;
  /** Probes that the other side has answered, by yes, no or ICMP. */
  readonly answered: number;
  readonly elapsedMs: number;
}

/** Two years at a million a second; up to here an index and a verdict fit together into a double (engine/slice.ts). */
export const PROBES_MOST = 2 ** 46;

/** The number of probes of a plan, without retries. Throws a RangeError beyond {@link PROBES_MOST}. */
export function probeCount(targets: readonly Target[]): number {
  const count = targets.reduce((sum, target) => sum + target.addresses.size * BigInt(target.ports.size), 0n);
  if (count > BigInt(PROBES_MOST)) throw new RangeError(`${count} probes are too many for one plan`);
  return Number(count);
}

export interface Probe {
  readonly address: AddressNumber;
  readonly port: number;
}

/** Maps an index to its probe. Made once a scan; a look-up costs a binary search over the targets. */
export function probeIndex(targets: readonly Target[]): { count: number; probeAt(index: number): Probe } {
  const count = probeCount(targets);
  const starts: number[] = [];
  let next = 0;
  for (const target of targets) {
    starts.push(next);
    next += Number(target.addresses.size) * target.ports.size;
  }
  const probeAt = (index: number): Probe => {
    if (!Number.isInteger(index) || index < 0 || index >= count) {
      throw new RangeError(`no probe ${index} in a plan of ${count}`);
    }
    let lo = 0;
    let hi = starts.length - 1;
    while (lo < hi) {
      const mid = (lo + hi + 1) >>> 1;
      if (starts[mid]! <= index) lo = mid;
      else hi = mid - 1;
    }
    const target = targets[lo]!;
    const offset = index - starts[lo]!;
    const host = Math.floor(offset / target.ports.size);
    return {
      address: target.addresses.at(BigInt(host)),
      port: target.ports.at(offset - host * target.ports.size),
    };
  };
  return { count, probeAt };
}

/** Every address that the plan would touch: what the scope is checked against. */
export function addressesOf(targets: readonly Target[]): AddressSet {
  return AddressSet.unionOf(targets.map((target) => target.addresses));
}
