/*
 * Receivers and routes as the inventory's files have them, for forms that are filled with what stands there.
 */
import { Injectable } from '@nestjs/common';
import type { Inventory } from '../domain/inventory.js';
import { valueAt } from '../domain/inventory-edit-steps.js';
import { EntryReader } from '../inventory/entry-reader.js';
import { InventoryService } from '../inventory/inventory.service.js';
import { asRaw, type Raw } from './form-texts.js';
import { itemOf, type PlacedRoute, placedRoutes } from './route-places.js';

/** One version, and what of it the forms are about. */
export interface Declared {
  /** Null before the first one. */
  readonly base: string | null;
  readonly inventory: Inventory | null;
  readonly routes: readonly PlacedRoute[];
  receiver(name: string): Raw | null;
  route(at: PlacedRoute): Raw | null;
}

@Injectable()
export class AlertTexts {
  constructor(
    private readonly inventory: InventoryService,
    private readonly entries: EntryReader,
  ) {}

  async current(): Promise<Declared> {
    const current = await this.inventory.current();
    const read = current && (await this.entries.version(current.id));
    return {
      base: current?.id ?? null,
      inventory: current?.inventory ?? null,
      routes: placedRoutes(current?.inventory.routes ?? []),
      receiver: (name) => read?.of('receivers').find((one) => one.name === name)?.entry ?? null,
      route: ({ file, path }) =>
        asRaw(valueAt(read?.files.find((one) => one.file === file)?.value, itemOf(path))),
    };
  }
}
