/*
 * What may be probed at this very moment, and how fast: the scopes of today, blackouts, and the rate that all scans share. By
 * the inventory that is in force now, also for a run that was planned by an older one.
 *
 * Leave is asked for each piece of work, and holds for a few minutes at most: what is withdrawn meanwhile is noticed then.
 */
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../config.js';
import { AddressSet } from '../domain/address-set.js';
import { allowedOn, blackedOut, fragileIn } from '../domain/audit-plan.js';
import { POLITE } from '../domain/courtesy.js';
import { dayOf } from '../domain/day.js';
import type { Canary, Inventory } from '../domain/inventory.js';
import type { Resolved } from '../domain/resolved.js';
import { blackoutOf, nextBlackout } from '../domain/window.js';
import { InventoryService } from '../inventory/inventory.service.js';
import { CLOCK, type Clock } from '../platform/clock.js';

const HOLDS_MS = 120_000;

export interface LeaveNow {
  /** Packets a second, all scans together. */
  readonly budget: number;
  /** Gentle only. */
  readonly fragile: AddressSet;
  /** Is the audit in a blackout? Also one that the inventory no longer has. */
  isBarred(audit: string): boolean;
  /** When whoever works for an audit has to ask again. */
  until(audit: string): Date;
  /** Nothing while the audit is in a blackout. */
  allowed(audit: string, resolved: Resolved): AddressSet;
  canaries(vantage: string): readonly Canary[];
}

@Injectable()
export class Leave {
  constructor(
    private readonly inventory: InventoryService,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async now(): Promise<LeaveNow> {
    const current = (await this.inventory.current())?.inventory;
    const now = this.clock();
    if (!current) return NO_LEAVE;
    const { windows } = current;
    const isBarred = (audit: string): boolean => blackoutOf(windows, { name: audit }, now) !== null;
    return {
      budget: this.config.ratePerSecond ?? budgetOf(current),
      fragile: fragileIn(current),
      isBarred,
      until(audit) {
        const ends = new Date(now.getTime() + HOLDS_MS);
        const blackout = nextBlackout(windows, { name: audit }, now);
        return blackout && blackout < ends ? blackout : ends;
      },
      allowed: (audit, resolved) =>
        isBarred(audit)
          ? AddressSet.empty
          : allowedOn(dayOf(now), current).subtract(blackedOut(current, resolved, now)),
      canaries: (vantage) => current.vantages.find(({ name }) => name === vantage)?.canaries ?? [],
    };
  }
}

const NO_LEAVE: LeaveNow = {
  budget: POLITE.ratePerSecond,
  fragile: AddressSet.empty,
  isBarred: () => false,
  until: () => new Date(8.64e15),
  allowed: () => AddressSet.empty,
  canaries: () => [],
};

/** Where nobody says otherwise, all audits together keep to what the fastest of them may do alone. */
function budgetOf({ audits }: Inventory): number {
  return Math.max(POLITE.ratePerSecond, ...audits.map(({ ratePerSecond }) => ratePerSecond));
}
