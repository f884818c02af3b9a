/*
 * Declared beside observed, one host at a time, by set algebra: match, drift, or unknown, and never a guess.
 *
 * The traps: a host that answered nothing at all says nothing about the ports that should be closed, only about
 * those that should be open (host-down) or silent (match); and a host on which (nearly) everything says open, or on
 * which canaries do (ports that nobody would use), says nothing about any port. What is left over is `unknown`, which changes no finding.
 */
import { AddressSet } from './address-set.js';
import { isPast } from './day.js';
import type { Drift, DriftKind, HostVerdict } from './drift.js';
import type { Exception, Expectations, Inventory } from './inventory.js';
import {
  canariesOf,
  type HostObserved,
  isCanary,
  type PortState,
  type Reason,
  reasonOf,
} from './observation.js';
import { PortSet } from './port-set.js';
import { weigh } from './severity.js';
import type { Sightings } from './sightings.js';

/** From so many ports on that nobody declared open, an address on which everything says open is called a wildcard. */
export const WILDCARD_PORTS = 64;
/** "Everything" forgives one port in so many: a tarpit loses packets too, or leaves a port or two to a real service. */
const OPEN_PER_OTHER = 20;
/** One random port may hold a service after all; so many together don't. */
export const CANARIES_BELIEVED = 3;

export interface Comparison {
  readonly expectations: Expectations;
  readonly observed: HostObserved;
  /** The ports that the audit ordered a look at. */
  readonly ports: PortSet;
  readonly undeclared: Inventory['undeclared'];
  readonly exceptions: readonly Exception[];
  readonly vantage: string;
  /** `YYYY-MM-DD` */
  readonly today: string;
}

export function compare(comparison: Comparison): HostVerdict {
  const { observed, ports, expectations } = comparison;
  const seen = (state: PortState): PortSet => observed[state].intersect(ports);
  const open = seen('open');
  const closed = seen('closed');
  const silent = seen('filtered').union(seen('unreachable'));
  const others = closed.size + silent.size;
  if (isWildcard(comparison, open, others)) return wildcardVerdict(comparison, open.size, others);

  if (open.isEmpty && closed.isEmpty && !silent.isEmpty) return silentVerdict(comparison, silent);
  const shouldBeShut =
    comparison.undeclared === 'ignored'
      ? open.intersect(expectations.closed.union(expectations.filtered))
      : open.subtract(expectations.open);
  const drifting: Array<readonly [DriftKind, PortSet, PortState]> = [
    ['unexpected-open', shouldBeShut, 'open'],
    ['unexpected-closed', closed.intersect(expectations.open), 'closed'],
    ['unexpected-filtered', silent.intersect(expectations.open), 'filtered'],
    ['unexpected-answer', closed.intersect(expectations.filtered), 'closed'],
  ];
  const judged = open.union(closed).union(silent);
  const driftPorts = drifting.reduce((all, [, set]) => all.union(set), PortSet.empty);
  return {
    ...whoIs(comparison),
    match: judged.subtract(driftPorts),
    drift: [
      ...undeclaredHost(comparison, open, closed),
      ...drifting.flatMap(([kind, set, state]) => portDrifts(comparison, kind, set, state)),
    ],
    driftPorts,
    unknown: ports.subtract(judged),
  };
}

function isWildcard({ observed, expectations }: Comparison, open: PortSet, others: number): boolean {
  if (canariesSayOpen(observed)) return true;
  if (canariesSayShut(observed)) return false;
  return saysOnlyOpen(open.size, others) && open.subtract(expectations.open).size >= WILDCARD_PORTS;
}

/** Does everything on the host say open, as far as one can tell without knowing what is declared? */
export function isWildcardHost(observed: HostObserved): boolean {
  const { open, closed, filtered, unreachable } = observed;
  const others = closed.size + filtered.size + unreachable.size;
  if (canariesSayOpen(observed)) return true;
  return !canariesSayShut(observed) && open.size >= WILDCARD_PORTS && saysOnlyOpen(open.size, others);
}

/** Every such host of a look. */
export function wildcardsIn(sightings: Sightings): string[] {
  return Array.from(sightings.crowded(WILDCARD_PORTS))
    .filter(isWildcardHost)
    .map(({ address }) => address);
}

const canariesSayOpen = (observed: HostObserved): boolean =>
  canariesOf(observed).open.size >= CANARIES_BELIEVED;

/** Then not everything says open, however many of the ports that were asked for do. */
const canariesSayShut = (observed: HostObserved): boolean => !canariesOf(observed).shut.isEmpty;

/** Does a look of so many open and other ports leave it possible that everything there says open? */
export function saysOnlyOpen(open: number, others: number): boolean {
  return others * OPEN_PER_OTHER <= open;
}

function wildcardVerdict(comparison: Comparison, open: number, others: number): HostVerdict {
  const drift = makeDrift(comparison, 'wildcard-open', null, {
    key: keyStem(comparison, 'wildcard-open'),
    observed: 'open',
    reason: null,
    evidence: wildcardEvidence(comparison.observed, open, others),
  });
  return {
    ...whoIs(comparison),
    match: PortSet.empty,
    drift: [drift],
    driftPorts: PortSet.empty,
    unknown: comparison.ports,
  };
}

function wildcardEvidence(observed: HostObserved, open: number, others: number): string {
  if (canariesSayOpen(observed)) {
    const canaries = canariesOf(observed);
    const sent = canaries.open.size + canaries.shut.size;
    return `${canaries.open.size} of ${sent} random ports that nobody would use say open as well; no port is believed`;
  }
  const many = others === 0 ? `all ${open}` : `${open} of the ${open + others}`;
  return `${many} ports that were probed say open, declared or not; no port is believed`;
}

/** Nothing answered. One silent port that should be open is its own finding; more are one finding: the host. */
function silentVerdict(comparison: Comparison, silent: PortSet): HostVerdict {
  const { expectations, undeclared } = comparison;
  const opinion = PortSet.unionOf([expectations.open, expectations.closed, expectations.filtered]);
  const asDeclared = silent.intersect(expectations.filtered);
  const match = undeclared === 'ignored' ? asDeclared.union(silent.subtract(opinion)) : asDeclared;
  const driftPorts = silent.intersect(expectations.open);
  const unreachable = comparison.observed.unreachable.intersect(comparison.ports);
  const drift: Drift[] = [];
  if (driftPorts.size === 1 && silent.size === 1 && unreachable.isEmpty) {
    drift.push(...portDrifts(comparison, 'unexpected-filtered', driftPorts, 'filtered'));
  } else if (!driftPorts.isEmpty) {
    const evidence = unreachable.isEmpty
      ? `none of the ${silent.size} ports that were probed answered, ${driftPorts.size} of which should be open`
      : `none of the ${silent.size} ports that were probed answered, and ${unreachable.size} were out of reach: ${OUT_OF_REACH}`;
    drift.push(
      makeDrift(comparison, 'host-down', null, {
        key: keyStem(comparison, 'host-down'),
        observed: unreachable.isEmpty ? 'filtered' : 'unreachable',
        reason: null,
        evidence,
      }),
    );
  }
  return {
    ...whoIs(comparison),
    match,
    drift,
    driftPorts,
    unknown: comparison.ports.subtract(match).subtract(driftPorts),
  };
}

/**
 * A machine that answers and is in no inventory: one drift beside those of its ports. All of 127.0.0.0/8 is this machine,
 * so that a refusal there tells of no other.
 */
function undeclaredHost(comparison: Comparison, open: PortSet, closed: PortSet): Drift[] {
  const { expectations, observed, undeclared } = comparison;
  const isThisMachine = AddressSet.loopback.has(observed.address);
  if (expectations.host || undeclared === 'ignored' || (open.isEmpty && (closed.isEmpty || isThisMachine)))
    return [];
  const evidence = open.isEmpty
    ? `a machine that nobody has declared answers: it refuses ${closed.size} of the ports that were probed`
    : `a machine that nobody has declared answers, with ${open.size === 1 ? 'one open port' : `${open.size} open ports`}: ${shownPorts(open)}`;
  const seen = {
    key: keyStem(comparison, 'undeclared-host'),
    observed: open.isEmpty ? ('closed' as const) : ('open' as const),
    reason: null,
    evidence,
  };
  return [makeDrift(comparison, 'undeclared-host', null, seen)];
}

const PORTS_SHOWN = 10;

function shownPorts(ports: PortSet): string {
  const ranges = ports.toString().split(',');
  return ranges.length > PORTS_SHOWN
    ? `${ranges.slice(0, PORTS_SHOWN).join(', ')} and more`
    : ranges.join(', ');
}

const whoIs = ({ expectations, observed }: Comparison): { host: string; address: string } => ({
  host: expectations.host?.name ?? observed.address,
  address: observed.address,
});

function portDrifts(comparison: Comparison, kind: DriftKind, set: PortSet, state: PortState): Drift[] {
  if (set.isEmpty) return [];
  const { observed } = comparison;
  const stem = keyStem(comparison, kind);
  // Mostly one reason holds for them all.
  let shared: Reason | undefined;
  for (const [reason, ports] of observed.reasons) {
    if (!isCanary(reason) && set.subtract(ports).isEmpty) shared = reason;
  }
  return Array.from(set, (port) => {
    const reason = shared ?? reasonOf(observed, port);
    const evidence = evidenceOf(observed, port, state, reason);
    return makeDrift(comparison, kind, port, { key: `${stem}${port}`, observed: state, reason, evidence });
  });
}

/** Joined, so that it is one text in memory and not a chain of six: a large run has a hundred thousand keys. */
const keyStem = ({ vantage, observed }: Comparison, kind: DriftKind): string =>
  [kind, vantage, observed.address, ''].join('|');

/** What was seen, by the reason: whoever reads it will look for that, and not for something like it. */
const REFUSALS: ReadonlyMap<Reason, string> = new Map([
  ['reset', 'the machine refused the connection (RST)'],
  ['port-unreachable', 'the machine refused the connection (ICMP port unreachable)'],
  [
    'self-connect',
    'nothing listens there: the kernel of this machine connected the probe to itself, again and again',
  ],
]);
/** ICMP and the link say the same, and the engine does not keep apart which of them did. */
const OUT_OF_REACH =
  'an ICMP message called the host unreachable, or nobody on the link answered for its address (ARP, neighbour discovery)';
const SILENCES: ReadonlyMap<Reason, string> = new Map([
  ['silence', 'no answer within the time-out, after every retry'],
  ['prohibited', 'an ICMP message turned the probe away, as a filter does'],
  ['host-unreachable', OUT_OF_REACH],
]);

function evidenceOf(observed: HostObserved, port: number, state: PortState, reason: Reason): string {
  if (state === 'closed') return REFUSALS.get(reason) ?? `the machine refused the connection (${reason})`;
  if (state === 'open') {
    if (reason === 'syn-ack')
      return 'the port answered our SYN with SYN-ACK; the handshake was not completed';
    const connectMs = observed.connectMs.get(port);
    if (connectMs === undefined) return 'the handshake completed';
    return connectMs < 0.1
      ? 'the handshake completed within 0.1 ms'
      : `the handshake completed in ${connectMs.toFixed(1)} ms`;
  }
  return SILENCES.get(reason) ?? `the port could not be reached (${reason})`;
}

function makeDrift(
  comparison: Comparison,
  kind: DriftKind,
  port: number | null,
  seen: { key: string; observed: PortState; reason: Reason | null; evidence: string },
): Drift {
  const { expectations, observed, vantage } = comparison;
  const declaration = port === null ? undefined : expectations.declared.find(({ ports }) => ports.has(port));
  const declared =
    declaration?.expect ?? (port === null && kind !== 'undeclared-host' ? 'open' : 'undeclared');
  const criticality = expectations.host?.criticality ?? null;
  const { severity, severityReasons } = weigh({ kind, port, declared, criticality, vantage });
  const exception = port === null ? null : liveException(comparison, port);
  return {
    key: seen.key,
    kind,
    host: expectations.host?.name ?? observed.address,
    address: observed.address,
    port,
    declared: kind === 'wildcard-open' ? null : declared,
    observed: seen.observed,
    reason: seen.reason,
    service: declaration?.service ?? null,
    owner: declaration?.owner ?? expectations.host?.owner ?? null,
    severity,
    severityReasons,
    evidence: seen.evidence,
    exception: exception && {
      reason: exception.reason,
      approvedBy: exception.approvedBy,
      expires: exception.expires,
    },
  };
}

/** Where several exceptions hold for the port, the one that holds longest. */
function liveException({ expectations, exceptions, today }: Comparison, port: number): Exception | null {
  let longest: Exception | null = null;
  for (const one of exceptions) {
    if (one.host !== expectations.host?.name || !one.ports.has(port) || isPast(one.expires, today)) continue;
    if (longest === null || longest.expires < one.expires) longest = one;
  }
  return longest;
}
