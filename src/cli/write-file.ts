/*
 * Writes a file whole or not at all: beside its place first, then moved there. Whether the place can be written is
 * asked before a long scan begins, not after it.
 */
import { randomUUID } from 'node:crypto';
import { access, constants, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { Refusal } from '../platform/refusal.js';

export async function checkWritable(file: string): Promise<void> {
  if (file === '' || file.endsWith('/'))
    throw new Refusal('bad-input', `'${file}' names no file; expected the name of a file`);
  const there = await stat(file).catch(() => null);
  if (there?.isDirectory())
    throw new Refusal('bad-input', `${file} is a folder; expected the name of a file`);
  // Moving a file onto a device or a pipe would put an end to it: as root, to /dev/null itself.
  if (there && !there.isFile())
    throw new Refusal('bad-input', `${file} is no regular file; expected the name of a file`);
  const folder = dirname(await placeOf(file));
  try {
    await access(folder, constants.W_OK | constants.X_OK);
  } catch {
    throw new Refusal('bad-input', `${file} can't be written; expected a folder ${folder} that can be`);
  }
}

/** @param mode its rights, where they are not the usual ones */
export async function writeWhole(
  file: string,
  content: string | Uint8Array | Iterable<string> | AsyncIterable<string | Uint8Array>,
  mode?: number,
): Promise<void> {
  const place = await placeOf(file);
  const beside = `${place}.${randomUUID()}.part`;
  try {
    // Nobody else's file, nor a link that was put there: in /tmp others write too.
    await writeFile(beside, content, { flag: 'wx', ...(mode === undefined ? {} : { mode }) });
    await rename(beside, place);
  } catch (error) {
    await rm(beside, { force: true });
    throw new Refusal('unavailable', `${file} can't be written: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

/** Where a link leads to, so that the file is replaced and the link stays. */
const placeOf = (file: string): Promise<string> => realpath(file).catch(() => resolve(file));
