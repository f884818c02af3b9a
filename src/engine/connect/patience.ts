/*
 * How long a probe waits for its answer, and when silence may be believed. Pure arithmetic.
 *
 * A first attempt waits as RFC 6298 has it, by the round trips that were measured; the last one waits long, as it alone
 * decides. The trap is that a patience which adapts can starve itself: what comes after its time-out is never measured,
 * so that a path that turns slow would look silent for good. Hence the last attempt's floor, and the back-off while
 * answers come late or get lost.
 */
/** Less than a second, at which the kernel would send its SYN again: a new attempt does more than that (a new port). */
const UNMEASURED_MS = 900;
const SHORTEST_MS = 100;
const SHORTEST_LAST_MS = 200;
const CLOCK_MS = 20;
/** Answers, of all workers, before a measured time is trusted. */
const MEASURED = 8;

/** More attempts than these prove nothing more: the path loses too much. */
export const ATTEMPTS_MOST = 10;
/** So many answers may be expected to be missed, in the whole scan, or on one host. */
const MISSED_MOST = 0.001;
/** What all hosts show together weighs so many attempts in the judgement of one. */
const PRIOR_ATTEMPTS = 2;
/** Answers that came on a repeated attempt only: beyond this share, waits are doubled with each attempt. */
const LATE_SHARE = 0.01;

/** What the probes of this scan that were answered tell of the path. */
export interface Tally {
  answers: number;
  /** Attempts that met silence although the port does answer. */
  repeats: number;
}

/** Smoothed round-trip time and its variation (RFC 6298 §2). Each attempt has a port of its own, so that every sample counts. */
export class RoundTrip {
  private samples = 0;
  private smoothMs = 0;
  private variationMs = 0;

  measured(ms: number): void {
    if (this.samples++ === 0) {
      this.smoothMs = ms;
      this.variationMs = ms / 2;
      return;
    }
    this.variationMs += (Math.abs(ms - this.smoothMs) - this.variationMs) / 4;
    this.smoothMs += (ms - this.smoothMs) / 8;
  }

  /** How long an attempt waits that another one will follow. `attempts` have met silence before it. */
  waitMs(timeoutMs: number, attempts: number, tally: Tally): number {
    if (this.samples === 0 || tally.answers < MEASURED) return Math.min(timeoutMs, UNMEASURED_MS);
    const oneMs = Math.max(SHORTEST_MS, this.smoothMs + 4 * this.variationMs + CLOCK_MS);
    const isLate = tally.repeats > tally.answers * LATE_SHARE;
    return Math.min(timeoutMs, isLate ? oneMs * 2 ** attempts : oneMs);
  }
}

/**
 * How long the attempt waits that decides: as long as the plan allows, for nothing else is known of a host that says
 * nothing. A host that is known to answer, and has just done so, may be given less.
 * @param hostRoundTripMs the longest round trip of the host; 0 where it has not answered lately
 */
export function lastWaitMs(timeoutMs: number, hostRoundTripMs: number): number {
  if (hostRoundTripMs === 0) return timeoutMs;
  return Math.min(timeoutMs, Math.max(SHORTEST_LAST_MS, 3 * hostRoundTripMs));
}

/**
 * After so many attempts, are few enough answers missed? The loss is estimated from those that did answer: of all hosts, and
 * of the host itself, as one bad path among many would not show in what all have in common.
 */
export function isMissedEnough(all: Tally, host: Tally, attempts: number): boolean {
  const loss = (all.repeats + 0.5) / (all.repeats + all.answers + 1);
  if (all.answers * loss ** attempts > MISSED_MOST) return false;
  const ownLoss = (host.repeats + PRIOR_ATTEMPTS * loss) / (host.repeats + host.answers + PRIOR_ATTEMPTS);
  return host.answers * ownLoss ** attempts <= MISSED_MOST;
}
