/*
 * A checkpoint that was held elsewhere, from a file that somebody names: a checkpoint alone, an export of the ledger with one at its end,
 * or a report that was printed with one; and the key whose it must be.
 */
import { createReadStream } from 'node:fs';
import { open, readFile, stat } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import type { LedgerEntry } from '../domain/ledger.js';
import type { Held, HeldCheckpoint } from '../domain/ledger-checkpoint.js';
import { Refusal } from '../platform/refusal.js';
import { readWhole } from './read-whole.js';

const MOST_ALONE_BYTES = 64 * 1024;
const MOST_KEY_BYTES = 64 * 1024;

export type HeldFile = Extract<Held, { ok: true }>;

const MOST_REPORT_BYTES = 512 * 1024 * 1024;

/** Throws Refusal where it has none. @param wanted which entries of an export are */
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
    if (alone) return { ok: true, ...alone, chain: null };
    if (await isPdf(path)) return { ok: true, ...(await insideReport(path)), chain: null };
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

async function isPdf(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(5), 0, 5, 0);
    return buffer.toString('latin1', 0, bytesRead) === '%PDF-';
  } finally {
    await file.close();
  }
}

async function insideReport(path: string): Promise<HeldCheckpoint> {
  const { checkpointInside } = await import('../reports/seal/look-inside.js');
  const found = await checkpointInside(await readWhole(path, 'a report', MOST_REPORT_BYTES));
  if (found) return found;
  throw new Refusal(
    'bad-input',
    `${path} can't be used: no checkpoint of the ledger is attached to it, or it can't be read; a report has one that a service has printed after its first checkpoint`,
  );
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
