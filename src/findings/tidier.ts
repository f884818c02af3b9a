/*
 * Ends findings that no audit looks at any more, after each change of the inventory, and after each run: one that was still
 * going by the version before may have brought one back.
 *
 * And opens again what was accepted until a day that has passed, also while no run can be trusted.
 */
import { Inject, Injectable } from '@nestjs/common';
import { dayOf } from '../domain/day.js';
import { InventoryService } from '../inventory/inventory.service.js';
import { CLOCK, type Clock } from '../platform/clock.js';
import { ScansService } from '../scans/scans.service.js';
import { FindingsService } from './findings.service.js';

@Injectable()
export class Tidier {
  readonly name = 'tidier';
  private done = '';

  constructor(
    private readonly inventory: InventoryService,
    private readonly scans: ScansService,
    private readonly findings: FindingsService,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async workOnce(): Promise<number> {
    const current = await this.inventory.current();
    if (!current) return 0;
    const today = dayOf(this.clock());
    const now = `${current.id} ${today} ${await this.scans.lastEnded()}`;
    if (now === this.done) return 0;
    const expired = await this.findings.expire('the calendar');
    const ended = await this.findings.endOrphans(current.inventory, `inventory version ${current.id}`);
    this.done = now;
    return expired + ended;
  }
}
