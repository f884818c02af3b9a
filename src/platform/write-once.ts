/*
 * Writes a file for this user alone, whole or not at all, and only where there is none: of two that write it at once, in two
 * processes as well, one does, and both find the same. It is on the disk before anything is done with it.
 */
import { randomUUID } from 'node:crypto';
import { link, open, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { makeFolder } from './make-folder.js';

/** False where another was there first. */
export async function writeOnce(file: string, content: string | Uint8Array): Promise<boolean> {
  const folder = dirname(file);
  const beside = join(folder, `.${basename(file)}.${randomUUID()}`);
  try {
    makeFolder(folder, 0o700);
    await writeDown(beside, content);
    // Unlike a renaming, it fails where another has made one meanwhile.
    const isMine = await link(beside, file).then(
      () => true,
      (error: NodeJS.ErrnoException) => {
        if (error.code === 'EEXIST') return false;
        throw error;
      },
    );
    await syncFolder(folder);
    return isMine;
  } finally {
    await rm(beside, { force: true }).catch(() => undefined);
  }
}

async function writeDown(file: string, content: string | Uint8Array): Promise<void> {
  const handle = await open(file, 'wx', 0o600);
  try {
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
