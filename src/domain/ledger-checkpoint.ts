/*
 * A checkpoint: the word of a key on where the chain stood. Held somewhere that whoever changes the database does not reach, it shows
 * that nothing before it was altered, taken out, reordered or cut off. Pure; the key's part is handed in.
 *
 * It has its public key with it, so that it can be read anywhere. That shows which key has signed it, and not whose key that is:
 * whoever holds the key from elsewhere compares.
 */
import { z } from 'zod';
import { ChainReader, canonical, type LedgerEntry, readEntry, type Sha256, type Standing } from './ledger.js';
import { type KeyArts, type KeyChange, KeyChangeFile, keyChangeIn } from './ledger-keys.js';

export const CHECKPOINT_FORMAT = 'portolan-ledger-checkpoint-1';

const digits = z.string().regex(/^[0-9a-f]{64}$/);
const base64 = z.string().regex(/^[A-Za-z0-9+/]{1,200}={0,2}$/);

export const CheckpointFile = z.strictObject({
  format: z.literal(CHECKPOINT_FORMAT),
  seq: z.int().min(1).describe('the last entry that it is about'),
  hash: digits.describe('of that entry, and so of all before it'),
  entries: z.int().min(1).describe('how many there were'),
  at: z.iso.datetime({ precision: 3 }),
  keyId: digits.describe('the SHA-256 of the public key'),
  publicKey: base64.describe('Ed25519, SPKI in DER, in base64'),
  signature: base64.describe('Ed25519 over the canonical JSON of all the rest'),
});
export type Checkpoint = Readonly<z.infer<typeof CheckpointFile>>;

export type Unsigned = Omit<Checkpoint, 'signature'>;

export const signedText = ({ format, seq, hash, entries, at, keyId, publicKey }: Unsigned): string =>
  canonical({ format, seq, hash, entries, at, keyId, publicKey });

/** What is wrong with it by itself; null where nothing is. */
export function checkpointTrouble(checkpoint: Checkpoint, { isSigned, idOf }: KeyArts): string | null {
  const { publicKey, keyId, signature, seq, entries } = checkpoint;
  const id = idOf(publicKey);
  if (id === null) return 'its public key is none';
  if (id !== keyId) return 'its public key is not the one that it names';
  if (!isSigned(publicKey, signedText(checkpoint), signature))
    return 'its signature does not hold: it was changed after it was signed';
  // Entries are counted from 1 on.
  return entries === seq ? null : `it counts ${entries} entries up to entry ${seq}`;
}

const HELD_FORMAT = 'portolan-ledger-held-1';

/** A checkpoint with the changes of keys up to it: what a report has with it. */
const HeldCheckpointFile = z.strictObject({
  format: z.literal(HELD_FORMAT),
  checkpoint: CheckpointFile,
  keyChanges: z.array(KeyChangeFile).max(1000),
});

export interface HeldCheckpoint {
  readonly checkpoint: Checkpoint;
  readonly keyChanges: readonly KeyChange[];
}

/** As a file; `readAlone` reads it. */
export const heldText = ({ checkpoint, keyChanges }: HeldCheckpoint): string =>
  `${JSON.stringify({ format: HELD_FORMAT, checkpoint, keyChanges }, null, 2)}\n`;

/** Null where it is none. */
function readCheckpoint(value: unknown): Checkpoint | null {
  const read = CheckpointFile.safeParse(value);
  return read.success ? read.data : null;
}

/** A file that has a checkpoint alone, or a chain with one at its end. */
export type Held =
  | (HeldCheckpoint & { readonly ok: true; readonly chain: ReadChain | null })
  | { readonly ok: false; readonly why: string };

export interface ReadChain {
  readonly count: number;
  /** Those that whoever reads it wanted. */
  readonly entries: readonly LedgerEntry[];
  /** In the order in which they were met. */
  readonly troubles: readonly string[];
  readonly standing: Standing;
}

/** Of a file that has nothing else; null where it is none. */
export function readAlone(text: string): HeldCheckpoint | null {
  const value = parsed(text);
  const held = HeldCheckpointFile.safeParse(value);
  if (held.success) {
    const { checkpoint, keyChanges } = held.data;
    return { checkpoint, keyChanges };
  }
  const checkpoint = readCheckpoint(value);
  return checkpoint && { checkpoint, keyChanges: [] };
}

/** Reads an export line by line, for it may be larger than a text can be: entries, and at the end a checkpoint. */
export class ExportReader {
  private readonly reader: ChainReader;
  private readonly entries: LedgerEntry[] = [];
  private readonly troubles: string[] = [];
  private readonly keyChanges: KeyChange[] = [];
  private count = 0;
  private why: string | null = null;
  /** The last line may be an entry or the checkpoint. */
  private held: string | null = null;

  constructor(
    sha256: Sha256,
    private readonly wanted: (entry: LedgerEntry) => boolean,
  ) {
    this.reader = new ChainReader(sha256);
  }

  line(text: string): void {
    if (text.trim() === '') return;
    if (this.held !== null && this.why === null) this.take(this.held);
    this.held = text;
  }

  end(): Held {
    if (this.why !== null) return { ok: false, why: this.why };
    const checkpoint = readCheckpoint(parsed(this.held ?? ''));
    const why = 'it is neither a checkpoint nor an export of the ledger with one as its last line';
    if (!checkpoint) return { ok: false, why };
    const { count, entries, troubles, reader, keyChanges } = this;
    const chain = { count, entries, troubles, standing: reader.standing };
    return { ok: true, checkpoint, keyChanges, chain };
  }

  private take(line: string): void {
    const entry = readEntry(parsed(line));
    this.count++;
    if (!entry) {
      this.why = `line ${this.count} of it is no entry of a ledger`;
      return;
    }
    const trouble = this.reader.take(entry);
    if (trouble !== null) this.troubles.push(trouble);
    if (this.wanted(entry)) this.entries.push(entry);
    const change = keyChangeIn(entry);
    if (change) this.keyChanges.push(change);
  }
}

/** What is wrong with a chain as of a checkpoint that is held; empty where nothing is. */
export function chainTroubles({ troubles, standing }: ReadChain, checkpoint: Checkpoint): string[] {
  return [...troubles, ...[standingTrouble(standing, checkpoint)].filter((one) => one !== null)];
}

/** @param standing of the entry that the checkpoint is about, or of the last one where that is not there */
export function standingTrouble(standing: Standing, { seq, hash }: Checkpoint): string | null {
  if (standing.seq < seq)
    return `the chain ends with entry ${standing.seq}, and the checkpoint is about entry ${seq}: its end was cut off`;
  if (standing.seq > seq)
    return `the chain goes on to entry ${standing.seq}, behind its checkpoint of entry ${seq}`;
  return standing.hash === hash ? null : `entry ${seq} is not the one that the checkpoint is about`;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
