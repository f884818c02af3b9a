/*
 * The ledger: a chain of entries, each of which says what rows of one source said when it was written, and has the hash of the entry
 * before it. Whoever changes, takes out or reorders one has to make all behind it anew, and those are then not what a checkpoint
 * that is held elsewhere says (ledger-checkpoint.ts). Pure; SHA-256 is handed in.
 *
 * The trap: what is hashed must have one way to be written. That is `canonical`; a change of it makes every ledger look forged.
 */
import { z } from 'zod';

/** Of a text's UTF-8, in hexadecimal digits. */
export type Sha256 = (text: string) => string;

export type Plain = string | number | boolean | null | readonly Plain[] | { readonly [key: string]: Plain };

const ENTRY_FORMAT = 'portolan-ledger-entry-1';

const digits = z.string().regex(/^[0-9a-f]{64}$/);
const id = z.string().regex(/^-?\d{1,19}$/);
const count = z.int().min(0);

const EntryLine = z.strictObject({
  format: z.literal(ENTRY_FORMAT),
  seq: z.int().min(1),
  at: z.iso.datetime({ precision: 3 }),
  source: z.string().max(100),
  /** That there were these rows, which said this; there is nothing else yet. */
  what: z.literal('rows'),
  /** Which columns are meant: ledger/sources.ts. */
  version: count,
  /** Of the rows' ids. */
  first: id,
  last: id,
  count,
  /** Rows of the source that are recorded with it and before. */
  total: count,
  /** Of the rows: ledger-rows.ts. */
  digest: digits.nullable(),
  /** What of them stands here in clear. */
  about: z.record(z.string().max(100), z.string().max(2000).nullable()),
  /** The hash of the entry before. */
  previous: digits,
  hash: digits,
});

export type LedgerEntry = Readonly<Omit<z.infer<typeof EntryLine>, 'format'>>;

/** An entry that has no place in the chain yet. */
export type Draft = Omit<LedgerEntry, 'seq' | 'previous' | 'hash' | 'at' | 'total'>;

/** How far a chain goes. */
export interface Standing {
  readonly seq: number;
  readonly hash: string;
}

export const START: Standing = { seq: 0, hash: '0'.repeat(64) };

/** JSON without spaces, keys in the order of their code units, whole numbers only: one text for one value. */
export function canonical(value: Plain): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const known = value as { readonly [key: string]: Plain };
    const parts = Object.keys(known)
      .sort()
      .map((key) => `${JSON.stringify(key)}:${canonical(known[key]!)}`);
    return `{${parts.join(',')}}`;
  }
  if (typeof value === 'number' && !Number.isSafeInteger(value))
    throw new Error(`${value} has more than one way to be written; expected a whole number`);
  return JSON.stringify(value);
}

/** Of everything that an entry says. */
export function hashOf({ hash: _, ...said }: Omit<LedgerEntry, 'hash'> & { hash?: string }, sha256: Sha256) {
  return sha256(canonical({ format: ENTRY_FORMAT, ...said }));
}

/** Gives drafts their places behind what is there. `totals` has the last total of each source, and is kept up to date. */
export function chained(
  drafts: readonly Draft[],
  { before, at, totals }: { before: Standing; at: Date; totals: Map<string, number> },
  sha256: Sha256,
): LedgerEntry[] {
  let standing = before;
  return drafts.map((draft) => {
    const total = (totals.get(draft.source) ?? 0) + draft.count;
    totals.set(draft.source, total);
    const placed = { ...draft, total, seq: standing.seq + 1, at: at.toISOString(), previous: standing.hash };
    const entry = { ...placed, hash: hashOf(placed, sha256) };
    standing = entry;
    return entry;
  });
}

/** As it is exported: the text that is hashed, and its hash. */
export const lineOf = (entry: LedgerEntry): string => canonical({ format: ENTRY_FORMAT, ...entry });

/** Null where it is no entry. */
export function readEntry(line: unknown): LedgerEntry | null {
  const read = EntryLine.safeParse(line);
  if (!read.success) return null;
  const { format: _, ...entry } = read.data;
  return entry;
}

/** Follows a chain, entry by entry, and says what is wrong with each; it goes on behind one that is wrong. */
export class ChainReader {
  /** How many rows each source has so far. */
  private readonly totals: Map<string, number>;

  constructor(
    private readonly sha256: Sha256,
    /** What was followed before. */
    public standing: Standing = START,
    totals: ReadonlyMap<string, number> = new Map(),
  ) {
    this.totals = new Map(totals);
  }

  /** Null where it follows. */
  take(entry: LedgerEntry): string | null {
    const { standing: before, totals } = this;
    const total = (totals.get(entry.source) ?? 0) + entry.count;
    this.standing = { seq: entry.seq, hash: entry.hash };
    totals.set(entry.source, entry.total);
    if (hashOf(entry, this.sha256) !== entry.hash)
      return `entry ${entry.seq} is not what its hash says: it was changed`;
    if (entry.seq !== before.seq + 1) return outOfPlace(before.seq, entry.seq);
    if (entry.previous !== before.hash)
      return `entry ${entry.seq} was not written behind ${before.seq === 0 ? 'the beginning' : `entry ${before.seq} as it is now`}`;
    return total === entry.total
      ? null
      : `entry ${entry.seq} counts ${entry.total} rows of ${entry.source} so far; expected ${total}`;
  }
}

function outOfPlace(before: number, seq: number): string {
  const missing = seq - before - 1;
  if (missing < 0) return `entry ${seq} stands behind entry ${before}: it was moved, or is there twice`;
  const which = missing === 1 ? `entry ${before + 1} is` : `entries ${before + 1} to ${seq - 1} are`;
  return `${which} not there`;
}
