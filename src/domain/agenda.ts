/*
 * What becomes of an audit's slots: the latest one that has come runs, and of every other it is kept why it did not. A pure
 * function of what is known, so that every server decides alike, and a test needs no waiting.
 *
 * Promise: each slot is dealt with once. It has a run, or it is among the skipped with a reason; `judgedTo` says up to where
 * that is done. A slot that comes while the audit's last run is still going waits for its end. The trap is a clock that is
 * set back: `judgedTo` never goes back, so that no slot is dealt with twice.
 */
import type { Audit, Window } from './inventory.js';
import { latestDue, latestSlots, nextDue, type Schedule, slotsIn } from './schedule.js';
import { blackoutOf, type Spell } from './window.js';

/** Why no run was made of a slot. */
export const SKIP_REASONS = ['down', 'overlap', 'paused', 'blackout'] as const;
export type SkipReason = (typeof SKIP_REASONS)[number];

/** Slots that follow each other, and have no run for one reason. */
export interface Skipped {
  readonly first: Date;
  readonly last: Date;
  readonly slots: number;
  /** There were more than anybody counts. */
  readonly isAtLeast: boolean;
  readonly why: SkipReason;
  /** The blackout's name, or who paused it; empty where there is nothing to add. */
  readonly detail: string;
}

export interface AgendaFacts {
  readonly audit: Pick<Audit, 'name' | 'schedule' | 'jitterMs' | 'catchUp'>;
  readonly windows: readonly Window[];
  readonly now: Date;
  readonly judgedTo: Date;
  /** The schedule by which slots were counted until another was loaded; null where it is the audit's own, or all is done. */
  readonly replaced: { readonly schedule: Schedule; readonly until: Date } | null;
  /** Who has paused the audit, and since when; null while it is not. */
  readonly paused: { readonly by: string; readonly since: Date } | null;
  /** Is a run of it still going? */
  readonly isGoing: boolean;
  /** The last run's beginning and end; null before there was one. */
  readonly lastRun: { readonly from: Date; readonly until: Date } | null;
}

export interface AgendaDecision {
  /** The slot of which a run is to be made now; null for none. */
  readonly dueAt: Date | null;
  readonly skipped: readonly Skipped[];
  readonly judgedTo: Date;
  /** A slot of the schedule that was replaced waits for a run's end: until then the new one has not begun. */
  readonly isOldWaiting: boolean;
}

/** Later than this, a slot was missed, and runs only if the audit catches up. */
const LATE_MS = 120_000;
/** So many slots are looked at one by one; what lies before them, nobody was there for. */
const RECENT_MOST = 2000;

export function decideSlots(facts: AgendaFacts): AgendaDecision {
  const { audit, judgedTo, replaced, now } = facts;
  const old =
    replaced && slotsTo(facts, replaced.schedule, latestDue(replaced.schedule, judgedTo, replaced.until));
  // What waited for its jitter waits no longer: nobody would come back to it.
  const left = old && decide(facts, old);
  if (left?.isWaiting) return { dueAt: null, skipped: [], judgedTo, isOldWaiting: true };
  const done = { skipped: left?.skipped ?? [], judgedTo: replaced?.until ?? judgedTo, isOldWaiting: false };
  if (left?.dueAt) return { ...done, dueAt: left.dueAt };
  const fresh = { ...facts, judgedTo: done.judgedTo };
  const latest = audit.schedule && latestStarted(audit, audit.schedule, fresh.judgedTo, now);
  const ours = audit.schedule && slotsTo(fresh, audit.schedule, latest);
  const decided = ours && decide(fresh, ours);
  if (!ours || !decided || decided.isWaiting) return { ...done, dueAt: null };
  const skipped = [...done.skipped, ...decided.skipped];
  return { dueAt: decided.dueAt, skipped, judgedTo: ours.recent.at(-1)!, isOldWaiting: false };
}

/** Of an audit that has left the inventory nothing runs any more: why the slots that had come by then did not. */
export function skipSlots(
  facts: SkipFacts,
  { schedule, until }: { schedule: Schedule; until: Date },
): Skipped[] {
  const come = slotsTo(facts, schedule, latestDue(schedule, facts.judgedTo, until));
  return come ? skippedOf(facts, come, null) : [];
}

/** What is to be known to tell why a slot did not run. */
export type SkipFacts = Pick<AgendaFacts, 'windows' | 'judgedTo' | 'paused' | 'lastRun'> & {
  readonly audit: Pick<Audit, 'name'>;
};

/** Slots that have come; the latest of them one by one, with what stands against each. */
interface Come {
  readonly schedule: Schedule;
  readonly recent: readonly Date[];
  readonly reasons: ReadonlyArray<Reason | null>;
}

function slotsTo(facts: SkipFacts, schedule: Schedule, latest: Date | null): Come | null {
  if (!latest) return null;
  const recent = latestSlots(schedule, facts.judgedTo, latest, RECENT_MOST);
  return { schedule, recent, reasons: recent.map((slot) => reasonAgainst(facts, slot)) };
}

function decide(
  facts: AgendaFacts,
  come: Come,
): { isWaiting: boolean; dueAt: Date | null; skipped: readonly Skipped[] } {
  const free = come.reasons.lastIndexOf(null);
  // It waits for the run's end, and with it all that is to be said of the slots before it.
  if (facts.isGoing && free >= 0) return { isWaiting: true, dueAt: null, skipped: [] };
  const dueAt = free >= 0 && isToRun(facts, come.recent[free]!) ? come.recent[free]! : null;
  return { isWaiting: false, dueAt, skipped: skippedOf(facts, come, dueAt) };
}

/** All but the one that runs. */
function skippedOf(facts: SkipFacts, { schedule, recent, reasons }: Come, dueAt: Date | null): Skipped[] {
  const older = slotsIn(schedule, facts.judgedTo, new Date(recent[0]!.getTime() - 1));
  const skipped: Skipped[] = older ? [{ ...older, why: 'down', detail: '' }] : [];
  recent.forEach((slot, i) => {
    if (slot !== dueAt) addTo(skipped, slot, reasons[i] ?? lateness(facts, slot));
  });
  return skipped;
}

type Reason = Pick<Skipped, 'why' | 'detail'>;

/** Why a slot may not run at all; null where it may. */
function reasonAgainst(facts: SkipFacts, slot: Date): Reason | null {
  const { audit, windows, paused } = facts;
  // A slot that came before the pause, and waited, did not run for what it waited for.
  if (paused) return slot < paused.since ? lateness(facts, slot) : { why: 'paused', detail: paused.by };
  const blackout = blackoutOf(windows, audit, slot);
  return blackout && { why: 'blackout', detail: blackout.window.name };
}

/** Why a slot that might have run did not. */
function lateness({ lastRun }: Pick<AgendaFacts, 'lastRun'>, slot: Date): Reason {
  const isBehind = lastRun !== null && lastRun.from <= slot && slot <= lastRun.until;
  return { why: isBehind ? 'overlap' : 'down', detail: '' };
}

/** In time, or late only because the run before it was still going; else if missed slots are caught up with. */
function isToRun(facts: AgendaFacts, slot: Date): boolean {
  const { audit, now } = facts;
  if (audit.catchUp === 'once' || now.getTime() - startOf(audit, slot).getTime() <= LATE_MS) return true;
  return lateness(facts, slot).why === 'overlap';
}

/** Slots that follow each other, for one reason, are one entry. */
function addTo(skipped: Skipped[], slot: Date, { why, detail }: Reason): void {
  const before = skipped.at(-1);
  if (before && before.why === why && before.detail === detail)
    skipped[skipped.length - 1] = { ...before, last: slot, slots: before.slots + 1 };
  else skipped.push({ first: slot, last: slot, slots: 1, isAtLeast: false, why, detail });
}

/** When the run of a slot is to begin: jitter spreads audits that are due together, each slot always by the same amount. */
export function startOf({ name, jitterMs }: Pick<Audit, 'name' | 'jitterMs'>, dueAt: Date): Date {
  if (jitterMs === 0) return dueAt;
  return new Date(dueAt.getTime() + Math.floor(fraction(`${name} ${dueAt.getTime()}`) * jitterMs));
}

/** The latest slot that was to begin by now. */
function latestStarted(
  audit: Pick<Audit, 'name' | 'jitterMs'>,
  schedule: Schedule,
  after: Date,
  now: Date,
): Date | null {
  let slot = latestDue(schedule, after, now);
  while (slot && startOf(audit, slot) > now) slot = latestDue(schedule, after, new Date(slot.getTime() - 1));
  return slot;
}

/** FNV-1a, as a number from 0 to below 1. */
function fraction(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return (hash >>> 0) / 2 ** 32;
}

/** A slot that is still to come. */
export interface ComingSlot {
  readonly dueAt: Date;
  /** When its run begins, with its jitter. */
  readonly startAt: Date;
  /** The blackout in which it has no run; null where nothing stands against it as things are. */
  readonly blackout: Spell | null;
}

/** Blackouts one after the other, and slots that wait for their jitter. */
const LOOKS_AHEAD = 2000;

/** The next slots whose runs have not begun, in their order, those in a blackout among them. */
export function comingSlots(
  audit: Pick<Audit, 'name' | 'schedule' | 'jitterMs'>,
  windows: readonly Window[],
  now: Date,
  most: number,
): ComingSlot[] {
  const { schedule } = audit;
  const slots: ComingSlot[] = [];
  // One that has come may still wait for its jitter.
  let dueAt = schedule && nextDue(schedule, new Date(now.getTime() - audit.jitterMs));
  for (let looks = 0; dueAt && slots.length < most && looks < LOOKS_AHEAD; looks++) {
    const startAt = startOf(audit, dueAt);
    if (startAt > now) slots.push({ dueAt, startAt, blackout: blackoutOf(windows, audit, dueAt) });
    dueAt = nextDue(schedule!, dueAt);
  }
  return slots;
}

/** The beginning of the next slot that is to run as things are; null where there is none in sight. */
export function nextStart(
  audit: Pick<Audit, 'name' | 'schedule' | 'jitterMs'>,
  windows: readonly Window[],
  now: Date,
): Date | null {
  const { schedule } = audit;
  let slot = schedule && nextDue(schedule, new Date(now.getTime() - audit.jitterMs));
  for (let looks = 0; slot && looks < LOOKS_AHEAD; looks++) {
    const blackout = blackoutOf(windows, audit, slot);
    if (!blackout && startOf(audit, slot) > now) return startOf(audit, slot);
    // A long blackout is passed over at once.
    slot = nextDue(schedule!, blackout ? new Date(blackout.until.getTime() - 1) : slot);
  }
  return null;
}
