/*
 * Canaries: where every port that was looked at says open, a few ports that nobody would use are asked as well. If they say
 * open too, a tarpit or a proxy answers there for everything, and no port of the host is to be believed.
 *
 * The canaries are random and high, and in no target of the plan for that host; they are handed out under reasons of their
 * own (`canary`, `canary-shut`) and count for no coverage. One that refuses or keeps silent is told of too: it is what
 * ends an earlier suspicion. What was heard before the scan was interrupted counts as what is heard now, and a scan of which
 * nothing but canaries is left sends them. Fragile hosts get none: they are sent nothing but what was asked for.
 *
 * The trap is a plan of all 65,535 ports: nothing is left to ask, and the many open ports themselves have to show it.
 */
import { AddressSet, formatAddress, parseAddress } from '../domain/address-set.js';
import { CANARIES_BELIEVED } from '../domain/compare.js';
import { type HostObserved, nothingObserved, type Observation, observe } from '../domain/observation.js';
import { PortSet } from '../domain/port-set.js';
import { type Heard, probeCount, type ScanPlan, type Target } from '../domain/scan-plan.js';
import { TOP_PORTS_MOST, topPorts } from '../domain/top-ports.js';
import { portsAt, stretchesOf } from './address-stretches.js';
import type { Engine } from './engine.js';
import { permutation } from './permutation.js';
import { progressSum } from './progress-sum.js';

const CANARIES = 4;
const HIGH_PORTS = PortSet.range(20_000, 65_535);
/** A host that says open to everything says so to a canary about as fast as it did before. */
const PATIENCE_MS = 100;
const PATIENCE_FACTOR = 10;

/** @param canaryEngine completes handshakes: what is no more than a SYN-ACK is not called open */
export function withCanaries(engine: Engine, canaryEngine: Engine): Engine {
  return async function* canaried(plan, signal, watch) {
    const { heard, ...engines } = plan;
    const suspects = new Suspects(heard);
    const sum = progressSum(plan, watch);
    for await (const seen of engine(engines, signal, sum.lane().watch)) {
      suspects.see(seen);
      yield seen;
    }
    const targets = canaryTargets(plan, suspects.addresses());
    if (signal.aborted || targets.length === 0) return;
    const { known, fragile, hostDeadlineMs, verify, ...rest } = engines;
    const canaryPlan = {
      ...rest,
      targets,
      from: 0,
      to: probeCount(targets),
      timeoutMs: Math.min(plan.timeoutMs, suspects.patienceMs()),
      retries: 1,
    };
    const hosts = new Map<string, HostObserved>();
    for await (const seen of canaryEngine(canaryPlan, signal, sum.lane('only adds').watch)) {
      hosts.set(seen.address, observe(hosts.get(seen.address) ?? nothingObserved(seen.address), seen));
    }
    for (const host of hosts.values()) {
      // Silence may be all that an abort has left of a host's canaries: they will be sent again.
      if (!signal.aborted || isWildcard(host) || !host.closed.isEmpty) yield* canaryVerdict(host);
    }
  };
}

/** Hosts that have said something else are remembered up to here; beyond, a few of them may be sent canaries for nothing. */
const HONEST_MOST = 65_536;

interface Suspect {
  /** It went away: its silence to canaries would say nothing. */
  isGone: boolean;
  slowestMs: number;
}

/** Hosts of which nothing but open ports was seen. What is remembered grows with the hosts that have one. */
class Suspects {
  private readonly hosts = new Map<string, Suspect>();
  /** Hosts that have said something else. */
  private readonly honest = new Set<string>();
  private readonly cleared: AddressSet;

  constructor({ open, cleared }: Heard = { open: AddressSet.empty, cleared: AddressSet.empty }) {
    this.cleared = cleared;
    // How fast they were is not known any more.
    for (const number of open.subtract(cleared)) {
      this.hosts.set(formatAddress(number), { ...NOTHING, slowestMs: Number.POSITIVE_INFINITY });
    }
  }

  see({ address, state, reason, connectMs }: Observation): void {
    if (this.honest.has(address)) return;
    const host = this.hosts.get(address);
    if (state === 'open') {
      let slowestMs = connectMs ? 0 : Number.POSITIVE_INFINITY;
      for (const ms of connectMs?.values() ?? []) slowestMs = Math.max(slowestMs, ms);
      if (!host) this.hosts.set(address, { ...NOTHING, slowestMs });
      else Object.assign(host, { isGone: false, slowestMs: Math.max(host.slowestMs, slowestMs) });
    } else if (state !== 'unknown') {
      this.hosts.delete(address);
      if (host || this.honest.size < HONEST_MOST) this.honest.add(address);
    } else if (host && reason === 'host-fell-silent') host.isGone = true;
  }

  addresses(): string[] {
    return Array.from(this.hosts)
      .filter(([address, { isGone }]) => !isGone && !this.cleared.has(address))
      .map(([address]) => address);
  }

  patienceMs(): number {
    let slowestMs = 0;
    for (const host of this.hosts.values()) slowestMs = Math.max(slowestMs, host.slowestMs);
    return Math.ceil(PATIENCE_MS + PATIENCE_FACTOR * slowestMs);
  }
}

const NOTHING: Suspect = { isGone: false, slowestMs: 0 };

/** Hosts that are asked the same ports of share a target. Fragile ones are sent nothing but what was asked for. */
export function canaryTargets(
  plan: Pick<ScanPlan, 'targets' | 'seed' | 'fragile'>,
  addresses: readonly string[],
): Target[] {
  if (addresses.length === 0) return [];
  const stretches = stretchesOf(plan.targets);
  const byPorts = new Map<string, { ports: PortSet; sets: AddressSet[] }>();
  for (const text of addresses) {
    const address = parseAddress(text)!;
    if (plan.fragile?.has(address)) continue;
    const planned = portsAt(stretches, address);
    const key = planned.toString();
    const group = byPorts.get(key) ?? { ports: canaryPorts(planned, plan.seed), sets: [] };
    group.sets.push(AddressSet.ofNumber(address));
    byPorts.set(key, group);
  }
  return Array.from(byPorts.values())
    .filter(({ ports }) => ports.size >= CANARIES_BELIEVED)
    .map(({ ports, sets }) => ({ addresses: AddressSet.unionOf(sets), ports }));
}

/** High ports that no service is known for and the plan doesn't ask for, chosen by the seed. */
export function canaryPorts(planned: PortSet, seed: number): PortSet {
  const left = HIGH_PORTS.subtract(topPorts(TOP_PORTS_MOST)).subtract(planned);
  const shuffled = permutation(left.size, seed);
  const most = Math.min(CANARIES, left.size);
  return PortSet.from(Array.from({ length: most }, (_, i) => left.at(shuffled(i))));
}

/** Everything that answered said open, and enough did. */
const isWildcard = ({ open, closed }: HostObserved): boolean =>
  open.size >= CANARIES_BELIEVED && closed.isEmpty;

/** Of a wildcard the canaries are told of as open. Else what was not open is. */
function canaryVerdict(host: HostObserved): Observation[] {
  const { address, open, closed, at } = host;
  const silent = host.filtered.union(host.unreachable);
  return (
    [
      { address, ports: isWildcard(host) ? open : PortSet.empty, state: 'open', reason: 'canary', at },
      { address, ports: closed, state: 'closed', reason: 'canary-shut', at },
      { address, ports: silent, state: 'filtered', reason: 'canary-shut', at },
    ] satisfies Observation[]
  ).filter(({ ports }) => !ports.isEmpty);
}
