/*
 * Whose report it is, for its cover: a logo as a `data:` URL, and a name. A file that is missing, too large, or no picture is said, and
 * reports are made without it.
 */
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import type { LetterheadConfig } from '../../platform/letterhead-environment.js';
import type { Letterhead } from './draw-sheets.js';
import { pictureUrl } from './picture-url.js';

const MOST_BYTES = 256 * 1024;

export interface ReadLetterhead {
  readonly letterhead: Letterhead;
  /** Why there is no logo, where there was to be one. */
  readonly problem: string | null;
}

export function readLetterhead({ logo, organisation }: LetterheadConfig): ReadLetterhead {
  if (logo === null) return { letterhead: { logo, organisation }, problem: null };
  const read = readFile(logo);
  const picture = typeof read === 'string' ? { ok: false as const, why: read } : pictureUrl(read);
  if (picture.ok) return { letterhead: { logo: picture.url, organisation }, problem: null };
  return {
    letterhead: { logo: null, organisation },
    problem: `PORTOLAN_REPORT_LOGO names ${logo}, which ${picture.why}`,
  };
}

/** Its bytes, or what is wrong with it. A pipe without a writer would be waited for without end. */
function readFile(path: string): Buffer | string {
  try {
    const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const stat = fstatSync(file);
      if (!stat.isFile()) return 'is no file';
      if (stat.size > MOST_BYTES) return `is too large: ${stat.size} bytes, at most ${MOST_BYTES}`;
      const bytes = Buffer.alloc(stat.size);
      return bytes.subarray(0, readSync(file, bytes, 0, stat.size, 0));
    } finally {
      closeSync(file);
    }
  } catch (error) {
    return `can’t be read: ${(error as NodeJS.ErrnoException).code ?? String(error)}`;
  }
}
