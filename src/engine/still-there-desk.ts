/*
 * Where silence waits until its host is known to be there. Pure but for a clock: it is told what was seen, says whether it
 * passes, and which hosts have to be asked next, by which port.
 *
 * A question counts for the silence that is held when it is asked, and for none that comes later. The port that is asked is
 * the one that answered last. What else is learnt of a port that waits here waits behind it, so that words about one port
 * keep their order. The traps are memory, which is bounded (beyond so many hosts that have answered, silence is believed
 * as it comes), and time: nothing here rings a bell, so that whoever asks has to come by.
 */
import type { Observation } from '../domain/observation.js';
import type { ScanPlan } from '../domain/scan-plan.js';

/** Hosts that have answered are remembered up to here. */
const HOSTS_MOST = 500_000;
/** From so many observations on, hosts are asked without a rest, and nothing more is to be taken in. */
const HELD_MOST = 65_536;
/** A host is left in peace for so long between two questions: they are connections to a real service. */
const REST_MS = 5000;

/** Is this port still answered? */
export interface Question {
  readonly address: string;
  readonly port: number;
  readonly held: readonly Observation[];
  /** What was settled when the first of these came: no more is, until they are through. */
  readonly settledTo: number;
}

interface Host {
  /** The one that answered last. */
  port: number;
  held: Observation[];
  heldFrom: number;
  /** What it is being asked about. */
  asking: readonly Observation[];
  /** Asked a moment ago, or being asked. */
  isResting: boolean;
}

/** Shared by all hosts that are silent about nothing; nobody adds to it. */
const NONE: Observation[] = [];

export class StillThereDesk {
  /** By address; only hosts that have answered. */
  private readonly hosts = new Map<string, Host>();
  /** Those of whom something is held, in the order of what is settled. */
  private readonly holding = new Map<string, Host>();
  /** Those of `holding` that may be asked now. */
  private readonly due = new Set<string>();
  private resting: Array<{ readonly address: string; readonly untilMs: number }> = [];
  private held = 0;

  constructor(
    private readonly plan: Pick<ScanPlan, 'known' | 'fragile'>,
    private readonly nowMs: () => number = () => performance.now(),
    private readonly heldMost = HELD_MOST,
  ) {}

  get isFull(): boolean {
    return this.held >= this.heldMost;
  }

  /** Takes an observation in, and keeps it if this is false. */
  passes(seen: Observation, settledTo: number): boolean {
    const { address, state, ports } = seen;
    if (ports.isEmpty) return true;
    const isSilent = isSilence(seen);
    let host = this.hosts.get(address);
    if (state === 'open' || state === 'closed') {
      if (host) host.port = ports.first;
      else if (this.hosts.size < HOSTS_MOST) this.remember(address, ports.first);
    } else if (isSilent) host ??= this.knownBefore(address);
    if (!host) return true;
    if (!isSilent && !isAbout(host.held, seen) && !isAbout(host.asking, seen)) return true;
    this.hold(address, host, seen, settledTo);
    return false;
  }

  /**
   * The next hosts to ask, with everything that is held of them.
   * @param isLast nothing more comes, so that there is nothing to wait for
   */
  batch(most: number, isLast: boolean): Question[] {
    if (this.holding.size === 0) return [];
    this.endRests(isLast || this.isFull);
    const batch: Question[] = [];
    for (const address of this.due) {
      if (batch.length === most) break;
      this.due.delete(address);
      const host = this.holding.get(address)!;
      this.holding.delete(address);
      batch.push({ address, port: host.port, held: host.held, settledTo: host.heldFrom });
      this.held -= host.held.length;
      host.asking = host.held;
      host.held = NONE;
      host.isResting = true;
    }
    // The first of a batch says what is settled, though they became due in another order.
    return batch.sort((a, b) => a.settledTo - b.settledTo);
  }

  /** These have been asked. */
  asked(batch: readonly Question[]): void {
    const untilMs = this.nowMs() + REST_MS;
    for (const { address } of batch) {
      this.hosts.get(address)!.asking = NONE;
      this.resting.push({ address, untilMs });
    }
  }

  /** Everything that is held: nobody will ask any more. */
  giveUp(): Observation[] {
    const left = Array.from(this.holding.values(), ({ held }) => held.splice(0)).flat();
    this.holding.clear();
    this.due.clear();
    this.held = 0;
    return doubted(left, 'interrupted');
  }

  /** The lowest position that may not be called settled for the sake of what waits here. */
  settledTo(): number {
    for (const { heldFrom } of this.holding.values()) return heldFrom;
    return Number.POSITIVE_INFINITY;
  }

  private hold(address: string, host: Host, seen: Observation, settledTo: number): void {
    if (host.held.length === 0) {
      host.held = [];
      host.heldFrom = settledTo;
      this.holding.set(address, host);
      if (!host.isResting) this.due.add(address);
    }
    host.held.push(seen);
    this.held++;
  }

  /** Of hosts that have answered an earlier attempt at the scan. */
  private knownBefore(address: string): Host | undefined {
    const ports = this.plan.known?.get(address);
    return ports && !ports.isEmpty ? this.remember(address, ports.first) : undefined;
  }

  private remember(address: string, port: number): Host | undefined {
    if (this.plan.fragile?.has(address)) return undefined;
    const host: Host = { port, held: NONE, heldFrom: 0, asking: NONE, isResting: false };
    this.hosts.set(address, host);
    return host;
  }

  private endRests(isForced: boolean): void {
    const nowMs = isForced ? Number.POSITIVE_INFINITY : this.nowMs();
    let rested = 0;
    for (; rested < this.resting.length && this.resting[rested]!.untilMs <= nowMs; rested++) {
      const { address } = this.resting[rested]!;
      this.hosts.get(address)!.isResting = false;
      if (this.holding.has(address)) this.due.add(address);
    }
    if (rested > 0) this.resting = this.resting.slice(rested);
  }
}

/** Silence that says nothing; what waited behind it is as it was. */
export function doubted(held: readonly Observation[], reason: string): Observation[] {
  return held.map((seen) => (isSilence(seen) ? { ...seen, state: 'unknown', reason } : seen));
}

const isSilence = ({ state, reason }: Observation): boolean => state === 'filtered' && reason === 'silence';

/** Is it about a port that waits among these? */
function isAbout(held: readonly Observation[], { ports }: Observation): boolean {
  if (held.length === 0) return false;
  const { first, size } = ports;
  return held.some((one) => (size === 1 ? one.ports.has(first) : !one.ports.intersect(ports).isEmpty));
}
