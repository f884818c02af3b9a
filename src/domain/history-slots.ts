/*
 * A period cut into slots (hours, days, weeks) in UTC, with what is known of each; and the same folded to the hours of a week. What
 * graphs are made of. A slot of which nothing is known has the availability null: it is a gap, and never a zero.
 */
import type { HistoryState, Interval } from './history.js';
import { type Availability, availabilityOfAll, type Period } from './history-availability.js';

const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;
const HOURS_A_WEEK = 168;
const WEEK_MS = 7 * DAY_MS;
/** 1970-01-05, the first Monday: weeks begin there. */
const FIRST_MONDAY_MS = 4 * DAY_MS;

export interface Slot extends Availability, Period {}

/** How long a slot is, so that a picture has some dozens of them. */
export function slotMsOf({ from, to }: Period): number {
  const days = (to.getTime() - from.getTime()) / DAY_MS;
  if (days <= 2) return HOUR_MS;
  if (days <= 8) return 6 * HOUR_MS;
  return days <= 93 ? DAY_MS : WEEK_MS;
}

/** The beginning of the slot that an instant lies in. */
export function slotStart(at: Date, slotMs: number): Date {
  const shift = slotMs === WEEK_MS ? FIRST_MONDAY_MS : 0;
  return new Date(Math.floor((at.getTime() - shift) / slotMs) * slotMs + shift);
}

/** The slots of a period in their order, the first and the last cut off where it begins and ends. */
export function slotsOf({ from, to }: Period, slotMs: number): Period[] {
  const slots: Period[] = [];
  for (let at = slotStart(from, slotMs).getTime(); at < to.getTime(); at += slotMs) {
    slots.push({
      from: new Date(Math.max(at, from.getTime())),
      to: new Date(Math.min(at + slotMs, to.getTime())),
    });
  }
  return slots;
}

/** @param ports the intervals of each port */
export function availabilityBySlot(
  ports: readonly (readonly Interval[])[],
  period: Period,
  slotMs: number,
): Slot[] {
  const first = slotStart(period.from, slotMs).getTime();
  const sums = new Sums();
  for (const { state, from, until } of ports.flat()) {
    eachPiece(from, until, period, { first, slotMs }, (slot, ms) => sums.add(slot, state, ms));
  }
  return slotsOf(period, slotMs).map((slot, i) => ({
    ...slot,
    ...sums.at(i, (slot.to.getTime() - slot.from.getTime()) * Math.max(1, ports.length)),
  }));
}

/** Calls back with each part of a time that lies in a slot of its own. */
function eachPiece(
  from: Date,
  until: Date,
  period: Period,
  { first, slotMs }: { first: number; slotMs: number },
  take: (slot: number, ms: number) => void,
): void {
  let at = Math.max(from.getTime(), period.from.getTime());
  const end = Math.min(until.getTime(), period.to.getTime());
  while (at < end) {
    const slot = Math.floor((at - first) / slotMs);
    const next = Math.min(end, first + (slot + 1) * slotMs);
    take(slot, next - at);
    at = next;
  }
}

/** What is known, by the number of a slot. */
class Sums {
  private readonly asDeclared = new Map<number, number>();
  private readonly failing = new Map<number, number>();

  add(slot: number, state: HistoryState, ms: number): void {
    if (state === 'unknown') return;
    const sums = state === 'failing' ? this.failing : this.asDeclared;
    sums.set(slot, (sums.get(slot) ?? 0) + ms);
  }

  at(slot: number, wholeMs: number): Availability {
    const [asDeclaredMs, failingMs] = [this.asDeclared.get(slot) ?? 0, this.failing.get(slot) ?? 0];
    const unknownMs = wholeMs - asDeclaredMs - failingMs;
    return availabilityOfAll([{ asDeclaredMs, failingMs, unknownMs, availability: null, unknownShare: 0 }]);
  }
}

export interface WeekHour extends Availability {
  /** 0 is Monday. */
  readonly weekday: number;
  /** 0 to 23, in UTC. */
  readonly hour: number;
}

/** All 168 hours of a week, from Monday on, each with what the period's hours of that name add up to. */
export function byWeekHour(ports: readonly (readonly Interval[])[], period: Period): WeekHour[] {
  const sums = new Sums();
  const wholes = Array.from({ length: HOURS_A_WEEK }, () => 0);
  const hours = { first: FIRST_MONDAY_MS, slotMs: HOUR_MS };
  const ofWeek = (hour: number): number => ((hour % HOURS_A_WEEK) + HOURS_A_WEEK) % HOURS_A_WEEK;
  eachPiece(period.from, period.to, period, hours, (hour, ms) => {
    wholes[ofWeek(hour)]! += ms * Math.max(1, ports.length);
  });
  for (const { state, from, until } of ports.flat()) {
    if (state === 'unknown') continue;
    eachPiece(from, until, period, hours, (hour, ms) => sums.add(ofWeek(hour), state, ms));
  }
  return wholes.map((wholeMs, i) => ({
    ...{ weekday: Math.floor(i / 24), hour: i % 24 },
    ...sums.at(i, wholeMs),
  }));
}

export interface Stretch extends Period {
  readonly state: 'as-declared' | 'failing';
}

/** What is known of one port in a period, in order; where there is none, nobody has looked. */
export function stretchesOf(intervals: readonly Interval[], period: Period): Stretch[] {
  const stretches: Stretch[] = [];
  for (const { state, from, until } of intervals) {
    if (state === 'unknown') continue;
    const begin = new Date(Math.max(from.getTime(), period.from.getTime()));
    const end = new Date(Math.min(until.getTime(), period.to.getTime()));
    if (begin >= end) continue;
    const last = stretches.at(-1);
    if (last?.state === state && last.to.getTime() === begin.getTime()) {
      stretches[stretches.length - 1] = { ...last, to: end };
    } else stretches.push({ state, from: begin, to: end });
  }
  return stretches;
}
