/*
 * When an audit is due: a pure function of its schedule and an instant, so that every server comes to the same
 * answer and a test needs no waiting.
 *
 * Clock changes (in the schedule's own zone): a time that does not exist runs once, right after the gap; a
 * time that comes twice runs once, the first time. `every` counts from the epoch, not from the start of the
 * process, so that a restart moves nothing.
 */
import { Cron } from 'croner';

export type Schedule =
  | { readonly kind: 'cron'; readonly cron: string; readonly timezone: string }
  | { readonly kind: 'every'; readonly everyMs: number };

export const SHORTEST_EVERY_MS = 60_000;

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
    return new Cron(cron, { timezone }).nextRun() ? null : `'${cron}' never comes`;
  } catch (error) {
    return `'${cron}' is no cron expression: ${(error as Error).message}`;
  }
}

/** The first due time strictly after an instant; null where there is none. */
export function nextDue(schedule: Schedule, after: Date): Date | null {
  if (schedule.kind === 'every') {
    return new Date((Math.floor(after.getTime() / schedule.everyMs) + 1) * schedule.everyMs);
  }
  return new Cron(schedule.cron, { timezone: schedule.timezone }).nextRun(after);
}

/** The latest due time in (after, now]; null where none has come. Slots before it are the missed ones. */
export function latestDue(schedule: Schedule, after: Date, now: Date): Date | null {
  let latest: Date | null = null;
  for (let due = nextDue(schedule, after); due && due <= now; due = nextDue(schedule, due)) latest = due;
  return latest;
}
