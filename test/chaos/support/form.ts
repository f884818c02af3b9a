/*
 * How much chaos: the short form is for every change, the long one (PORTOLAN_CHAOS=long) for a night. Each figure is told
 * in one line, `chaos: <what>: <figure>`, and what chance picks comes from a seed that is told as well.
 */
import { createHash } from 'node:crypto';
import { writeSync } from 'node:fs';

const asked = process.env.PORTOLAN_CHAOS ?? 'short';
if (!['', 'short', 'long'].includes(asked))
  throw new Error(`PORTOLAN_CHAOS is '${asked}'; expected 'short' or 'long'`);

export const isLong = asked === 'long';

export const inForm = <T>(forms: { readonly short: T; readonly long: T }): T =>
  isLong ? forms.long : forms.short;

/** Set by `npm test` without a path (test/support/run-tests.mjs): whoever names one has all that is in it. */
const isOfAll = process.env.PORTOLAN_TEST_OF === 'all';

const DAY_MS = 86_400_000;

/** What many tests ask alike of each of a few: all of them in the long form, in the short one another each day. */
export function ofDay<T>(few: readonly T[], now: Date = new Date()): readonly T[] {
  return isLong ? few : [few[Math.floor(now.getTime() / DAY_MS) % few.length]!];
}

/**
 * Those whose turn it is: each of them on one day of `days`, whichever others there are; all of them in the long form, and for whoever names a path. For many that
 * are asked alike, where a fault of one is likely to show in its neighbours too.
 */
export function turnsOfDay<T extends string>(
  names: readonly T[],
  days: number,
  now: Date = new Date(),
): readonly T[] {
  const today = Math.floor(now.getTime() / DAY_MS) % days;
  const turnOf = (name: string): number => createHash('sha256').update(name).digest().readUInt32BE() % days;
  return isLong || !isOfAll ? names : names.filter((name) => turnOf(name) === today);
}

/** By hand, to see a run of chance again. */
const givenSeed = process.env.PORTOLAN_CHAOS_SEED;

export function seedOf(what: string): number {
  const seed = givenSeed ? Number(givenSeed) : Math.floor(Math.random() * 2 ** 31);
  tell(`${what}, seed`, seed);
  return seed;
}

/** Past vitest's own console, so that a line is a line and nothing else. */
export function tell(what: string, figure: string | number): void {
  writeSync(1, `chaos: ${what}: ${figure}\n`);
}

export const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

/** Numbers from 0 to below 1, the same for a seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
