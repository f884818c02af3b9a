/*
 * Incidents: from the first look that found a port failing to the first that found it as declared again.
 *
 * As with findings, unknown ends nothing: a port that fails before and after a stretch of unknown has one incident, and
 * says how much of its length nobody has seen. One that nobody has seen end goes on.
 */

import { byPlace, type Interval, type PortPlace } from './history.js';
import type { Period } from './history-availability.js';
import type { PortState } from './observation.js';

export interface Incident extends PortPlace {
  readonly host: string;
  readonly service: string | null;
  readonly owner: string | null;
  /** What was observed at first. */
  readonly observed: PortState;
  readonly start: Date;
  /** Null while it goes on. */
  readonly end: Date | null;
  /** It has no end, and will have none: the port is not declared any more. */
  readonly isWithdrawn: boolean;
  /** The latest time that a look speaks for: no later than the end. */
  readonly lastSeen: Date;
  /** To its end, or as far as is known. */
  readonly lengthMs: number;
  readonly unknownMs: number;
}

/** In order of their start. */
export function incidentsOf(intervals: Iterable<Interval>): Incident[] {
  const places = Array.from(byPlace(intervals).values());
  return places.flatMap(incidentsOfPlace).sort((a, b) => a.start.getTime() - b.start.getTime());
}

function incidentsOfPlace(intervals: readonly Interval[]): Incident[] {
  const found: Incident[] = [];
  let stretch: Interval[] = [];
  for (const interval of intervals) {
    if (interval.state !== 'as-declared') {
      if (interval.state === 'failing' || stretch.length > 0) stretch.push(interval);
    } else if (stretch.length > 0) {
      found.push(incidentOf(stretch, interval.from));
      stretch = [];
    }
  }
  if (stretch.length > 0) found.push(incidentOf(stretch, null));
  return found;
}

function incidentOf(stretch: readonly Interval[], end: Date | null): Incident {
  const { address, port, vantage, observed, from: start } = stretch[0]!;
  const latest = stretch.findLast(({ state }) => state === 'failing')!;
  const { host, service, owner } = latest;
  const lastSeen = end ?? latest.until;
  const unknown = stretch.filter(({ state, from }) => state === 'unknown' && from < lastSeen);
  return {
    ...{ address, port, vantage, host, service, owner, observed, start, end, isWithdrawn: false, lastSeen },
    lengthMs: lastSeen.getTime() - start.getTime(),
    unknownMs: unknown.reduce((sum, { from, until }) => sum + (until.getTime() - from.getTime()), 0),
  };
}

/** Those that went on in some part of the period; one that is withdrawn did so for as long as it was seen. */
export function incidentsIn(incidents: readonly Incident[], { from, to }: Period): Incident[] {
  return incidents.filter(({ start, end, isWithdrawn, lastSeen }) => {
    const isOver = isWithdrawn ? lastSeen < from : end !== null && end <= from;
    return start < to && !isOver;
  });
}

export function beganIn(incidents: readonly Incident[], { from, to }: Period): Incident[] {
  return incidents.filter(({ start }) => start >= from && start < to);
}

/** The mean length of the incidents that ended in the period; null where none did. */
export function meanTimeToRepairMs(incidents: readonly Incident[], { from, to }: Period): number | null {
  const ended = incidents.filter(({ end }) => end !== null && end >= from && end < to);
  if (ended.length === 0) return null;
  return ended.reduce((sum, { lengthMs }) => sum + lengthMs, 0) / ended.length;
}

const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

/** How many began in each hour of the day, from 0 on, and on each day of the week, from Monday on, as a zone's clocks say. */
export function failureTimes(
  incidents: readonly Incident[],
  timezone: string,
): { readonly byHour: readonly number[]; readonly byWeekday: readonly number[] } {
  const byHour = Array.from({ length: 24 }, () => 0);
  const byWeekday = WEEKDAYS.map(() => 0);
  const clock = new Intl.DateTimeFormat('en-US', {
    timeZone: timezone,
    hour: '2-digit',
    hourCycle: 'h23',
    weekday: 'short',
  });
  for (const { start } of incidents) {
    const parts = new Map(clock.formatToParts(start).map(({ type, value }) => [type, value]));
    byHour[Number(parts.get('hour'))]!++;
    byWeekday[WEEKDAYS.indexOf(parts.get('weekday')!)]!++;
  }
  return { byHour, byWeekday };
}

/** What has come, begun to fail, and been repaired at an instant or after it. */
export function newSince(
  intervals: readonly Interval[],
  since: Date,
): {
  readonly ports: readonly Interval[];
  readonly began: readonly Incident[];
  readonly ended: readonly Incident[];
} {
  const places = Array.from(byPlace(intervals).values());
  const incidents = incidentsOf(intervals);
  return {
    ports: places.filter(([first]) => first!.from >= since).map((list) => list.at(-1)!),
    began: incidents.filter(({ start }) => start >= since),
    ended: incidents.filter(({ end }) => end !== null && end >= since),
  };
}
