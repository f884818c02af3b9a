/* How much of a folder's disk is left to us, in bytes; without a limit where it can't be said. */
import { statfsSync } from 'node:fs';

export function spaceLeft(folder: string): number {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}
