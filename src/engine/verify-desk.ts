/*
 * Where SYN-ACKs wait for the handshake that confirms them. Pure: it is told what was seen, and says what passes at once and
 * what has to be confirmed next.
 *
 * Where everything on a host seems to say open, a sample is confirmed and not sixty thousand ports: the rest is held until
 * it is clear whether the host says anything else, by another port or by a handshake that fails, and passes as it is if
 * it never does; the measure is the one by which a wildcard is called so later on. The trap is the order: open ports
 * are told of before the others, so that every host with many open ports looks like a wildcard at first.
 */
import { saysOnlyOpen } from '../domain/compare.js';
import type { Observation } from '../domain/observation.js';
import { PortSet } from '../domain/port-set.js';

/** Of a host on which nothing but open was seen, so many are confirmed. */
const CONFIRMED_MOST = 64;
/** Beyond so many in all, nothing more is held: it passes as it is. */
const HELD_MOST = 1_000_000;

export interface Unverified {
  readonly address: string;
  readonly port: number;
  readonly connectMs: number | undefined;
  readonly at: number;
  /** What was settled when it came: no more is, until it is through. */
  readonly settledTo: number;
}

interface Host {
  open: number;
  others: number;
  refuted: number;
  held: Unverified[];
}

export class VerifyDesk {
  /** By address; only hosts with an open port. */
  private readonly hosts = new Map<string, Host>();
  private queue: Unverified[] = [];
  private next = 0;
  private held = 0;

  constructor(private readonly heldMost = HELD_MOST) {}

  get waiting(): number {
    return this.queue.length - this.next;
  }

  /** Takes an observation in; returns what passes at once. */
  take(seen: Observation, settledTo: number): Observation[] {
    const host = this.hosts.get(seen.address);
    if (seen.state === 'open' && seen.reason === 'syn-ack') return this.takeOpen(seen, settledTo);
    if (host && seen.state !== 'unknown') {
      if (seen.state === 'open') host.open += seen.ports.size;
      else host.others += seen.ports.size;
      if (!saysOnlyOpen(host.open, host.others)) this.releaseToQueue(host);
    }
    return [seen];
  }

  /** The handshake says otherwise. */
  refuted({ address }: Unverified): void {
    this.hosts.get(address)!.refuted++;
  }

  /** All is seen, and the samples are confirmed or not: where they show that not everything is open, the rest is next. */
  decide(): void {
    for (const host of this.hosts.values()) {
      if (!saysOnlyOpen(host.open - host.refuted, host.others + host.refuted)) this.releaseToQueue(host);
    }
  }

  /** Everything that is held or waits, as it is: nothing more comes, or there is no time left to confirm it. */
  giveUp(): Observation[] {
    const left = this.batch(this.waiting);
    for (const host of this.hosts.values()) for (const one of host.held.splice(0)) left.push(one);
    this.held = 0;
    return asSeen(left);
  }

  /** The next ones to confirm. */
  batch(most: number): Unverified[] {
    const batch = this.queue.slice(this.next, this.next + most);
    this.next += batch.length;
    if (this.next === this.queue.length) {
      this.queue = [];
      this.next = 0;
    }
    return batch;
  }

  /** The lowest position that may not be called settled for the sake of what waits here. */
  settledTo(): number {
    let lowest = this.queue[this.next]?.settledTo ?? Number.POSITIVE_INFINITY;
    if (this.held === 0) return lowest;
    for (const { held } of this.hosts.values()) {
      lowest = Math.min(lowest, held[0]?.settledTo ?? Number.POSITIVE_INFINITY);
    }
    return lowest;
  }

  private takeOpen(seen: Observation, settledTo: number): Observation[] {
    const { address, at, connectMs } = seen;
    const host = this.hosts.get(address) ?? { open: 0, others: 0, refuted: 0, held: [] };
    this.hosts.set(address, host);
    const passing: Unverified[] = [];
    for (const port of seen.ports) {
      const one = { address, port, connectMs: connectMs?.get(port), at, settledTo };
      host.open++;
      if (host.open <= CONFIRMED_MOST || !saysOnlyOpen(host.open, host.others)) this.queue.push(one);
      else if (this.held < this.heldMost) {
        host.held.push(one);
        this.held++;
      } else passing.push(one);
    }
    return asSeen(passing);
  }

  private releaseToQueue(host: Host): void {
    this.held -= host.held.length;
    for (const one of host.held.splice(0)) this.queue.push(one);
  }
}

/** As they were when they came, put together by host. */
export function asSeen(unverified: readonly Unverified[]): Observation[] {
  const hosts = new Map<string, Unverified[]>();
  for (const one of unverified) {
    const list = hosts.get(one.address);
    if (list) list.push(one);
    else hosts.set(one.address, [one]);
  }
  return Array.from(hosts, ([address, list]) => {
    const times = list.flatMap(({ port, connectMs }) =>
      connectMs === undefined ? [] : [[port, connectMs] as const],
    );
    return {
      address,
      ports: PortSet.from(list.map(({ port }) => port)),
      state: 'open',
      reason: 'syn-ack',
      at: list.reduce((latest, one) => Math.max(latest, one.at), 0),
      ...(times.length > 0 ? { connectMs: new Map(times) } : {}),
    };
  });
}
