/*
 * A chain for tests: entries about made-up rows, and checkpoints of a key of their own.
 */
import { chained, type Draft, type LedgerEntry, START } from '../../src/domain/ledger.js';
import { CHECKPOINT_FORMAT, type Checkpoint, type Unsigned } from '../../src/domain/ledger-checkpoint.js';
import { keyArts, makeKeyPair, sha256, signatureOf } from '../../src/ledger/ledger-signature.js';

export const AT = new Date('2026-07-01T12:00:00Z');
const PAIR = makeKeyPair();

export const draft = (place: number, some: Partial<Draft> = {}): Draft => ({
  ...{ source: place % 3 === 0 ? 'run' : 'audit-log', what: 'rows', version: 1 },
  ...{ first: String(place * 10), last: String(place * 10 + 4), count: 5 },
  ...{ digest: sha256(`rows ${place}`), about: place % 3 === 0 ? { id: `${place}`, verdict: null } : {} },
  ...some,
});

export const chainOf = (length: number): LedgerEntry[] =>
  chained(
    Array.from({ length }, (_, place) => draft(place)),
    { before: START, at: AT, totals: new Map() },
    sha256,
  );

export function checkpointOf({ seq, hash }: LedgerEntry, { publicKey, privateKey } = PAIR): Checkpoint {
  const said: Unsigned = {
    ...({ format: CHECKPOINT_FORMAT, seq, hash, entries: seq, at: AT.toISOString() } as const),
    ...{ keyId: keyArts.idOf(publicKey)!, publicKey },
  };
  return { ...said, signature: signatureOf(privateKey, said) };
}
