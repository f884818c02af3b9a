/*
 * What a receiver is to be told of one finding, and why: a notice is the state of that, one for each receiver and finding.
 *
 *   opened ──► pending ── its time comes ──► told ── repeat ──► pending …
 *                 │                            │
 *                 └─ over before: dropped      └─ over ──► pending (resolved) ──► gone
 *
 * Pure, and each step has its reason. Promises: nobody hears of what was over before they could be told; whoever was told of a
 * beginning hears of the end, also where routes have changed since; a finding that comes back before its end was told is
 * still the same matter. Nothing is decided here about how it is sent, and nothing is forgotten while it can't be.
 */
import type { AlertCause } from './alert.js';
import type { FindingState } from './finding.js';
import type { Receiver, RouteManner } from './receiver.js';
import { nextDue } from './schedule.js';

export interface Pending {
  readonly cause: AlertCause;
  readonly since: Date;
  /** When it is to be told; what belongs to the same group by then goes along. */
  readonly dueAt: Date;
  readonly because: string;
}

export interface Told {
  readonly cause: AlertCause;
  readonly at: Date;
}

export interface Notice {
  readonly pending: Pending | null;
  readonly told: Told | null;
}

export const NO_NOTICE: Notice = { pending: null, told: null };

/** Who would be told, and how. */
export interface Way {
  readonly receiver: Pick<Receiver, 'digest'>;
  readonly manner: RouteManner;
  readonly because: string;
}

/** A step of a finding's life. */
export interface Step {
  readonly from: FindingState | null;
  readonly to: FindingState;
  readonly at: Date;
}

export interface Decision {
  readonly notice: Notice;
  /** Why it is as it is, for whoever asks. */
  readonly why: string;
}

/** @param way null where no route leads to this receiver any more */
export function decideNotify(notice: Notice, { from, to, at }: Step, way: Way | null): Decision {
  if (to === 'open' && from !== 'acknowledged' && from !== 'open') return opened(notice, at, way);
  if (to === 'resolved') return resolved(notice, from, at, way);
  if (to === 'accepted' && notice.pending)
    return { notice: { ...notice, pending: null }, why: 'it was accepted before it was told' };
  if (to === 'acknowledged' && isReminder(notice.pending))
    return { notice: { ...notice, pending: null }, why: 'somebody has acknowledged it' };
  return { notice, why: `nobody is told that it is ${to}` };
}

function opened(notice: Notice, at: Date, way: Way | null): Decision {
  if (notice.pending?.cause === 'resolved')
    return { notice: { ...notice, pending: null }, why: 'it came back before its end was told' };
  if (notice.pending) return { notice, why: 'it waits to be told already' };
  if (!way) return { notice, why: 'no route leads here' };
  const pending = { cause: 'opened' as const, since: at, dueAt: dueAt(at, way), because: way.because };
  return { notice: { ...notice, pending }, why: way.because };
}

function resolved(notice: Notice, from: FindingState | null, at: Date, way: Way | null): Decision {
  if (from === 'suspected' && !notice.told)
    return { notice: NO_NOTICE, why: 'it was over before it was believed' };
  if (!notice.told || notice.told.cause === 'resolved')
    return { notice: NO_NOTICE, why: 'it was over before anybody was told' };
  const because = 'the receiver was told that it began';
  const due = way ? dueAt(at, way) : at;
  return {
    notice: { ...notice, pending: { cause: 'resolved', since: at, dueAt: due, because } },
    why: because,
  };
}

/** What time alone brings: what stays open is told again, as often as its route says. */
export function decideReminder(notice: Notice, state: FindingState, way: Way, now: Date): Decision | null {
  const { told, pending } = notice;
  const { repeatMs } = way.manner;
  if (!told || pending || state !== 'open' || repeatMs === null || told.cause === 'resolved') return null;
  if (now.getTime() < told.at.getTime() + repeatMs) return null;
  const because = `it is open still, and nobody has acknowledged it; ${way.because}`;
  const due = { cause: 'still-open' as const, since: now, dueAt: dueNow(now, way), because };
  return { notice: { ...notice, pending: due }, why: because };
}

/** What a receiver hears that a route names for findings past their due date: once, as long as nobody acknowledges it. */
export function decideEscalation(
  notice: Notice,
  state: FindingState,
  due: Date | null,
  way: Way,
  now: Date,
): Decision | null {
  if (state !== 'open' || due === null || due > now || notice.pending) return null;
  if (notice.told?.cause === 'overdue') return null;
  const because = `it was to be put right by ${due.toISOString().slice(0, 10)}, and nobody has acknowledged it`;
  const pending = { cause: 'overdue' as const, since: now, dueAt: dueNow(now, way), because };
  return { notice: { ...notice, pending }, why: because };
}

/** Nobody is told in a maintenance window, or a silence: what is open at its end is told then. */
export function held(pending: Pending, until: Date, by: string): Pending {
  return { ...pending, dueAt: until, because: `${pending.because}; held until the end of ${by}` };
}

/** It has been handed to the sender. Null where the matter is over, and nothing more is to be remembered. */
export function told({ pending }: Notice, now: Date): Notice | null {
  if (!pending || pending.cause === 'resolved') return null;
  return { pending: null, told: { cause: pending.cause, at: now } };
}

const isReminder = (pending: Pending | null): boolean =>
  pending?.cause === 'still-open' || pending?.cause === 'overdue';

function dueAt(at: Date, way: Way): Date {
  const { digest } = way.receiver;
  return (digest && nextDue(digest, at)) ?? new Date(at.getTime() + way.manner.waitMs);
}

const dueNow = (now: Date, { receiver }: Way): Date =>
  (receiver.digest && nextDue(receiver.digest, now)) ?? now;
