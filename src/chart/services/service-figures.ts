/*
 * One port in figures: over the usual periods and over the one that is asked for, each beside the period before. Pure. Null wherever nothing
 * is known; what a port that is not declared any more did last goes on for nobody.
 */
import type { Availability, Period } from '../../domain/history-availability.js';
import { availabilityOf, availabilityOfAll, periodBefore } from '../../domain/history-availability.js';
import { beganIn, type Incident, incidentsOf, meanTimeToRepairMs } from '../../domain/history-incidents.js';
import { type ResponseTimes, responseTimesOf } from '../../domain/history-rollup.js';
import { DAY_MS } from '../../domain/history-slots.js';
import type { PortKnown } from './service-port.js';

export interface Figures extends Availability {
  /** That began in the period. */
  readonly incidents: number;
  readonly meanTimeToRepairMs: number | null;
}

export interface PeriodFigures extends Period {
  readonly now: Figures;
  readonly before: Figures;
  /** The availability less that of the period before. */
  readonly trend: number | null;
}

export interface Response extends Period {
  readonly meanMs: number | null;
  readonly minMs: number | null;
  readonly maxMs: number | null;
  readonly connects: number;
  readonly beforeMeanMs: number | null;
}

export const USUAL_DAYS = [1, 7, 30, 90] as const;

export function incidentsAt({ intervals, declared }: PortKnown): Incident[] {
  const incidents = incidentsOf(intervals);
  if (declared) return incidents;
  return incidents.map((one) => (one.end === null ? { ...one, isWithdrawn: true } : one));
}

export const lastDays = (days: number, now: Date): Period => ({
  from: new Date(now.getTime() - days * DAY_MS),
  to: now,
});

export function figuresOver(known: PortKnown, incidents: readonly Incident[], period: Period): PeriodFigures {
  const now = figuresOf(known, incidents, period);
  const before = figuresOf(known, incidents, periodBefore(period));
  const isKnown = now.availability !== null && before.availability !== null;
  return { ...period, now, before, trend: isKnown ? now.availability - before.availability : null };
}

function figuresOf({ places }: PortKnown, incidents: readonly Incident[], period: Period): Figures {
  const ports = Array.from(places.values(), (intervals) => availabilityOf(intervals, period));
  return {
    ...availabilityOfAll(ports),
    incidents: beganIn(incidents, period).length,
    meanTimeToRepairMs: meanTimeToRepairMs(incidents, period),
  };
}

export function responseOver(period: Period, times: ResponseTimes, before: ResponseTimes): Response {
  const { connects, meanMs, minMs, maxMs } = responseTimesOf([times]);
  return { ...period, connects, meanMs, minMs, maxMs, beforeMeanMs: responseTimesOf([before]).meanMs };
}
