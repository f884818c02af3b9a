/*
 * Checks the ledger against the database: whether the chain follows, entry by entry; whether each row that an entry is about says what
 * it said then; and whether each checkpoint is about the entry that it names. A part at a time, so that a request is answered soon
 * and nobody is held up: whoever asks goes on from where the part before ended.
 *
 * The trap: whoever can write to all of this database, and has its key, can make all of it anew. Only a checkpoint that is held
 * elsewhere tells that from the ledger that was.
 */
import { Injectable } from '@nestjs/common';
import { ChainReader, type LedgerEntry, type Standing } from '../domain/ledger.js';
import { checkpointTrouble } from '../domain/ledger-checkpoint.js';
import { type KeyChain, keyChainOf, keyTrouble } from '../domain/ledger-keys.js';
import { LedgerQueries } from './ledger.queries.js';
import { LedgerKeyService } from './ledger-key.service.js';
import { keyArts, sha256 } from './ledger-signature.js';
import { type LedgerTrouble, troubleWith } from './ledger-trouble.js';
import { RowChecker } from './row-checker.js';
import { UnrecordedRows } from './unrecorded-rows.js';

const ENTRIES_AT_ONCE = 100;

export interface VerifiedPart {
  readonly entries: number;
  readonly rows: number;
  readonly checkpoints: number;
  readonly troubles: readonly LedgerTrouble[];
  /** What is so, and is to be known; with the last part. */
  readonly notes: readonly string[];
  /** Where the chain stands with this part. */
  readonly standing: Standing;
  /** The entry that was asked for, where it is in this part. */
  readonly named: Standing | null;
  readonly isLast: boolean;
  /** Rows that are not recorded yet; known with the last part. */
  readonly waiting: number | null;
}

@Injectable()
export class LedgerVerifier {
  constructor(
    private readonly queries: LedgerQueries,
    private readonly rows: RowChecker,
    private readonly unrecorded: UnrecordedRows,
    private readonly keys: LedgerKeyService,
  ) {}

  /**
   * @param after where the part before ended
   * @param wanted an entry whose hash is wanted, for whoever holds a checkpoint of it
   * @param most how many entries
   */
  async part(
    after: Standing,
    wanted: number | null = null,
    most: number = ENTRIES_AT_ONCE,
  ): Promise<VerifiedPart> {
    const marked = await this.queries.markedAfter(after.seq, most);
    const entries = marked.map(({ entry }) => entry);
    const before = await this.queries.sourcesAt(after.seq);
    const totals = new Map(Array.from(before, ([source, { total }]) => [source, total]));
    const reader = new ChainReader(sha256, after, totals);
    const troubles: LedgerTrouble[] = [];
    for (const entry of entries) {
      const says = reader.take(entry);
      if (says !== null) troubles.push(troubleWith('chain', entry.seq, says));
    }
    const checked = await this.rows.check(marked, before);
    const isLast = entries.length < most;
    const signed = await this.signed(after, entries, isLast);
    const { standing } = reader;
    const rest = isLast ? await this.unrecorded.look(await this.queries.sourcesAt(standing.seq)) : null;
    return {
      ...{ entries: entries.length, rows: checked.rows, checkpoints: signed.count, isLast },
      troubles: [...troubles, ...checked.troubles, ...signed.troubles, ...(rest?.troubles ?? [])],
      notes: signed.notes,
      standing,
      named: entries.filter(({ seq }) => seq === wanted).map(({ seq, hash }) => ({ seq, hash }))[0] ?? null,
      waiting: rest?.waiting ?? null,
    };
  }

  /** What keys have signed of these entries: checkpoints, and which key is next. */
  private async signed(after: Standing, entries: readonly LedgerEntry[], isLast: boolean): Promise<Signed> {
    const end = entries.at(-1)?.seq ?? after.seq;
    const found = await this.queries.checkpointsAfter(after.seq, isLast ? null : end);
    const changes = await this.keys.changes();
    if (found.length === 0 && changes.length === 0) return { count: 0, troubles: [], notes: [] };
    const keys = await this.keyChain();
    const hashes = new Map(entries.map(({ seq, hash }) => [seq, hash]));
    // Of the end: what was written while the entries were read is behind them, and no trouble.
    for (const { seq } of isLast ? [...found, ...changes].filter((one) => one.seq > end) : []) {
      const written = await this.queries.entry(seq);
      if (written) hashes.set(seq, written.hash);
    }
    const ofCheckpoints = found.flatMap((one) => {
      const says = checkpointTrouble(one, keyArts) ?? keyTrouble(keys, one) ?? placeTrouble(one, hashes);
      const where = `the checkpoint of entry ${one.seq}`;
      return says === null ? [] : [troubleWith('checkpoint', one.seq, `${where}: ${says}`)];
    });
    const ofChanges = changes
      .filter(({ seq }) => seq > after.seq && (isLast || seq <= end))
      .flatMap((one) => {
        const says = placeTrouble(one, hashes);
        const where = `the change of keys at entry ${one.seq}`;
        return says === null ? [] : [troubleWith('key', one.seq, `${where}: ${says}`)];
      });
    const ofKeys = isLast ? keys.troubles.map((says) => troubleWith('key', null, says)) : [];
    return {
      ...{ count: found.length, troubles: [...ofCheckpoints, ...ofChanges, ...ofKeys] },
      notes: isLast ? keys.notes : [],
    };
  }

  /** Read twice where something is wrong with it: the key may have been changed between two reads. */
  private async keyChain(): Promise<KeyChain> {
    const read = async (): Promise<KeyChain> =>
      keyChainOf(await this.keys.changes(), await this.keys.known(), keyArts);
    const keys = await read();
    return keys.troubles.length === 0 ? keys : read();
  }
}

interface Signed {
  readonly count: number;
  readonly troubles: readonly LedgerTrouble[];
  readonly notes: readonly string[];
}

function placeTrouble({ seq, hash }: Standing, hashes: ReadonlyMap<number, string>): string | null {
  const there = hashes.get(seq);
  if (there === undefined) return 'that entry is not there';
  return there === hash ? null : 'that entry is not the one that it is about';
}
