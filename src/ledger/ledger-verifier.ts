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
import { type Checkpoint, checkpointTrouble } from '../domain/ledger-checkpoint.js';
import { LedgerQueries } from './ledger.queries.js';
import { LedgerKeyService } from './ledger-key.service.js';
import { keyArts, sha256 } from './ledger-signature.js';
import { type LedgerTrouble, troubleWith } from './ledger-trouble.js';
import { RowChecker } from './row-checker.js';

const ENTRIES_AT_ONCE = 100;

/** Rows that were deleted on purpose, as the ledger says. */
export interface LetGoRange {
  readonly entry: number;
  readonly source: string;
  readonly first: string;
  readonly last: string;
  readonly count: number;
  readonly why: string | null;
  readonly by: string | null;
}

export interface VerifiedPart {
  readonly entries: number;
  readonly rows: number;
  readonly checkpoints: number;
  readonly troubles: readonly LedgerTrouble[];
  readonly letGo: readonly LetGoRange[];
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
    private readonly keys: LedgerKeyService,
  ) {}

  /**
   * @param after where the part before ended
   * @param wanted an entry whose hash is wanted, for whoever holds a checkpoint of it
   */
  async part(after: Standing, wanted: number | null = null): Promise<VerifiedPart> {
    const marked = await this.queries.markedAfter(after.seq, ENTRIES_AT_ONCE);
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
    troubles.push(...checked.troubles);
    const isLast = entries.length < ENTRIES_AT_ONCE;
    const signed = await this.checkpoints(after, entries, isLast);
    troubles.push(...signed.troubles);
    const rest = isLast ? await this.rows.rest(await this.queries.sourcesAt(reader.standing.seq)) : null;
    return {
      ...{ entries: entries.length, rows: checked.rows, checkpoints: signed.count, isLast },
      troubles: [...troubles, ...(rest?.troubles ?? [])],
      letGo: entries.filter(({ what }) => what === 'let-go').map(letGoOf),
      standing: reader.standing,
      named: entries.filter(({ seq }) => seq === wanted).map(({ seq, hash }) => ({ seq, hash }))[0] ?? null,
      waiting: rest?.waiting ?? null,
    };
  }

  private async checkpoints(
    after: Standing,
    entries: readonly LedgerEntry[],
    isLast: boolean,
  ): Promise<{ count: number; troubles: LedgerTrouble[] }> {
    const end = entries.at(-1)?.seq ?? after.seq;
    const found = await this.queries.checkpointsAfter(after.seq, isLast ? null : end);
    const own = found.length > 0 ? await this.keys.known() : null;
    const hashes = new Map(entries.map(({ seq, hash }) => [seq, hash]));
    const troubles = found.flatMap((one) => {
      const says = troubleOf(one, own?.id ?? null, hashes);
      return says === null
        ? []
        : [troubleWith('checkpoint', one.seq, `the checkpoint of entry ${one.seq}: ${says}`)];
    });
    return { count: found.length, troubles };
  }
}

function troubleOf(
  checkpoint: Checkpoint,
  ownKey: string | null,
  hashes: ReadonlyMap<number, string>,
): string | null {
  const { seq, hash, keyId } = checkpoint;
  const alone = checkpointTrouble(checkpoint, keyArts);
  if (alone !== null) return alone;
  if (keyId !== ownKey) return `it was signed by key ${keyId}, which is not the one of this service`;
  const there = hashes.get(seq);
  if (there === undefined) return 'that entry is not there';
  return there === hash ? null : 'that entry is not the one that it is about';
}

const letGoOf = ({ seq, source, first, last, count, about }: LedgerEntry): LetGoRange => ({
  ...{ entry: seq, source, first, last, count, why: about.why ?? null, by: about.by ?? null },
});
