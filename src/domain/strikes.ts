/*
 * How long whoever fails to sign in has to wait: not at all for slips, then twice as long each time. For an account and for an
 * address alike, so that neither many passwords for one nor one for many go quickly. Pure.
 */
const FREE = { account: 5, address: 20 } as const;
const FIRST_MS = 1000;
const LONGEST_MS = 15 * 60_000;
/** After so long without a failure it is forgotten. */
export const FORGOTTEN_MS = 24 * 3_600_000;

export interface Strikes {
  readonly failures: number;
  readonly lastAt: Date;
}

export type StrikeKind = keyof typeof FREE;

/** From when on the next try is looked at. */
export function waitsUntil({ failures, lastAt }: Strikes, kind: StrikeKind): Date {
  const beyond = failures - FREE[kind];
  const waitMs = beyond < 0 ? 0 : Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(beyond, 20));
  return new Date(lastAt.getTime() + waitMs);
}

/** One more failure. */
export function struck(before: Strikes | null, now: Date): Strikes {
  const isForgotten = before !== null && now.getTime() - before.lastAt.getTime() > FORGOTTEN_MS;
  return { failures: before && !isForgotten ? before.failures + 1 : 1, lastAt: now };
}
