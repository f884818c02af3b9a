/*
 * The chain of keys: when the key that signs checkpoints is changed, the one before signs a checkpoint that names the next. Whoever holds
 * the first key so knows all that came after it. A key that no former one has introduced is told of plainly, each time. Pure.
 *
 *   entry      1 ........ 40 | 41 ........ 90 | 91 ...
 *   signed by  first key     | second key     | third key
 *   change                 40, signed by the first: the second is next
 */
import { z } from 'zod';
import { canonical, type LedgerEntry } from './ledger.js';

export const KEY_CHANGE_FORMAT = 'portolan-ledger-key-change-1';
/** Whose rows say which keys there were: ledger/sources.ts. */
export const KEY_CHANGES = 'key-change';

const digits = z.string().regex(/^[0-9a-f]{64}$/);
const base64 = z.string().regex(/^[A-Za-z0-9+/]{1,200}={0,2}$/);

export const KeyChangeFile = z.strictObject({
  format: z.literal(KEY_CHANGE_FORMAT),
  seq: z.int().min(1).describe('the last entry that the former key may sign a checkpoint of'),
  hash: digits.describe('of that entry, and so of all before it'),
  at: z.iso.datetime({ precision: 3 }),
  keyId: digits.describe('the SHA-256 of the former public key'),
  publicKey: base64.describe('the former one: Ed25519, SPKI in DER, in base64'),
  nextKeyId: digits,
  nextPublicKey: base64,
  by: z.string().max(500),
  why: z.string().max(500),
  signature: base64
    .nullable()
    .describe(
      'of the former key, Ed25519 over the canonical JSON of all the rest; null where that key was lost',
    ),
});
export type KeyChange = Readonly<z.infer<typeof KeyChangeFile>>;

export const signedChange = ({
  signature: _,
  ...said
}: Omit<KeyChange, 'signature'> & { signature?: unknown }) => canonical(said);

/** What stands for a key: whether it has signed a text, and what it is called. */
export interface KeyArts {
  isSigned(publicKey: string, text: string, signature: string): boolean;
  /** Null where it is no key. */
  idOf(publicKey: string): string | null;
}

/** In which entries' checkpoints a key is expected. */
export interface LedgerKey {
  readonly id: string;
  readonly publicKey: string;
  /** The first entry that it may sign a checkpoint of; and the last, null for the current one. */
  readonly from: number;
  readonly upTo: number | null;
  /** `first`: there was none before; `introduced`: by the one before; `not-introduced`: that one was lost, or did not sign this. */
  readonly how: 'first' | 'introduced' | 'not-introduced';
}

export interface KeyChain {
  readonly keys: readonly LedgerKey[];
  /** What does not hold. */
  readonly troubles: readonly string[];
  /** What is so, and is to be known. */
  readonly notes: readonly string[];
}

export interface PlainKey {
  readonly id: string;
  readonly publicKey: string;
}

/**
 * @param changes in their order
 * @param current the key that signs now; null where it is not known
 */
export function keyChainOf(changes: readonly KeyChange[], current: PlainKey | null, arts: KeyArts): KeyChain {
  const first = changes[0] ? { id: changes[0].keyId, publicKey: changes[0].publicKey } : current;
  if (first === null) return { keys: [], troubles: [], notes: [] };
  let last: LedgerKey = { ...first, from: 1, upTo: null, how: 'first' };
  const [keys, troubles, notes]: [LedgerKey[], string[], string[]] = [[], [], []];
  for (const change of changes) {
    const trouble = changeTrouble(change, last, arts);
    if (trouble !== null) troubles.push(trouble);
    else if (change.signature === null) notes.push(saysLost(change));
    keys.push({ ...last, upTo: change.seq });
    const isIntroduced = trouble === null && change.signature !== null;
    last = {
      ...{ id: change.nextKeyId, publicKey: change.nextPublicKey, from: change.seq + 1, upTo: null },
      how: isIntroduced ? 'introduced' : 'not-introduced',
    };
  }
  keys.push(last);
  if (current !== null && current.id !== last.id)
    troubles.push(
      `checkpoints are signed with key ${current.id}, which no key before it has introduced; the last that is known is ${last.id}`,
    );
  return { keys, troubles, notes };
}

function changeTrouble(change: KeyChange, before: LedgerKey, { isSigned, idOf }: KeyArts): string | null {
  const { seq, keyId, publicKey, nextKeyId, nextPublicKey, signature } = change;
  const where = `the change of keys at entry ${seq}`;
  if (idOf(publicKey) !== keyId || idOf(nextPublicKey) !== nextKeyId)
    return `${where} does not hold: its keys are not those that it names`;
  if (keyId !== before.id) return `${where} is from key ${keyId}, and the one before it was ${before.id}`;
  if (seq < before.from) return `${where} stands behind one at entry ${before.from - 1}`;
  if (signature !== null && !isSigned(publicKey, signedChange(change), signature))
    return `${where} does not hold: its signature is not of key ${keyId}`;
  return null;
}

const saysLost = ({ seq, at, by, why, keyId, nextKeyId }: KeyChange): string =>
  `from entry ${seq + 1} on checkpoints are signed with key ${nextKeyId}, which no former key has introduced: ${by} put it there at ${at}, as key ${keyId} was lost (${why})`;

/** Null where it was signed by the key whose turn it was. */
export function keyTrouble(
  { keys }: KeyChain,
  { seq, keyId }: { seq: number; keyId: string },
): string | null {
  const own = keys.filter(({ id }) => id === keyId);
  if (own.length === 0) return `it was signed with key ${keyId}, which no key of this ledger has introduced`;
  if (own.some(({ from, upTo }) => seq >= from && (upTo === null || seq <= upTo))) return null;
  const [{ from, upTo }] = own as [LedgerKey];
  const span = upTo === null ? `from entry ${from} on` : `from entry ${from} to ${upTo}`;
  return `it was signed with key ${keyId}, which signs ${span}: another key had its turn at entry ${seq}`;
}

/** How one key leads to another: by how many changes, each signed by the key before it; null where it does not. */
export function stepsBetween(
  changes: readonly KeyChange[],
  { from, to }: { from: string; to: string },
  arts: KeyArts,
): number | null {
  let [steps, id] = [0, from];
  for (const change of changes) {
    if (id === to) break;
    if (change.keyId !== id) continue;
    if (change.signature === null || !isWhole(change, arts)) return null;
    id = change.nextKeyId;
    steps++;
  }
  return id === to ? steps : null;
}

const isWhole = (change: KeyChange, { idOf, isSigned }: KeyArts): boolean =>
  idOf(change.publicKey) === change.keyId &&
  idOf(change.nextPublicKey) === change.nextKeyId &&
  isSigned(change.publicKey, signedChange(change), change.signature!);

/** What an entry about one says in clear; null where it is about something else, or can't be read. */
export function keyChangeIn({ source, about }: LedgerEntry): KeyChange | null {
  if (source !== KEY_CHANGES) return null;
  const read = KeyChangeFile.safeParse({
    ...{ format: KEY_CHANGE_FORMAT, seq: Number(about.seq), hash: about.hash, at: milliseconds(about.at) },
    ...{ keyId: about.key_id, publicKey: about.public_key },
    ...{ nextKeyId: about.next_key_id, nextPublicKey: about.next_public_key },
    ...{ by: about.by, why: about.why, signature: about.signature ?? null },
  });
  return read.success ? read.data : null;
}

/** Of a time to the microsecond, as rows have it. */
const milliseconds = (at: string | null | undefined): string | undefined =>
  at?.replace(/^(.{23})000Z$/, '$1Z');
