/*
 * When an audit is due: a pure function of its schedule and an instant, so that every server comes to the same
 * answer and a test needs no waiting.
 *
 * Clock changes (in the schedule's own zone): a time that does not exist runs once, right after the gap; a
 * time that comes twice runs once, the first time. Only where the hour is `*` does real time count: such an
 * audit runs in both of the repeated hours, and not twice after a gap. `every` counts from the epoch, not
 * from the start of the process, so that a restart moves nothing.
 */
import { Cron } from 'croner';

export type Schedule =
  | { readonly kind: 'cron'; readonly cron: string; readonly timezone: string }
  | { readonly kind: 'every'; readonly everyMs: number };

export const SHORTEST_EVERY_MS = 60_000;

const EPOCH = new Date(0);
const HOUR_MS = 3_600_000;

/** Says what is wrong with a cron expression or time zone; null where both are fine. */
export function cronProblem(cron: string, timezone: string): string | null {
  if (cron.trim().split(/\s+/).length !== 5) {
    return `'${cron}' is no cron expression; expected five fields: minute hour day month weekday`;
  }
  try {
    new Intl.DateTimeFormat('en', { timeZone: timezone });
  } catch {
    return `'${timezone}' is no time zone; expected an IANA name such as Europe/Berlin`;
  }
  try {
    return cronIn(cron, timezone).nextRun(EPOCH) ? null : `'${cron}' never comes`;
  } catch (error) {
    return `'${cron}' is no cron expression: ${(error as Error).message}`;
  }
}

/** The first due time strictly after an instant; null where there is none. */
export function nextDue(schedule: Schedule, after: Date): Date | null {
  if (schedule.kind === 'every') {
    return new Date((Math.floor(after.getTime() / schedule.everyMs) + 1) * schedule.everyMs);
  }
  return cronIn(schedule.cron, schedule.timezone).nextRun(after);
}

/**
 * The latest due time in (after, now]; null where none has come. Slots before it are the missed ones. It looks
 * back from `now` in windows that double, so that years of downtime cost no more than a minute of it.
 */
export function latestDue(schedule: Schedule, after: Date, now: Date): Date | null {
  if (schedule.kind === 'every') {
    const latest = Math.floor(now.getTime() / schedule.everyMs) * schedule.everyMs;
    return latest > after.getTime() ? new Date(latest) : null;
  }
  const cron = cronIn(schedule.cron, schedule.timezone);
  for (let windowMs = HOUR_MS, from = now; from > after; windowMs *= 2) {
    from = new Date(Math.max(after.getTime(), now.getTime() - windowMs));
    let latest: Date | null = null;
    for (let due = cron.nextRun(from); due && due <= now; due = cron.nextRun(due)) latest = due;
    if (latest) return latest;
  }
  return null;
}

export interface SlotCount {
  readonly first: Date;
  readonly last: Date;
  readonly slots: number;
  /** There were more than anybody counts: `slots` is how far it was counted. */
  readonly isAtLeast: boolean;
}

const COUNTED_MOST = 10_000;

/** The due times in (after, until]; null where there is none. */
export function slotsIn(schedule: Schedule, after: Date, until: Date): SlotCount | null {
  const first = nextDue(schedule, after);
  const last = latestDue(schedule, after, until);
  if (!first || !last) return null;
  if (schedule.kind === 'every') {
    const slots = (last.getTime() - first.getTime()) / schedule.everyMs + 1;
    return { first, last, slots, isAtLeast: false };
  }
  const cron = cronIn(schedule.cron, schedule.timezone);
  let slots = 1;
  for (let due = cron.nextRun(first); due && due <= last && slots < COUNTED_MOST; due = cron.nextRun(due))
    slots++;
  return { first, last, slots, isAtLeast: slots === COUNTED_MOST };
}

/** The latest due times in (after, until], in ascending order; so many at most, however long ago `after` is. */
export function latestSlots(schedule: Schedule, after: Date, until: Date, most: number): Date[] {
  const last = latestDue(schedule, after, until);
  if (!last) return [];
  if (schedule.kind === 'every') {
    const { everyMs } = schedule;
    const count = Math.min(most, Math.ceil((last.getTime() - after.getTime()) / everyMs));
    return Array.from({ length: count }, (_, i) => new Date(last.getTime() - (count - 1 - i) * everyMs));
  }
  const cron = cronIn(schedule.cron, schedule.timezone);
  for (let windowMs = HOUR_MS; ; windowMs *= 2) {
    const from = new Date(Math.max(after.getTime(), until.getTime() - windowMs));
    const slots: Date[] = [];
    for (let due = cron.nextRun(from); due && due <= last; due = cron.nextRun(due)) slots.push(due);
    if (slots.length >= most || from <= after) return slots.slice(-most);
  }
}

/** The shortest time between two slots, as far as the next hundred of them tell; null where there are not two. */
export function shortestGapMs(schedule: Schedule): number | null {
  if (schedule.kind === 'every') return schedule.everyMs;
  const cron = cronIn(schedule.cron, schedule.timezone);
  let shortest = Number.POSITIVE_INFINITY;
  let before = cron.nextRun(EPOCH);
  for (let looks = 0; before && looks < 100; looks++) {
    const due = cron.nextRun(before);
    if (due) shortest = Math.min(shortest, due.getTime() - before.getTime());
    before = due;
  }
  return shortest === Number.POSITIVE_INFINITY ? null : shortest;
}

/** A time of day in a zone, `2026-12-24T18:00`, as an instant; one that does not exist is the first one after the gap. */
export function instantIn(local: string, timezone: string): Date {
  const instant = new Cron(`${local}:00`, { timezone }).nextRun(EPOCH);
  if (!instant) throw new RangeError(`${local} in ${timezone} is before 1970`);
  return instant;
}

/** The schedule in one line, for rows and comparisons: the same text is the same schedule. */
export function scheduleKey(schedule: Schedule): string {
  return schedule.kind === 'every'
    ? `every ${schedule.everyMs} ms`
    : `${schedule.cron} (${schedule.timezone})`;
}

/** Reads such a line back; null where it is none. */
export function scheduleOfKey(key: string): Schedule | null {
  const every = /^every (\d+) ms$/.exec(key);
  if (every) return Number(every[1]) > 0 ? { kind: 'every', everyMs: Number(every[1]) } : null;
  const [, cron, timezone] = /^(.*) \(([^()]*)\)$/s.exec(key) ?? [];
  if (cron === undefined || timezone === undefined || cronProblem(cron, timezone) !== null) return null;
  return { kind: 'cron', cron, timezone };
}

/*
 * croner keeps the promise above for times that are written out, and counts real time where it meets a `*` or
 * a step in the minute or the hour. So those are written out, unless the hour is `*`.
 */
function cronIn(cron: string, timezone: string): Cron {
  const [minute = '', hour = '', ...day] = cron.trim().split(/\s+/);
  const pattern = hour === '*' ? cron.trim() : [spell(minute, 59), spell(hour, 23), ...day].join(' ');
  return new Cron(pattern, { timezone, fixedTimeRule: 'no-wildcard' });
}

/** Writes out `*` and steps: `*` + `/20` of minutes as 0,20,40. What it can't read is left to croner's message. */
function spell(field: string, last: number): string {
  return field
    .split(',')
    .map((part) => {
      const match = /^(?:\*|(\d+)-(\d+))(?:\/(\d+))?$/.exec(part);
      if (!match || (match[1] !== undefined && match[3] === undefined)) return part;
      const step = Number(match[3] ?? 1);
      const from = Number(match[1] ?? 0);
      const to = Number(match[2] ?? last);
      if (step < 1 || step > last || from > to || to > last) return part;
      return Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, i) => from + i * step).join(',');
    })
    .join(',');
}
