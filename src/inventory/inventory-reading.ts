/*
 * What readers of the inventory ask for: the version in force with who brought it, the list of versions, and one of them with what
 * it changed.
 *
 * Reading and comparing long texts takes a while: the list says what a version has changed only where that is quick, and remembers it,
 * for versions never change.
 */
import { Injectable } from '@nestjs/common';
import type { Host, Inventory } from '../domain/inventory.js';
import { Refusal } from '../platform/refusal.js';
import { type FoundPort, InventoryQueries } from './inventory.queries.js';
import { InventoryService, type VersionTexts } from './inventory.service.js';
import { addressesIn } from './inventory-desk.js';
import { InventoryEditor } from './inventory-editor.js';
import { changesView, filesView, type VersionHead, versionRow } from './inventory-view.js';

const VERSIONS_A_PAGE = 20;
const QUICK_BYTES = 256 * 1024;
const REMEMBERED_MOST = 500;
const DRAWN_MOST = 30;
const NAMED_MOST = 3;

export interface CurrentInventory {
  readonly head: VersionHead;
  readonly inventory: Inventory;
}

interface DrawnChanges {
  readonly changes: ReturnType<typeof changesView>;
  readonly files: ReturnType<typeof filesView>;
  readonly back: ReturnType<typeof changesView> | null;
}

@Injectable()
export class InventoryReading {
  /** By version: what it changed, in a few words. */
  private readonly summaries = new Map<string, string>();
  /** By the versions that were compared: what their page says of it, which is no more than one reads. */
  private readonly drawn = new Map<string, DrawnChanges>();

  constructor(
    private readonly inventory: InventoryService,
    private readonly editor: InventoryEditor,
    private readonly queries: InventoryQueries,
  ) {}

  async current(): Promise<CurrentInventory | null> {
    const current = await this.inventory.current();
    if (!current) return null;
    const [head] = await this.queries.versions({ before: null, limit: 1 });
    return { head: head!, inventory: current.inventory };
  }

  async texts(id: string | null): Promise<VersionTexts> {
    const found = await this.inventory.texts(id);
    if (!found) throw new Refusal('not-found', 'there is no inventory yet');
    return found;
  }

  /** Ports of a host that answer and should not. */
  unexpected(host: Host): Promise<FoundPort[]> {
    return this.queries.unexpectedAt(addressesIn(host.addresses));
  }

  /** @param file what the service is told to read; null where it is not */
  source(head: VersionHead, file: string | null, now: Date) {
    return { ...versionRow(head, now), file, isFromFile: head.appliedBy === null };
  }

  async versions(before: string | null, now: Date) {
    const rows = await this.queries.versions({ before, limit: VERSIONS_A_PAGE + 1 });
    const shown = rows.slice(0, VERSIONS_A_PAGE);
    const [newest] = before === null ? shown : await this.queries.versions({ before: null, limit: 1 });
    const quick = await this.quick(rows.map(({ id }) => id));
    const versions = [];
    for (const [at, row] of shown.entries()) {
      const earlier = rows[at + 1]?.id ?? null;
      const what = quick.has(row.id) ? await this.summary(row.id, earlier) : null;
      versions.push({ ...versionRow(row, now), what, isCurrent: row.id === newest?.id });
    }
    return {
      versions,
      older: rows.length > VERSIONS_A_PAGE ? `/inventory/versions?before=${shown.at(-1)!.id}` : null,
      isFirst: before === null,
    };
  }

  /** A version with what it changed: nothing stood before the first. */
  async changesOf(id: string) {
    const version = await this.texts(id);
    const earlier = await this.queries.before(version.id);
    const before = earlier === null ? null : await this.inventory.texts(earlier);
    return { version, earlier, ...(await this.editor.between(before, version)) };
  }

  async version(id: string, now: Date) {
    const version = await this.texts(id);
    const earlier = await this.queries.before(version.id);
    const current = (await this.inventory.current())!;
    const isCurrent = current.id === version.id;
    return {
      version: versionRow(version, now),
      earlier,
      isCurrent,
      current: current.id,
      ...(await this.changes(earlier, version, isCurrent ? null : current.id)),
      sources: version.sources.map(({ file, text }) => ({
        ...{ file, bytes: Buffer.byteLength(text) },
        link: `/inventory/download?${new URLSearchParams({ version: version.id, file })}`,
      })),
    };
  }

  /** What a version changed, and what going back to it would. Versions never change, and long ones take a while to compare. */
  private async changes(
    earlier: string | null,
    version: VersionTexts,
    current: string | null,
  ): Promise<DrawnChanges> {
    const key = `${earlier} ${version.id} ${current}`;
    const known = this.drawn.get(key);
    if (known) return known;
    const before = earlier === null ? null : await this.inventory.texts(earlier);
    const made = await this.editor.between(before, version);
    const back = current === null ? null : await this.editor.between(await this.texts(current), version);
    const drawn = {
      changes: changesView(made.changes),
      files: filesView(made.files),
      back: back && changesView(back.changes),
    };
    if (this.drawn.size >= DRAWN_MOST) this.drawn.clear();
    this.drawn.set(key, drawn);
    return drawn;
  }

  /** Those whose texts are short, or whose summary is known. */
  private async quick(ids: readonly string[]): Promise<Set<string>> {
    const unknown = ids.filter((id) => !this.summaries.has(id));
    const sizes = await this.queries.sizes(unknown);
    const short = sizes.filter(({ bytes }) => bytes <= QUICK_BYTES / VERSIONS_A_PAGE || sizes.length <= 2);
    return new Set([...ids.filter((id) => this.summaries.has(id)), ...short.map(({ id }) => id)]);
  }

  private async summary(id: string, earlier: string | null): Promise<string> {
    const known = this.summaries.get(id);
    if (known !== undefined) return known;
    const before = earlier === null ? null : await this.inventory.texts(earlier);
    const { changes } = await this.editor.between(before, await this.texts(id));
    const named = changes.slice(0, NAMED_MOST).map(({ change, what }) => `${what} ${change}`);
    const more = changes.length - named.length;
    const text =
      earlier === null
        ? `the first one: ${changes.length} things`
        : named.length === 0
          ? 'nothing but its writing'
          : `${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
    if (this.summaries.size >= REMEMBERED_MOST) this.summaries.clear();
    this.summaries.set(id, text);
    return text;
  }
}
