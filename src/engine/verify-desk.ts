/*
 * Where SYN-ACKs wait for the handshake that confirms them. Pure: it is told what was seen, and says what passes at once and
 * what has to be confirmed next.
 *
 * Where everything on a host seems to say open, a sample is confirmed and not sixty thousand ports: the rest is held until
 * it is clear whether the host says anything else, by another port or by a handshake that fails, and passes as it is if
 * it never does; the measure is the one by which a wildcard is called so later on. Ports whose handshakes met silence
 * wait for the same: on a host that says something else they are open, as their SYN-ACK says; where everything says open
 * they are unknown, and so is the rest if not one handshake of the sample was completed. The pattern takes more ports than
 * the sample has: of a few that all say open it is the canaries that tell (canaries.ts).
 *
 * The trap is the order: open ports are told of before the others, so that every host with an open port looks like a
 * wildcard at first.
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
  confirmed: number;
  refuted: number;
  held: Unverified[];
  /** Their handshakes met silence. */
  unanswered: Unverified[];
  /** The lowest `settledTo` of those. */
  unansweredFrom: number;
}

/** What is known of the host leaves it possible that everything there says open. */
const mayBeWildcard = ({ open, others, refuted }: Host): boolean =>
  saysOnlyOpen(open - refuted, others + refuted);
const isWildcard = (host: Host): boolean => host.open > CONFIRMED_MOST && mayBeWildcard(host);

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
    if (seen.state === 'open' && seen.reason === 'syn-ack') return this.takeOpen(seen, settledTo);
    const host = this.hosts.get(seen.address);
    if (!host || seen.state === 'unknown') return [seen];
    if (seen.state === 'open') host.open += seen.ports.size;
    else host.others += seen.ports.size;
    if (mayBeWildcard(host)) return [seen];
    this.releaseToQueue(host);
    return [...this.release(host), seen];
  }

  /** A handshake has completed. */
  confirmed({ address }: Pick<Unverified, 'address'>): void {
    this.hosts.get(address)!.confirmed++;
  }

  /** The handshake says otherwise. */
  refuted({ address }: Unverified): void {
    this.hosts.get(address)!.refuted++;
  }

  /** The handshakes met silence. Returns what passes at once. */
  unanswered(one: Unverified): Observation[] {
    const host = this.hosts.get(one.address)!;
    if (!mayBeWildcard(host) || this.held >= this.heldMost) return asSeen([one]);
    this.doubt(host, [one]);
    this.held++;
    return [];
  }

  /** All is seen, and the samples are confirmed or not: where they show that not everything is open, the rest is next. */
  decide(): void {
    for (const host of this.hosts.values()) {
      const { open, others, refuted, unanswered } = host;
      const failed = refuted + unanswered.length;
      if (mayBeWildcard(host) && unanswered.length > 0 && host.confirmed === 0) {
        this.doubt(host, host.held.splice(0));
      } else if (!saysOnlyOpen(open - failed, others + failed)) this.releaseToQueue(host);
    }
  }

  /** All is through: the rest, with the last word about it. */
  end(): Observation[] {
    const last: Observation[] = [];
    for (const host of this.hosts.values()) {
      const state = isWildcard(host) ? ({ state: 'unknown', reason: 'unconfirmed' } as const) : {};
      for (const { connectMs, ...seen } of this.release(host)) last.push({ ...seen, ...state });
    }
    return [...last, ...this.giveUp()];
  }

  /** Everything that is held or waits, as it is: there is no time left to confirm it. */
  giveUp(): Observation[] {
    const left = this.batch(this.waiting);
    for (const { held, unanswered } of this.hosts.values()) {
      for (const one of held.splice(0)) left.push(one);
      for (const one of unanswered.splice(0)) left.push(one);
    }
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
    for (const { held, unansweredFrom } of this.hosts.values()) {
      lowest = Math.min(lowest, unansweredFrom, held[0]?.settledTo ?? Number.POSITIVE_INFINITY);
    }
    return lowest;
  }

  private takeOpen(seen: Observation, settledTo: number): Observation[] {
    const { address, at, connectMs } = seen;
    const host = this.hosts.get(address) ?? newHost();
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

  /** What met silence, as it was seen. */
  private release(host: Host): Observation[] {
    this.held -= host.unanswered.length;
    host.unansweredFrom = Number.POSITIVE_INFINITY;
    return asSeen(host.unanswered.splice(0));
  }

  private doubt(host: Host, ports: readonly Unverified[]): void {
    for (const one of ports) {
      host.unanswered.push(one);
      host.unansweredFrom = Math.min(host.unansweredFrom, one.settledTo);
    }
  }
}

const newHost = (): Host => ({
  ...{ open: 0, others: 0, confirmed: 0, refuted: 0 },
  ...{ held: [], unanswered: [], unansweredFrom: Number.POSITIVE_INFINITY },
});

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
