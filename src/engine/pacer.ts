/*
 * Says how many probes may start now, so that in any stretch of t seconds no more than rate × t + burst do.
 *
 * A bucket of tokens that fills with time. It owns no clock: the caller says what time it is, in milliseconds, and
 * an earlier time than the last one adds nothing. The trap is a late caller: what it missed beyond one burst is
 * lost, not caught up with, or else a pause would end in a flood.
 */
export interface Pacer {
  /** How many probes may start at this time; Infinity where there is no limit. */
  allowance(nowMs: number): number;
  /** So many have started. */
  spend(probes: number): void;
}

/** The burst is what the rate gives in this time: a little more than two turns of the engine's clock. */
const BURST_MS = 25;

export function burstOf(ratePerSecond: number): number {
  return Math.max(1, (ratePerSecond * BURST_MS) / 1000);
}

export function pacer(ratePerSecond: number): Pacer {
  if (Number.isNaN(ratePerSecond) || ratePerSecond <= 0) {
    throw new RangeError(`${ratePerSecond} is no rate; expected probes a second above 0, or Infinity`);
  }
  if (ratePerSecond === Number.POSITIVE_INFINITY) {
    return { allowance: () => Number.POSITIVE_INFINITY, spend: () => undefined };
  }
  const burst = burstOf(ratePerSecond);
  let tokens = burst;
  let lastMs = Number.NEGATIVE_INFINITY;
  return {
    allowance(nowMs) {
      if (nowMs > lastMs) {
        tokens = Math.min(burst, tokens + ((nowMs - lastMs) * ratePerSecond) / 1000);
        lastMs = nowMs;
      }
      return Math.floor(tokens);
    },
    spend(probes) {
      tokens -= probes;
    },
  };
}
