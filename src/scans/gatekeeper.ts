/*
 * Asks, for a run, whether the scanner can be believed: before anything is probed, and after each look, before anything is
 * judged by it. What it saw is kept with the run. A run that it turns away is inconclusive, and touches no finding.
 *
 * That a look can be believed is proven by whoever has probed, and at once: the worker asks again at the end of each piece, also
 * of the hosts that the run had met when it began. Whoever compares may be another server, hours later. How much of the look has
 * failed stands in its rows, and is final; but its own eyes, when they see nothing, say nothing against the look. Then others
 * are let try, and only after some tries the run is turned away.
 *
 * Safe to ask twice: an answer is only ever added. A service that stops sees nothing, and nothing of that is kept: the run waits
 * for the next start.
 */
import { Inject, Injectable } from '@nestjs/common';
import { DataSource, IsNull, Not } from 'typeorm';
import type { AuditPlan } from '../domain/audit-plan.js';
import { type Blindness, type CanarySeen, decideFailures } from '../domain/gate.js';
import type { Canary } from '../domain/inventory.js';
import { metCanaries } from '../domain/met-canaries.js';
import type { HostObserved } from '../domain/observation.js';
import { PortSet } from '../domain/port-set.js';
import { CLOCK, type Clock } from '../platform/clock.js';
import { lookThroughGate } from './gate.js';
import { Leave } from './leave.js';
import { careOf, scanSettings, targetsOf } from './scan-settings.js';
import { GateLookRow, type Run } from './scans.entities.js';
import { ScansService } from './scans.service.js';
import type { Claimed } from './shards.service.js';

/** Hosts of the last run, among which a few are chosen. */
const MET_AMONG = 500;

/** Hosts that have been silent through so many runs are down, or the way to them is: that is told, and not hidden any longer. */
const TURNED_AWAY_MOST = 3;

/** So often, by whichever servers, eyes that see nothing are taken for those of a server that compares, and no more. */
const BLIND_TRIES = 3;

export interface AfterLook {
  readonly blindness: Blindness;
  /** Would another server come to the same? */
  readonly isFinal: boolean;
}

const NEVER = new AbortController().signal;

/** Nobody's word against the scanner; but a look that was broken off is not to be judged by either. */
const STOPPED = 'the service stops';

@Injectable()
export class Gatekeeper {
  constructor(
    private readonly database: DataSource,
    private readonly scans: ScansService,
    private readonly leave: Leave,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Before a run: our own ports, those that the inventory names, and hosts that it has met. After a stop, it says nothing. */
  async before(run: Run, plan: AuditPlan, signal = NEVER): Promise<Blindness> {
    return this.ofRun(run, plan, { phase: 'before', failures: null, signal });
  }

  /** After a look: the same, and how much of it failed. @param last what the look saw, and how many probes it had */
  async after(
    run: Run,
    plan: AuditPlan,
    last: { readonly observed: Iterable<HostObserved>; readonly probes: number },
    signal = NEVER,
  ): Promise<AfterLook> {
    const failures = decideFailures(last.observed, last.probes);
    const blindness = await this.ofRun(run, plan, { phase: 'after', failures, signal });
    if (signal.aborted) return { blindness, isFinal: false };
    if (blindness === null) return { blindness, isFinal: true };
    const blind = { runId: run.id, phase: 'after' as const, blindness: Not(IsNull()) };
    const tries = await this.database.getRepository(GateLookRow).countBy(blind);
    return { blindness, isFinal: failures !== null || tries >= BLIND_TRIES };
  }

  /**
   * Of the worker that probes, around each piece of its work: our own ports, those that the inventory names, and after it also
   * hosts that were met. Not before it: where they are down, the work would wait for them for ever.
   */
  async ofWorker(
    { run, scan }: Claimed,
    phase: GateLookRow['phase'],
    signal: AbortSignal,
  ): Promise<Blindness> {
    const leave = await this.leave.now();
    const gated = { targets: targetsOf(scan), care: careOf(scan.settings) };
    const allowed = leave.allowed(run.audit, new Map(Object.entries(run.resolved)));
    const met = phase === 'after' ? await this.metBefore(run) : [];
    const known = [...leave.canaries(run.vantage), ...met];
    const look = await lookThroughGate(gated, known, { allowed, signal });
    if (signal.aborted) return null;
    if (look.blindness !== null) await this.keep(run, phase, look.seen, look.blindness);
    return look.blindness;
  }

  /** Ends a run whose worker could not see. */
  async turnAway(run: Run, blindness: string): Promise<void> {
    await this.scans.endBlind(run, blindness);
  }

  private async ofRun(
    run: Run,
    plan: AuditPlan,
    ask: { phase: GateLookRow['phase']; failures: Blindness; signal: AbortSignal },
  ): Promise<Blindness> {
    const { phase, failures, signal } = ask;
    const leave = await this.leave.now();
    const named = plan.inventory.vantages.find(({ name }) => name === run.vantage)?.canaries ?? [];
    const known = [...named, ...(await this.met(run, plan))];
    const gated = { targets: plan.targets, care: careOf(scanSettings(plan, Number(run.id))) };
    const allowed = leave.allowed(run.audit, new Map(Object.entries(run.resolved)));
    const { seen, blindness } = await lookThroughGate(gated, known, { allowed, signal });
    if (signal.aborted) return STOPPED;
    const why = failures ?? blindness;
    await this.keep(run, phase, seen, why);
    return why;
  }

  private async keep(
    run: Run,
    phase: GateLookRow['phase'],
    seen: readonly CanarySeen[],
    blindness: Blindness,
  ): Promise<void> {
    const row = { runId: run.id, phase, at: this.clock(), blindness, seen: [...seen] };
    await this.database.getRepository(GateLookRow).insert(row);
  }

  /** Those that were asked when the run began. */
  private async metBefore({ id }: Run): Promise<Canary[]> {
    const [first] = await this.database
      .getRepository(GateLookRow)
      .find({ where: { runId: id, phase: 'before', blindness: IsNull() }, order: { id: 'ASC' }, take: 1 });
    return first?.seen.filter(({ kind }) => kind === 'met') ?? [];
  }

  /** Declared ports that the last run of the audit which judged saw open, on a few hosts from all over. */
  private async met(run: Run, plan: AuditPlan): Promise<Canary[]> {
    const rows = (await this.database.query(
      `with last as (select run.id from run where run.audit = $1 and run.id < $2 and run.coverage is not null
         order by run.id desc limit 1)
       select host(seen.address) as address, seen.open::text from observed_host as seen
       where seen.scan_id = (select scan.id from scan where scan.run_id = (select id from last) and scan.round = 0)
         and not isempty(seen.open)
         and (select count(*) from run where run.audit = $1 and run.id < $2 and run.id > (select id from last)
           and exists (select from gate_look where run_id = run.id and blindness is not null)) < ${TURNED_AWAY_MOST}
       order by seen.address limit ${MET_AMONG}`,
      [run.audit, run.id],
    )) as Array<{ address: string; open: string }>;
    const met = rows.map(({ address, open }) => ({ address, open: PortSet.fromMultirange(open) }));
    return metCanaries(plan, met);
  }
}
