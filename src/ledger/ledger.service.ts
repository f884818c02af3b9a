/*
 * Writes the ledger: entries over what sources have that is not recorded yet. Each step is one transaction that holds the ledger
 * alone, reads where the chain ends and how far the source is, and writes behind it: killed between two steps, nothing is there
 * twice, and nothing is missing.
 */
import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { chained, type Draft, START, type Standing } from '../domain/ledger.js';
import type { Checkpoint, HeldCheckpoint } from '../domain/ledger-checkpoint.js';
import { digestRows, type Mark } from '../domain/ledger-rows.js';
import { CLOCK, type Clock } from '../platform/clock.js';
import { letOthersIn } from '../platform/loop.js';
import { CheckpointsService } from './checkpoints.service.js';
import { lastEntryOf } from './last-entry.js';
import { LedgerDue, LedgerEntryRow } from './ledger.entities.js';
import { aloneOnLedger } from './ledger-lock.service.js';
import { sha256 } from './ledger-signature.js';
import { bytesOf } from './marks.js';
import { AFTER_ALL, BEFORE_ALL, type RecordedRow, RecordedRows } from './recorded-rows.queries.js';
import { KEY_CHANGE, rowsAnEntry, type Source } from './sources.js';

/** What one transaction writes at most: it holds the ledger for some tens of milliseconds. */
const MOST_ENTRIES = 50;
/** For so long at a time it has this process to itself. */
const HOLD_MS = 5;

interface Made {
  readonly draft: Draft;
  readonly marks: readonly Mark[];
}

@Injectable()
export class LedgerService {
  /** Up to where each source was recorded when this server last looked: behind it others may have gone on, never back. */
  private readonly known = new Map<string, string>();

  constructor(
    private readonly database: DataSource,
    private readonly recorded: RecordedRows,
    private readonly checkpoints: CheckpointsService,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Where the chain stands, and the last word of the key on it. */
  async standing(): Promise<Standing & { checkpoint: Checkpoint | null }> {
    const { seq, hash } = await endOf(this.database.manager);
    return { seq, hash, checkpoint: await this.checkpoints.latest() };
  }

  latestCheckpoint(): Promise<Checkpoint | null> {
    return this.checkpoints.latest();
  }

  /** For whoever takes something away to hold it elsewhere. */
  held(): Promise<HeldCheckpoint | null> {
    return this.checkpoints.held();
  }

  /** For the rest of a transaction nobody else writes to the chain. */
  alone<T>(work: (rows: EntityManager) => Promise<T>): Promise<T> {
    return aloneOnLedger(this.database, work);
  }

  end(rows: EntityManager): Promise<Standing> {
    return endOf(rows);
  }

  /** Part of the transaction that has written the change, and holds the ledger. */
  async recordKeyChange(rows: EntityManager): Promise<void> {
    const found = await this.next(rows, KEY_CHANGE, AFTER_ALL, 1);
    await this.append(rows, await entriesOf(KEY_CHANGE, found));
  }

  /**
   * One step of a source.
   *
   * @param upTo its rows up to this id are all there
   * @param most how many rows it may take; an entry is filled all the same where there are enough
   * @returns how many rows were recorded
   */
  async record(source: Source, upTo: string, most: number): Promise<number> {
    if (!(await this.hasMore(source, upTo))) return 0;
    const limit = wholeEntries(source, most);
    const done = await aloneOnLedger(this.database, async (rows) => {
      const found =
        source.by === 'id'
          ? await this.next(rows, source, upTo, limit)
          : await this.ended(rows, source, limit);
      await this.append(rows, await entriesOf(source, found));
      return found.length;
    });
    if (source.by === 'id' && done < limit) this.known.set(source.name, upTo);
    return done;
  }

  private async hasMore({ by, name }: Source, upTo: string): Promise<boolean> {
    if (by === 'id') return BigInt(upTo) > BigInt(this.known.get(name) ?? BEFORE_ALL);
    return this.database.getRepository(LedgerDue).existsBy({ source: name });
  }

  private async next(
    rows: EntityManager,
    source: Source,
    upTo: string,
    most: number,
  ): Promise<RecordedRow[]> {
    const { name } = source;
    const [last] = (await rows.query(lastEntryOf('last_id::text as last', '$1::text', `what = 'rows'`), [
      name,
    ])) as Array<{ last: string }>;
    const range = { after: last?.last ?? BEFORE_ALL, upTo, most };
    return this.recorded.between(source, range, rows);
  }

  /** In the order in which they became final. A note of what is not there, or not final after all, has nothing to say. */
  private async ended(rows: EntityManager, source: Source, most: number): Promise<RecordedRow[]> {
    const due = await rows.find(LedgerDue, {
      where: { source: source.name },
      order: { id: 'ASC' },
      take: most,
    });
    const ids = due.map(({ rowId }) => rowId);
    const found = await this.recorded.among(source, ids, rows);
    if (due.length > 0)
      await rows.delete(
        LedgerDue,
        due.map(({ id }) => id),
      );
    return ids.flatMap((id) => found.get(id) ?? []);
  }

  private async append(rows: EntityManager, made: readonly Made[]): Promise<void> {
    if (made.length === 0) return;
    const drafts = made.map(({ draft }) => draft);
    const totals = new Map<string, number>();
    for (const source of new Set(drafts.map((one) => one.source)))
      totals.set(source, await totalOf(rows, source));
    const entries = chained(drafts, { before: await endOf(rows), at: this.clock(), totals }, sha256);
    await rows.insert(
      LedgerEntryRow,
      entries.map((entry, place) => ({
        ...entry,
        at: new Date(entry.at),
        marks: bytesOf(made[place]!.marks),
      })),
    );
  }
}

const wholeEntries = (source: Source, rows: number): number => {
  const size = rowsAnEntry(source);
  return size * Math.min(MOST_ENTRIES, Math.max(1, Math.floor(rows / size)));
};

/** In pieces, for whoever else wants this process. */
async function entriesOf(source: Source, rows: readonly RecordedRow[]): Promise<Made[]> {
  const size = rowsAnEntry(source);
  const { name, version, inClear } = source;
  const parts = Array.from({ length: Math.ceil(rows.length / size) }, (_, place) =>
    rows.slice(place * size, (place + 1) * size),
  );
  const made: Made[] = [];
  let heldFromMs = performance.now();
  for (const part of parts) {
    if (performance.now() - heldFromMs >= HOLD_MS) {
      await letOthersIn();
      heldFromMs = performance.now();
    }
    const { digest, marks } = digestRows({ source: name, version }, part, sha256);
    const about = size === 1 ? clearOf(inClear, part[0]!) : {};
    const range = { first: part[0]!.id, last: part.at(-1)!.id, count: part.length };
    made.push({ draft: { source: name, what: 'rows', version, ...range, digest, about }, marks });
  }
  return made;
}

/** What an entry about one row says in clear. */
export const clearOf = (names: readonly string[], { texts }: RecordedRow): Record<string, string | null> =>
  Object.fromEntries(names.map((name) => [name, texts[name] ?? null]));

async function endOf(rows: EntityManager): Promise<Standing> {
  const [last] = await rows.find(LedgerEntryRow, {
    select: { seq: true, hash: true },
    order: { seq: 'DESC' },
    take: 1,
  });
  return last ?? START;
}

async function totalOf(rows: EntityManager, source: string): Promise<number> {
  const [last] = (await rows.query(lastEntryOf('total::float8 as total', '$1::text'), [source])) as Array<{
    total: number;
  }>;
  return last?.total ?? 0;
}
