/*
 * The looks of one hour at one port, added up: how many there were of each kind, and how long connecting took. The same
 * hours may be added up in any order. What an hour holds stands for every period that touches the hour.
 */
import type { PortLook, PortPlace } from './history.js';

const HOUR_MS = 3_600_000;

/** Milliseconds from SYN to SYN-ACK, of so many connections. */
export interface ResponseTimes {
  readonly connects: number;
  readonly sumMs: number;
  /** Null where there was none. */
  readonly minMs: number | null;
  readonly maxMs: number | null;
}

export interface PortHour extends PortPlace, ResponseTimes {
  /** Its beginning, in UTC. */
  readonly hour: Date;
  readonly asDeclared: number;
  readonly failing: number;
  readonly unknown: number;
}

export function hourOf(look: PortLook): PortHour {
  const { address, port, vantage, state, connectMs: ms, at } = look;
  return {
    ...{ address, port, vantage, hour: startOfHour(at) },
    asDeclared: state === 'as-declared' ? 1 : 0,
    failing: state === 'failing' ? 1 : 0,
    unknown: state === 'unknown' ? 1 : 0,
    ...(ms === null ? NO_TIMES : { connects: 1, sumMs: ms, minMs: ms, maxMs: ms }),
  };
}

const NO_TIMES: ResponseTimes = { connects: 0, sumMs: 0, minMs: null, maxMs: null };

export function startOfHour(at: Date): Date {
  return new Date(Math.floor(at.getTime() / HOUR_MS) * HOUR_MS);
}

export function responseTimesOf(
  all: Iterable<ResponseTimes>,
): ResponseTimes & { readonly meanMs: number | null } {
  let { connects, sumMs, minMs, maxMs } = NO_TIMES;
  for (const one of all) {
    connects += one.connects;
    sumMs += one.sumMs;
    if (one.minMs !== null) minMs = minMs === null ? one.minMs : Math.min(minMs, one.minMs);
    if (one.maxMs !== null) maxMs = maxMs === null ? one.maxMs : Math.max(maxMs, one.maxMs);
  }
  return { connects, sumMs, minMs, maxMs, meanMs: connects === 0 ? null : sumMs / connects };
}
