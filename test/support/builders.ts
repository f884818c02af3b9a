/*
 * Small builders for tests of decisions: an inventory is YAML that goes through the real reader, a plan comes from
 * the real planner, findings from the real comparison. Only what a probe saw is made by hand.
 */
import { advance } from '../../src/domain/advance.js';
import { type AuditPlan, type Planned, planAudit } from '../../src/domain/audit-plan.js';
import { compareRun, type RunComparison } from '../../src/domain/compare-run.js';
import type { Threshold } from '../../src/domain/damping.js';
import type { Finding } from '../../src/domain/finding.js';
import type { Audit, Inventory } from '../../src/domain/inventory.js';
import { formatProblem, parseInventory } from '../../src/domain/inventory-file.js';
import {
  type HostObserved,
  nothingObserved,
  observe,
  PORT_STATES,
  type PortState,
  type Reason,
} from '../../src/domain/observation.js';
import { PortSet } from '../../src/domain/port-set.js';

export const TODAY = '2026-11-22';
export const NOON = new Date('2026-11-22T12:00:00Z');

export function inventoryOf(text: string): Inventory {
  const parsed = parseInventory([{ file: 'inventory.yaml', text: `version: 1\n${text}` }]);
  if (!parsed.ok) throw new Error(parsed.problems.map(formatProblem).join('\n'));
  return parsed.inventory;
}

interface Where {
  readonly audit?: string;
  readonly vantage?: string;
  readonly today?: string;
  readonly resolved?: Readonly<Record<string, readonly string[]>>;
}

export function plannedOf(text: string, where: Where = {}): Planned {
  const inventory = inventoryOf(text);
  const audit: Audit | undefined = where.audit
    ? inventory.audits.find(({ name }) => name === where.audit)
    : inventory.audits[0];
  if (!audit) throw new Error(`the inventory names no audit ${where.audit ?? ''}`);
  return planAudit(inventory, audit, {
    vantage: where.vantage ?? 'local',
    today: where.today ?? TODAY,
    resolved: new Map(Object.entries(where.resolved ?? {})),
  });
}

export function planOf(text: string, where: Where = {}): AuditPlan {
  const planned = plannedOf(text, where);
  if (!planned.ok) throw new Error(planned.why);
  return planned.plan;
}

const REASONS: Record<PortState, Reason> = {
  open: 'handshake',
  closed: 'reset',
  filtered: 'silence',
  unreachable: 'host-unreachable',
  unknown: 'EMFILE',
};

/** What a look saw of one address, ports in nmap's notation. */
export function seen(
  address: string,
  states: Partial<Record<PortState, string>>,
  connectMs?: ReadonlyMap<number, number>,
): HostObserved {
  let host = nothingObserved(address);
  for (const state of PORT_STATES) {
    const ports = PortSet.parse(states[state] ?? '');
    if (ports.isEmpty) continue;
    const times = state === 'open' && connectMs ? { connectMs } : {};
    host = observe(host, { address, ports, state, reason: REASONS[state], at: NOON.getTime(), ...times });
  }
  return host;
}

export function look(...hosts: readonly HostObserved[]): Map<string, HostObserved> {
  return new Map(hosts.map((host) => [host.address, host]));
}

export function minutesAfter(minutes: number, start: Date = NOON): Date {
  return new Date(start.getTime() + minutes * 60_000);
}

/** Applies one look to findings, in place of the room that would store them. */
export function apply(
  findings: Map<string, Finding>,
  comparison: Pick<RunComparison, 'drifts' | 'judges'>,
  at: Date,
  {
    confirmTimes = 0,
    now = at,
    order = 1,
    ...thresholds
  }: { confirmTimes?: number; now?: Date; order?: number; open?: Threshold; resolve?: Threshold } = {},
): ReturnType<typeof advance> {
  const { drifts, judges } = comparison;
  const evidence = { actor: 'run 1', at, order, drifts, judges, confirmTimes, ...thresholds };
  const advanced = advance(findings, evidence, now);
  for (const finding of advanced.changed) findings.set(finding.key, finding);
  return advanced;
}

/** The findings that one look leaves behind, believed at first sight. */
export function findingsAfter(
  plan: AuditPlan,
  observed: ReadonlyMap<string, HostObserved>,
  at: Date = NOON,
): Map<string, Finding> {
  const findings = new Map<string, Finding>();
  apply(findings, compareRun(plan, observed, TODAY), at);
  return findings;
}

/** `kind port`, or `kind` alone for a whole host, sorted. */
export function kinds(drifts: Iterable<{ kind: string; port: number | null }>): string[] {
  return Array.from(drifts, ({ kind, port }) => (port === null ? kind : `${kind} ${port}`)).sort();
}
