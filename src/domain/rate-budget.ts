/*
 * One rate for all scans together: how much of it a scan gets that is about to begin a piece of its work.
 *
 * Promises: what is granted is never more than the budget, all scans together; all of it is used where scans want it; and
 * nobody waits for ever, as the oldest are served first. A scan that wants less than its share leaves the rest to the other.
 * The trap: more scans may wait than are ever worked on at once, and a share that is kept for one that waits is lost.
 */
export interface OtherScan {
  /** Packets a second that it asks for. */
  readonly wanted: number;
  /** What it has been given for the piece that it works on; null while it waits. */
  readonly granted: number | null;
}

/** So many share the rate; others wait for their turn. */
const AT_ONCE = 2;
/** Half a share now would keep it from a whole one for as long as the piece lasts. */
const ENOUGH = 0.99;

/** Packets a second, up to what is wanted; null where there is too little left to begin with. */
export function grantOf(budget: number, wanted: number, others: readonly OtherScan[]): number | null {
  const working = others.filter(({ granted }) => granted !== null);
  const waiting = others.filter(({ granted }) => granted === null);
  const sharers = Math.min(AT_ONCE, others.length + 1);
  const fair = budget / sharers;
  const taken = working.reduce((sum, { granted }) => sum + granted!, 0);
  const free = Math.max(0, sharers - 1 - working.length);
  const kept = waiting.slice(0, free).reduce((sum, other) => sum + Math.min(other.wanted, fair), 0);
  const grant = Math.min(wanted, budget - taken - kept);
  return grant >= Math.min(wanted, fair) * ENOUGH ? grant : null;
}
