/*
 * What a probe saw, and what a host looks like once all of its observations are put together.
 *
 * Silence is not evidence: a port is `unknown` until something was learnt about it, and `unknown` never
 * becomes `closed` by waiting. Where a port was seen twice, the stronger word wins (an answer beats
 * silence, silence beats our own failure), so that the order of arrival changes nothing.
 */
import { PortSet } from './port-set.js';

/** From the strongest evidence to none at all; {@link observe} lets the earlier one win. */
export const PORT_STATES = ['open', 'closed', 'filtered', 'unreachable', 'unknown'] as const;
export type PortState = (typeof PORT_STATES)[number];

/**
 * Why a probe was read as it was. Beside these, an errno's own name (`EMFILE`, `ENETUNREACH`, …) says which
 * failure of ours left a port `unknown`.
 */
export type Reason =
  | 'handshake' // SYN, SYN-ACK, ACK (RFC 9293 §3.5)
  | 'syn-ack' // SYN-ACK in answer to our SYN; the handshake was not completed
  | 'reset' // RST in answer to our SYN
  | 'silence' // nothing at all within the time-out, after every retry
  | 'prohibited' // ICMP destination unreachable, communication administratively prohibited (RFC 1812 §5.2.7.1)
  | 'host-unreachable' // ICMP host unreachable, or no answer to ARP or neighbour discovery
  | 'self-connect' // the kernel connected a loopback socket to itself; nothing listens there
  | 'lossy' // silent, on a path that loses so much that silence proves nothing
  | 'unconfirmed' // SYN-ACK, then silence to every handshake, on a host where everything says open
  | 'host-deadline' // the time that the plan gives a host was up before this port's turn
  | 'host-fell-silent' // silent, and so was, right afterwards, a port of the host that had answered before
  | 'canary' // a port that nobody would use, beyond the plan, says open: does the whole host?
  | 'canary-shut' // such a port refused or kept silent: not everything there says open
  | 'interrupted' // the scan ended before this port's turn, or before its silence could be believed
  | 'not-probed'
  | (string & {});

/** One piece of a scan's result: these ports of this address were seen in this state. */
export interface Observation {
  /** Canonical text of the address. */
  readonly address: string;
  readonly ports: PortSet;
  readonly state: PortState;
  readonly reason: Reason;
  /** Milliseconds from SYN to SYN-ACK, by port; only for `open`. */
  readonly connectMs?: ReadonlyMap<number, number>;
  /** When the last of these probes ended, in milliseconds since the epoch. */
  readonly at: number;
}

/** Everything that one round of one run saw of one address. The five sets are disjoint. */
export interface HostObserved {
  readonly address: string;
  /** The DNS name under which the inventory knows the address, if it does by name. */
  readonly name: string | null;
  readonly open: PortSet;
  readonly closed: PortSet;
  readonly filtered: PortSet;
  readonly unreachable: PortSet;
  readonly unknown: PortSet;
  /** Ports by the reason of their state; and canaries, which are in no state's set: they are no part of any plan. */
  readonly reasons: ReadonlyMap<Reason, PortSet>;
  readonly connectMs: ReadonlyMap<number, number>;
  /** The latest observation's time; 0 where there was none. */
  readonly at: number;
}

export function nothingObserved(address: string, name: string | null = null): HostObserved {
  return {
    address,
    name,
    open: PortSet.empty,
    closed: PortSet.empty,
    filtered: PortSet.empty,
    unreachable: PortSet.empty,
    unknown: PortSet.empty,
    reasons: NO_REASONS,
    connectMs: NO_TIMES,
    at: 0,
  };
}

const NO_REASONS: ReadonlyMap<Reason, PortSet> = new Map();
const NO_TIMES: ReadonlyMap<number, number> = new Map();

/** Ports under such a reason are in no state's set. */
export const isCanary = (reason: Reason): boolean => reason === 'canary' || reason === 'canary-shut';

/** Is this about ports beyond the plan, so that it counts for no coverage and no progress? */
export const isOfCanary = ({ reason }: Observation): boolean => isCanary(reason);

/** Canaries by what they said. One that has said open once is not shut by a later silence. */
export function canariesOf(host: HostObserved): { readonly open: PortSet; readonly shut: PortSet } {
  const { reasons } = host;
  return {
    open: reasons.get('canary') ?? PortSet.empty,
    shut: reasons.get('canary-shut') ?? PortSet.empty,
  };
}

function withCanaries(
  reasons: ReadonlyMap<Reason, PortSet>,
  open: PortSet,
  shut: PortSet,
): ReadonlyMap<Reason, PortSet> {
  const all = new Map(reasons);
  for (const [reason, ports] of [
    ['canary', open],
    ['canary-shut', shut.subtract(open)],
  ] as const) {
    if (ports.isEmpty) all.delete(reason);
    else all.set(reason, ports);
  }
  return all;
}

function observeCanary(host: HostObserved, { reason, ports, at }: Observation): HostObserved {
  const { open, shut } = canariesOf(host);
  const reasons =
    reason === 'canary'
      ? withCanaries(host.reasons, open.union(ports), shut)
      : withCanaries(host.reasons, open, shut.union(ports));
  return { ...host, reasons, at: Math.max(host.at, at) };
}

/** Adds one observation. Pure; the five sets come out the same whatever the order and however often it is applied. */
export function observe(host: HostObserved, seen: Observation): HostObserved {
  if (isOfCanary(seen)) return observeCanary(host, seen);
  if (host.reasons.size === 0) return firstSeen(host, seen);
  const rank = PORT_STATES.indexOf(seen.state);
  let fresh = seen.ports;
  for (const state of PORT_STATES.slice(0, rank + 1)) fresh = fresh.subtract(host[state]);
  const at = Math.max(host.at, seen.at);
  if (fresh.isEmpty) return at === host.at ? host : { ...host, at };
  const states = Object.fromEntries(
    PORT_STATES.map((state) => [
      state,
      state === seen.state ? host[state].union(fresh) : host[state].subtract(fresh),
    ]),
  ) as Record<PortState, PortSet>;
  const reasons = new Map<Reason, PortSet>();
  for (const [reason, ports] of host.reasons) {
    const left = isCanary(reason) ? ports : ports.subtract(fresh);
    if (!left.isEmpty) reasons.set(reason, left);
  }
  reasons.set(seen.reason, (reasons.get(seen.reason) ?? PortSet.empty).union(fresh));
  const connectMs = seen.connectMs ? new Map([...seen.connectMs, ...host.connectMs]) : host.connectMs;
  return { ...host, ...states, reasons, connectMs, at };
}

/** A host's first observation needs no set algebra: a sweep of a network has one of each host. */
function firstSeen(host: HostObserved, { ports, state, reason, connectMs, at }: Observation): HostObserved {
  if (ports.isEmpty) return { ...host, at: Math.max(host.at, at) };
  return {
    ...host,
    [state]: ports,
    reasons: new Map([[reason, ports]]),
    connectMs: connectMs ?? host.connectMs,
    at: Math.max(host.at, at),
  };
}

/** Puts together what was seen of one host in the same look, in two parts; what is in both changes nothing. */
export function mergeHosts(one: HostObserved, other: HostObserved): HostObserved {
  let host = one;
  for (const state of PORT_STATES) {
    for (const [reason, all] of other.reasons) {
      const ports = isCanary(reason) ? all : all.intersect(other[state]);
      if (ports.isEmpty) continue;
      const connectMs = state === 'open' ? other.connectMs : NO_TIMES;
      const seen = { address: one.address, ports, state, reason, connectMs, at: other.at };
      host = observe(withoutRefuted(host, seen), seen);
    }
  }
  return host;
}

/**
 * Puts a later look over an earlier one: the ports that were looked at again say what they said last. A later
 * `unknown` takes nothing back; it only adds the ports that the earlier look knows nothing of at all. Of canaries those
 * of the later look hold, if anything answered it.
 */
export function overlay(earlier: HostObserved, later: HostObserved): HostObserved {
  const judged = PortSet.unionOf([later.open, later.closed, later.filtered, later.unreachable]);
  const known = PortSet.unionOf(PORT_STATES.map((state) => earlier[state]));
  const taken = judged.union(later.unknown.subtract(known));
  const states = Object.fromEntries(
    PORT_STATES.map((state) => [state, earlier[state].subtract(judged).union(later[state].intersect(taken))]),
  ) as Record<PortState, PortSet>;
  const reasons = new Map<Reason, PortSet>();
  for (const [reason, ports] of earlier.reasons) reasons.set(reason, ports.subtract(judged));
  for (const [reason, ports] of later.reasons) {
    reasons.set(reason, (reasons.get(reason) ?? PortSet.empty).union(ports.intersect(taken)));
  }
  for (const [reason, ports] of reasons) if (ports.isEmpty) reasons.delete(reason);
  const kept = [...earlier.connectMs].filter(([port]) => !judged.has(port));
  const canaries = canariesOf(later.open.isEmpty && later.closed.isEmpty ? earlier : later);
  return {
    ...earlier,
    ...states,
    reasons: withCanaries(reasons, canaries.open, canaries.shut),
    connectMs: new Map([...kept, ...later.connectMs]),
    at: Math.max(earlier.at, later.at),
  };
}

/** Ports about which something was learnt from the other side: it said yes or no. */
export function answered(host: HostObserved): PortSet {
  return host.open.union(host.closed);
}

/** Open by a SYN-ACK alone. Where a scan confirms those by a handshake, it has not come to these, or in vain. */
export function unconfirmed(host: HostObserved): PortSet {
  return host.reasons.get('syn-ack') ?? PortSet.empty;
}

/**
 * The host without what was unconfirmed and has an answer now, whatever it says: a later look has confirmed it or
 * refuted it. Without this a SYN-ACK would outrank the refusal that refutes it.
 */
export function withoutRefuted(host: HostObserved, { ports, state, reason }: Observation): HostObserved {
  if (state === 'unknown' || reason === 'silence' || reason === 'syn-ack' || isCanary(reason)) return host;
  const decided = unconfirmed(host).intersect(ports);
  if (decided.isEmpty) return host;
  const reasons = new Map(host.reasons);
  const left = unconfirmed(host).subtract(decided);
  if (left.isEmpty) reasons.delete('syn-ack');
  else reasons.set('syn-ack', left);
  const connectMs = new Map([...host.connectMs].filter(([port]) => !decided.has(port)));
  return { ...host, open: host.open.subtract(decided), reasons, connectMs };
}

export function reasonOf(host: HostObserved, port: number): Reason {
  for (const [reason, ports] of host.reasons) if (!isCanary(reason) && ports.has(port)) return reason;
  return 'not-probed';
}
