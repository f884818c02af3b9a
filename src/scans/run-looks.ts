/*
 * Everything that a run has seen so far: its looks laid one over the other, and compared with what was declared. Made
 * from rows alone, so that the comparer, the reporter and the pages all see the same.
 */
import { Injectable } from '@nestjs/common';
import type { AuditPlan } from '../domain/audit-plan.js';
import { compareFresh, compareRun, type RunComparison } from '../domain/compare-run.js';
import type { HostObserved } from '../domain/observation.js';
import { type AfterLook, Gatekeeper } from './gatekeeper.js';
import { ObservationsService } from './observations.service.js';
import { RunPlans } from './run-plans.js';
import type { Run, Scan } from './scans.entities.js';
import { ScansService } from './scans.service.js';
import { ShardsService } from './shards.service.js';

export interface RunLook {
  readonly ok: true;
  readonly plan: AuditPlan;
  readonly scans: readonly Scan[];
  /** Its drifts are those that the last look itself has shown: what is evidence now. */
  readonly comparison: RunComparison;
  readonly observed: ReadonlyMap<string, HostObserved>;
  /** What the last look saw by itself, and how many probes it had. */
  readonly last: { readonly observed: readonly HostObserved[]; readonly probes: number };
  readonly inventory: { readonly path: string; readonly sha256: string };
  /** Pieces of the scan that could not be ended, in several attempts. */
  readonly shardsGivenUp: number;
  /** What has probed it: `syn`, or several, where the servers differ. */
  readonly engine: string;
}

@Injectable()
export class RunLooks {
  constructor(
    private readonly plans: RunPlans,
    private readonly scans: ScansService,
    private readonly shards: ShardsService,
    private readonly observations: ObservationsService,
    private readonly gatekeeper: Gatekeeper,
  ) {}

  /** Asks whether the scanner can be believed now that it has looked; why not, or null. */
  async blindnessOf(run: Run, { plan, last }: RunLook, signal?: AbortSignal): Promise<AfterLook> {
    return this.gatekeeper.after(run, plan, last, signal);
  }

  async of(run: Run): Promise<RunLook | { readonly ok: false; readonly why: string }> {
    const { planned, version, today } = await this.plans.of(run);
    if (!planned.ok) return planned;
    const { plan } = planned;
    const scans = await this.scans.scansOf(run.id);
    let observed: ReadonlyMap<string, HostObserved> = new Map();
    let comparison = compareRun(plan, observed, today);
    let last: RunLook['last'] = { observed: [], probes: 0 };
    for (const scan of scans) {
      const fresh = await this.observations.ofScan(scan.id);
      last = { observed: [...fresh.values()], probes: Number(scan.probes) };
      if (scan.round === 0) {
        observed = fresh;
        comparison = compareRun(plan, observed, today);
      } else {
        const again = compareFresh(plan, observed, fresh, today);
        observed = again.observed;
        comparison = again;
      }
    }
    const inventory = { path: version.path, sha256: version.sha256 };
    const shardsGivenUp = await this.shards.givenUpIn(run.id);
    const engine = (await this.shards.enginesOf(run.id)).join(', ') || 'none';
    return { ok: true, plan, scans, comparison, observed, last, inventory, shardsGivenUp, engine };
  }
}
