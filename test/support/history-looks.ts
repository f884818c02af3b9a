/*
 * Looks at one port for tests of the history, in whole minutes from a beginning, and what they come to; beside it the slow
 * and obvious oracle, which knows no intervals: it asks for every minute what was seen last, and what will be seen next.
 */
import fc from 'fast-check';
import { type HistoryState, type Interval, type PortLook, record } from '../../src/domain/history.js';
import type { PortState } from '../../src/domain/observation.js';

export const MINUTE_MS = 60_000;
export const BEGINNING = new Date('2026-07-01T00:00:00Z');
export const minute = (of: number): Date => new Date(BEGINNING.getTime() + of * MINUTE_MS);
const minuteOf = (at: Date): number => (at.getTime() - BEGINNING.getTime()) / MINUTE_MS;

export interface Glance {
  readonly minute: number;
  readonly state: HistoryState;
  readonly observed: PortState;
  readonly owner: string | null;
}

export function lookAt(glance: Partial<Glance> & { minute: number }, more: Partial<PortLook> = {}): PortLook {
  const { minute: of, state = 'as-declared', observed = 'open', owner = null } = glance;
  const place = { address: '127.0.66.1', port: 443, vantage: 'local', host: 'web', service: 'https' };
  return { ...place, state, observed, owner, connectMs: null, at: minute(of), ...more };
}

const kind: fc.Arbitrary<Pick<Glance, 'state' | 'observed'>> = fc.constantFrom(
  { state: 'as-declared', observed: 'open' },
  { state: 'failing', observed: 'closed' },
  { state: 'failing', observed: 'filtered' },
  { state: 'unknown', observed: 'unknown' },
);
const glance = fc.record({
  minute: fc.integer({ min: 0, max: 240 }),
  kind,
  owner: fc.constantFrom(null, null, 'ops'),
});

/** In the order in which they come in, which may be any. */
export const glances: fc.Arbitrary<Glance[]> = fc
  .array(
    glance.map(({ kind: is, ...rest }) => ({ ...rest, ...is })),
    { maxLength: 30 },
  )
  // Mostly in order, or hardly any would count.
  .chain((list) =>
    fc.boolean().map((isInOrder) => (isInOrder ? [...list].sort((a, b) => a.minute - b.minute) : list)),
  );

/** Every look applied in turn, as the service does it: the latest interval moves, and others begin. */
export function recorded(looks: readonly PortLook[], maxGapMs: number): Interval[] {
  const intervals: Interval[] = [];
  for (const look of looks) {
    const latest = intervals.at(-1) ?? null;
    const change = record(latest, look, maxGapMs);
    if (!change) continue;
    if (latest && change.until) intervals[intervals.length - 1] = { ...latest, until: change.until };
    intervals.push(...change.begun);
  }
  return intervals;
}

/** Those that count: each newer than all that came before it. */
export function taken(list: readonly Glance[]): Glance[] {
  let latest = -1;
  return list.filter((one) => {
    if (one.minute <= latest) return false;
    latest = one.minute;
    return true;
  });
}

/** What is known of the time from this minute to the next; null before the first look and from the last on. */
export function stateAt(list: readonly Glance[], at: number, maxGapMinutes: number): HistoryState | null {
  const counted = taken(list);
  const before = counted.filter((one) => one.minute <= at).at(-1);
  const next = counted.find((one) => one.minute > at);
  if (!before || !next) return null;
  return next.minute - before.minute > maxGapMinutes ? 'unknown' : before.state;
}

/** Incidents in minutes, by walking along: what a look says at its minute, and nobody's word in between. */
export function incidentsByWalking(list: readonly Glance[]): Array<{ start: number; end: number | null }> {
  const found: Array<{ start: number; end: number | null }> = [];
  const byMinute = new Map(taken(list).map((one) => [one.minute, one.state]));
  for (let at = 0; at <= 240; at++) {
    const going = found.at(-1)?.end === null;
    if (byMinute.get(at) === 'failing' && !going) found.push({ start: at, end: null });
    if (byMinute.get(at) === 'as-declared' && going) found.at(-1)!.end = at;
  }
  return found;
}

export const inMinutes = ({ start, end }: { start: Date; end: Date | null }) => ({
  start: minuteOf(start),
  end: end && minuteOf(end),
});
