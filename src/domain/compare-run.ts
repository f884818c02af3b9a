/*
 * One run as a whole: every host compared, the coverage added up, the verdict given with its reason.
 *
 * The coverage ties out by construction: expected = answered + silent + unknown. A run is `clean` only when nothing
 * drifts *and* nothing is unknown; a drift that waits for its confirmation keeps it from being clean as well.
 */

import { AddressSet, formatAddress } from './address-set.js';
import { type AuditPlan, sweepOf } from './audit-plan.js';
import { compare, saysOnlyOpen } from './compare.js';
import type { Drift, HostVerdict } from './drift.js';
import type { Finding } from './finding.js';
import { inventoryDrift } from './hygiene.js';
import type { Exception } from './inventory.js';
import { judgesMove, movedDrift } from './moved.js';
import {
  canariesOf,
  type HostObserved,
  nothingObserved,
  overlay,
  PORT_STATES,
  type PortState,
} from './observation.js';
import { PortSet } from './port-set.js';
import type { Coverage, RunVerdict } from './report/exposure/exposure.js';
import type { Target } from './scan-plan.js';

/** A larger block is counted, but its silent addresses are not listed one by one. */
const MOST_SHOWN = 4096n;

export interface RunComparison {
  readonly verdicts: readonly HostVerdict[];
  readonly drifts: readonly Drift[];
  readonly coverage: Coverage;
  /** Did this run judge what the finding is about? Only then may it resolve it. */
  readonly judges: (finding: Finding) => boolean;
}

export function compareRun(
  plan: AuditPlan,
  observed: ReadonlyMap<string, HostObserved>,
  today: string,
): RunComparison {
  const verdicts: HostVerdict[] = [];
  const counts = { probed: 0, answered: 0, judged: 0 };
  const { inventory, vantage } = plan;
  const { undeclared } = inventory;
  const exceptionsOf = byHost(inventory.exceptions);
  for (const host of observedOrNamed(plan, observed)) {
    const ports = plan.portsOf(host.address);
    const expectations = plan.expect(host.address);
    const exceptions = exceptionsOf.get(expectations.host?.name ?? '') ?? [];
    const verdict = compare({ expectations, observed: host, ports, undeclared, exceptions, vantage, today });
    verdicts.push(verdict);
    const said = host.open.union(host.closed).intersect(ports);
    counts.probed += said.size + host.filtered.union(host.unreachable).intersect(ports).size;
    counts.answered += said.subtract(verdict.unknown).size;
    counts.judged += ports.size - verdict.unknown.size;
  }
  const { probed, answered, judged } = counts;
  return {
    verdicts,
    drifts: [
      ...verdicts.flatMap(({ drift }) => drift),
      ...inventoryDrift(plan, today),
      ...movedDrift(plan, plan.names.now, plan.names.before),
    ],
    coverage: { expected: plan.expected, probed, answered, unknown: plan.expected - judged },
    judges: judgeOf(plan, verdicts, observed),
  };
}

function byHost(exceptions: readonly Exception[]): ReadonlyMap<string, readonly Exception[]> {
  const lists = new Map<string, Exception[]>();
  for (const one of exceptions) {
    const list = lists.get(one.host);
    if (list) list.push(one);
    else lists.set(one.host, [one]);
  }
  return lists;
}

/**
 * A fresh look laid over the first one. Only what the fresh look itself saw counts as evidence: a probe that failed
 * for a reason of our own confirms nothing, though the first look still shows the drift. What is said of a whole host
 * (down, a wildcard) the fresh look must show, or refute, all by itself.
 */
export function compareFresh(
  plan: AuditPlan,
  before: ReadonlyMap<string, HostObserved>,
  fresh: ReadonlyMap<string, HostObserved>,
  today: string,
): RunComparison & { readonly observed: ReadonlyMap<string, HostObserved> } {
  const observed = new Map(before);
  for (const [address, host] of fresh) {
    const first = before.get(address);
    observed.set(address, first ? overlay(first, host) : host);
  }
  const whole = compareRun(plan, observed, today);
  const alone = compareRun(plan, fresh, today);
  const shownAlone = new Set(alone.drifts.map(({ key }) => key));
  const looked = ({ address, port }: { address: string | null; port: number }): boolean => {
    const host = address === null ? undefined : fresh.get(address);
    return host !== undefined && PORT_STATES.some((state) => state !== 'unknown' && host[state].has(port));
  };
  const shows = ({ key, address, port, observed: seen }: Drift): boolean =>
    seen !== null && (port === null ? shownAlone.has(key) : looked({ address, port }));
  const judges = (finding: Finding): boolean => {
    const { address, port, observed: seen } = finding;
    if (seen === null) return false;
    return port === null ? alone.judges(finding) : looked({ address, port }) && whole.judges(finding);
  };
  return { ...whole, observed, drifts: whole.drifts.filter(shows), judges };
}

/** What was observed, and the declared addresses of which nothing was: those are shown as unknown, never left out. */
function* observedOrNamed(
  plan: AuditPlan,
  observed: ReadonlyMap<string, HostObserved>,
): Generator<HostObserved> {
  for (const host of observed.values()) if (plan.addresses.has(host.address)) yield host;
  const blocks = plan.hosts.map(({ addresses }) => addresses).filter(({ size }) => size <= MOST_SHOWN);
  const named = AddressSet.unionOf([...blocks, plan.resolved]).intersect(plan.addresses);
  for (const number of named) {
    const address = formatAddress(number);
    if (!observed.has(address)) yield nothingObserved(address);
  }
}

function judgeOf(
  plan: AuditPlan,
  verdicts: readonly HostVerdict[],
  observed: ReadonlyMap<string, HostObserved>,
): (finding: Finding) => boolean {
  const byAddress = new Map(verdicts.map((verdict) => [verdict.address, verdict]));
  const hosts = new Set(plan.hosts.map((host) => host.name));
  const declared = new Set(plan.inventory.hosts.map((host) => host.name));
  return (finding) => {
    const { kind, host, address, port } = finding;
    if (kind === 'address-moved' && !judgesMove(plan, finding)) return false;
    if (isOfInventory(finding)) return hosts.has(host) || !declared.has(host);
    const verdict = address === null ? undefined : byAddress.get(address);
    if (!verdict || !isSeenFrom(finding, plan.vantage)) return false;
    if (port !== null && verdict.match.has(port)) return true;
    // Where the host is down, or everything says open, a port of it may be anything.
    if (verdict.drift.some((drift) => HIDES_PORTS.has(drift.kind))) return false;
    if (port !== null) return verdict.driftPorts.has(port);
    if (kind === 'undeclared-host') return isStrangerGone(plan, observed.get(verdict.address));
    return refutes(kind, observed.get(verdict.address), plan.portsOf(verdict.address));
  };
}

/**
 * An undeclared host is one no longer once it is declared, or nobody has an opinion on it, or once all of it is silent, by the
 * audit that looks at most of its ports: what another has seen, one that looks at fewer can't deny.
 */
function isStrangerGone(plan: AuditPlan, host: HostObserved | undefined): boolean {
  if (!host) return false;
  const ports = plan.portsOf(host.address);
  if (plan.expect(host.address).host || plan.inventory.undeclared === 'ignored') return true;
  if (!looksAtMost(plan, host.address, ports)) return false;
  const count = (state: PortState): number => host[state].intersect(ports).size;
  // A refusal on this machine tells of no other.
  const refused = AddressSet.loopback.has(host.address) ? count('closed') : 0;
  return count('filtered') + count('unreachable') + refused === ports.size;
}

/** Does no other audit of the inventory look at a port of the address at which this one does not? */
function looksAtMost({ audit, inventory }: AuditPlan, address: string, ports: PortSet): boolean {
  return inventory.audits.every(
    (other) =>
      other.name === audit.name ||
      other.ports.kind !== 'fixed' ||
      !sweepOf(other).has(address) ||
      other.ports.ports.subtract(ports).isEmpty,
  );
}

const HIDES_PORTS = new Set<Finding['kind']>(['host-down', 'wildcard-open']);

/**
 * A host is up once something there has answered, and no wildcard once enough of it is not open, or a canary was not.
 * The silence of a port of the plan is neither.
 */
function refutes(kind: Finding['kind'], host: HostObserved | undefined, ports: PortSet): boolean {
  if (!host) return false;
  const count = (state: PortState): number => host[state].intersect(ports).size;
  if (kind === 'host-down') return count('open') + count('closed') > 0;
  const other = count('closed') + count('filtered') + count('unreachable');
  return !canariesOf(host).shut.isEmpty || !saysOnlyOpen(count('open'), other);
}

/** Is the finding about something that the plan looks at? */
export function concerns(plan: AuditPlan, finding: Finding): boolean {
  if (isOfInventory(finding)) return plan.hosts.some((host) => host.name === finding.host);
  const { address, port } = finding;
  if (address === null || !isSeenFrom(finding, plan.vantage) || !plan.addresses.has(address)) return false;
  return port === null || plan.portsOf(address).has(port);
}

/** Keys begin `kind|vantage|address|`. A name may hold a `|`, so that a key is never cut at one. */
const isSeenFrom = ({ key, kind, address }: Finding, vantage: string): boolean =>
  key.startsWith(`${kind}|${vantage}|${address}|`);

/** What comes from the inventory alone was seen from nowhere. */
const isOfInventory = ({ key, kind }: Finding): boolean => key.startsWith(`${kind}||`);

/** What keeps a run from being clean though no finding is open. */
export interface Doubts {
  /** Pieces of the scan that could not be ended. */
  readonly shardsGivenUp?: number;
  /** Drifts that this run has seen, and that newer evidence of another run says are over. */
  readonly denied?: number;
}

export function decideVerdict(
  findings: readonly Pick<Finding, 'state'>[],
  coverage: Coverage,
  { shardsGivenUp = 0, denied = 0 }: Doubts = {},
): { readonly verdict: RunVerdict; readonly because: string } {
  const count = (...states: string[]): number =>
    findings.filter(({ state }) => states.includes(state)).length;
  const open = count('open', 'acknowledged');
  if (open > 0) {
    return {
      verdict: 'drift',
      because: `${counted(open, 'finding')} ${open === 1 ? 'is' : 'are'} open`,
    };
  }
  if (shardsGivenUp > 0) {
    return {
      verdict: 'failed',
      because: `${counted(shardsGivenUp, 'part')} of the scan could not be finished`,
    };
  }
  if (coverage.expected === 0) return { verdict: 'inconclusive', because: 'there was nothing to look at' };
  if (coverage.unknown > 0) {
    const share = `${coverage.unknown.toLocaleString('en')} of ${coverage.expected.toLocaleString('en')}`;
    return {
      verdict: 'inconclusive',
      because: `nothing contradicts the inventory, but ${share} ports could not be judged`,
    };
  }
  if (denied > 0) {
    return {
      verdict: 'inconclusive',
      because: `${counted(denied, 'drift')} that it saw had been resolved by a later look`,
    };
  }
  const suspected = count('suspected');
  if (suspected > 0) {
    return { verdict: 'inconclusive', because: `${counted(suspected, 'drift')} could not be confirmed` };
  }
  const accepted = count('accepted');
  const but = accepted > 0 ? `, but for ${counted(accepted, 'accepted exception')}` : '';
  return { verdict: 'clean', because: `every declared state was observed${but}` };
}

/** What has to be looked at once more before a new drift is believed. */
export function confirmationTargets(
  plan: AuditPlan,
  suspected: readonly Pick<Finding, 'address' | 'port'>[],
): Target[] {
  const byAddress = new Map<string, Array<number | null>>();
  for (const { address, port } of suspected) {
    if (address === null) continue;
    const ports = byAddress.get(address) ?? [];
    ports.push(port);
    byAddress.set(address, ports);
  }
  return Array.from(byAddress, ([address, ports]) => ({
    addresses: AddressSet.parse(address),
    ports: ports.includes(null) ? plan.portsOf(address) : PortSet.from(ports.filter((port) => port !== null)),
  }));
}

const counted = (count: number, noun: string): string =>
  `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : 's'}`;
