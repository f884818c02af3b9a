/*
 * Marks of rows as they are kept beside an entry: of each its id and the beginning of its digest, eight bytes each.
 */
import { MARK_DIGITS, type Mark } from '../domain/ledger-rows.js';

const ID_BYTES = 8;
const MARK_BYTES = MARK_DIGITS / 2;
const BYTES = ID_BYTES + MARK_BYTES;

export function bytesOf(marks: readonly Mark[]): Buffer {
  const bytes = Buffer.alloc(marks.length * BYTES);
  for (const [place, { id, mark }] of marks.entries()) {
    bytes.writeBigInt64BE(BigInt(id), place * BYTES);
    bytes.write(mark, place * BYTES + ID_BYTES, 'hex');
  }
  return bytes;
}

/** Bytes that are no whole mark are none: somebody has changed them, and the digest says so. */
export function marksIn(bytes: Buffer): Mark[] {
  return Array.from({ length: Math.floor(bytes.length / BYTES) }, (_, place) => ({
    id: String(bytes.readBigInt64BE(place * BYTES)),
    mark: bytes.toString('hex', place * BYTES + ID_BYTES, (place + 1) * BYTES),
  }));
}
