/*
 * What is wrong with audits: those whose runs could not be believed, or that have had no trustworthy run for too long.
 */
import { Injectable } from '@nestjs/common';
import { type AuditHealth, type Condition, conditionsOf } from '../domain/condition.js';
import { blackoutOf } from '../domain/window.js';
import { InventoryService } from '../inventory/inventory.service.js';
import { AuditHealthService } from '../scans/audit-health.service.js';
import { LOCAL_VANTAGE } from '../scans/scheduler.js';
import { Conditions } from './conditions.js';

@Injectable()
export class AuditConditions {
  constructor(
    private readonly inventory: InventoryService,
    private readonly health: AuditHealthService,
    conditions: Conditions,
  ) {
    conditions.watch((now) => this.look(now));
  }

  private async look(now: Date): Promise<Condition[]> {
    return (await this.healthOfAll(now)).flatMap((one) => conditionsOf(one, now));
  }

  private async healthOfAll(now: Date): Promise<AuditHealth[]> {
    const current = await this.inventory.current();
    if (!current) return [];
    const { audits, windows } = current.inventory;
    const ours = audits.filter(({ from, schedule }) => from.includes(LOCAL_VANTAGE) && schedule !== null);
    const known = new Map(
      (await this.health.of(ours.map(({ name }) => name))).map((one) => [one.audit, one] as const),
    );
    return ours.map((audit) => {
      const { isPaused, trustedAt, spoilt } = known.get(audit.name)!;
      const mayRun = !isPaused && blackoutOf(windows, audit, now) === null;
      return { audit, mayRun, trustedAt, since: current.loadedAt, spoilt };
    });
  }
}
