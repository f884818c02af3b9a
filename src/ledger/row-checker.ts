/*
 * Checks rows against the entries that are about them. Entries about rows in the order of their ids leave no gap: what stands between
 * the last id of one and the last id of the next belongs to the next, so that a row that was put in between is found as well.
 */
import { Injectable } from '@nestjs/common';
import { canonical, type LedgerEntry } from '../domain/ledger.js';
import { digestRows, type RowDifference, rowDifference, saysDifference } from '../domain/ledger-rows.js';
import { LedgerQueries, type MarkedEntry, type SourceBefore } from './ledger.queries.js';
import { clearOf } from './ledger.service.js';
import { sha256 } from './ledger-signature.js';
import type { LedgerTrouble } from './ledger-trouble.js';
import { BEFORE_ALL, type RecordedRow, RecordedRows } from './recorded-rows.queries.js';
import { SOURCES, type Source, sourceOf } from './sources.js';

/** More than were recorded: so many that were put there are looked for. */
const ROOM_FOR_ADDED = 1000;
const COUNTED_MOST = 10_000;
const NAMED_MOST = 20;

interface Checked {
  readonly rows: number;
  readonly troubles: LedgerTrouble[];
}

@Injectable()
export class RowChecker {
  constructor(
    private readonly queries: LedgerQueries,
    private readonly recorded: RecordedRows,
  ) {}

  /** @param before how far each source was with the entry before these */
  async check(marked: readonly MarkedEntry[], before: ReadonlyMap<string, SourceBefore>): Promise<Checked> {
    const ofRows = marked.filter(({ entry }) => entry.what === 'rows');
    const troubles: LedgerTrouble[] = [];
    let rows = 0;
    for (const name of new Set(ofRows.map(({ entry }) => entry.source))) {
      const theirs = ofRows.filter(({ entry }) => entry.source === name);
      const checked = await this.ofSource(name, theirs, before.get(name)?.last ?? BEFORE_ALL);
      troubles.push(...checked.troubles);
      rows += checked.rows;
    }
    return { rows, troubles };
  }

  /** What is not recorded: how much waits for it, and what does not even wait. @param at how far each source is */
  async rest(at: ReadonlyMap<string, SourceBefore>): Promise<{ waiting: number; troubles: LedgerTrouble[] }> {
    const troubles: LedgerTrouble[] = [];
    let waiting = 0;
    for (const source of SOURCES) {
      if (source.by === 'id') {
        const last = at.get(source.name)?.last ?? BEFORE_ALL;
        waiting += await this.recorded.countAfter(source, last, COUNTED_MOST);
        continue;
      }
      const { waits, strangers } = await this.recorded.unrecorded(source, NAMED_MOST);
      waiting += waits;
      if (strangers.length > 0)
        troubles.push(troubleOf(source.name, null, { altered: [], missing: [], added: strangers }));
    }
    return { waiting, troubles };
  }

  private async ofSource(name: string, marked: readonly MarkedEntry[], before: string): Promise<Checked> {
    const source = SOURCES.find((one) => one.name === name);
    if (!source || marked.some(({ entry }) => sourceOf(name, entry.version) === null))
      return { rows: 0, troubles: marked.map(({ entry }) => unknownTo(entry)) };
    return source.by === 'id' ? this.inOrder(source, marked, before) : this.byThemselves(source, marked);
  }

  private async inOrder(source: Source, marked: readonly MarkedEntry[], before: string): Promise<Checked> {
    const recorded = marked.reduce((sum, { entry }) => sum + entry.count, 0);
    const range = { after: before, upTo: highestOf(marked), most: recorded + ROOM_FOR_ADDED };
    const found = await this.recorded.between(source, range);
    const gone = await this.queries.letGo(source.name);
    const troubles: LedgerTrouble[] = [];
    let place = 0;
    for (const { entry, marks } of marked) {
      const begin = place;
      while (place < found.length && BigInt(found[place]!.id) <= BigInt(entry.last)) place++;
      const rows = found.slice(begin, place);
      const isGone = gone.some((one) => isWithin(entry, one));
      const trouble = isGone ? leftOver(entry, rows) : differing(source, { entry, marks }, rows);
      if (trouble) troubles.push(trouble);
    }
    return { rows: recorded, troubles };
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

/** Nothing is to be where rows have been let go. */
function leftOver(entry: LedgerEntry, rows: readonly RecordedRow[]): LedgerTrouble | null {
  const added = rows.map(({ id }) => id);
  return added.length === 0 ? null : troubleOf(entry.source, entry, { altered: [], missing: [], added });
}

function troubleOf(source: string, entry: LedgerEntry | null, difference: RowDifference): LedgerTrouble {
  const where =
    entry === null ? `${source}` : `${source} ${rangeOf(entry)}, recorded ${entry.at} by entry ${entry.seq}`;
  const says = `${where}: ${entry === null ? `never recorded: ${difference.added.join(', ')}` : saysDifference(difference)}`;
  return { what: 'rows', entry: entry?.seq ?? null, source, ...difference, says };
}

const unknownTo = ({ seq, source, version }: LedgerEntry): LedgerTrouble => ({
  ...{ what: 'rows', entry: seq, source, altered: [], missing: [], added: [] },
  says: `entry ${seq} is about ${source}, version ${version}, which this version of Portolan does not know: it was not checked`,
});

const rangeOf = ({ first, last }: LedgerEntry): string => (first === last ? first : `${first} to ${last}`);

const isWithin = ({ first, last }: LedgerEntry, range: LedgerEntry): boolean =>
  BigInt(first) >= BigInt(range.first) && BigInt(last) <= BigInt(range.last);

const highestOf = (marked: readonly MarkedEntry[]): string =>
  marked.map(({ entry }) => entry.last).reduce((one, other) => (BigInt(one) > BigInt(other) ? one : other));
