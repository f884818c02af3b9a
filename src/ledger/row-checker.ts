/*
 * Checks rows against the entries that are about them. Entries about rows in the order of their ids leave no gap: what stands between
 * the last id of one and the last id of the next belongs to the next, so that a row that was put in between is found as well.
 */
import { Injectable } from '@nestjs/common';
import { canonical, type LedgerEntry } from '../domain/ledger.js';
import { digestRows, type RowDifference, rowDifference, saysDifference } from '../domain/ledger-rows.js';
import { letOthersIn } from '../platform/loop.js';
import type { MarkedEntry, SourceBefore } from './ledger.queries.js';
import { clearOf } from './ledger.service.js';
import { sha256 } from './ledger-signature.js';
import type { LedgerTrouble } from './ledger-trouble.js';
import { BEFORE_ALL, type RecordedRow, RecordedRows } from './recorded-rows.queries.js';
import { SOURCES, type Source, sourceOf } from './sources.js';

/** What one statement reads: a few tens of milliseconds. */
const ROWS_AT_ONCE = 1000;
/** More than were recorded: so many that were put there are looked for, and so many at most. */
const ROOM_FOR_ADDED = 20;
const MOST_ADDED = 1000;
/** For so long at a time it has this process to itself. */
const HOLD_MS = 5;

interface Checked {
  readonly rows: number;
  readonly troubles: LedgerTrouble[];
}

@Injectable()
export class RowChecker {
  constructor(private readonly recorded: RecordedRows) {}

  /** @param before how far each source was with the entry before these */
  async check(marked: readonly MarkedEntry[], before: ReadonlyMap<string, SourceBefore>): Promise<Checked> {
    const troubles: LedgerTrouble[] = [];
    let rows = 0;
    for (const name of new Set(marked.map(({ entry }) => entry.source))) {
      const theirs = marked.filter(({ entry }) => entry.source === name);
      const checked = await this.ofSource(name, theirs, before.get(name)?.last ?? BEFORE_ALL);
      troubles.push(...checked.troubles);
      rows += checked.rows;
    }
    return { rows, troubles };
  }

  private async ofSource(name: string, marked: readonly MarkedEntry[], before: string): Promise<Checked> {
    const source = SOURCES.find((one) => one.name === name);
    if (!source || marked.some(({ entry }) => sourceOf(name, entry.version) === null))
      return { rows: 0, troubles: marked.map(({ entry }) => unknownTo(entry)) };
    if (source.by === 'end') return this.byThemselves(source, marked);
    const sum: Checked = { rows: 0, troubles: [] };
    let after = before;
    let rows = 0;
    for (const group of grouped(marked)) {
      const checked = await this.inOrder(source, group, after);
      sum.troubles.push(...checked.troubles);
      rows += checked.rows;
      after = highestOf(group);
    }
    return { ...sum, rows };
  }

  private async inOrder(source: Source, marked: readonly MarkedEntry[], before: string): Promise<Checked> {
    const recorded = marked.reduce((sum, { entry }) => sum + entry.count, 0);
    const found = await this.upTo(source, { after: before, upTo: highestOf(marked) }, recorded);
    const troubles: LedgerTrouble[] = [];
    let place = 0;
    let heldFromMs = performance.now();
    for (const one of marked) {
      if (performance.now() - heldFromMs >= HOLD_MS) {
        await letOthersIn();
        heldFromMs = performance.now();
      }
      const begin = place;
      while (place < found.length && BigInt(found[place]!.id) <= BigInt(one.entry.last)) place++;
      const trouble = differing(source, one, found.slice(begin, place));
      if (trouble) troubles.push(trouble);
    }
    return { rows: recorded, troubles };
  }

  /** All of a range, where not too many were put there. @param recorded how many there are to be */
  private async upTo(
    source: Source,
    range: { after: string; upTo: string },
    recorded: number,
  ): Promise<RecordedRow[]> {
    for (let room = ROOM_FOR_ADDED; ; room = MOST_ADDED) {
      const read = await this.recorded.between(source, { ...range, most: recorded + room });
      if (read.length < recorded + room || room === MOST_ADDED) return read;
    }
  }

  private async byThemselves(source: Source, marked: readonly MarkedEntry[]): Promise<Checked> {
    const ids = marked.map(({ entry }) => entry.first);
    const found = await this.recorded.among(source, ids);
    const troubles = marked.flatMap((one) => {
      const row = found.get(one.entry.first);
      return differing(source, one, row ? [row] : []) ?? [];
    });
    return { rows: marked.length, troubles };
  }
}

function differing(
  source: Source,
  { entry, marks }: MarkedEntry,
  rows: readonly RecordedRow[],
): LedgerTrouble | null {
  const now = digestRows({ source: entry.source, version: entry.version }, rows, sha256);
  const difference = rowDifference({ digest: entry.digest ?? '', marks }, now);
  if (difference) return troubleOf(entry.source, entry, difference);
  const [row] = rows;
  const isInClear = source.inClear.length > 0 && row !== undefined;
  return isInClear && canonical(clearOf(source.inClear, row)) !== canonical(entry.about)
    ? troubleOf(entry.source, entry, { altered: [row.id], missing: [], added: [] })
    : null;
}

function troubleOf(source: string, entry: LedgerEntry, difference: RowDifference): LedgerTrouble {
  const where = `${source} ${rangeOf(entry)}, recorded ${entry.at} by entry ${entry.seq}`;
  const says = `${where}: ${saysDifference(difference)}`;
  return { what: 'rows', entry: entry.seq, source, ...difference, says };
}

const unknownTo = ({ seq, source, version }: LedgerEntry): LedgerTrouble => ({
  ...{ what: 'rows', entry: seq, source, altered: [], missing: [], added: [] },
  says: `entry ${seq} is about ${source}, version ${version}, which this version of Portolan does not know: it was not checked`,
});

const rangeOf = ({ first, last }: LedgerEntry): string => (first === last ? first : `${first} to ${last}`);

/** So that each group is read by one statement. */
function grouped(marked: readonly MarkedEntry[]): MarkedEntry[][] {
  const groups: MarkedEntry[][] = [];
  let rows = Number.POSITIVE_INFINITY;
  for (const one of marked) {
    rows += one.entry.count;
    if (rows > ROWS_AT_ONCE) {
      groups.push([]);
      rows = one.entry.count;
    }
    groups.at(-1)!.push(one);
  }
  return groups;
}

const highestOf = (marked: readonly MarkedEntry[]): string =>
  marked.map(({ entry }) => entry.last).reduce((one, other) => (BigInt(one) > BigInt(other) ? one : other));
