/*
 * Up to which id a table's rows are all there. Ids are given out before a transaction commits, so that a row may appear below one that
 * has been read; whoever goes on from the highest id that they saw would miss it for good.
 *
 * How it is known: an insert holds the table's lock (ROW EXCLUSIVE) before it takes an id, and until its transaction has ended for
 * everybody. So: look at the highest id; then at who holds such a lock; and when each of those has let go, every id up to that one is
 * either to be seen or never will be. Nobody is held up, and the looks are three short queries. One that never ends is waited for.
 */
import { Injectable } from '@nestjs/common';
import { BEFORE_ALL } from './recorded-rows.queries.js';
import { TableWriters } from './table-writers.queries.js';

interface Waiting {
  readonly upTo: string;
  /** Transactions that may have taken an id up to it. */
  holders: ReadonlySet<string>;
}

@Injectable()
export class SettledIds {
  private readonly settled = new Map<string, string>();
  private readonly waiting = new Map<string, Waiting>();

  constructor(private readonly tables: TableWriters) {}

  /** As of now; of a table without rows it is below all ids. */
  async look(tables: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const highest = await this.tables.highest(tables);
    const grown = tables.filter((table) => isBelow(this.of(table), highest.get(table)!));
    // Afterwards: whoever is not found here had ended when its rows were not seen yet, or takes a higher id.
    const holders = grown.length === 0 ? new Map<string, Set<string>>() : await this.tables.holders(grown);
    for (const table of grown) this.judge(table, highest.get(table)!, holders.get(table) ?? new Set());
    return new Map(tables.map((table) => [table, this.of(table)]));
  }

  private of(table: string): string {
    return this.settled.get(table) ?? BEFORE_ALL;
  }

  private judge(table: string, highest: string, holders: ReadonlySet<string>): void {
    const waiting = this.waiting.get(table);
    if (waiting) {
      waiting.holders = new Set([...waiting.holders].filter((one) => holders.has(one)));
      if (waiting.holders.size > 0) return;
      this.settled.set(table, waiting.upTo);
      this.waiting.delete(table);
    }
    if (holders.size === 0) this.settled.set(table, highest);
    else this.waiting.set(table, { upTo: highest, holders });
  }
}

const isBelow = (one: string, other: string): boolean => BigInt(one) < BigInt(other);
