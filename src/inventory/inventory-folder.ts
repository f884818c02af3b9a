/*
 * Reads an inventory from disk: one file, or the *.yaml and *.yml files that stand directly in a folder.
 *
 * At most 10 MiB in all, UTF-8 only, and nothing outside of the folder: a symbolic link is followed only to a
 * file within it (a mounted ConfigMap is made of such links). The hash is one that anybody can make again:
 * `sha256sum harbour.yaml` of a file, and in a folder `sha256sum *.yaml *.yml | LC_ALL=C sort -k2 | sha256sum`.
 */
import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { open, readdir, realpath, stat } from 'node:fs/promises';
import { basename, join, sep } from 'node:path';
import type { Inventory } from '../domain/inventory.js';
import {
  formatProblem,
  LARGEST_INVENTORY_BYTES,
  type Problem,
  parseInventory,
  type Source,
} from '../domain/inventory-file.js';
import { Refusal } from '../platform/refusal.js';

export interface InventorySources {
  readonly sources: readonly Source[];
  readonly sha256: string;
}

export interface LoadedInventory {
  readonly path: string;
  readonly sha256: string;
  readonly inventory: Inventory;
  readonly warnings: readonly Problem[];
}

/** Reads and parses; a broken inventory is refused with every problem on a line of its own. */
export async function loadInventory(path: string): Promise<LoadedInventory> {
  const { sources, sha256 } = await readInventoryFolder(path);
  const parsed = parseInventory(sources);
  if (!parsed.ok) throw new Refusal('bad-input', parsed.problems.map(formatProblem).join('\n'));
  return { path, sha256, inventory: parsed.inventory, warnings: parsed.warnings };
}

export async function readInventoryFolder(path: string): Promise<InventorySources> {
  const isFolder = (await orRefuse(path, () => stat(path))).isDirectory();
  const files = isFolder ? await filesIn(path) : [path];
  const sources: Source[] = [];
  const hashes: string[] = [];
  let left = LARGEST_INVENTORY_BYTES;
  for (const file of files) {
    const bytes = await orRefuse(file, () => readAtMost(file, left));
    left -= bytes.length;
    sources.push({ file, text: decode(file, bytes) });
    hashes.push(createHash('sha256').update(bytes).digest('hex'));
  }
  if (!isFolder) return { sources, sha256: hashes[0]! };
  const listing = hashes.map((hash, i) => `${hash}  ${basename(files[i]!)}\n`).join('');
  return { sources, sha256: createHash('sha256').update(listing).digest('hex') };
}

/** The same hash, of texts that were read before. */
export function sha256Of({ path, sources }: { path: string; sources: readonly Source[] }): string {
  const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');
  if (sources.length === 1 && sources[0]!.file === path) return hashOf(sources[0]!.text);
  const listing = sources.map(({ file, text }) => `${hashOf(text)}  ${basename(file)}\n`).join('');
  return hashOf(listing);
}

/** Sorted by the bytes of their names, so that the order and the hash are the same everywhere. */
async function filesIn(folder: string): Promise<string[]> {
  const entries = await orRefuse(folder, () => readdir(folder));
  const names = entries.filter((entry) => /^[^.].*\.ya?ml$/.test(entry));
  names.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  if (names.length === 0)
    throw new Refusal('not-found', `${folder} holds no inventory; expected *.yaml files`);
  const home = (await realpath(folder)) + sep;
  const files: string[] = [];
  for (const name of names) {
    const file = join(folder, name);
    const target = await orRefuse(file, () => realpath(file));
    if (!target.startsWith(home)) {
      throw new Refusal('bad-input', `${file} is a link to ${target}; expected a file inside of ${folder}`);
    }
    files.push(file);
  }
  return files;
}

/** O_NONBLOCK: opening a named pipe would otherwise wait for a writer that may never come (fifo(7)). */
async function readAtMost(file: string, most: number): Promise<Buffer> {
  const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    if (!(await handle.stat()).isFile())
      throw new Refusal('bad-input', `${file} is no regular file; expected YAML`);
    const parts: Buffer[] = [];
    for (let length = 0; ; ) {
      const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(64 * 1024), 0, 64 * 1024, null);
      if (bytesRead === 0) return Buffer.concat(parts);
      parts.push(buffer.subarray(0, bytesRead));
      length += bytesRead;
      if (length > most)
        throw new Refusal('bad-input', `${file} is too large; expected at most 10 MiB in all files`);
    }
  } finally {
    await handle.close();
  }
}

function decode(file: string, bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    const before = bytes.subarray(0, firstBadByte(bytes)).toString('utf8').split('\n');
    throw new Refusal(
      'bad-input',
      `${file}:${before.length}:${before.at(-1)!.length + 1}: bytes that are not UTF-8; expected UTF-8 text`,
    );
  }
}

/** The length of the longest start that decodes: what toString() replaces begins where the two differ. */
function firstBadByte(bytes: Buffer): number {
  const again = Buffer.from(bytes.toString('utf8'), 'utf8');
  let at = 0;
  while (at < bytes.length && bytes[at] === again[at]) at++;
  // U+FFFD may begin like the broken character: step back to where it starts.
  while (at > 0 && (again[at]! & 0xc0) === 0x80) at--;
  return at;
}

const WHY: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist; expected an inventory file or a folder of them',
  EACCES: 'may not be read by this user',
  EPERM: 'may not be read by this user',
  ELOOP: 'is a link that leads back to itself',
  ENOTDIR: 'lies in something that is no folder',
  ENAMETOOLONG: 'is too long a name',
};

async function orRefuse<T>(path: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof Refusal) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    const why = (code && WHY[code]) || `cannot be read: ${message}`;
    throw new Refusal(code === 'ENOENT' ? 'not-found' : 'bad-input', `${path} ${why}`, { cause: error });
  }
}
