/*
 * How long a receiver that failed is left alone: a little longer each time, up to half a minute while it may come back at any
 * moment, and longer once it has been away for a day. What it asks for itself is respected, within reason.
 */
const FIRST_MS = 2000;
const LONGEST_MS = 30_000;
/** Failures after which it has been away for about a day. */
const PATIENT_AFTER = 3000;
const PATIENT_MS = 600_000;
const ASKED_MOST_MS = 3_600_000;
const JITTER = 0.2;

/**
 * @param failures how many there were on end, this one among them
 * @param askedMs what the other side asks for; null where it does not say
 * @param chance from 0 to below 1: spreads those that failed together
 */
export function backoffMs(failures: number, askedMs: number | null, chance: number): number {
  const longest = failures > PATIENT_AFTER ? PATIENT_MS : LONGEST_MS;
  const own = Math.min(longest, FIRST_MS * 2 ** Math.min(20, failures - 1)) * (1 - JITTER * chance);
  return Math.round(Math.max(own, Math.min(askedMs ?? 0, ASKED_MOST_MS)));
}
