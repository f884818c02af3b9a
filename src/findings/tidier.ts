/*
 * Ends findings that no audit looks at any more, after each change of the inventory, and after each run: one that was still
 * going by the version before may have brought one back.
 */
import { Injectable } from '@nestjs/common';
import { InventoryService } from '../inventory/inventory.service.js';
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
  ) {}

  async workOnce(): Promise<number> {
    const current = await this.inventory.current();
    if (!current) return 0;
    const now = `${current.id} ${await this.scans.lastEnded()}`;
    if (now === this.done) return 0;
    const ended = await this.findings.endOrphans(current.inventory, `inventory version ${current.id}`);
    this.done = now;
    return ended;
  }
}
