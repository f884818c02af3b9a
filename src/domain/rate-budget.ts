/*
 * One rate for all scans together: how much of it a scan gets that is about to begin a piece of its work.
 *
 * Promises: what is granted is never more than the budget, all scans together; and nobody waits for ever, as each gets its
 * fair share once the pieces that others have begun are over. A scan that wants less than its share leaves the rest to others.
 */
export interface OtherScan {
  /** Packets a second that it asks for. */
  readonly wanted: number;
  /** What it has been given for the piece that it works on; null while it waits. */
  readonly granted: number | null;
}

/** Packets a second, up to what is wanted; null where there is too little left to begin with. */
export function grantOf(budget: number, wanted: number, others: readonly OtherScan[]): number | null {
  const fair = budget / (others.length + 1);
  const taken = others.reduce((sum, other) => sum + (other.granted ?? Math.min(other.wanted, fair)), 0);
  const grant = Math.min(wanted, budget - taken);
  // Half a share now would keep it from a whole one for as long as the piece lasts.
  return grant >= Math.min(wanted, fair) * ENOUGH ? grant : null;
}

const ENOUGH = 0.99;
