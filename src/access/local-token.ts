/*
 * How the command line is known to a service that holds the embedded database: by a value in a file of the data folder that this
 * user alone may read. Made anew at each start, and taken away at the end.
 */
import { timingSafeEqual } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hashOf, newValue } from './one-time-value.js';

const PREFIX = 'ptl_here_';
const fileIn = (dataDir: string): string => join(dataDir, 'local.token');

export class LocalToken {
  private hash: Buffer | null = null;

  constructor(private readonly dataDir: string) {}

  /** @param url where the service is: the token is sent there, and to nobody else */
  async write(url: string): Promise<void> {
    const value = newValue(PREFIX);
    const file = fileIn(this.dataDir);
    // A file that is there keeps its mode: it may be somebody else's.
    await rm(file, { force: true });
    await writeFile(file, `${url}\n${value}\n`, { mode: 0o600, flag: 'wx' });
    this.hash = Buffer.from(hashOf(value), 'hex');
  }

  async remove(): Promise<void> {
    if (this.hash !== null) await rm(fileIn(this.dataDir), { force: true });
    this.hash = null;
  }

  is(value: string): boolean {
    return this.hash !== null && timingSafeEqual(Buffer.from(hashOf(value), 'hex'), this.hash);
  }
}

/** Of the service that has the folder, and where that is; null where there is none. */
export async function readLocalToken(dataDir: string): Promise<{ url: string; token: string } | null> {
  const text = await readFile(fileIn(dataDir), 'utf8').catch(() => '');
  const [url, token] = text.split('\n');
  return url && token ? { url, token } : null;
}
