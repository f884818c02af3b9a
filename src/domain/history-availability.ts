/*
 * How much of a period ports were as declared. Unknown is neither up nor down: it is left out of the availability, and
 * told beside it. Time of which no interval tells (before the first look, after the last) is unknown as well.
 */
import type { Interval } from './history.js';

export interface Period {
  readonly from: Date;
  /** Later than `from`, and no part of it. */
  readonly to: Date;
}

export interface Availability {
  readonly asDeclaredMs: number;
  readonly failingMs: number;
  readonly unknownMs: number;
  /** 0 to 1; null where nothing is known. */
  readonly availability: number | null;
  /** 0 to 1: how much of the time this says nothing about. */
  readonly unknownShare: number;
}

/** Of one port, from its intervals in any order. */
export function availabilityOf(intervals: readonly Interval[], period: Period): Availability {
  let asDeclaredMs = 0;
  let failingMs = 0;
  for (const interval of intervals) {
    const withinMs = overlapMs(interval, period);
    if (interval.state === 'as-declared') asDeclaredMs += withinMs;
    if (interval.state === 'failing') failingMs += withinMs;
  }
  const wholeMs = period.to.getTime() - period.from.getTime();
  return shares(asDeclaredMs, failingMs, wholeMs - asDeclaredMs - failingMs);
}

/** Of several ports: each counts by the time that is known of it. */
export function availabilityOfAll(ports: readonly Availability[]): Availability {
  const sum = (of: (port: Availability) => number): number => ports.reduce((all, port) => all + of(port), 0);
  return shares(
    sum(({ asDeclaredMs }) => asDeclaredMs),
    sum(({ failingMs }) => failingMs),
    sum(({ unknownMs }) => unknownMs),
  );
}

function shares(asDeclaredMs: number, failingMs: number, unknownMs: number): Availability {
  const knownMs = asDeclaredMs + failingMs;
  const wholeMs = knownMs + unknownMs;
  return {
    ...{ asDeclaredMs, failingMs, unknownMs },
    availability: knownMs === 0 ? null : asDeclaredMs / knownMs,
    unknownShare: wholeMs === 0 ? 1 : unknownMs / wholeMs,
  };
}

function overlapMs({ from, until }: Interval, period: Period): number {
  const begin = Math.max(from.getTime(), period.from.getTime());
  return Math.max(0, Math.min(until.getTime(), period.to.getTime()) - begin);
}

/** The period of the same length right before. */
export function periodBefore({ from, to }: Period): Period {
  return { from: new Date(2 * from.getTime() - to.getTime()), to: from };
}
