/*
 * Where a list goes on: opaque to its readers, so that what stands in it may change. A list that goes on answers `next`, which is
 * asked for as `after`; page-links.ts says the same in a Link header.
 *
 * A cursor gives nobody anything that the list itself would not, and so it is not signed by a key, which would end with the server
 * that made it. Its digest tells a changed one, or one of another list, from a place: that is refused, and never begins anew.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { z } from 'zod';
import { Refusal } from './refusal.js';

const DIGEST_BYTES = 9;
const LONGEST = 2000;

/** @param list whose place it is, with its order: `hosts by name`; the place is what its last row is ordered by */
export function cursorOf(list: string, place: readonly unknown[]): string {
  const text = JSON.stringify(place);
  return Buffer.concat([digestOf(list, text), Buffer.from(text)]).toString('base64url');
}

/** Null where nothing was asked for. Throws Refusal where it is no place in this list. */
export function readCursor<T>(
  list: string,
  place: z.ZodType<T>,
  cursor: string | null | undefined,
): T | null {
  if (cursor === undefined || cursor === null || cursor === '') return null;
  const bytes = cursor.length > LONGEST ? Buffer.alloc(0) : Buffer.from(cursor, 'base64url');
  const [digest, text] = [bytes.subarray(0, DIGEST_BYTES), bytes.subarray(DIGEST_BYTES).toString()];
  if (digest.length < DIGEST_BYTES || !timingSafeEqual(digest, digestOf(list, text))) throw refused();
  const read = place.safeParse(parsed(text));
  if (!read.success) throw refused();
  return read.data;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw refused();
  }
}

const digestOf = (list: string, text: string): Buffer =>
  createHash('sha256').update(`${list}\n${text}`).digest().subarray(0, DIGEST_BYTES);

const refused = (): Refusal =>
  new Refusal('bad-input', 'after is no place in this list; expected the next of an answer before, as it is');
