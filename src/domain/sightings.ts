/*
 * Collects the observations of one look while it is under way, many hosts of many ports each, and hands out each host's
 * whole picture at any moment.
 *
 * It means the same as `observe`, applied to one observation after the other. What it keeps grows with what is open and
 * with what is ragged at the moment, at most by a bit a planned port and reason, and hardly with what was probed: ports
 * come in a shuffled order, and growing-ports.ts holds them meanwhile. A host that is seen once keeps its one
 * observation. The stronger state wins, and of equals the first, as in observation.ts.
 */
import { GrowingPorts } from './growing-ports.js';
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
import { PortPlaces } from './port-places.js';
import { PortSet } from './port-set.js';

const UNKNOWN_RANK = PORT_STATES.indexOf('unknown');

/** The ports of a host that are in a state for one reason. A lower rank is stronger. */
interface Layer {
  readonly state: PortState;
  readonly reason: Reason;
  readonly rank: number;
  readonly ports: GrowingPorts;
}

/** One host that was seen more than once. Its layers are disjoint. */
interface Ledger {
  readonly places: PortPlaces;
  readonly layers: Layer[];
  readonly connectMs: Map<number, number>;
  seen: number;
  at: number;
}

export class Sightings {
  private readonly hosts = new Map<string, Observation | Ledger>();
  private readonly places = new Map<string, PortPlaces>();
  private latest: PortPlaces | null = null;
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
    } else if ('layers' in known) this.write(known, seen, true);
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

  /** Of which something was seen; those that come while it is read belong to them. */
  *addresses(): Generator<string> {
    yield* this.hosts.keys();
    for (const address of this.canaries.keys()) if (!this.hosts.has(address)) yield address;
  }

  /** Hosts with at least so many open ports, and those that were sent canaries. */
  *crowded(openPorts: number): Generator<HostObserved> {
    for (const [address, known] of this.hosts) {
      if (this.canaries.has(address) || openIn(known) >= openPorts) yield this.host(address);
    }
    for (const address of this.canaries.keys()) if (!this.hosts.has(address)) yield this.host(address);
  }

  /** Every host of which something was seen. */
  toMap(): Map<string, HostObserved> {
    return new Map(Array.from(this.addresses(), (address) => [address, this.host(address)]));
  }

  private planned(address: string, nothing: HostObserved): HostObserved {
    const known = this.hosts.get(address);
    if (known === undefined) return nothing;
    return 'layers' in known ? this.read(known, nothing) : observe(nothing, known);
  }

  private ledgerOf(address: string): Ledger {
    const places = this.placesOf(this.plannedFor(address));
    return { places, layers: [], connectMs: new Map(), seen: 0, at: 0 };
  }

  /** Hosts with the same ports share them; mostly they come with the very same set. */
  private placesOf(planned: PortSet): PortPlaces {
    if (this.latest?.planned === planned) return this.latest;
    const text = planned.toString();
    this.latest = this.places.get(text) ?? new PortPlaces(planned);
    this.places.set(text, this.latest);
    return this.latest;
  }

  private write(ledger: Ledger, seen: Observation, counts: boolean): void {
    const rank = PORT_STATES.indexOf(seen.state);
    let fresh = seen.ports;
    for (const layer of ledger.layers) if (layer.rank <= rank) fresh = layer.ports.missing(fresh);
    if (!fresh.isEmpty) {
      const judgedBefore = put(ledger, seen, fresh);
      if (counts && rank < UNKNOWN_RANK) this.judgedSoFar += fresh.size - judgedBefore;
      if (counts && rank === 0) this.openSoFar += fresh.size;
    }
    for (const [port, ms] of seen.connectMs ?? [])
      if (!ledger.connectMs.has(port)) ledger.connectMs.set(port, ms);
    ledger.at = Math.max(ledger.at, seen.at);
  }

  private read({ layers, connectMs, at }: Ledger, nothing: HostObserved): HostObserved {
    const states = new Map<PortState, PortSet>();
    const reasons = new Map<Reason, PortSet>();
    for (const { state, reason, ports: growing } of layers) {
      if (growing.size === 0) continue;
      const ports = growing.toPorts();
      states.set(state, (states.get(state) ?? PortSet.empty).union(ports));
      reasons.set(reason, (reasons.get(reason) ?? PortSet.empty).union(ports));
    }
    return { ...nothing, ...Object.fromEntries(states), reasons, connectMs, at };
  }
}

function openIn(known: Observation | Ledger): number {
  if (!('layers' in known)) return known.state === 'open' ? known.ports.size : 0;
  return known.layers.reduce((sum, { rank, ports }) => (rank === 0 ? sum + ports.size : sum), 0);
}

/** Puts ports where no weaker word holds them any more; says of how many something was known before. */
function put(ledger: Ledger, { state, reason }: Observation, fresh: PortSet): number {
  const { layers, places } = ledger;
  const own = layerOf(ledger, state, reason);
  let taken = 0;
  let judged = 0;
  for (const { rank, ports } of layers) {
    if (rank <= own.rank) continue;
    const weaker = ports.remove(fresh);
    taken += weaker;
    if (rank < UNKNOWN_RANK) judged += weaker;
  }
  own.ports.add(fresh);
  ledger.seen += fresh.size - taken;
  const isNowWhole = taken < fresh.size && ledger.seen === places.size;
  if (isNowWhole) for (const { ports } of layers) ports.settle();
  return judged;
}

function layerOf({ layers, places }: Ledger, state: PortState, reason: Reason): Layer {
  const known = layers.find((layer) => layer.state === state && layer.reason === reason);
  if (known) return known;
  const made = { state, reason, rank: PORT_STATES.indexOf(state), ports: new GrowingPorts(places) };
  layers.push(made);
  return made;
}
