/*
 * The hash is held against the vectors that its authors publish for HalfSipHash-2-4, and, as there are none for 1-3,
 * against a second implementation that follows the paper byte by byte and knows nothing of words.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cookies, halfSipHash } from '../../../../src/engine/syn/cookie.js';

/** vectors_hsip32 of the reference code, those of whole words: key 00 01 … 07, message 00 01 … n-1. */
const PUBLISHED: ReadonlyArray<readonly [bytes: number, hash: number]> = [
  [0, 0x5b9f35a9],
  [4, 0x89466e2a],
  [8, 0x8f84b8d0],
  [12, 0x2f87f057],
  [16, 0x84acb5d9],
  [20, 0x45104de3],
  [24, 0x630c4027],
  [28, 0x004064b0],
  [32, 0x1221e7fe],
  [36, 0xecc65ce7],
  [40, 0x4018bcb6],
  [44, 0x48d50577],
];

const counting = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
const bytesOf = (word: number): number[] => [0, 8, 16, 24].map((shift) => (word >>> shift) & 255);
const wordOf = (bytes: readonly number[]): bigint =>
  bytes.reduceRight((word, byte) => (word << 8n) | BigInt(byte), 0n);

/** HalfSipHash as the paper has it, with numbers that can't overflow, one line a step. */
function literally(key: readonly number[], message: readonly number[], c: number, d: number): number {
  const u32 = (x: bigint): bigint => x & 0xffff_ffffn;
  const rotated = (x: bigint, by: bigint): bigint => u32(x << by) | (x >> (32n - by));
  const v = [0n, 0n, 0x6c796765n, 0x74656462n];
  const xor = (i: number, x: bigint): void => {
    v[i] = v[i]! ^ x;
  };
  const add = (i: number, j: number): void => {
    v[i] = u32(v[i]! + v[j]!);
  };
  const turn = (i: number, by: bigint): void => {
    v[i] = rotated(v[i]!, by);
  };
  const sipRound = (): void => {
    add(0, 1);
    turn(1, 5n);
    xor(1, v[0]!);
    turn(0, 16n);
    add(2, 3);
    turn(3, 8n);
    xor(3, v[2]!);
    add(0, 3);
    turn(3, 7n);
    xor(3, v[0]!);
    add(2, 1);
    turn(1, 13n);
    xor(1, v[2]!);
    turn(2, 16n);
  };
  const times = (count: number): void => counting(count).forEach(sipRound);
  for (const i of [0, 1, 2, 3]) xor(i, wordOf(i % 2 === 0 ? key.slice(0, 4) : key.slice(4, 8)));
  const padded = [...message];
  while (padded.length % 4 !== 3) padded.push(0);
  padded.push(message.length & 255);
  for (let at = 0; at < padded.length; at += 4) {
    const word = wordOf(padded.slice(at, at + 4));
    xor(3, word);
    times(c);
    xor(0, word);
  }
  xor(2, 0xffn);
  times(d);
  return Number(v[1]! ^ v[3]!);
}

describe('the hash', () => {
  test.each(PUBLISHED)(
    'with two and four rounds gives the published value of %i bytes',
    (bytes, expected) => {
      const words = Int32Array.from({ length: bytes / 4 }, (_, at) =>
        Number(wordOf([0, 1, 2, 3].map((i) => 4 * at + i))),
      );
      expect(halfSipHash(0x03020100, 0x07060504, 2, 4)(words, words.length)).toBe(expected);
      expect(literally(counting(8), counting(bytes), 2, 4)).toBe(expected);
    },
  );
});

const anyWord = fc.integer({ min: 0, max: 0xffff_ffff });
const anyPort = fc.integer({ min: 0, max: 0xffff });

describe('a cookie', () => {
  test('of an IPv4 probe is HalfSipHash-1-3 of the address and both ports', () => {
    fc.assert(
      fc.property(anyWord, anyWord, anyWord, anyPort, anyPort, (key0, key1, w3, port, sourcePort) => {
        const key = [...bytesOf(key0), ...bytesOf(key1)];
        const message = [...bytesOf(w3), ...bytesOf(port * 65_536 + sourcePort)];
        expect(cookies(key0, key1).v4(w3, port, sourcePort)).toBe(literally(key, message, 1, 3));
      }),
    );
  });

  test('of an IPv6 probe is HalfSipHash-1-3 of the four words and both ports', () => {
    const words = fc.tuple(anyWord, anyWord, anyWord, anyWord);
    fc.assert(
      fc.property(anyWord, anyWord, words, anyPort, anyPort, (key0, key1, address, port, sourcePort) => {
        const key = [...bytesOf(key0), ...bytesOf(key1)];
        const message = [...address.flatMap(bytesOf), ...bytesOf(port * 65_536 + sourcePort)];
        expect(cookies(key0, key1).v6(...address, port, sourcePort)).toBe(literally(key, message, 1, 3));
      }),
    );
  });

  test('is the same whatever was hashed before it', () => {
    const one = cookies(0x8000_0001, 0xffff_ffff);
    const first = one.v4(0xc633_6407, 443, 40_000);
    one.v6(0x2001_0db8, 0, 0, 1, 443, 40_000);
    expect(one.v4(0xc633_6407, 443, 40_000)).toBe(first);
    expect(cookies(0x8000_0001, 0xffff_ffff).v4(0xc633_6407, 443, 40_000)).toBe(first);
  });

  test('changes about half its bits with any one bit of the probe or of the key', () => {
    const of = (key0: number, key1: number, w3: number, port: number, sourcePort: number): number =>
      cookies(key0, key1).v4(w3, port, sourcePort);
    const bitsOf = (word: number): number => word.toString(2).replaceAll('0', '').length;
    const flips: number[] = [];
    for (let round = 0; round < 64; round++) {
      const probe = [round * 0x9e37, ~round >>> 0, 0xc633_6400 + round, 1 + round, 40_000 + round] as const;
      const before = of(...probe);
      for (let part = 0; part < 5; part++) {
        for (let bit = 0; bit < (part < 3 ? 32 : 16); bit++) {
          const changed = [...probe] as [number, number, number, number, number];
          changed[part] = (changed[part]! ^ (1 << bit)) >>> 0;
          flips.push(bitsOf((of(...changed) ^ before) >>> 0));
        }
      }
    }
    expect(Math.min(...flips)).toBeGreaterThan(1);
    expect(flips.reduce((sum, bits) => sum + bits, 0) / flips.length).toBeCloseTo(16, 0);
  });
});
