/*
 * Receivers and routes as the inventory's files have them, for forms that are filled with what stands there. Reading a large file takes
 * a second, so that it is done once a version.
 */
import { Injectable } from '@nestjs/common';
import type { Inventory } from '../domain/inventory.js';
import { valueAt } from '../domain/inventory-edit-steps.js';
import { readYaml } from '../domain/inventory-yaml.js';
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

interface File {
  readonly file: string;
  readonly value: { readonly receivers: unknown; readonly routes: unknown };
}

@Injectable()
export class AlertTexts {
  private kept: { readonly version: string; readonly files: readonly File[] } | null = null;

  constructor(private readonly inventory: InventoryService) {}

  async current(): Promise<Declared> {
    const current = await this.inventory.current();
    const files = current ? await this.filesOf(current.id) : [];
    return {
      base: current?.id ?? null,
      inventory: current?.inventory ?? null,
      routes: placedRoutes(current?.inventory.routes ?? []),
      receiver: (name) => {
        const all = files.flatMap(({ value }) => (Array.isArray(value.receivers) ? value.receivers : []));
        return asRaw(all.find((one) => asRaw(one)?.name === name));
      },
      route: ({ file, path }) => asRaw(valueAt(files.find((one) => one.file === file)?.value, itemOf(path))),
    };
  }

  private async filesOf(version: string): Promise<readonly File[]> {
    if (this.kept?.version === version) return this.kept.files;
    const texts = await this.inventory.texts(version);
    const files = (texts?.sources ?? []).map(({ file, text }) => {
      const read = readYaml(file, text);
      const { receivers, routes } = asRaw(read.ok ? read.yaml.value : null) ?? {};
      return { file, value: { receivers, routes } };
    });
    this.kept = { version, files };
    return files;
  }
}
