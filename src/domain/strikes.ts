/*
 * How long whoever fails to sign in has to wait: not at all for slips, then twice as long each time. Counted for a login from one
 * address, so that nobody elsewhere keeps its owner out; for an address, whatever it tries; and, more loosely, for a login from
 * everywhere. A browser in which its owner has signed in before is counted by itself, and by nothing else. Pure.
 */
import ipaddr from 'ipaddr.js';

const KINDS = {
  pair: { free: 5, longestMs: 15 * 60_000 },
  address: { free: 20, longestMs: 15 * 60_000 },
  login: { free: 50, longestMs: 60_000 },
  device: { free: 5, longestMs: 15 * 60_000 },
} as const;
const FIRST_MS = 1000;
/** After so long without a failure it is forgotten. */
export const FORGOTTEN_MS = 24 * 3_600_000;

export interface Strikes {
  readonly failures: number;
  readonly lastAt: Date;
}

export type StrikeKind = keyof typeof KINDS;
/** What was guessed: knowing the one forgives nothing of the other. */
export type Factor = 'password' | 'code';

/** From when on the next try is looked at. */
export function waitsUntil({ failures, lastAt }: Strikes, kind: StrikeKind): Date {
  const { free, longestMs } = KINDS[kind];
  const beyond = failures - free;
  const waitMs = beyond < 0 ? 0 : Math.min(longestMs, FIRST_MS * 2 ** Math.min(beyond, 20));
  return new Date(lastAt.getTime() + waitMs);
}

/** One more failure. */
export function struck(before: Strikes | null, now: Date): Strikes {
  const isForgotten = before !== null && now.getTime() - before.lastAt.getTime() > FORGOTTEN_MS;
  return { failures: before && !isForgotten ? before.failures + 1 : 1, lastAt: now };
}

/** Whoever has one address of IPv6 has 2^64 of them. */
export function strikeAddress(address: string): string {
  if (!ipaddr.isValid(address)) return address;
  const parsed = ipaddr.process(address);
  return parsed.kind() === 'ipv4'
    ? parsed.toString()
    : `${parsed.toNormalizedString().split(':').slice(0, 4).join(':')}::/64`;
}
