/*
 * The exceptions of the inventory, each with how it stands today: does it hold, does it end soon, has it ended, does it cover
 * nothing any more? Pure.
 */
import { isPast } from './day.js';
import type { Exception } from './inventory.js';
import type { PortSet } from './port-set.js';

/** `idle` covers nothing: what it accepts is not there, and whoever reads it takes it for a risk that is run. */
export const STANDINGS = ['ended', 'soon', 'idle', 'holds'] as const;
export type Standing = (typeof STANDINGS)[number];

/** So long before its end somebody should know. */
const SOON_DAYS = 30;
const DAY_MS = 86_400_000;

/** @param covers how many findings it covers; null where it is one finding's own */
export function standingOf(until: string, today: string, covers: number | null): Standing {
  if (isPast(until, today)) return 'ended';
  if (until <= soonBy(today)) return 'soon';
  return covers === 0 ? 'idle' : 'holds';
}

/** The last day that is soon. */
export const soonBy = (today: string): string =>
  new Date(Date.parse(`${today}T00:00:00Z`) + SOON_DAYS * DAY_MS).toISOString().slice(0, 10);

/** A finding that some exception of the inventory covers. */
export interface Covered {
  readonly host: string;
  readonly port: number | null;
}

export interface DeclaredException {
  /** The how manieth of the inventory's exceptions it is, from 0. */
  readonly at: number;
  readonly host: string;
  readonly ports: PortSet;
  readonly reason: string;
  readonly approvedBy: string;
  readonly until: string;
  readonly place: string;
  readonly standing: Standing;
  readonly covers: number;
}

/** Those that need a hand first. */
export function registerOf(
  exceptions: ReadonlyArray<Exception & { readonly at: number }>,
  covered: readonly Covered[],
  today: string,
): DeclaredException[] {
  const byHost = new Map<string, Array<number | null>>();
  for (const { host, port } of covered) byHost.set(host, [...(byHost.get(host) ?? []), port]);
  const rows = exceptions.map(
    ({ at, host, ports, reason, approvedBy, expires, place }): DeclaredException => {
      const covers = (byHost.get(host) ?? []).filter((port) => port !== null && ports.has(port)).length;
      return {
        ...{
          at,
          host,
          ports,
          reason,
          approvedBy,
          covers,
          until: expires,
          place: `${place.file}:${place.line}`,
        },
        standing: standingOf(expires, today, covers),
      };
    },
  );
  return rows.sort(
    (a, b) =>
      STANDINGS.indexOf(a.standing) - STANDINGS.indexOf(b.standing) ||
      (a.until < b.until ? -1 : a.until > b.until ? 1 : 0),
  );
}
