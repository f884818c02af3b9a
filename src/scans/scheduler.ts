/*
 * Makes a run of every slot that is due: one row a slot, however many servers tick and however often. A slot that
 * comes while the audit's last run is still going waits for its end, and of several that have gone by the latest runs.
 */
import { Inject, Injectable } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import type { Logger } from 'pino';
import type { Audit } from '../domain/inventory.js';
import { latestDue } from '../domain/schedule.js';
import { InventoryService, type VersionedInventory } from '../inventory/inventory.service.js';
import { CLOCK, type Clock } from '../platform/clock.js';
import { LOGGER } from '../platform/log.js';
import { Refusal } from '../platform/refusal.js';
import { ScansService } from './scans.service.js';

/** Where this server looks from. */
export const LOCAL_VANTAGE = 'local';

const TICK_MS = 1000;
const LONGEST_BACKOFF_MS = 30_000;

@Injectable()
export class Scheduler {
  private ticking = false;
  private failures = 0;
  /** While the database is away, ticks are let go by: as the loop's rooms do, with a growing pause. */
  private resting = 0;

  constructor(
    private readonly inventory: InventoryService,
    private readonly scans: ScansService,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  /** A tick that fails is made up for by the next one: what is due stays due. */
  @Interval(TICK_MS)
  async tick(): Promise<void> {
    if (this.ticking || this.resting-- > 0) return;
    this.ticking = true;
    this.resting = 0;
    try {
      await this.workOnce();
      this.failures = 0;
    } catch (error) {
      const waitMs = Math.min(LONGEST_BACKOFF_MS, TICK_MS * 2 ** this.failures++);
      this.resting = Math.round(waitMs / TICK_MS) - 1;
      this.log.error({ err: error, waitMs }, 'the scheduler failed and will try again');
    } finally {
      this.ticking = false;
    }
  }

  async workOnce(): Promise<number> {
    const current = await this.inventory.current();
    if (!current) return 0;
    let made = 0;
    for (const audit of current.inventory.audits) if (await this.runIfDue(current, audit)) made++;
    return made;
  }

  /** A run on somebody's word, now. */
  async runNow(auditName: string): Promise<string> {
    const current = await this.inventory.current();
    const audit = current?.inventory.audits.find(({ name }) => name === auditName);
    if (!current || !audit) throw new Refusal('not-found', `there is no audit '${auditName}'`);
    const { active } = await this.scans.slotsOf(audit.name);
    if (active) throw new Refusal('conflict', `a run of '${audit.name}' is still going`);
    const id = await this.scans.createRun(this.slot(current, audit, this.clock(), 'manual'));
    if (!id) throw new Refusal('conflict', `a run of '${audit.name}' was started at this very moment`);
    return id;
  }

  private async runIfDue(current: VersionedInventory, audit: Audit): Promise<boolean> {
    if (!audit.schedule || !audit.from.includes(LOCAL_VANTAGE)) return false;
    const { latest, active } = await this.scans.slotsOf(audit.name);
    if (active) return false;
    const since = latest && latest > current.loadedAt ? latest : current.loadedAt;
    const due = latestDue(audit.schedule, since, this.clock());
    return due !== null && (await this.scans.createRun(this.slot(current, audit, due, 'schedule'))) !== null;
  }

  private slot(current: VersionedInventory, audit: Audit, dueAt: Date, trigger: 'schedule' | 'manual') {
    return { audit: audit.name, dueAt, trigger, inventoryVersionId: current.id, vantage: LOCAL_VANTAGE };
  }
}
