/*
 * Follows the steps of findings, and notes whom they concern; then makes messages of what is due. Both are safe to do twice:
 * see notices.service.ts.
 */
import { Injectable } from '@nestjs/common';
import { InventoryService } from '../inventory/inventory.service.js';
import { Bustle } from '../platform/bustle.js';
import { NoticesService } from './notices.service.js';

/** Steps at once: the fewer, the shorter whoever asks for a page meanwhile has to wait; the more, the sooner all are told. */
const ALONE = 1000;
const IN_COMPANY = 250;

@Injectable()
export class Notifier {
  readonly name = 'notifier';

  constructor(
    private readonly inventory: InventoryService,
    private readonly notices: NoticesService,
    private readonly bustle: Bustle,
  ) {}

  async workOnce(): Promise<number> {
    const current = await this.inventory.current();
    if (!current) return 0;
    const followed = await this.notices.follow(current.inventory, this.bustle.isQuiet ? ALONE : IN_COMPANY);
    return followed > 0 ? followed : this.notices.hand(current.inventory);
  }
}
