/*
 * The inventory that was in force at the end of a period, and the versions that came in it: who applied each, and what it changed.
 *
 * The trap is their size: a version of ten thousand hosts takes a second to read. The newest are read and compared, up to a bound; of
 * those before them it is said who applied them and when, and that they were not compared.
 */
import type { Inventory } from '../../domain/inventory.js';
import { changeLine, diffInventories } from '../../domain/inventory-diff.js';
import { formatProblem, parseInventory } from '../../domain/inventory-file.js';
import type { Period, VersionEvidence } from '../../domain/report/compliance/compliance.js';
import type { PastVersion } from '../../domain/report/exceptions/exception-past.js';
import { startOfPeriod } from '../../domain/report/period.js';
import { Refusal } from '../../platform/refusal.js';
import type { Rows } from '../gathering/reading.js';
import { InventoryPastQueries, type VersionRow, type VersionText } from './inventory-past.queries.js';
import type { KnownInventory } from './report-asked.js';

const CHANGES_SHOWN = 20;
/** As the database keeps them, compressed: some megabytes of text. */
const READ_MOST_BYTES = 1_000_000;

export interface InventoryPast {
  readonly inventory: Inventory;
  readonly version: { readonly id: string; readonly path: string; readonly sha256: string };
  /** The newest first, the last of them in force as the period began. */
  readonly versions: readonly VersionEvidence[];
  /** Those that were read. */
  readonly past: readonly PastVersion[];
  readonly isWholePast: boolean;
  /** How many came in the period, and how many of those somebody has applied who is named. */
  readonly counts: { readonly versions: number; readonly signed: number };
  /** Of those that came, and the one before them. */
  readonly versionsUnread: number;
}

export class InventoryPastReader {
  private readonly queries: InventoryPastQueries;

  constructor(rows: Rows) {
    this.queries = new InventoryPastQueries(rows);
  }

  /** What is in force now; null before an inventory was loaded. */
  async current(): Promise<KnownInventory | null> {
    const text = await this.queries.current();
    if (!text) return null;
    const { id, path, sha256 } = text;
    return { id, path, sha256, inventory: inventoryOf(text) };
  }

  async of(period: Period): Promise<InventoryPast> {
    const start = startOfPeriod(period);
    const until = new Date(period.until);
    const rows = await this.queries.versions(start, until);
    const counts = await this.queries.counts(start, until);
    const [first] = rows;
    if (!first)
      throw new Refusal(
        'not-found',
        `there was no inventory by ${period.to}; expected a day on which there was`,
      );
    const came = rows.filter(({ at }) => at >= start);
    // Where more came than are listed, the one in force before them is not the one before those that are.
    const read = await this.read(came.length === counts.versions ? rows : came);
    const versions = rows.map((row, index): VersionEvidence => {
      const { id: version, at, by, note, sha256 } = row;
      const isBefore = at < start;
      const [after, before] = [read[index], read[index + 1]];
      const isFirst = index === rows.length - 1 && !isBefore && came.length === counts.versions;
      const isCompared = after !== undefined && !isBefore && (before !== undefined || isFirst);
      return {
        ...{ version, at: at.toISOString(), by, note, sha256, isBefore },
        changes: isCompared ? changesOf(before ?? null, after) : null,
      };
    });
    return {
      inventory: read[0]!,
      version: { id: first.id, path: first.path, sha256: first.sha256 },
      ...{ versions, counts },
      versionsUnread: counts.versions + (rows.length - came.length) - read.length,
      past: read.map(({ exceptions }, index) => {
        const { at, by, note } = rows[index]!;
        return { at, by, note, exceptions };
      }),
      isWholePast:
        read.length === counts.versions + rows.length - came.length &&
        !(await this.queries.hasBefore(rows.at(-1)!.id)),
    };
  }

  /** The newest, up to a bound of their size; one at least. */
  private async read(rows: readonly VersionRow[]): Promise<Inventory[]> {
    const read: Inventory[] = [];
    let bytes = 0;
    for (const row of rows) {
      bytes += row.bytes;
      if (read.length > 0 && bytes > READ_MOST_BYTES) break;
      read.push(inventoryOf(await this.queries.text(row.id)));
    }
    return read;
  }
}

function inventoryOf({ id, sources }: VersionText): Inventory {
  const read = parseInventory(sources);
  if (!read.ok)
    throw new Error(`version ${id} was valid when it was kept: ${read.problems.map(formatProblem)}`);
  return read.inventory;
}

function changesOf(before: Inventory | null, after: Inventory): VersionEvidence['changes'] {
  const changes = diffInventories(before, after);
  const count = (change: string): number => changes.filter((one) => one.change === change).length;
  return {
    ...{ added: count('added'), removed: count('removed'), changed: count('changed') },
    first: changes.slice(0, CHANGES_SHOWN).map((change) => changeLine(change).slice(0, 500)),
  };
}
