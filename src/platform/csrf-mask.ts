/*
 * The value that forms bring back, another one in each page: pages are compressed, and from the length of many that hold both the
 * same secret and a guess the secret could be read (BREACH). With a random pad before it, and itself under that pad, nothing in a
 * page stays the same.
 */
import { randomBytes, timingSafeEqual } from 'node:crypto';

export function maskCsrf(csrf: string): string {
  const value = Buffer.from(csrf);
  const pad = randomBytes(value.length);
  return Buffer.concat([pad, under(pad, value)]).toString('base64url');
}

/** Is it the value itself, or one that was masked? */
export function isCsrf(given: unknown, csrf: string): boolean {
  if (typeof given !== 'string') return false;
  const value = Buffer.from(csrf);
  if (given.length === csrf.length) return isSame(Buffer.from(given), value);
  const bytes = Buffer.from(given, 'base64url');
  if (bytes.length !== value.length * 2) return false;
  return isSame(under(bytes.subarray(0, value.length), bytes.subarray(value.length)), value);
}

const isSame = (one: Buffer, other: Buffer): boolean =>
  one.length === other.length && timingSafeEqual(one, other);

const under = (pad: Buffer, value: Buffer): Buffer => Buffer.from(value.map((byte, at) => byte ^ pad[at]!));
