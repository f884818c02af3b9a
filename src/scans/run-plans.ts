/*
 * The plan of a run, made again from what the run's row says: its inventory version, the addresses that its names
 * had, and the day on which it began. Every room that needs it comes to the same one.
 */
import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type Planned, planAudit, type Resolved } from '../domain/audit-plan.js';
import { dayOf } from '../domain/day.js';
import { InventoryService, type VersionedInventory } from '../inventory/inventory.service.js';
import { CLOCK, type Clock } from '../platform/clock.js';
import type { Run } from './scans.entities.js';

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

  /** Where names led at the last run of the audit that has looked them up. */
  private async resolvedBefore(run: Run): Promise<Resolved> {
    const [last] = (await this.database.query(
      `select resolved from run where audit = $1 and id < $2 and vantage = $3 and coverage is not null
       order by id desc limit 1`,
      [run.audit, run.id, run.vantage],
    )) as Array<{ resolved: Record<string, string[]> }>;
    return new Map(Object.entries(last?.resolved ?? {}));
  }
}
