/*
 * Keeps each host, and each /24 or /64, below its own rate, packet by packet and over all workers: the shuffled order does
 * that on average only, and for first attempts only, as repetitions go to the silent alone.
 *
 * A cell of shared memory says when the next packet would come if they came evenly ("generic cell rate algorithm", ITU-T
 * I.371), in parts of an interval that wrap around: what lies further ahead than it can be is an old one. A SYN that waits
 * longer than a second is sent again by the kernel, which no option of a socket forbids (TCP_SYNCNT is 1 at the least): such
 * packets are paid for with the first, and what has not left by the time an answer comes is given back.
 */
import { burstOf } from '../pacer.js';
import { PLACES_MOST } from './host-places.js';

/** A packet's interval is so many units. */
const ONE = 256;
/** A turn of ours may come so late that the kernel sends once more. */
const LATE_MS = 50;
/** No attempt takes more packets, however long it waits. */
const PACKETS_MOST = 32;

export interface CapCells {
  /** Empty where there is no such cap. */
  readonly hosts: Int32Array;
  readonly subnets: Int32Array;
  readonly ratePerHost: number;
  readonly ratePerSubnet: number;
  /** How long after its first SYN an attempt's others leave. */
  readonly repeatedAtMs: readonly number[];
}

export interface Caps {
  readonly ratePerHost?: number;
  readonly ratePerSubnet?: number;
}

/** Null where there are no caps. */
export function capCells(
  { ratePerHost = Infinity, ratePerSubnet = Infinity }: Caps,
  { hosts, subnets }: { readonly hosts: number; readonly subnets: number },
  repeatedAtMs: readonly number[],
): CapCells | null {
  if (ratePerHost === Infinity && ratePerSubnet === Infinity) return null;
  const cells = (count: number, rate: number): Int32Array => {
    const places = rate === Infinity ? 0 : Math.min(count, PLACES_MOST);
    return new Int32Array(new SharedArrayBuffer(places * 4));
  };
  return {
    hosts: cells(hosts, ratePerHost),
    subnets: cells(subnets, ratePerSubnet),
    ratePerHost,
    ratePerSubnet,
    repeatedAtMs: repeatedAtMs.slice(0, PACKETS_MOST - 1),
  };
}

export class HostCaps {
  private readonly hosts: Schedule;
  private readonly subnets: Schedule;
  private readonly offsetMs: number;

  /** @param startedAtMs since the epoch: threads have clocks that begin at different times */
  constructor(
    private readonly cells: CapCells,
    startedAtMs: number,
  ) {
    this.hosts = new Schedule(cells.hosts, cells.ratePerHost);
    this.subnets = new Schedule(cells.subnets, cells.ratePerSubnet);
    this.offsetMs = performance.timeOrigin - startedAtMs;
  }

  /** SYNs of an attempt that waits so long, at the most. */
  packetsFor(waitMs: number): number {
    return this.packetsAfter(waitMs + LATE_MS);
  }

  /** SYNs that have left so long after the first. */
  packetsAfter(ms: number): number {
    let packets = 1;
    for (const atMs of this.cells.repeatedAtMs) if (atMs <= ms) packets++;
    return packets;
  }

  isDue(place: number, subnet: number, nowMs: number): boolean {
    const sinceMs = nowMs + this.offsetMs;
    return this.hosts.isDue(place, sinceMs) && this.subnets.isDue(subnet, sinceMs);
  }

  /** Takes so many packets of the host and its subnet, or none, as another worker may have been quicker. */
  take(place: number, subnet: number, packets: number, nowMs: number): boolean {
    const sinceMs = nowMs + this.offsetMs;
    if (!this.hosts.take(place, packets, sinceMs)) return false;
    if (this.subnets.take(subnet, packets, sinceMs)) return true;
    this.hosts.giveBack(place, packets);
    return false;
  }

  giveBack(place: number, subnet: number, packets: number): void {
    this.hosts.giveBack(place, packets);
    this.subnets.giveBack(subnet, packets);
  }
}

class Schedule {
  private readonly isEndless: boolean;
  private readonly unitsPerMs: number;
  private readonly burst: number;
  private readonly furthest: number;

  constructor(
    private readonly cells: Int32Array,
    ratePerSecond: number,
  ) {
    this.isEndless = ratePerSecond === Number.POSITIVE_INFINITY;
    this.unitsPerMs = this.isEndless ? 0 : (ratePerSecond * ONE) / 1000;
    this.burst = this.isEndless ? 0 : Math.floor((burstOf(ratePerSecond) - 1) * ONE);
    this.furthest = this.burst + PACKETS_MOST * ONE;
  }

  isDue(place: number, nowMs: number): boolean {
    return this.isEndless || this.ahead(Atomics.load(this.cells, place), this.units(nowMs)) <= this.burst;
  }

  take(place: number, packets: number, nowMs: number): boolean {
    if (this.isEndless) return true;
    const now = this.units(nowMs);
    for (;;) {
      const held = Atomics.load(this.cells, place);
      const ahead = this.ahead(held, now);
      if (ahead > this.burst) return false;
      const next = (now + Math.max(0, ahead) + packets * ONE) | 0;
      if (Atomics.compareExchange(this.cells, place, held, next) === held) return true;
    }
  }

  giveBack(place: number, packets: number): void {
    if (!this.isEndless) Atomics.sub(this.cells, place, packets * ONE);
  }

  private units(nowMs: number): number {
    return Math.floor(nowMs * this.unitsPerMs) | 0;
  }

  private ahead(cell: number, now: number): number {
    const ahead = (cell - now) | 0;
    return ahead > this.furthest ? 0 : ahead;
  }
}
