/*
 * `portolan scan` of the built program, and how to read what it printed.
 */
import { type Ended, type How, portolan } from './program.js';

export const scanned = (...args: string[]): Promise<Ended> => portolan(['scan', ...args]);

/** Run by another command, such as setpriv. */
export const scannedBy = (by: How['by'], ...args: string[]): Promise<Ended> =>
  portolan(['scan', ...args], by ? { by } : {});

/** What was said on stderr, but for the line that tells of `auto` without the right to raw packets. */
export const trouble = ({ stderr }: Ended): string =>
  stderr.replace(/^engine connect: no CAP_NET_RAW.*\n/, '');

export const jsonOf = ({ stdout }: Ended): Array<Record<string, string | number | null>> =>
  stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
