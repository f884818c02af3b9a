/*
 * The keys that secrets are encrypted with: PORTOLAN_KEY, then the lines of PORTOLAN_KEY_FILE, then those of the file in the data
 * folder. The first encrypts, all decrypt. Where there is none at all one is made, in the data folder, for this user alone.
 *
 * The promise: of two that make one at once both end with the same. The trap: whoever loses the file has lost the secrets, so it
 * is on the disk before anything is encrypted with it; and it lies beside the embedded database, so that a copy of the folder is
 * a copy of both.
 */
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '../config.js';
import { Refusal } from './refusal.js';
import { KEY_BYTES, type Key, keyOf } from './vault.js';
import { writeOnce } from './write-once.js';

export interface Keys {
  /** At least one. */
  readonly keys: readonly [Key, ...Key[]];
  /** The file that was made for them just now. */
  readonly made: string | null;
}

export async function readKeys({
  keys: { key, file },
  dataDir,
}: Pick<Config, 'keys' | 'dataDir'>): Promise<Keys> {
  const own = join(dataDir, 'secret.key');
  const given = key === null ? [] : keysIn(key.reveal(), 'PORTOLAN_KEY');
  if (file !== null) given.push(...keysIn(await textOf(file, 'PORTOLAN_KEY_FILE'), file));
  const [first, ...others] = given;
  const there = await ownKeys(own);
  if (first) return { keys: [first, ...others, ...there], made: null };
  const [kept, ...older] = there;
  if (kept) return { keys: [kept, ...older], made: null };
  return makeKey(own);
}

/** A key a line; empty lines and those that begin with `#` are none. */
function keysIn(text: string, where: string): Key[] {
  const lines = text.split('\n').map((line) => line.trim());
  const found: Key[] = [];
  for (const [place, line] of lines.entries()) {
    if (line === '' || line.startsWith('#')) continue;
    const bytes = Buffer.from(line, 'base64');
    if (!/^[A-Za-z0-9+/]{43}=$/.test(line) || bytes.length !== KEY_BYTES)
      throw new Refusal(
        'bad-input',
        `line ${place + 1} of ${where} is no key; expected 32 bytes in base64, as 'openssl rand -base64 32' gives them`,
      );
    found.push(keyOf(bytes));
  }
  if (found.length === 0) throw new Refusal('bad-input', `${where} has no key; expected 32 bytes in base64`);
  return found;
}

async function textOf(file: string, what: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new Refusal('bad-input', `${what} names ${file}, which can't be read: ${code}`, { cause: error });
  }
}

async function ownKeys(file: string): Promise<Key[]> {
  try {
    return keysIn(await readFile(file, 'utf8'), file);
  } catch (error) {
    if (error instanceof Refusal) throw error;
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return [];
    throw new Refusal('unavailable', `${file} can't be read: ${code}`, { cause: error });
  }
}

async function makeKey(file: string): Promise<Keys> {
  try {
    const isMine = await writeOnce(file, `${randomBytes(KEY_BYTES).toString('base64')}\n`);
    const [key] = await ownKeys(file);
    return { keys: [key!], made: isMine ? file : null };
  } catch (error) {
    if (error instanceof Refusal) throw error;
    const { code } = error as NodeJS.ErrnoException;
    throw new Refusal('unavailable', `a key can't be written to ${file}: ${code}`, { cause: error });
  }
}
