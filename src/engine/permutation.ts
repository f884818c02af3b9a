/*
 * A keyed shuffle of 0 … count-1 that keeps no list: index in, index out, the same on every machine, and back again.
 *
 * It is a Feistel network over the grid a × b that just covers the count, left half and right half stirring each
 * other by turns (Luby and Rackoff, 1988, for why that is a bijection); what falls beyond the count is walked on
 * along its cycle until it falls inside (Black and Rogaway, 2002). The trap is precision: the grid may reach past
 * 2^53, so that the two halves are kept apart, and joined only where the number is known to be below the count.
 * It runs once a packet: no remainders, which are slow on doubles, but a product and one subtraction; and as each half is
 * below 2^27, `| 0` cuts its fractions off, which is quicker than Math.floor.
 */
const ROUNDS = 6;
const WORD = 2 ** 32;

/** Returns the bijection. Any whole number is a seed. */
export function permutation(count: number, seed: number): (index: number) => number {
  const { a, b, keys } = grid(count, seed);
  const perWordA = a / WORD;
  const perWordB = b / WORD;
  return (index) => {
    refuseBeyond(index, count);
    let left = (index / b) | 0;
    let right = (index - left * b) | 0;
    do {
      for (let round = 0; round < ROUNDS; round += 2) {
        left = (left + ((stir(right, keys[round]!) * perWordA) | 0)) | 0;
        if (left >= a) left -= a;
        right = (right + ((stir(left, keys[round + 1]!) * perWordB) | 0)) | 0;
        if (right >= b) right -= b;
      }
    } while (left * b + right >= count);
    return left * b + right;
  };
}

/** The way back: where `permutation` with the same count and seed has put an index from. */
export function inversePermutation(count: number, seed: number): (place: number) => number {
  const { a, b, keys } = grid(count, seed);
  const perWordA = a / WORD;
  const perWordB = b / WORD;
  return (place) => {
    refuseBeyond(place, count);
    let left = (place / b) | 0;
    let right = (place - left * b) | 0;
    do {
      for (let round = ROUNDS - 2; round >= 0; round -= 2) {
        right = (right - ((stir(left, keys[round + 1]!) * perWordB) | 0)) | 0;
        if (right < 0) right += b;
        left = (left - ((stir(right, keys[round]!) * perWordA) | 0)) | 0;
        if (left < 0) left += a;
      }
    } while (left * b + right >= count);
    return left * b + right;
  };
}

function grid(count: number, seed: number): { a: number; b: number; keys: Int32Array } {
  if (!Number.isSafeInteger(count) || count < 0) {
    throw new RangeError(`${count} things can't be shuffled; expected a whole number up to 2^53 - 1`);
  }
  const a = Math.max(1, Math.floor(Math.sqrt(count)));
  return { a, b: Math.max(1, Math.ceil(count / a)), keys: roundKeys(seed) };
}

function refuseBeyond(index: number, count: number): void {
  if (!Number.isInteger(index) || index < 0 || index >= count) {
    throw new RangeError(`no index ${index} among ${count}`);
  }
}

/** Mixes 32 bits so that each bit of the input reaches every bit of the output: multiply, fold, and again. */
function stir(value: number, key: number): number {
  let x = Math.imul(value ^ key, 0x9e3779b1);
  x = Math.imul(x ^ (x >>> 15), 0x85ebca77);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae3d);
  return (x ^ (x >>> 16)) >>> 0;
}

function roundKeys(seed: number): Int32Array {
  const low = seed >>> 0;
  const high = Math.floor(seed / WORD) >>> 0;
  return Int32Array.from({ length: ROUNDS }, (_, round) => stir(stir(low + round, 0x243f6a88), high));
}
