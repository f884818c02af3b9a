/*
 * A checkpoint that was held elsewhere, from a file that somebody names; and the key whose it must be.
 */
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import type { LedgerEntry } from '../domain/ledger.js';
import type { Held } from '../domain/ledger-checkpoint.js';
import { Refusal } from '../platform/refusal.js';
import { readWhole } from './read-whole.js';

const MOST_ALONE_BYTES = 64 * 1024;
const MOST_KEY_BYTES = 64 * 1024;

export type HeldFile = Extract<Held, { ok: true }>;

/** Throws Refusal where it is neither a checkpoint nor an export with one. @param wanted which entries of an export are */
export async function readHeldFile(
  path: string,
  wanted: (entry: LedgerEntry) => boolean = () => false,
): Promise<HeldFile> {
  const [{ readAlone, ExportReader }, { sha256 }] = await Promise.all([
    import('../domain/ledger-checkpoint.js'),
    import('../ledger/ledger-signature.js'),
  ]);
  try {
    const { size } = await stat(path);
    const alone = size > MOST_ALONE_BYTES ? null : readAlone(await readFile(path, 'utf8'));
    if (alone) return { ok: true, checkpoint: alone, chain: null };
    const reader = new ExportReader(sha256, wanted);
    for await (const line of createInterface(createReadStream(path))) reader.line(line);
    const held = reader.end();
    if (held.ok) return held;
    throw new Refusal('bad-input', `${path} can't be used: ${held.why}`);
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw new Refusal('bad-input', `${path} can't be read: ${(error as Error).message}`, { cause: error });
  }
}

/** The id of the key in a file; null where none is named. */
export async function readLedgerKey(path: string | undefined): Promise<string | null> {
  if (path === undefined) return null;
  const { keyIdIn } = await import('../ledger/ledger-signature.js');
  const id = keyIdIn(await readWhole(path, 'a public key', MOST_KEY_BYTES));
  if (id === null)
    throw new Refusal('bad-input', `${path} has no public key of Ed25519; expected one, in PEM or DER`);
  return id;
}
