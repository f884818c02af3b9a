/*
 * Ticks: has every slot dealt with that has come. A run is made of the latest one, one row a slot, however many servers tick
 * and however often; of the others it is kept why they have none (domain/agenda.ts decides, agenda.service.ts carries out).
 */
import { Inject, Injectable } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import type { Audit } from '../domain/inventory.js';
import { blackoutOf } from '../domain/window.js';
import { InventoryService, type VersionedInventory } from '../inventory/inventory.service.js';
import { CLOCK, type Clock } from '../platform/clock.js';
import type { Troubles } from '../platform/loop.js';
import { Refusal } from '../platform/refusal.js';
import { StoreWatch } from '../platform/store-watch.js';
import { AgendaService, type Pause, type RefusePause } from './agenda.service.js';
import { ScansService } from './scans.service.js';

/** Where this server looks from. */
export const LOCAL_VANTAGE = 'local';

const TICK_MS = 1000;
const LONGEST_BACKOFF_MS = 10_000;

@Injectable()
export class Scheduler {
  private ticking = false;
  private failures = 0;
  /** While the database is away, ticks are let go by: as the loop's rooms do, with a growing pause. */
  private resting = 0;
  /** When it has last dealt with all that had come; null before it did. */
  tickedAt: Date | null = null;

  constructor(
    private readonly inventory: InventoryService,
    private readonly scans: ScansService,
    private readonly agenda: AgendaService,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(StoreWatch) private readonly troubles: Troubles,
  ) {}

  /** A tick that fails is made up for by the next one: what is due stays due. */
  @Interval(TICK_MS)
  async tick(): Promise<void> {
    if (this.ticking || this.troubles.isFull || this.resting-- > 0) return;
    this.ticking = true;
    this.resting = 0;
    try {
      await this.workOnce();
      this.failures = 0;
      this.tickedAt = this.clock();
    } catch (error) {
      const waitMs = Math.min(LONGEST_BACKOFF_MS, TICK_MS * 2 ** this.failures++);
      this.resting = Math.round(waitMs / TICK_MS) - 1;
      this.troubles.failed(error, { waitMs }, 'the scheduler failed and will try again');
      // As soon as there is space again, it is its turn.
      if (this.troubles.isFull) this.failures = this.resting = 0;
    } finally {
      this.ticking = false;
    }
  }

  async workOnce(): Promise<number> {
    const current = await this.inventory.current();
    if (!current) return 0;
    const ours = current.inventory.audits.filter(
      ({ schedule, from }) => schedule && from.includes(LOCAL_VANTAGE),
    );
    return this.agenda.work(current, ours, LOCAL_VANTAGE);
  }

  /** A run on somebody's word, now; also of an audit that is paused, but not in a blackout. */
  async runNow(auditName: string): Promise<string> {
    const { current, audit } = await this.audit(auditName);
    const now = this.clock();
    const blackout = blackoutOf(current.inventory.windows, audit, now);
    if (blackout) {
      throw new Refusal(
        'conflict',
        `the blackout '${blackout.window.name}' lasts until ${blackout.until.toISOString()}; expected a time after it`,
      );
    }
    if (await this.scans.isGoing(audit.name))
      throw new Refusal('conflict', `a run of '${audit.name}' is still going`);
    const slot = { audit: audit.name, dueAt: now, trigger: 'manual' as const, vantage: LOCAL_VANTAGE };
    const id = await this.scans.createRun({ ...slot, inventoryVersionId: current.id });
    if (!id) throw new Refusal('conflict', `a run of '${audit.name}' was started at this very moment`);
    return id;
  }

  /** Null where it is not paused. */
  async paused(auditName: string): Promise<Pause | null> {
    const { audit } = await this.audit(auditName);
    return this.agenda.paused(audit.name);
  }

  /** From now on its slots are skipped, until it is resumed. A run that is going is not touched. */
  async pause(auditName: string, by: string, why: string | null, refuse?: RefusePause): Promise<void> {
    const { audit } = await this.audit(auditName);
    await this.agenda.pause(audit.name, by, why, refuse);
  }

  async resume(auditName: string, refuse?: RefusePause): Promise<void> {
    const { audit } = await this.audit(auditName);
    // What has come meanwhile was skipped for the pause, and not for anything that comes after it.
    await this.workOnce();
    await this.agenda.resume(audit.name, refuse);
  }

  private async audit(name: string): Promise<{ current: VersionedInventory; audit: Audit }> {
    const current = await this.inventory.current();
    const audit = current?.inventory.audits.find((one) => one.name === name);
    if (!current || !audit) throw new Refusal('not-found', `there is no audit '${name}'`);
    return { current, audit };
  }
}
