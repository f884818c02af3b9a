/*
 * Keeps the inventory's versions, and hands out the parsed inventory of one of them. A file that is not valid is
 * refused whole: the service goes on with the version that it had.
 */
import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type Inventory } from '../domain/inventory.js';
import { formatProblem, parseInventory } from '../domain/inventory-file.js';
import { CLOCK, type Clock } from '../platform/clock.js';
import { Refusal } from '../platform/refusal.js';
import { InventoryVersion } from './inventory.entities.js';
import { readInventoryFolder } from './inventory-folder.js';

export interface VersionedInventory {
  readonly id: string;
  readonly path: string;
  readonly sha256: string;
  readonly loadedAt: Date;
  readonly inventory: Inventory;
}

@Injectable()
export class InventoryService {
  /** The last version asked for, parsed: a run asks for the same one again and again. */
  private parsed: VersionedInventory | null = null;

  constructor(
    private readonly database: DataSource,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Reads a file or folder and makes it the current version, unless it already is. */
  async load(path: string): Promise<VersionedInventory> {
    const { sources, sha256 } = await readInventoryFolder(path);
    const read = parseInventory(sources);
    if (!read.ok) throw new Refusal('bad-input', read.problems.map(formatProblem).join('\n'));
    const versions = this.database.getRepository(InventoryVersion);
    const latest = await this.latest();
    if (latest && latest.sha256 === sha256 && latest.path === path) return this.parse(latest);
    const row = versions.create({ path, sha256, sources: [...sources], loadedAt: this.clock() });
    return this.parse(await versions.save(row));
  }

  /** The version that new runs work by; null before the first one was loaded. */
  async current(): Promise<VersionedInventory | null> {
    const latest = await this.latest();
    return latest ? this.parse(latest) : null;
  }

  async version(id: string): Promise<VersionedInventory> {
    if (this.parsed?.id === id) return this.parsed;
    return this.parse(await this.database.getRepository(InventoryVersion).findOneByOrFail({ id }));
  }

  private async latest(): Promise<InventoryVersion | null> {
    const [latest] = await this.database
      .getRepository(InventoryVersion)
      .find({ order: { id: 'DESC' }, take: 1 });
    return latest ?? null;
  }

  private parse(row: InventoryVersion): VersionedInventory {
    if (this.parsed?.id === row.id) return this.parsed;
    const read = parseInventory(row.sources);
    if (!read.ok)
      throw new Error(
        `inventory version ${row.id} was valid when it was kept: ${read.problems.map(formatProblem)}`,
      );
    const { id, path, sha256, loadedAt } = row;
    this.parsed = { id, path, sha256, loadedAt, inventory: read.inventory };
    return this.parsed;
  }
}
