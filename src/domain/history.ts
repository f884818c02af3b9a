/*
 * What each declared port was found to be, as intervals: a look speaks for the time until the next one. Growth is by what
 * changes: a look that finds everything as before only moves `until`.
 *
 * The traps: the latest look speaks for no time yet, since nobody knows what comes next; a look speaks for `maxGapMs` at
 * most, so that after a longer gap the time between is unknown, whatever both ends say; and a look that is no newer than
 * what is written (it came late, or twice) changes nothing.
 */
import type { PortState } from './observation.js';

/** Unknown is neither up nor down. */
export type HistoryState = 'as-declared' | 'failing' | 'unknown';

/** A port from one vantage: every line of history is about one of these. */
export interface PortPlace {
  readonly address: string;
  readonly port: number;
  readonly vantage: string;
}

/** How a port stands: while all of it stays the same, there is one interval. */
export interface Standing extends PortPlace {
  readonly host: string;
  readonly service: string | null;
  readonly owner: string | null;
  readonly state: HistoryState;
  readonly observed: PortState;
}

/** What one look found. */
export interface PortLook extends Standing {
  /** Milliseconds from SYN to SYN-ACK; null where it was not open. */
  readonly connectMs: number | null;
  readonly at: Date;
}

/** Half-open: `until` belongs to what comes next. Without length where no later look has followed. */
export interface Interval extends Standing {
  readonly from: Date;
  readonly until: Date;
}

/** What a look changes: where the latest interval ends now (null: where it did), and what has begun since. */
export interface Recorded {
  readonly until: Date | null;
  readonly begun: readonly Interval[];
}

/** No vantage, whatever it is called, is taken for a part of another port's key. */
export const placeKey = ({ address, port, vantage }: PortPlace): string => `${address}|${port}|${vantage}`;

/** Null where the look is no newer than what is known. */
export function record(latest: Interval | null, look: PortLook, maxGapMs: number): Recorded | null {
  const { connectMs: _, at, ...standing } = look;
  const begins: Interval = { ...standing, from: at, until: at };
  if (latest === null) return { until: null, begun: [begins] };
  if (at <= latest.until) return null;
  const hasGap = at.getTime() - latest.until.getTime() > maxGapMs;
  if (!hasGap || latest.state === 'unknown') {
    return { until: at, begun: isSame(latest, look) ? [] : [begins] };
  }
  const { from: _from, until, ...known } = latest;
  const gap: Interval = { ...known, state: 'unknown', observed: 'unknown', from: until, until: at };
  return { until: null, begun: isSame(gap, look) ? [gap] : [gap, begins] };
}

function isSame(one: Standing, other: Standing): boolean {
  const { state, observed, host, service, owner } = one;
  return (
    state === other.state &&
    observed === other.observed &&
    host === other.host &&
    service === other.service &&
    owner === other.owner
  );
}

/** Intervals by port, each port's in the order of time; those without length stand before what follows them. */
export function byPlace(intervals: Iterable<Interval>): Map<string, Interval[]> {
  const places = new Map<string, Interval[]>();
  for (const interval of intervals) {
    const key = placeKey(interval);
    const list = places.get(key);
    if (list) list.push(interval);
    else places.set(key, [interval]);
  }
  for (const list of places.values()) {
    list.sort((a, b) => a.from.getTime() - b.from.getTime() || a.until.getTime() - b.until.getTime());
  }
  return places;
}
