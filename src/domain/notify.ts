/*
 * What a receiver is to be told of one finding, and why: a notice is the state of that, one for each receiver and finding.
 *
 *   opened ──► pending ── its time comes ──► told, and pending (still open) ──► told again …
 *                 │                            │
 *                 └─ over before: dropped      └─ over ──► pending (resolved) ──► gone
 *
 * Pure, and each step has its reason. Everything that time alone brings, a reminder or an escalation, is pending from the
 * beginning, and dropped if it is not wanted when its time comes: nobody has to search for what is due. Promises: nobody hears of what was over before they could be told; whoever was told of a
 * beginning hears of the end, also where routes have changed since; a finding that comes back before its end was told is
 * still the same matter. Nothing is decided here about how it is sent, and nothing is forgotten while it can't be.
 */
import type { AlertCause } from './alert.js';
import type { FindingState } from './finding.js';
import type { Receiver, RouteManner } from './receiver.js';
import { nextDue } from './schedule.js';
import type { Hush } from './silence.js';

export interface Pending {
  readonly cause: AlertCause;
  readonly since: Date;
  /** When it is to be told; what belongs to the same group by then goes along. */
  readonly dueAt: Date;
  readonly because: string;
  /** The silence that it waits for, where it waits for one. */
  readonly heldBy?: string;
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
    return { notice: { ...notice, pending: reminder(at, way) }, why: 'it came back before its end was told' };
  if (notice.pending?.cause === 'opened') return { notice, why: 'it waits to be told already' };
  if (!way) return { notice, why: 'no route leads here' };
  const pending = {
    cause: 'opened' as const,
    since: at,
    dueAt: dueAt(at, way.manner.waitMs, way),
    because: way.because,
  };
  return { notice: { ...notice, pending }, why: way.because };
}

function resolved({ told: before }: Notice, from: FindingState | null, at: Date, way: Way | null): Decision {
  if (!before) {
    const why =
      from === 'suspected' ? 'it was over before it was believed' : 'it was over before anybody was told';
    return { notice: NO_NOTICE, why };
  }
  const because = 'the receiver was told that it began';
  const due = way ? dueAt(at, way.manner.waitMs, way) : at;
  return {
    notice: { told: before, pending: { cause: 'resolved', since: at, dueAt: due, because } },
    why: because,
  };
}

/** It has been handed over to be sent. Null where the matter is over, and nothing more is to be remembered. */
export function told({ pending }: Notice, now: Date, way: Way | null): Notice | null {
  if (!pending || pending.cause === 'resolved') return null;
  return { pending: reminder(now, way), told: { cause: pending.cause, at: now } };
}

/** What stays open is told again, as often as its route says. */
function reminder(now: Date, way: Way | null): Pending | null {
  if (!way || way.manner.repeatMs === null) return null;
  const because = `it is open still, and nobody has acknowledged it; ${way.because}`;
  return { cause: 'still-open', since: now, dueAt: dueAt(now, way.manner.repeatMs, way), because };
}

/** What those hear that a route names for findings past their due date. */
export function escalation(at: Date, due: Date, { because }: Way): Pending {
  const day = due.toISOString().slice(0, 10);
  const why = `it was to be put right by ${day}, and nobody has acknowledged it; ${because}`;
  return { cause: 'overdue', since: at, dueAt: due, because: why };
}

/** Is it still to be told, now that its time has come? Reminders are for what nobody has taken up. */
export const isWanted = (pending: Pending, state: FindingState): boolean =>
  !isReminder(pending) || state === 'open';

/** Nobody is told in a maintenance window, or a silence: what is open at its end is told then. */
export function held({ heldBy: _, ...pending }: Pending, { until, by, silence }: Hush): Pending {
  const because = `${pending.because}; held until the end of ${by}`;
  return { ...pending, dueAt: until, because, ...(silence === null ? {} : { heldBy: silence }) };
}

const isReminder = (pending: Pending | null): boolean =>
  pending?.cause === 'still-open' || pending?.cause === 'overdue';

/** After so long, or at the receiver's own time from then on. */
function dueAt(at: Date, afterMs: number, { receiver: { digest } }: Way): Date {
  const after = new Date(at.getTime() + afterMs);
  return (digest && nextDue(digest, new Date(after.getTime() - 1))) ?? after;
}
