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
