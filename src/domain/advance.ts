/*
 * Moves findings by what one look showed. Pure: the same evidence applied twice changes nothing, because a finding
 * remembers the newest evidence that it has seen. A finding that the look did not judge is left as it is;
 * only an acceptance whose last day has passed ends by itself, at any look.
 *
 * The trap is a clock that was far ahead once: evidence from then would be the newest for days.
 */
import { AT_ONCE, afterLook, afterTurn, isReached } from './damping.js';
import { dayOf, isPast } from './day.js';
import type { Drift, DriftKind } from './drift.js';
import type { Evidence, Finding, FindingEvent, FindingState } from './finding.js';

export interface Advanced {
  readonly changed: readonly Finding[];
  readonly events: readonly FindingEvent[];
}

/** These come from the inventory and from names alone; there is nothing to look at again. */
const NEEDS_NO_CONFIRMATION = new Set<DriftKind>([
  'owner-missing',
  'review-overdue',
  'exception-expired',
  'never-observed',
  // A name's addresses are looked up once a run.
  'address-moved',
]);

/** How the history says so, and how whoever reads it back knows: reports tell what was put right from what only changed. */
export const IN_ANOTHER_WAY = 'it drifts in another way now';
const hasPassed = (until: string | null): string => `accepted until ${until}, which has passed`;
export const saysHasPassed = (why: string): boolean => /^accepted until \S+, which has passed$/.test(why);

type Step = { readonly finding: Finding; readonly why: string | null };

export function advance(findings: ReadonlyMap<string, Finding>, evidence: Evidence, now: Date): Advanced {
  const changed: Finding[] = [];
  const events: FindingEvent[] = [];
  const keep = (before: Finding | undefined, step: Step): void => {
    changed.push(step.finding);
    if (step.why === null) return;
    events.push({
      key: step.finding.key,
      at: now,
      actor: evidence.actor,
      from: before?.state ?? null,
      to: step.finding.state,
      why: step.why,
    });
  };
  const drifting = new Set<string>();
  const standing = new Map<string, Finding>();
  for (const drift of evidence.drifts) {
    if (drifting.has(drift.key)) continue;
    drifting.add(drift.key);
    const before = findings.get(drift.key);
    let after = before;
    if (!before || isNewer(evidence, before, now)) {
      const step = before ? seenAgain(before, drift, evidence, now) : firstSight(drift, evidence);
      keep(before, step);
      after = step.finding;
    }
    if (after && drift.port !== null) standing.set(subjectOf(drift), after);
  }
  for (const before of findings.values()) {
    if (drifting.has(before.key)) continue;
    const expired = expiry(before, now);
    const other = standing.get(subjectOf(before)) ?? null;
    if (isOver(before, other, evidence, now)) keep(before, gone(before, other, evidence, now));
    else if (expired) {
      keep(before, { finding: expired, why: hasPassed(before.acceptedUntil) });
    }
  }
  return { changed, events };
}

/** Acceptances that have come to their end, without any look: a scanner that is blind keeps no risk accepted. */
export function expireAll(findings: readonly Finding[], actor: string, now: Date): Advanced {
  const changed: Finding[] = [];
  const events: FindingEvent[] = [];
  for (const before of findings) {
    const finding = expiry(before, now);
    if (!finding) continue;
    const why = hasPassed(before.acceptedUntil);
    changed.push(finding);
    events.push({ key: before.key, at: now, actor, from: before.state, to: finding.state, why });
  }
  return { changed, events };
}

/**
 * Where the port drifts in another way now, the older finding waits until the new one is believed: a single look
 * that nobody has confirmed must not end what was confirmed.
 */
function isOver(before: Finding, other: Finding | null, evidence: Evidence, now: Date): boolean {
  if (before.state === 'resolved' || !isNewer(evidence, before, now) || !evidence.judges(before))
    return false;
  return other?.state !== 'suspected' || before.state === 'suspected';
}

/** A look that began so much later than now did not: a clock was wrong. Those of two servers differ by less. */
const AHEAD_MOST_MS = 60_000;

/** By when the looks began; where one of these times can't be true, by which of them was ordered later. */
function isNewer({ at, order }: Evidence, { evidenceAt, evidenceOrder }: Finding, now: Date): boolean {
  const canBe = (time: Date): boolean => time.getTime() - now.getTime() <= AHEAD_MOST_MS;
  return canBe(at) && canBe(evidenceAt) ? at > evidenceAt : order > evidenceOrder;
}

/** The port behind a key: two kinds of drift on one port share it. What the inventory alone shows stands by itself. */
const subjectOf = ({ key, kind }: Pick<Finding, 'key' | 'kind'>): string =>
  NEEDS_NO_CONFIRMATION.has(kind) ? key : key.slice(kind.length);

function firstSight(drift: Drift, evidence: Evidence): Step {
  const state = entryState(drift, evidence);
  const finding: Finding = {
    ...described(drift),
    state,
    confirmations: 0,
    firstSeen: evidence.at,
    lastSeen: evidence.at,
    openedAt: state === 'open' ? evidence.at : null,
    resolvedAt: null,
    acceptedUntil: drift.exception?.expires ?? null,
    acceptedBy: null,
    assignee: null,
    reopened: 0,
    looks: afterLook('', true),
    turns: [],
    evidenceAt: evidence.at,
    evidenceOrder: evidence.order,
  };
  return { finding, why: entryReason(drift, state) };
}

function seenAgain(before: Finding, drift: Drift, evidence: Evidence, now: Date): Step {
  const looks = afterLook(before.state === 'resolved' ? '' : before.looks, true);
  const seen: Finding = {
    ...before,
    ...described(drift),
    looks,
    lastSeen: evidence.at,
    evidenceAt: evidence.at,
    evidenceOrder: evidence.order,
  };
  if (before.state === 'resolved') {
    const state = entryState(drift, evidence);
    const again: Finding = {
      ...seen,
      state,
      confirmations: 0,
      resolvedAt: null,
      openedAt: state === 'open' ? evidence.at : before.openedAt,
      acceptedUntil: drift.exception?.expires ?? null,
      acceptedBy: null,
      reopened: before.reopened + 1,
      turns: afterTurn(before.turns, evidence.at),
    };
    return { finding: again, why: `came back: ${drift.evidence}` };
  }
  if (drift.exception) {
    const { expires } = drift.exception;
    const accepted: Finding = { ...seen, state: 'accepted', acceptedUntil: expires, acceptedBy: null };
    return { finding: accepted, why: before.state === 'accepted' ? null : acceptance(drift) };
  }
  if (before.state === 'suspected') {
    const confirmations = before.confirmations + 1;
    const isBelieved =
      confirmations >= evidence.confirmTimes && isReached(evidence.open ?? AT_ONCE, looks, '1');
    if (!isBelieved) return { finding: { ...seen, confirmations }, why: null };
    return {
      finding: { ...seen, confirmations, state: 'open', openedAt: evidence.at },
      why: `confirmed by ${confirmations} fresh ${confirmations === 1 ? 'look' : 'looks'}: ${drift.evidence}`,
    };
  }
  if (before.state === 'accepted') return seenThoughAccepted(before, seen, now);
  return { finding: seen, why: null };
}

function seenThoughAccepted(before: Finding, seen: Finding, now: Date): Step {
  const isOver = expiry(seen, now) !== null;
  // By hand and until a day: the inventory need not know of it.
  if (before.acceptedBy !== null && !isOver) return { finding: seen, why: null };
  const finding: Finding = { ...seen, state: 'open', acceptedUntil: null, acceptedBy: null, openedAt: now };
  const why = isOver ? hasPassed(before.acceptedUntil) : 'the inventory no longer accepts it';
  return { finding, why };
}

function gone(before: Finding, other: Finding | null, evidence: Evidence, now: Date): Step {
  const looks = afterLook(before.looks, false);
  const denied = { ...before, looks, evidenceAt: evidence.at, evidenceOrder: evidence.order };
  if (!other && !isGoneForGood(before, looks, evidence)) return { finding: denied, why: null };
  const finding: Finding = {
    ...denied,
    turns: before.state === 'suspected' ? before.turns : afterTurn(before.turns, evidence.at),
    state: 'resolved',
    confirmations: 0,
    resolvedAt: now,
    acceptedUntil: null,
    acceptedBy: null,
  };
  return { finding, why: goneReason(before, other) };
}

/** A suspicion lasts while the looks that have shown it still count; what was believed, until enough looks deny it. */
function isGoneForGood(
  { state, kind }: Finding,
  looks: string,
  { open = AT_ONCE, resolve = AT_ONCE }: Evidence,
): boolean {
  if (NEEDS_NO_CONFIRMATION.has(kind)) return true;
  return state === 'suspected'
    ? !isReached({ times: 1, of: open.of }, looks, '1')
    : isReached(resolve, looks, '0');
}

function goneReason({ state, kind }: Finding, other: Finding | null): string {
  if (other) return `${IN_ANOTHER_WAY}, ${other.kind}: ${other.evidence}`;
  if (kind === 'address-moved') return 'the name leads where it led at the run before';
  if (NEEDS_NO_CONFIRMATION.has(kind)) return 'the inventory no longer shows it';
  if (state === 'suspected') return 'a fresh look did not show it again';
  return 'what was observed agrees with what is declared again';
}

/** An acceptance whose last day has gone by ends by itself. */
function expiry(finding: Finding, now: Date): Finding | null {
  if (finding.state !== 'accepted' || !finding.acceptedUntil || !isPast(finding.acceptedUntil, dayOf(now)))
    return null;
  return { ...finding, state: 'open', acceptedUntil: null, acceptedBy: null, openedAt: now };
}

function entryState(drift: Drift, evidence: Evidence): FindingState {
  if (drift.exception) return 'accepted';
  const isAtOnce = evidence.confirmTimes === 0 && (evidence.open ?? AT_ONCE).times === 1;
  return isAtOnce || NEEDS_NO_CONFIRMATION.has(drift.kind) ? 'open' : 'suspected';
}

function entryReason(drift: Drift, state: FindingState): string {
  if (state === 'accepted') return acceptance(drift);
  return state === 'suspected' ? `first sight, to be confirmed: ${drift.evidence}` : drift.evidence;
}

const acceptance = ({ exception }: Drift): string =>
  `accepted by ${exception!.approvedBy} until ${exception!.expires}: ${exception!.reason}`;

function described(drift: Drift) {
  const { reason: _reason, exception: _exception, ...kept } = drift;
  return kept;
}
