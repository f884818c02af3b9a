/*
 * What a run says of every declared port that it looked at, in the terms of history; and for how long that may be believed.
 *
 * All ports of a run have one instant, that of the run's first look: the beginning and not the end, for the same reason as
 * in the comparer. A wide declaration (thousands of ports that have to be closed, on every host) is a rule and no
 * service: it has no history port by port, and what contradicts it is a finding.
 */
import type { AuditPlan } from './audit-plan.js';
import type { RunComparison } from './compare-run.js';
import type { HostVerdict } from './drift.js';
import type { HistoryState, PortLook } from './history.js';
import type { Audit } from './inventory.js';
import { type HostObserved, nothingObserved, PORT_STATES } from './observation.js';
import { latestSlots, nextDue } from './schedule.js';

const MOST_PORTS = 1024;
const DAY_MS = 86_400_000;
/** Nothing comes more seldom than a leap day. */
const LONGEST_MS = 5 * 366 * DAY_MS;

export function looksOf(
  plan: AuditPlan,
  verdicts: RunComparison['verdicts'],
  observed: ReadonlyMap<string, HostObserved>,
  at: Date,
): PortLook[] {
  return verdicts.flatMap((verdict) => {
    const { address } = verdict;
    const host = observed.get(address) ?? nothingObserved(address);
    const looked = plan.portsOf(address);
    return plan.expect(address).declared.flatMap(({ ports, service, owner, host: { name } }) => {
      if (ports.size > MOST_PORTS) return [];
      return Array.from(ports.intersect(looked), (port) => ({
        ...{ address, port, vantage: plan.vantage, host: name, service, owner, at },
        state: stateOf(verdict, port),
        observed: PORT_STATES.find((state) => host[state].has(port)) ?? 'unknown',
        connectMs: host.connectMs.get(port) ?? null,
      }));
    });
  });
}

function stateOf({ match, driftPorts }: HostVerdict, port: number): HistoryState {
  if (match.has(port)) return 'as-declared';
  return driftPorts.has(port) ? 'failing' : 'unknown';
}

/**
 * For how long a look of the audit speaks at most: twice its interval, so that one look may be missed. Of a schedule that
 * rests at night or on Sundays that is the longest one around the instant, and one before, for the look that was missed
 * may have been the first after the rest. What is only ever run by hand is taken for a daily audit.
 */
export function maxGapMsOf({ schedule }: Audit, at: Date): number {
  if (!schedule) return 2 * DAY_MS;
  if (schedule.kind === 'every') return 2 * schedule.everyMs;
  const slots = latestSlots(schedule, new Date(at.getTime() - LONGEST_MS), at, 3);
  const next = nextDue(schedule, at);
  const instants = [...slots, ...(next ? [next] : [])].map((slot) => slot.getTime());
  const gaps = instants.slice(1).map((instant, i) => instant - instants[i]!);
  return 2 * Math.max(...gaps, 0) || 2 * DAY_MS;
}
