/*
 * Reads a file that somebody names on the command line, whole. One that is larger than any of its kind is refused before it is read.
 */
import { readFile, stat } from 'node:fs/promises';
import { Refusal } from '../platform/refusal.js';

/** @param what it is: `a report` */
export async function readWhole(path: string, what: string, mostBytes: number): Promise<Buffer> {
  try {
    const { size } = await stat(path);
    if (size > mostBytes)
      throw new Refusal('bad-input', `${path} has ${size} bytes; ${what} has ${mostBytes} at most`);
    return await readFile(path);
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw new Refusal('bad-input', `${path} can't be read: ${(error as Error).message}`, { cause: error });
  }
}
