/*
 * One run from plan to findings, in memory: for a terminal or a pipeline, without service or database. The decisions
 * are the service's own, from domain/; only the rows between the rooms are missing.
 *
 * An interrupt ends the probing at once; what was found is compared, what was not is unknown, and a drift that could
 * not be confirmed stays suspected, so that the run is at best inconclusive.
 */
import { advance } from '../domain/advance.js';
import { type AuditPlan, allowedOn, planAudit } from '../domain/audit-plan.js';
import {
  compareFresh,
  compareRun,
  confirmationTargets,
  decideVerdict,
  type RunComparison,
} from '../domain/compare-run.js';
import { dayOf } from '../domain/day.js';
import type { Finding } from '../domain/finding.js';
import { type Blindness, decideFailures } from '../domain/gate.js';
import type { Audit, Inventory } from '../domain/inventory.js';
import type { HostObserved } from '../domain/observation.js';
import type { RunVerdict } from '../domain/report/exposure/exposure.js';
import { type EngineName, probeCount, type ScanProgress, type Target } from '../domain/scan-plan.js';
import { Sightings } from '../domain/sightings.js';
import { scan } from '../engine/scan.js';
import type { Clock } from '../platform/clock.js';
import { pause } from '../platform/loop.js';
import { Refusal } from '../platform/refusal.js';
import { lookThroughGate } from './gate.js';
import { resolveNames } from './resolver.js';
import { careOf, scanSettings } from './scan-settings.js';
import { LOCAL_VANTAGE } from './scheduler.js';

export interface AuditRun {
  readonly plan: AuditPlan;
  readonly comparison: RunComparison;
  readonly observed: ReadonlyMap<string, HostObserved>;
  readonly findings: readonly Finding[];
  readonly verdict: RunVerdict;
  readonly because: string;
  readonly startedAt: Date;
  readonly finishedAt: Date;
  /** What has probed; null where there was nothing to probe. */
  readonly engine: EngineName | null;
}

type Traffic = Pick<ScanProgress, 'sent' | 'answered'>;

export interface AuditSurroundings {
  readonly clock: Clock;
  readonly seed: number;
  readonly signal: AbortSignal;
  /** How many probes have ended, of how many, and what has left and come back. */
  readonly onProgress: (done: number, total: number, note: string, traffic?: Traffic) => void;
}

export async function runAudit(
  inventory: Inventory,
  audit: Audit,
  around: AuditSurroundings,
): Promise<AuditRun> {
  const startedAt = around.clock();
  const today = dayOf(startedAt);
  const plan = await makePlan(inventory, audit, today);
  let engine: EngineName | null = null;
  const onEngine = (name: EngineName): void => {
    engine = name;
  };
  const gate = (): Promise<Blindness> => blindnessOf(plan, inventory, today, around);
  const before = await gate();
  if (before !== null) return blind(plan, before, startedAt, around.clock());
  const first = await look(plan, plan.targets, 0, { ...around, onEngine });
  let comparison = compareRun(plan, first, today);
  let observed: ReadonlyMap<string, HostObserved> = first;
  const findings = new Map<string, Finding>();
  let at = startedAt;
  const apply = (): void => {
    // Later than the look before, also where the clock stands still or was set back.
    at = new Date(Math.max(at.getTime() + 1, around.clock().getTime()));
    const by = { actor: 'this run', at, order: at.getTime(), confirmTimes: audit.confirm.times };
    // One run alone: thresholds over many runs are the service's.
    for (const one of advance(findings, { ...by, ...comparison }, at).changed) findings.set(one.key, one);
  };
  apply();
  for (let round = 1; round <= audit.confirm.times; round++) {
    const suspected = Array.from(findings.values()).filter(({ state }) => state === 'suspected');
    if (suspected.length === 0) break;
    around.onProgress(0, suspected.length, 'waiting to confirm');
    await pause(audit.confirm.afterMs, around.signal);
    if (around.signal.aborted) break;
    const fresh = await look(plan, confirmationTargets(plan, suspected), round, { ...around, onEngine });
    const again = compareFresh(plan, observed, fresh, today);
    comparison = again;
    observed = again.observed;
    apply();
  }
  const after = around.signal.aborted
    ? null
    : (decideFailures(observed.values(), plan.expected) ?? (await gate()));
  if (after !== null) return blind(plan, after, startedAt, around.clock());
  const all = Array.from(findings.values());
  const { verdict, because: reason } = decideVerdict(all, comparison.coverage);
  const because = around.signal.aborted ? `it was interrupted; ${reason}` : reason;
  return {
    plan,
    comparison,
    observed,
    findings: all,
    verdict,
    because,
    startedAt,
    finishedAt: around.clock(),
    engine,
  };
}

/** Can the scanner see? Asked as the service does, but for the hosts of earlier runs, of which nothing is kept here. */
async function blindnessOf(
  plan: AuditPlan,
  inventory: Inventory,
  today: string,
  { seed, signal }: AuditSurroundings,
): Promise<Blindness> {
  const named = inventory.vantages.find(({ name }) => name === plan.vantage)?.canaries ?? [];
  const gated = { targets: plan.targets, care: careOf(scanSettings(plan, seed)) };
  const { blindness } = await lookThroughGate(gated, named, { allowed: allowedOn(today, inventory), signal });
  return signal.aborted ? null : blindness;
}

/** Nothing is known of the network, and nothing is said of it. */
function blind(plan: AuditPlan, because: string, startedAt: Date, finishedAt: Date): AuditRun {
  const nothing = new Map<string, HostObserved>();
  const comparison = { ...compareRun(plan, nothing, dayOf(startedAt)), drifts: [] };
  const run = { plan, comparison, observed: nothing, findings: [], startedAt, finishedAt, engine: null };
  return { ...run, verdict: 'inconclusive', because };
}

async function makePlan(inventory: Inventory, audit: Audit, today: string): Promise<AuditPlan> {
  const resolved = new Map(Object.entries(await resolveNames(inventory.hosts)));
  const planned = planAudit(inventory, audit, { vantage: LOCAL_VANTAGE, today, resolved });
  if (!planned.ok) throw new Refusal('out-of-scope', planned.why);
  return planned.plan;
}

async function look(
  plan: AuditPlan,
  targets: readonly Target[],
  round: number,
  { seed, signal, onProgress, onEngine }: AuditSurroundings & { onEngine: (engine: EngineName) => void },
): Promise<Map<string, HostObserved>> {
  const sightings = new Sightings(plan.portsOf);
  const total = probeCount(targets);
  const order = { ...careOf(scanSettings(plan, seed + round)), targets, from: 0, to: total };
  const note = round === 0 ? '' : 'looking again to confirm';
  const watch = (progress: ScanProgress): void => {
    onEngine(progress.engine);
    onProgress(Math.max(progress.settledTo, sightings.judged), total, note, progress);
  };
  for await (const seen of scan(order, signal, watch)) sightings.add(seen);
  return sightings.toMap();
}
