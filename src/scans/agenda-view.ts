/*
 * When an audit runs next, and why it may not, as its card shows it. Pure.
 */
import { type SkipReason, startOf } from '../domain/agenda.js';
import type { Audit, Window } from '../domain/inventory.js';
import { nextDue } from '../domain/schedule.js';
import { staleSince } from '../domain/staleness.js';
import { blackoutOf } from '../domain/window.js';
import type { VersionedInventory } from '../inventory/inventory.service.js';
import { instant, instantOrNull } from '../platform/page-times.js';
import type { AuditAgenda } from './scans.queries.js';
import { LOCAL_VANTAGE } from './scheduler.js';

const WHY: Record<SkipReason, string> = {
  down: 'nobody was there to run',
  overlap: 'the run before was still going',
  paused: 'the audit was paused',
  blackout: 'there was a blackout',
};

export function agendaView(
  audit: Audit,
  { inventory: { windows }, loadedAt }: VersionedInventory,
  agenda: AuditAgenda | undefined,
  now: Date,
) {
  const isOurs = audit.from.includes(LOCAL_VANTAGE) && audit.schedule !== null;
  const blackout = blackoutOf(windows, audit, now);
  const { pausedAt, pausedBy, pausedWhy } = agenda ?? { pausedAt: null, pausedBy: null, pausedWhy: null };
  const stale =
    isOurs && !pausedAt && !blackout && staleSince(audit, agenda?.trustedAt ?? null, loadedAt, now);
  return {
    stale: stale
      ? { since: instant(stale, now), trusted: instantOrNull(agenda?.trustedAt ?? null, now) }
      : null,
    pausable: isOurs && agenda !== undefined,
    paused: pausedAt && { since: instant(pausedAt, now), by: pausedBy, why: pausedWhy },
    blackout: blackout && {
      name: blackout.window.name,
      why: blackout.window.why,
      until: instant(blackout.until, now),
    },
    next: isOurs && !pausedAt ? instantOrNull(nextStart(audit, windows, now), now) : null,
    skipped: agenda?.skipped ? skippedView(agenda.skipped, now) : null,
  };
}

/** The beginning of the next slot that is to run; one that has come may still wait for its jitter. */
function nextStart(audit: Audit, windows: readonly Window[], now: Date): Date | null {
  let slot = nextDue(audit.schedule!, new Date(now.getTime() - audit.jitterMs));
  for (let looks = 0; slot && looks < LOOKS_AHEAD; looks++) {
    const blackout = blackoutOf(windows, audit, slot);
    if (!blackout && startOf(audit, slot) > now) return startOf(audit, slot);
    const after = blackout ? new Date(blackout.until.getTime() - 1) : slot;
    slot = nextDue(audit.schedule!, after);
  }
  return null;
}

/** Blackouts one after the other, and slots that wait for their jitter. */
const LOOKS_AHEAD = 2000;

function skippedView(
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
