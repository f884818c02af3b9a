/*
 * Asks, for a run, whether the scanner can be believed: before anything is probed, and after each look, before anything is
 * judged by it. What it saw is kept with the run. A run that it turns away is inconclusive, and touches no finding.
 *
 * Safe to ask twice: an answer is only ever added.
 */
import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AddressSet } from '../domain/address-set.js';
import { type AuditPlan, allowedOn, blackedOut } from '../domain/audit-plan.js';
import { dayOf } from '../domain/day.js';
import { type Blindness, decideFailures } from '../domain/gate.js';
import type { Canary } from '../domain/inventory.js';
import type { HostObserved } from '../domain/observation.js';
import { PortSet } from '../domain/port-set.js';
import { InventoryService } from '../inventory/inventory.service.js';
import { CLOCK, type Clock } from '../platform/clock.js';
import { lookThroughGate } from './gate.js';
import { GateLookRow, type Run } from './scans.entities.js';

/** Hosts of the last run that are asked again; more would say no more. */
const MET_MOST = 8;
/** Among so many they are chosen. */
const MET_AMONG = 500;

@Injectable()
export class Gatekeeper {
  constructor(
    private readonly database: DataSource,
    private readonly inventory: InventoryService,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async before(run: Run, plan: AuditPlan): Promise<Blindness> {
    return this.look(run, plan, 'before', null);
  }

  /** @param last what the last look saw, and how many probes it had */
  async after(
    run: Run,
    plan: AuditPlan,
    last: { readonly observed: Iterable<HostObserved>; readonly probes: number },
  ): Promise<Blindness> {
    return this.look(run, plan, 'after', decideFailures(last.observed, last.probes));
  }

  private async look(
    run: Run,
    plan: AuditPlan,
    phase: GateLookRow['phase'],
    failures: Blindness,
  ): Promise<Blindness> {
    const now = this.clock();
    const current = (await this.inventory.current())?.inventory;
    const resolved = new Map(Object.entries(run.resolved));
    const allowed = current
      ? allowedOn(dayOf(now), current).subtract(blackedOut(current, resolved, now))
      : AddressSet.empty;
    const named = plan.inventory.vantages.find(({ name }) => name === run.vantage)?.canaries ?? [];
    const known = [...named, ...(await this.met(run, plan))];
    const around = { allowed, seed: Number(run.id), signal: new AbortController().signal };
    const { seen, blindness } = await lookThroughGate(plan, known, around);
    const why = failures ?? blindness;
    await this.database
      .getRepository(GateLookRow)
      .insert({ runId: run.id, phase, at: this.clock(), blindness: why, seen: [...seen] });
    return why;
  }

  /** Declared ports that the last run of the audit which could see saw open, on a few hosts from all over. */
  private async met(run: Run, plan: AuditPlan): Promise<Canary[]> {
    const rows = (await this.database.query(
      `select host(seen.address) as address, seen.open::text from observed_host as seen
       where seen.scan_id = (select scan.id from scan join run on run.id = scan.run_id
           where run.audit = $1 and run.id < $2 and run.verdict in ('clean', 'drift') and scan.round = 0
           order by run.id desc limit 1)
         and not isempty(seen.open) order by seen.address limit ${MET_AMONG}`,
      [run.audit, run.id],
    )) as Array<{ address: string; open: string }>;
    const found = rows.flatMap(({ address, open }): Canary[] => {
      if (!plan.addresses.has(address)) return [];
      const declared = PortSet.unionOf(
        plan
          .expect(address)
          .declared.filter(({ expect }) => expect === 'open')
          .map(({ ports }) => ports),
      );
      const port = PortSet.fromMultirange(open).intersect(declared).intersect(plan.portsOf(address));
      return port.isEmpty ? [] : [{ kind: 'met', address, port: port.first, expect: 'open' }];
    });
    const every = Math.max(1, Math.ceil(found.length / MET_MOST));
    return found.filter((_, i) => i % every === 0);
  }
}
