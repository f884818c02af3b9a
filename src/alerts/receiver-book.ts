/*
 * Everybody who can be told, as the inventory has them, with how each stands: whether its secret is there, when it was last
 * reached, since when it can't be. The promise: no secret is in it, only its name.
 */
import { Injectable } from '@nestjs/common';
import type { Inventory } from '../domain/inventory.js';
import { OPERATORS, type Receiver } from '../domain/receiver.js';
import { ownersMail, receiverOf } from '../domain/routing.js';
import { InventoryService } from '../inventory/inventory.service.js';
import { type LaneState, MessagesQueries } from './messages.queries.js';
import { addressOf, type RouteView, routeView, scheduleText, secretOf, usesOf } from './receiver-view.js';
import { placedRoutes } from './route-places.js';
import { SecretsService } from './secrets.service.js';

export interface ReceiverState {
  readonly name: string;
  readonly type: Receiver['type'];
  readonly address: string;
  /** Are hosts and ports in what it is told? */
  readonly details: boolean;
  /** When it is told everything at once; null for as it comes. */
  readonly digest: string | null;
  /** The name of its secret, and why that can't be had, if it can't. */
  readonly secret: { readonly name: string; readonly missing: string | null } | null;
  readonly uses: readonly string[];
  readonly waiting: number;
  readonly dead: number;
  readonly reachedAt: Date | null;
  /** Null while nothing is wrong with it. */
  readonly failing: Omit<LaneState, 'receiver'> | null;
}

@Injectable()
export class ReceiverBook {
  constructor(
    private readonly inventory: InventoryService,
    private readonly messages: MessagesQueries,
    private readonly secrets: SecretsService,
  ) {}

  /** Empty before there is an inventory. */
  async receivers(): Promise<ReceiverState[]> {
    const inventory = (await this.inventory.current())?.inventory;
    if (!inventory) return [];
    const owners = [...inventory.owners.values()].flatMap((owner) => ownersMail(owner) ?? []);
    const names = [...inventory.receivers.map(({ name }) => name), ...owners, OPERATORS];
    const standings = await this.messages.standings(names);
    const { lanes } = await this.messages.queue();
    return Promise.all(
      names.map(async (name) => {
        const lane = lanes.find(({ receiver }) => receiver === name);
        const { waiting, dead, reachedAt } = standings.get(name)!;
        return {
          ...(await this.declared(name, inventory)),
          ...{ waiting, dead, reachedAt },
          failing: lane ? failingOf(lane) : null,
        };
      }),
    );
  }

  async routes(): Promise<RouteView[]> {
    return placedRoutes((await this.inventory.current())?.inventory.routes ?? []).map(routeView);
  }

  private async declared(name: string, inventory: Inventory) {
    const receiver = receiverOf(name, inventory);
    const { type, details, digest } = receiver;
    const secret = secretOf(receiver);
    return {
      ...{ name, type, details, address: addressOf(receiver) },
      digest: digest && scheduleText(digest),
      secret: secret === null ? null : { name: secret, missing: await this.missing(secret) },
      uses: usesOf(name, inventory),
    };
  }

  private async missing(name: string): Promise<string | null> {
    const secret = await this.secrets.get(name);
    return secret.ok ? null : secret.why;
  }
}

const failingOf = ({ receiver: _, ...lane }: LaneState): Omit<LaneState, 'receiver'> => lane;
