/*
 * Which ports are open in the lab: the same on every machine and in every round, by a seeded generator.
 */

/** Numbers below a bound, from a linear congruential generator (Numerical Recipes, 1992). */
function numbers(seed) {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/**
 * So many different ports from 1 to `highest`, in order.
 * @param {number} seed
 * @param {number} count
 * @param {number} highest
 * @returns {number[]}
 */
export function seededPorts(seed, count, highest) {
  const pick = numbers(seed);
  const ports = new Set();
  while (ports.size < count) ports.add(1 + pick(highest));
  return [...ports].sort((a, b) => a - b);
}

/**
 * So many different places from 0 to `below` - 1, in order.
 * @param {number} seed
 * @param {number} count
 * @param {number} below
 * @returns {number[]}
 */
export function seededPlaces(seed, count, below) {
  return seededPorts(seed, count, below).map((port) => port - 1);
}
