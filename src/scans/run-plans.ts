/*
 * The plan of a run, made again from what the run's row says: its inventory version, the addresses that its names
 * had, and the day on which it began. Every room that needs it comes to the same one.
 */
import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type Planned, planAudit } from '../domain/audit-plan.js';
import { dayOf } from '../domain/day.js';
import { hasFailed, knownBy, type Resolved } from '../domain/resolved.js';
import { InventoryService, type VersionedInventory } from '../inventory/inventory.service.js';
import { CLOCK, type Clock } from '../platform/clock.js';
import type { Run } from './scans.entities.js';

/** Names that could not be looked up for so many runs are as those that never were. */
const RUNS_MOST = 50;

@Injectable()
export class RunPlans {
  constructor(
    private readonly database: DataSource,
    private readonly inventory: InventoryService,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async of(run: Run): Promise<{ planned: Planned; version: VersionedInventory; today: string }> {
    const version = await this.inventory.version(run.inventoryVersionId);
    const audit = version.inventory.audits.find(({ name }) => name === run.audit);
    const today = dayOf(run.startedAt ?? this.clock());
    const resolved = new Map(Object.entries(run.resolved));
    const before = await this.resolvedBefore(run);
    const planned: Planned = audit
      ? planAudit(version.inventory, audit, { vantage: run.vantage, today, resolved, before })
      : { ok: false, why: `the inventory names no audit '${run.audit}'` };
    return { planned, version, today };
  }

  /** Where names led at the last run of the audit that has looked them up; where that failed, at the last one that could. */
  private async resolvedBefore({ audit, vantage, id }: Run): Promise<Resolved> {
    let known: Resolved = new Map();
    for (let before: string | null = id, runs = 0; before !== null && runs < RUNS_MOST; runs++) {
      const last = await this.judgedBefore(before, audit, vantage);
      if (last) known = runs === 0 ? last.resolved : knownBy(known, last.resolved);
      before = last && hasFailed(known) ? last.id : null;
    }
    return known;
  }

  private async judgedBefore(
    id: string,
    audit: string,
    vantage: string,
  ): Promise<{ id: string; resolved: Resolved } | null> {
    const [last] = (await this.database.query(
      `select id, resolved from run where audit = $1 and id < $2 and vantage = $3 and coverage is not null
       order by id desc limit 1`,
      [audit, id, vantage],
    )) as Array<{ id: string; resolved: Record<string, string[]> }>;
    return last ? { id: String(last.id), resolved: new Map(Object.entries(last.resolved)) } : null;
  }
}
