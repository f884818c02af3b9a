/*
 * Collects the observations of one look while it is under way, many hosts of many ports each, and hands out each host's
 * whole picture at the end.
 *
 * It means the same as `observe`, applied to one observation after the other, but costs a byte a port and a step a port:
 * ports come in a shuffled order, and sets of ranges would be at their most ragged half-way. A host that is seen once
 * keeps its one observation. The stronger state wins, and of equals the first, as in observation.ts.
 */
import {
  type HostObserved,
  isOfCanary,
  nothingObserved,
  type Observation,
  observe,
  PORT_STATES,
  type PortState,
  type Reason,
} from './observation.js';
import { PortSet } from './port-set.js';

/** What a byte stands for; its place in the list, plus one. A lower rank is stronger. */
interface Mark {
  readonly state: PortState;
  readonly reason: Reason;
  readonly rank: number;
}

const MOST_MARKS = 255;
const UNKNOWN_RANK = PORT_STATES.indexOf('unknown');

/** One host that was seen more than once. */
interface Ledger {
  readonly places: Places;
  readonly marks: Uint8Array;
  readonly connectMs: Map<number, number>;
  at: number;
}

export class Sightings {
  private readonly hosts = new Map<string, Observation | Ledger>();
  private readonly marks: Mark[] = [];
  private readonly markNumbers = new Map<string, number>();
  private readonly places = new Map<string, Places>();
  private latest: Places | null = null;
  /** They are beyond the planned ports, few, and of few hosts. */
  private readonly canaries = new Map<string, Observation[]>();
  private judgedSoFar = 0;
  private openSoFar = 0;

  /** @param plannedFor the ports that may be observed of an address */
  constructor(private readonly plannedFor: (address: string) => PortSet) {}

  /** Ports of which something is known: not unknown, and not unseen. */
  get judged(): number {
    return this.judgedSoFar;
  }

  get open(): number {
    return this.openSoFar;
  }

  add(seen: Observation): void {
    if (isOfCanary(seen)) {
      this.canaries.set(seen.address, [...(this.canaries.get(seen.address) ?? []), seen]);
      return;
    }
    const known = this.hosts.get(seen.address);
    if (known === undefined) {
      this.hosts.set(seen.address, seen);
      if (seen.state !== 'unknown') this.judgedSoFar += seen.ports.size;
      if (seen.state === 'open') this.openSoFar += seen.ports.size;
    } else if ('marks' in known) this.write(known, seen, true);
    else {
      const ledger = this.ledgerOf(seen.address);
      this.hosts.set(seen.address, ledger);
      this.write(ledger, known, false);
      this.write(ledger, seen, true);
    }
  }

  /** Everything that was seen of one address. */
  host(address: string, name: string | null = null): HostObserved {
    const host = this.planned(address, nothingObserved(address, name));
    const canaries = this.canaries.get(address);
    return canaries ? canaries.reduce(observe, host) : host;
  }

  /** Every host of which something was seen. */
  toMap(): Map<string, HostObserved> {
    const addresses = new Set([...this.hosts.keys(), ...this.canaries.keys()]);
    return new Map(Array.from(addresses, (address) => [address, this.host(address)]));
  }

  private planned(address: string, nothing: HostObserved): HostObserved {
    const known = this.hosts.get(address);
    if (known === undefined) return nothing;
    return 'marks' in known ? this.read(known, nothing) : observe(nothing, known);
  }

  private ledgerOf(address: string): Ledger {
    const planned = this.plannedFor(address);
    const places = this.placesOf(planned);
    return { places, marks: new Uint8Array(planned.size), connectMs: new Map(), at: 0 };
  }

  /** Hosts with the same ports share them; mostly they come with the very same set. */
  private placesOf(planned: PortSet): Places {
    if (this.latest?.planned === planned) return this.latest;
    const text = planned.toString();
    this.latest = this.places.get(text) ?? new Places(planned);
    this.places.set(text, this.latest);
    return this.latest;
  }

  private write(ledger: Ledger, seen: Observation, counts: boolean): void {
    const { places, marks } = ledger;
    const number = this.markNumber(seen);
    const { rank } = this.marks[number - 1]!;
    seen.ports.eachRange((first, last) => {
      const place = places.of(first);
      if (places.portAt(place + last - first) !== last) throw places.stranger(last);
      for (let at = place; at <= place + last - first; at++) {
        const before = marks[at] === 0 ? UNKNOWN_RANK + 1 : this.marks[marks[at]! - 1]!.rank;
        if (before <= rank) continue;
        marks[at] = number;
        if (!counts) continue;
        if (before >= UNKNOWN_RANK && rank < UNKNOWN_RANK) this.judgedSoFar++;
        if (rank === 0) this.openSoFar++;
      }
    });
    for (const [port, ms] of seen.connectMs ?? [])
      if (!ledger.connectMs.has(port)) ledger.connectMs.set(port, ms);
    ledger.at = Math.max(ledger.at, seen.at);
  }

  private markNumber({ state, reason }: Observation): number {
    const key = `${state} ${reason}`;
    const known = this.markNumbers.get(key);
    if (known !== undefined) return known;
    if (this.marks.length === MOST_MARKS) throw new RangeError(`more than ${MOST_MARKS} reasons in one look`);
    this.marks.push({ state, reason, rank: PORT_STATES.indexOf(state) });
    this.markNumbers.set(key, this.marks.length);
    return this.marks.length;
  }

  private read({ places, marks, connectMs, at }: Ledger, nothing: HostObserved): HostObserved {
    const found: Array<number[] | undefined> = [];
    for (let place = 0; place < marks.length; place++) {
      const number = marks[place]!;
      if (number === 0) continue;
      const port = places.portAt(place);
      found[number] ??= [];
      const bounds = found[number];
      if (bounds.length > 0 && bounds[bounds.length - 1] === port) bounds[bounds.length - 1] = port + 1;
      else bounds.push(port, port + 1);
    }
    const states = new Map<PortState, PortSet>();
    const reasons = new Map<Reason, PortSet>();
    found.forEach((bounds, number) => {
      if (!bounds) return;
      const { state, reason } = this.marks[number - 1]!;
      const ports = PortSet.fromBounds(bounds);
      states.set(state, (states.get(state) ?? PortSet.empty).union(ports));
      reasons.set(reason, (reasons.get(reason) ?? PortSet.empty).union(ports));
    });
    return { ...nothing, ...Object.fromEntries(states), reasons, connectMs, at };
  }
}

/** A port's place among the planned ones, and back. */
class Places {
  private readonly ports: Uint16Array;
  private readonly isWhole: boolean;

  constructor(readonly planned: PortSet) {
    this.ports = Uint16Array.from(planned);
    this.isWhole =
      planned.isEmpty || this.ports[this.ports.length - 1]! - this.ports[0]! === planned.size - 1;
  }

  of(port: number): number {
    let lo = 0;
    if (this.isWhole) lo = port - this.ports[0]!;
    else {
      let hi = this.ports.length - 1;
      while (lo < hi) {
        const mid = (lo + hi) >>> 1;
        if (this.ports[mid]! < port) lo = mid + 1;
        else hi = mid;
      }
    }
    if (this.ports[lo] !== port) throw this.stranger(port);
    return lo;
  }

  portAt(place: number): number {
    return this.ports[place]!;
  }

  stranger(port: number): RangeError {
    return new RangeError(`port ${port} was seen, and not asked for; expected one of ${this.planned}`);
  }
}
