/*
 * One run as a whole: every host compared, the coverage added up, the verdict given with its reason.
 *
 * The coverage ties out by construction: expected = answered + silent + unknown. A run is `clean` only when nothing
 * drifts *and* nothing is unknown; a drift that waits for its confirmation keeps it from being clean as well.
 */

import { AddressSet, formatAddress } from './address-set.js';
import type { AuditPlan } from './audit-plan.js';
import { compare } from './compare.js';
import type { Drift, HostVerdict } from './drift.js';
import type { Finding } from './finding.js';
import { inventoryDrift } from './hygiene.js';
import { type HostObserved, nothingObserved, overlay } from './observation.js';
import { PortSet } from './port-set.js';
import type { Coverage, RunVerdict } from './report.js';
import type { Target } from './scan-plan.js';

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
  const { exceptions, undeclared } = inventory;
  for (const host of observedOrNamed(plan, observed)) {
    const ports = plan.portsOf(host.address);
    const expectations = plan.expect(host.address);
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
    drifts: [...verdicts.flatMap(({ drift }) => drift), ...inventoryDrift(plan, today)],
    coverage: { expected: plan.expected, probed, answered, unknown: plan.expected - judged },
    judges: judgeOf(plan, verdicts),
  };
}

/**
 * A fresh look laid over the first one. Only what the fresh look itself saw counts as evidence: a probe that failed
 * for a reason of our own confirms nothing, though the first look still shows the drift.
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
  const looked = ({ address, port }: Pick<Finding, 'address' | 'port'>): boolean => {
    const host = address === null ? undefined : fresh.get(address);
    if (!host) return false;
    const judged = PortSet.unionOf([host.open, host.closed, host.filtered, host.unreachable]);
    return port === null ? !judged.isEmpty : judged.has(port);
  };
  return {
    ...whole,
    observed,
    drifts: whole.drifts.filter((drift) => drift.observed !== null && looked(drift)),
    judges: (finding) => finding.observed !== null && looked(finding) && whole.judges(finding),
  };
}

/** What was observed, and the declared hosts of which nothing was: those are shown as unknown, never left out. */
function* observedOrNamed(
  plan: AuditPlan,
  observed: ReadonlyMap<string, HostObserved>,
): Generator<HostObserved> {
  for (const host of observed.values()) if (plan.addresses.has(host.address)) yield host;
  for (const host of plan.hosts) {
    if (host.addresses.size > 4096n) continue;
    for (const number of host.addresses.intersect(plan.addresses)) {
      const address = formatAddress(number);
      if (!observed.has(address)) yield nothingObserved(address);
    }
  }
}

function judgeOf(plan: AuditPlan, verdicts: readonly HostVerdict[]): (finding: Finding) => boolean {
  const byAddress = new Map(verdicts.map((verdict) => [verdict.address, verdict]));
  const hosts = new Set(plan.hosts.map((host) => host.name));
  return (finding) => {
    const vantage = vantageOf(finding);
    if (vantage === '') return hosts.has(finding.host);
    if (vantage !== plan.vantage || finding.address === null) return false;
    const verdict = byAddress.get(finding.address);
    if (!verdict) return false;
    const known = verdict.match.union(verdict.driftPorts);
    return finding.port === null ? answers(verdict, known) : known.has(finding.port);
  };
}

/** A host-wide finding is judged by a look that learnt something about a port, and saw no host-wide trouble itself. */
const answers = (verdict: HostVerdict, known: PortSet): boolean =>
  !known.isEmpty && verdict.drift.every((drift) => drift.port !== null);

/** Is the finding about something that the plan looks at? */
export function concerns(plan: AuditPlan, finding: Finding): boolean {
  const vantage = vantageOf(finding);
  if (vantage === '') return plan.hosts.some((host) => host.name === finding.host);
  if (vantage !== plan.vantage || finding.address === null || !plan.addresses.has(finding.address))
    return false;
  return finding.port === null || plan.portsOf(finding.address).has(finding.port);
}

/** Keys begin `kind|vantage|`; what comes from the inventory alone has an empty vantage. */
const vantageOf = (finding: Finding): string => finding.key.split('|')[1] ?? '';

export function decideVerdict(
  findings: readonly Pick<Finding, 'state'>[],
  coverage: Coverage,
  shardsGivenUp = 0,
): { readonly verdict: RunVerdict; readonly because: string } {
  const count = (...states: string[]): number =>
    findings.filter(({ state }) => states.includes(state)).length;
  const open = count('open', 'acknowledged');
  if (open > 0) {
    return {
      verdict: 'drift',
      because: `${counted(open, 'drift')} from what is declared ${open === 1 ? 'is' : 'are'} open`,
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
  const byAddress = new Map<string, PortSet>();
  for (const { address, port } of suspected) {
    if (address === null) continue;
    const ports = port === null ? plan.portsOf(address) : PortSet.of(port);
    byAddress.set(address, (byAddress.get(address) ?? PortSet.empty).union(ports));
  }
  return Array.from(byAddress, ([address, ports]) => ({ addresses: AddressSet.parse(address), ports }));
}

const counted = (count: number, noun: string): string =>
  `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : 's'}`;
