/*
 * A period in figures, of one port or of everything that has one service's name, beside the period before; those that failed
 * longest come first. Null, not zero, wherever nothing is known, also as a difference.
 */
import { byPlace, type Interval, type PortPlace, placeKey } from './history.js';
import {
  type Availability,
  availabilityOf,
  availabilityOfAll,
  type Period,
  periodBefore,
} from './history-availability.js';
import { beganIn, type Incident, incidentsOf, meanTimeToRepairMs } from './history-incidents.js';
import { type ResponseTimes, responseTimesOf } from './history-rollup.js';

/** What is stored of some ports: enough of it to reach over the period and the one before. */
export interface Stored {
  readonly intervals: readonly Interval[];
  /** Added up over the period, and over the one before; at most one a port. */
  readonly times: ReadonlyArray<PortPlace & ResponseTimes>;
  readonly timesBefore: ReadonlyArray<PortPlace & ResponseTimes>;
}

export interface PeriodFigures extends Availability {
  /** That began in the period. */
  readonly incidents: number;
  readonly meanTimeToRepairMs: number | null;
  readonly response: Pick<ReturnType<typeof responseTimesOf>, 'connects' | 'meanMs' | 'minMs' | 'maxMs'>;
}

/** The period less the one before. */
export interface Trend {
  readonly availability: number | null;
  readonly failingMs: number | null;
  readonly incidents: number | null;
  readonly meanTimeToRepairMs: number | null;
  readonly meanResponseMs: number | null;
}

export interface Compared {
  readonly period: PeriodFigures;
  readonly before: PeriodFigures;
  readonly trend: Trend;
}

export interface PortSummary extends Compared {
  /** How it stood last. */
  readonly port: Interval;
}

export interface ServiceSummary extends Compared {
  /** Null for all ports whose service the inventory does not name. */
  readonly service: string | null;
  readonly hosts: readonly string[];
  readonly owners: readonly string[];
  readonly ports: number;
}

/** Everything that is kept of one port, in the terms of a summary. */
interface PlaceHistory {
  readonly intervals: readonly Interval[];
  readonly incidents: readonly Incident[];
  readonly times: readonly ResponseTimes[];
  readonly timesBefore: readonly ResponseTimes[];
}

export function portSummaries(stored: Stored, period: Period): PortSummary[] {
  return placesOf(stored)
    .map((place) => ({ port: place.intervals.at(-1)!, ...compared([place], period) }))
    .sort((a, b) => worstFirst(a, b) || byText(a.port.host, b.port.host) || a.port.port - b.port.port);
}

/** A port belongs to the service that it had last. */
export function serviceSummaries(stored: Stored, period: Period): ServiceSummary[] {
  const services = new Map<string | null, PlaceHistory[]>();
  for (const place of placesOf(stored)) {
    const { service } = place.intervals.at(-1)!;
    services.set(service, [...(services.get(service) ?? []), place]);
  }
  return Array.from(services, ([service, places]) => {
    const latest = places.map(({ intervals }) => intervals.at(-1)!);
    const owners = latest.map(({ owner }) => owner).filter((owner) => owner !== null);
    return {
      service,
      hosts: [...new Set(latest.map(({ host }) => host))].sort(byText),
      owners: [...new Set(owners)].sort(byText),
      ports: places.length,
      ...compared(places, period),
    };
  }).sort((a, b) => worstFirst(a, b) || byText(a.service ?? '', b.service ?? ''));
}

function placesOf({ intervals, times, timesBefore }: Stored): PlaceHistory[] {
  const at = (all: Stored['times']): Map<string, ResponseTimes> =>
    new Map(all.map((one) => [placeKey(one), one]));
  const [now, before] = [at(times), at(timesBefore)];
  return Array.from(byPlace(intervals), ([key, list]) => ({
    intervals: list,
    incidents: incidentsOf(list),
    times: now.has(key) ? [now.get(key)!] : [],
    timesBefore: before.has(key) ? [before.get(key)!] : [],
  }));
}

function compared(places: readonly PlaceHistory[], period: Period): Compared {
  const now = figures(places, period, (place) => place.times);
  const before = figures(places, periodBefore(period), (place) => place.timesBefore);
  return { period: now, before, trend: trendOf(now, before) };
}

function figures(
  places: readonly PlaceHistory[],
  period: Period,
  timesOf: (place: PlaceHistory) => readonly ResponseTimes[],
): PeriodFigures {
  const incidents = places.flatMap((place) => place.incidents);
  const { connects, meanMs, minMs, maxMs } = responseTimesOf(places.flatMap(timesOf));
  return {
    ...availabilityOfAll(places.map(({ intervals }) => availabilityOf(intervals, period))),
    incidents: beganIn(incidents, period).length,
    meanTimeToRepairMs: meanTimeToRepairMs(incidents, period),
    response: { connects, meanMs, minMs, maxMs },
  };
}

function trendOf(now: PeriodFigures, before: PeriodFigures): Trend {
  const difference = (a: number | null, b: number | null): number | null =>
    a === null || b === null ? null : a - b;
  const isKnown = now.availability !== null && before.availability !== null;
  return {
    availability: difference(now.availability, before.availability),
    failingMs: isKnown ? now.failingMs - before.failingMs : null,
    incidents: isKnown ? now.incidents - before.incidents : null,
    meanTimeToRepairMs: difference(now.meanTimeToRepairMs, before.meanTimeToRepairMs),
    meanResponseMs: difference(now.response.meanMs, before.response.meanMs),
  };
}

const worstFirst = ({ period: a }: Compared, { period: b }: Compared): number =>
  b.failingMs - a.failingMs || b.incidents - a.incidents;

/** By code unit: the order is the same on every machine. */
const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
