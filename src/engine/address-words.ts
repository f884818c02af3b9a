/*
 * An address as four 32-bit words, most significant first, as threads and packets have it: no bigint where it runs once a
 * packet. An IPv4 address is the last word alone, and zeros.
 */
import { type AddressNumber, isV4Number, V4_FIRST } from '../domain/address-number.js';

export function wordsOf(address: AddressNumber): [number, number, number, number] {
  const word = (shift: bigint): number => Number((address >> shift) & 0xffff_ffffn);
  if (isV4Number(address)) return [0, 0, 0, word(0n)];
  return [word(96n), word(64n), word(32n), word(0n)];
}

/** The address that `wordsOf` took apart. */
export function addressOfWords(
  family: number,
  w0: number,
  w1: number,
  w2: number,
  w3: number,
): AddressNumber {
  if (family === 4) return V4_FIRST + BigInt(w3);
  return (BigInt(w0) << 96n) | (BigInt(w1) << 64n) | (BigInt(w2) << 32n) | BigInt(w3);
}
