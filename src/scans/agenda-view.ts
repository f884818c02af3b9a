/*
 * When an audit runs next, and why it may not, as its card and its page show it. Pure.
 */
import { type ComingSlot, comingSlots, type SkipReason } from '../domain/agenda.js';
import type { Audit } from '../domain/inventory.js';
import type { Schedule } from '../domain/schedule.js';
import type { Spell } from '../domain/window.js';
import { instant, instantOrNull } from '../platform/page-times.js';
import type { AuditFacts } from './audit-book.js';
import type { AuditAgenda } from './scans.queries.js';

const WHY: Record<SkipReason, string> = {
  down: 'nobody was there to run',
  overlap: 'the run before was still going',
  paused: 'the audit was paused',
  blackout: 'there was a blackout',
};

export function agendaView(
  { agenda, blackout, next, staleSince, trusted, isPausable }: AuditFacts,
  now: Date,
) {
  const { pausedAt, pausedBy, pausedWhy } = agenda ?? { pausedAt: null, pausedBy: null, pausedWhy: null };
  return {
    stale: staleSince
      ? { since: instant(staleSince, now), trusted: instantOrNull(trusted?.at ?? null, now) }
      : null,
    pausable: isPausable,
    paused: pausedAt && { since: instant(pausedAt, now), by: pausedBy, why: pausedWhy },
    blackout: blackout && spellView(blackout, now),
    next: instantOrNull(next, now),
    skipped: agenda?.skipped ? skippedView(agenda.skipped, now) : null,
  };
}

const spellView = ({ window, from, until }: Spell, now: Date) => ({
  name: window.name,
  why: window.why,
  from: instant(from, now),
  until: instant(until, now),
});

export function skippedView(
  { first, last, slots, isAtLeast, why, detail }: NonNullable<AuditAgenda['skipped']>,
  now: Date,
) {
  return {
    slots,
    isAtLeast,
    isOne: slots === 1,
    first: instant(first, now),
    last: instant(last, now),
    why: WHY[why],
    detail: detail === '' || why === 'paused' ? null : detail,
  };
}

const DUE_SHOWN = 10;

/** When it is due next, also in its own zone's time where that is not UTC. */
export function comingView(audit: Audit, windows: readonly Spell['window'][], now: Date) {
  const zone = audit.schedule?.kind === 'cron' ? audit.schedule.timezone : 'UTC';
  return {
    zone: zone === 'UTC' ? null : zone,
    jitter: audit.jitterMs > 0 ? durationText(audit.jitterMs) : null,
    slots: comingSlots(audit, windows, now, DUE_SHOWN).map((slot: ComingSlot) => ({
      due: instant(slot.dueAt, now),
      there: zone === 'UTC' ? null : wallTime(slot.dueAt, zone),
      begins: slot.startAt > slot.dueAt ? instant(slot.startAt, now) : null,
      blackout: slot.blackout?.window.name ?? null,
    })),
  };
}

/** `Mon 2026-11-30 02:00` */
export function wallTime(at: Date, timeZone: string): string {
  const day = new Intl.DateTimeFormat('en-GB', { timeZone, weekday: 'short' }).format(at);
  const time = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' });
  return `${day} ${time.format(at)}`;
}

const UNITS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1000],
] as const;

/** `30 seconds`, `1 day`: as long as it is, by the largest unit that divides it. */
export function durationText(ms: number): string {
  const unit = UNITS.find(([, one]) => ms % one === 0);
  if (!unit || ms === 0) return `${ms} ms`;
  const count = ms / unit[1];
  return `${count} ${unit[0]}${count === 1 ? '' : 's'}`;
}

/** `every minute`, `every 6 hours`, `at 02:00 every day (Europe/Berlin)`, or the expression itself. */
export function scheduleText(schedule: Schedule): string {
  if (schedule.kind === 'every') return `every ${durationText(schedule.everyMs).replace(/^1 /, '')}`;
  const zone = schedule.timezone === 'UTC' ? 'UTC' : schedule.timezone;
  return `${cronText(schedule.cron)} (${zone})`;
}

const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];
const DAY_NAMES = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

/** The usual expressions in words; every other one as it is written. */
function cronText(cron: string): string {
  const [minute, hour, day, month, weekday] = cron.trim().split(/\s+/) as [
    string,
    string,
    string,
    string,
    string,
  ];
  if (month !== '*') return cron;
  const isNumber = (text: string): boolean => /^\d{1,2}$/.test(text);
  if (isNumber(minute) && hour === '*' && day === '*' && weekday === '*')
    return minute === '0' ? 'every hour' : `every hour at ${minute} min past`;
  if (!isNumber(minute) || !isNumber(hour)) return cron;
  const time = `${hour.padStart(2, '0')}:${minute.padStart(2, '0')}`;
  if (day === '*' && weekday === '*') return `every day at ${time}`;
  if (isNumber(day) && weekday === '*') return `on day ${day} of each month at ${time}`;
  if (day !== '*') return cron;
  if (/^(1-5|mon-fri)$/i.test(weekday)) return `Monday to Friday at ${time}`;
  const place = isNumber(weekday) ? Number(weekday) : DAY_NAMES.indexOf(weekday.toLowerCase());
  return DAYS[place] === undefined ? cron : `every ${DAYS[place]} at ${time}`;
}
