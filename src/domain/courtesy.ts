/*
 * How fast and how patiently a scan probes where nobody says otherwise: one place for the command line and for audits.
 *
 * What is protected is the stateful firewall on the way, which keeps an entry for each SYN that it lets through. The
 * small ones hold 65,536. Linux forgets a refused connection after 10 s and a silent one after 120 s, other makers drop
 * a half-open one after 10 to 30 s. Hence a subnet's rate: 2,000/s that are refused hold 20,000 entries, and 2,000/s
 * that meet silence hold 60,000 where they last 30 s, and 240,000 of Linux's usual 262,144 where they last 120 s (a
 * Linux that is full evicts half-open entries before those of real traffic).
 */
import { AddressSet } from './address-set.js';

export interface Rates {
  /** Of the whole scan. */
  readonly ratePerSecond: number;
  /** To one address. */
  readonly ratePerHost?: number;
  /** To one /24, or one /64 of IPv6. */
  readonly ratePerSubnet?: number;
}

export const POLITE = {
  /** Two and a half subnets at once; 60-byte frames of it are 2.4 Mbit/s, which no office uplink notices. */
  ratePerSecond: 5000,
  /** See above. */
  ratePerSubnet: 2000,
  /**
   * A host answers 1,000 SYNs a second with a percent of one core. Twice as many to one address is where widely used
   * firewalls begin to call it a flood and to drop (2,000/s is a common default), which would look like silence.
   */
  ratePerHost: 1000,
} as const satisfies Rates;

/** No limit but what the machine can send: for loopback, and for `--rate max` in a lab. */
export const UNLIMITED = {
  ratePerSecond: Infinity,
  ratePerSubnet: Infinity,
  ratePerHost: Infinity,
} as const satisfies Rates;

/**
 * What was asked for, and where nothing was, what is polite. Our own machine needs no protection from us; and whoever asks
 * for more than the polite rate has thought about it, so that no cap holds which was not given as well.
 */
export function ratesFor(addresses: AddressSet, asked: Partial<Rates> = {}): Rates {
  const isBold = (asked.ratePerSecond ?? 0) > POLITE.ratePerSecond;
  const usual = isBold || AddressSet.loopback.containsAll(addresses) ? UNLIMITED : POLITE;
  const rates: Rates = { ...usual, ...asked };
  const { ratePerSecond, ratePerHost = Infinity, ratePerSubnet = Infinity } = rates;
  return {
    ratePerSecond,
    ...(ratePerHost < Infinity ? { ratePerHost } : {}),
    ...(ratePerSubnet < Infinity ? { ratePerSubnet } : {}),
  };
}

/**
 * How long an answer may take, by distance: the wait for the single, careful check of a declared port. A sweep adapts to
 * the round trip that it measures, and waits at most so long. A kernel sends a lost SYN or SYN-ACK again after 1 s, then
 * 3 s (RFC 6298 §2), so that 5 s see two losses; 10 and 15 s leave room for satellites, sleepy radios and tunnels.
 */
export const TIMINGS = { near: 5000, region: 10_000, far: 15_000 } as const;
export type Timing = keyof typeof TIMINGS;
export const TIMING_NAMES = Object.keys(TIMINGS) as readonly Timing[];

/** Where neither a time-out nor a distance is given. */
export const DEFAULT_TIMEOUT_MS = 2000;

/** Enough to fill the pipe of a LAN; an engine cuts it to the file descriptors there are. */
export const IN_FLIGHT = 4000;
