/*
 * The inventory that was in force at the end of a period, and the versions that came in it: who applied each, and what it changed.
 *
 * The trap is their size: a version of ten thousand hosts takes a second to read. The newest are read and compared, up to a bound; of
 * those before them it is said who applied them and when, and that they were not compared.
 */
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Inventory } from '../../domain/inventory.js';
import { diffInventories } from '../../domain/inventory-diff.js';
import { formatProblem, parseInventory, type Source } from '../../domain/inventory-file.js';
import type { Period, VersionEvidence } from '../../domain/report/compliance/compliance.js';
import type { PastVersion } from '../../domain/report/exceptions/exception-past.js';
import { startOfPeriod } from '../../domain/report/period.js';
import { changeLine } from '../../inventory/inventory.service.js';
import { Refusal } from '../../platform/refusal.js';

const VERSIONS_MOST = 1000;
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
}

interface Row {
  readonly id: string;
  readonly path: string;
  readonly sha256: string;
  readonly at: Date;
  readonly by: string | null;
  readonly note: string | null;
  readonly bytes: number;
}

@Injectable()
export class InventoryPastReader {
  constructor(private readonly database: DataSource) {}

  async of(period: Period): Promise<InventoryPast> {
    const rows = await this.rows(period);
    const [first] = rows;
    if (!first)
      throw new Refusal(
        'not-found',
        `there was no inventory by ${period.to}; expected a day on which there was`,
      );
    const read: Inventory[] = [];
    for (let bytes = 0; read.length < rows.length; ) {
      const row = rows[read.length]!;
      bytes += row.bytes;
      if (read.length > 0 && bytes > READ_MOST_BYTES) break;
      read.push(await this.inventory(row.id));
    }
    const start = startOfPeriod(period);
    const versions = rows.map((row, index): VersionEvidence => {
      const isBefore = row.at < start;
      const [after, before] = [read[index], read[index + 1]];
      const isFirst = index === rows.length - 1 && !isBefore;
      const isCompared = after !== undefined && !isBefore && (before !== undefined || isFirst);
      return {
        ...{
          version: row.id,
          at: row.at.toISOString(),
          by: row.by,
          note: row.note,
          sha256: row.sha256,
          isBefore,
        },
        changes: isCompared ? changesOf(before ?? null, after) : null,
      };
    });
    return {
      inventory: read[0]!,
      version: { id: first.id, path: first.path, sha256: first.sha256 },
      versions,
      past: read.map(({ exceptions }, index) => {
        const { at, by, note } = rows[index]!;
        return { at, by, note, exceptions };
      }),
      isWholePast: read.length === rows.length && !(await this.hasBefore(rows.at(-1)!.id)),
    };
  }

  /** The newest first: those that came in the period, and the one before them. */
  private async rows({ until, ...period }: Period): Promise<Row[]> {
    const columns = `id::text, path, sha256, loaded_at as at, applied_by as by, note, pg_column_size(sources)::int as bytes`;
    const found = (await this.database.query(
      `(select ${columns} from inventory_version where loaded_at >= $1 and loaded_at <= $2 order by inventory_version.id desc limit ${VERSIONS_MOST})
       union all
       (select ${columns} from inventory_version where loaded_at < $1 order by inventory_version.id desc limit 1)`,
      [startOfPeriod(period), until],
    )) as Row[];
    return found.map((row) => ({ ...row, at: new Date(row.at) }));
  }

  private async hasBefore(id: string): Promise<boolean> {
    const found = await this.database.query('select from inventory_version where id < $1 limit 1', [id]);
    return found.length > 0;
  }

  private async inventory(id: string): Promise<Inventory> {
    const [row] = (await this.database.query('select sources from inventory_version where id = $1', [
      id,
    ])) as [{ sources: Source[] }];
    const read = parseInventory(row.sources);
    if (!read.ok)
      throw new Error(`version ${id} was valid when it was kept: ${read.problems.map(formatProblem)}`);
    return read.inventory;
  }
}

function changesOf(before: Inventory | null, after: Inventory): VersionEvidence['changes'] {
  const changes = diffInventories(before, after);
  const count = (change: string): number => changes.filter((one) => one.change === change).length;
  return {
    ...{ added: count('added'), removed: count('removed'), changed: count('changed') },
    first: changes.slice(0, CHANGES_SHOWN).map((change) => changeLine(change).slice(0, 500)),
  };
}
