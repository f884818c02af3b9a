/*
 * What the pages of reports show of orders: those that are under way, one as it goes on, and what can be asked for, as whoever looks may
 * see it.
 */
import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '../../domain/access.js';
import type { ReportKind } from '../../domain/report/parameters.js';
import { InventoryService } from '../../inventory/inventory.service.js';
import { CLOCK, type Clock } from '../../platform/clock.js';
import { Refusal } from '../../platform/refusal.js';
import { ReportKinds } from '../kinds/report-kinds.js';
import { orderView } from './order-view.js';
import { OrdersQueries } from './orders.queries.js';
import type { Choices } from './report-form.js';

const SHOWN_MOST = 25;

@Injectable()
export class OrderBook {
  constructor(
    @Inject(OrdersQueries) private readonly queries: OrdersQueries,
    @Inject(ReportKinds) private readonly known: ReportKinds,
    @Inject(InventoryService) private readonly inventory: InventoryService,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  kinds(): ReportKind[] {
    return this.known.known();
  }

  today(): string {
    return this.clock().toISOString().slice(0, 10);
  }

  /** What a form offers; to an owner's account its own owners alone. */
  async choices({ owners }: Pick<Actor, 'owners'>): Promise<Choices> {
    const inventory = (await this.inventory.current())?.inventory ?? null;
    const audits = inventory?.audits.map(({ name }) => name) ?? [];
    const scopes = inventory?.scopes.map(({ name }) => name) ?? [];
    const { frameworks } = this.known;
    return {
      kinds: this.kinds(),
      audits,
      scopes,
      owners: owners ?? [...(inventory?.owners.keys() ?? [])],
      frameworks,
    };
  }

  /** What has no report yet, and what came to nothing lately. */
  async underWay({ owners }: Pick<Actor, 'owners'>) {
    const now = this.clock();
    const found = await this.queries.unmade(owners, now, SHOWN_MOST + 1);
    const orders = found.slice(0, SHOWN_MOST).map((order) => orderView(order, now));
    return {
      orders,
      moreOrders: found.length > SHOWN_MOST,
      isGoing: orders.some(({ isSettled }) => !isSettled),
    };
  }

  /** Throws Refusal where there is none, or none that they see. */
  async one(id: string, { owners }: Pick<Actor, 'owners'>) {
    const order = await this.queries.one(id, owners);
    if (!order) throw new Refusal('not-found', `there is no order ${id.slice(0, 40)} of a report`);
    return orderView(order, this.clock());
  }
}
