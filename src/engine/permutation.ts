/*
 * A keyed shuffle of 0 … count-1 that keeps no list: index in, index out, the same on every machine.
 *
 * It is a Feistel network over the grid a × b that just covers the count, left half and right half stirring each
 * other by turns (Luby and Rackoff, 1988, for why that is a bijection); what falls beyond the count is walked on
 * along its cycle until it falls inside (Black and Rogaway, 2002). The trap is precision: the grid may reach past
 * 2^53, so that the two halves are kept apart, and joined only where the number is known to be below the count.
 */
const ROUNDS = 6;

/** Returns the bijection. Any whole number is a seed. */
export function permutation(count: number, seed: number): (index: number) => number {
  if (!Number.isSafeInteger(count) || count < 0) {
    throw new RangeError(`${count} things can't be shuffled; expected a whole number up to 2^53 - 1`);
  }
  const a = Math.max(1, Math.floor(Math.sqrt(count)));
  const b = Math.max(1, Math.ceil(count / a));
  const keys = roundKeys(seed);
  return (index) => {
    if (!Number.isInteger(index) || index < 0 || index >= count) {
      throw new RangeError(`no index ${index} among ${count}`);
    }
    let right = index % b;
    let left = (index - right) / b;
    do {
      for (let round = 0; round < ROUNDS; round += 2) {
        left = (left + stir(right, keys[round]!)) % a;
        right = (right + stir(left, keys[round + 1]!)) % b;
      }
    } while (left * b + right >= count);
    return left * b + right;
  };
}

/** Mixes 32 bits so that each bit of the input reaches every bit of the output: multiply, fold, and again. */
function stir(value: number, key: number): number {
  let x = Math.imul(value ^ key, 0x9e3779b1);
  x = Math.imul(x ^ (x >>> 15), 0x85ebca77);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae3d);
  return (x ^ (x >>> 16)) >>> 0;
}

function roundKeys(seed: number): number[] {
  const low = seed >>> 0;
  const high = Math.floor(seed / 2 ** 32) >>> 0;
  return Array.from({ length: ROUNDS }, (_, round) => stir(stir(low + round, 0x243f6a88), high));
}
