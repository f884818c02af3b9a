/*
 * Follows the steps of findings, and notes whom they concern; then makes messages of what is due. Both are safe to do twice:
 * see notices.service.ts.
 */
import { Injectable } from '@nestjs/common';
import { InventoryService } from '../inventory/inventory.service.js';
import { NoticesService } from './notices.service.js';

@Injectable()
export class Notifier {
  readonly name = 'notifier';

  constructor(
    private readonly inventory: InventoryService,
    private readonly notices: NoticesService,
  ) {}

  async workOnce(): Promise<number> {
    const current = await this.inventory.current();
    if (!current) return 0;
    const followed = await this.notices.follow(current.inventory);
    return followed > 0 ? followed : this.notices.hand(current.inventory);
  }
}
