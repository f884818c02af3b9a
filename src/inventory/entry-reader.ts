/*
 * The inventory's entries as its files have them, for forms that are filled with what stands there, and for programs that make edits.
 *
 * Reading a large file takes a second, so that the last versions are kept as they were read, without their hosts: what is left is
 * small. A version never changes.
 */
import { Injectable } from '@nestjs/common';
import {
  type EntrySection,
  entriesOf,
  type FileContent,
  type WrittenEntry,
} from '../domain/inventory-entries.js';
import { readYaml } from '../domain/inventory-yaml.js';
import { InventoryService } from './inventory.service.js';

const KEPT_MOST = 4;

export interface VersionEntries {
  readonly id: string;
  readonly files: readonly FileContent[];
  of(section: EntrySection): WrittenEntry[];
}

@Injectable()
export class EntryReader {
  private readonly kept = new Map<string, VersionEntries>();

  constructor(private readonly inventory: InventoryService) {}

  /** Of the version in force; null before the first. */
  async current(): Promise<VersionEntries | null> {
    const current = await this.inventory.current();
    return current && this.version(current.id);
  }

  async version(id: string): Promise<VersionEntries> {
    const before = this.kept.get(id);
    if (before) return before;
    const { sources } = (await this.inventory.texts(id))!;
    const files = sources.map(({ file, text }) => {
      const read = readYaml(file, text);
      const { hosts: _, ...value } = (read.ok ? (read.yaml.value ?? {}) : {}) as { hosts?: unknown };
      return { file, value };
    });
    const read: VersionEntries = { id, files, of: (section) => entriesOf(files, section) };
    const [oldest] = this.kept.keys();
    if (this.kept.size >= KEPT_MOST && oldest !== undefined) this.kept.delete(oldest);
    this.kept.set(id, read);
    return read;
  }
}
