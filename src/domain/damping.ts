/*
 * Keeps a finding from moving at every blink: so many of the last looks have to agree before it opens, and before it is
 * resolved. And tells when one keeps moving all the same: it is flapping, which is one finding and not many.
 */
/** `times` of the last `of` looks. */
export interface Threshold {
  readonly times: number;
  readonly of: number;
}

/** One look decides. */
export const AT_ONCE: Threshold = { times: 1, of: 1 };

export const LOOKS_MOST = 16;
const TURNS_MOST = 20;
const DAY_MS = 86_400_000;
/** Gone and back, twice in a day. */
const FLAPPING_TURNS = 4;

/** What the last looks showed, the newest last: `1` the drift, `0` the declared state. */
export type Looks = string;

export function afterLook(looks: Looks, isDrift: boolean): Looks {
  return (looks + (isDrift ? '1' : '0')).slice(-LOOKS_MOST);
}

export function isReached({ times, of }: Threshold, looks: Looks, mark: '0' | '1'): boolean {
  return [...looks.slice(-of)].filter((look) => look === mark).length >= times;
}

export function afterTurn(turns: readonly Date[], at: Date): readonly Date[] {
  return [...turns, at].slice(-TURNS_MOST);
}

/** How often a finding has gone or come back within a day, where that is often; null where it is steady. */
export function flapping(turns: readonly Date[], now: Date): number | null {
  const recent = turns.filter((turn) => now.getTime() - turn.getTime() <= DAY_MS).length;
  return recent >= FLAPPING_TURNS ? recent : null;
}
