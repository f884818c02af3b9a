/*
 * The inventory's entries as its files have them, for forms that are filled with what stands there, and for programs that make edits.
 *
 * The hosts of a large file are nearly all of it, and reading them takes seconds: what stands beside them is read by itself where the
 * file is written so that this can be told. A version never changes, and the last ones are kept as they were read.
 */
import { Injectable } from '@nestjs/common';
import {
  type EntrySection,
  entriesOf,
  type FileContent,
  type WrittenEntry,
} from '../domain/inventory-entries.js';
import type { Source } from '../domain/inventory-file.js';
import { readYaml } from '../domain/inventory-yaml.js';
import { isBare, withoutSection } from '../domain/yaml-section.js';
import { InventoryService } from './inventory.service.js';
import { InventoryReader } from './inventory-reader.js';

const KEPT_MOST = 4;
/** Characters beside the hosts: more of them are read apart, as whole files are. */
const REST_MOST = 50_000;

export interface VersionEntries {
  readonly id: string;
  /** Without their hosts. */
  readonly files: readonly FileContent[];
  of(section: EntrySection): WrittenEntry[];
}

@Injectable()
export class EntryReader {
  private readonly kept = new Map<string, Promise<VersionEntries>>();

  constructor(
    private readonly inventory: InventoryService,
    private readonly reader: InventoryReader,
  ) {}

  /** Of the version in force; null before the first. */
  async current(): Promise<VersionEntries | null> {
    const current = await this.inventory.current();
    return current && this.version(current.id);
  }

  version(id: string): Promise<VersionEntries> {
    const before = this.kept.get(id);
    if (before) return before;
    const read = this.read(id);
    const [oldest] = this.kept.keys();
    if (this.kept.size >= KEPT_MOST && oldest !== undefined) this.kept.delete(oldest);
    this.kept.set(id, read);
    read.catch(() => this.kept.delete(id));
    return read;
  }

  private async read(id: string): Promise<VersionEntries> {
    const { sources } = (await this.inventory.texts(id))!;
    const apart = sources.map(besideHosts);
    const files = apart.every((file) => file !== null)
      ? (apart as FileContent[])
      : await this.reader.values(sources);
    return { id, files, of: (section) => entriesOf(files, section) };
  }
}

/** What a file says beside its hosts; null where that can't be told, or is long too. */
function besideHosts({ file, text }: Source): FileContent | null {
  const rest = withoutSection(text, 'hosts');
  if (rest === null || rest.length > REST_MOST) return null;
  if (isBare(rest)) return { file, value: {} };
  const read = readYaml(file, rest);
  return read.ok ? { file, value: read.yaml.value ?? {} } : null;
}
