/*
 * A finding: the durable record of one drift. `advance.ts` moves it.
 *
 *   drift seen     ┌───────────┐ confirmed  ┌──────┐  acknowledge  ┌──────────────┐
 *   ─────────────► │ suspected │ ─────────► │ open │ ────────────► │ acknowledged │
 *                  └─────┬─────┘            └─┬──▲─┘               └──────┬───────┘
 *                        │            accept  │  │ date passed           │
 *                        │ not seen again     ▼  │ (by itself)           │ accept
 *                        │               ┌──────────┐ ◄─────────────────┘
 *                        ▼               │ accepted │
 *                  ┌──────────┐ ◄────────┴──────────┘   from any state: a trustworthy look
 *                  │ resolved │ ── seen again ──► suspected, then open: the same finding
 *                  └──────────┘                         shows the declared state again
 */
import type { Looks, Threshold } from './damping.js';
import type { Drift } from './drift.js';

export const FINDING_STATES = ['suspected', 'open', 'acknowledged', 'accepted', 'resolved'] as const;
export type FindingState = (typeof FINDING_STATES)[number];

/** What was seen last, and where the finding stands. */
export interface Finding extends Omit<Drift, 'reason' | 'exception'> {
  readonly state: FindingState;
  /** How many fresh looks have shown the drift since it was last suspected. */
  readonly confirmations: number;
  readonly firstSeen: Date;
  readonly lastSeen: Date;
  /** When it became open for the last time; null while it has only been suspected. */
  readonly openedAt: Date | null;
  readonly resolvedAt: Date | null;
  /** `accepted` ends at the end of this day, `YYYY-MM-DD` in UTC. */
  readonly acceptedUntil: string | null;
  /** Who has accepted it by hand; null where the inventory has, or nobody. */
  readonly acceptedBy: string | null;
  /** Who looks after it, where that is not its owner. */
  readonly assignee: string | null;
  /** How often it came back after it had been resolved. */
  readonly reopened: number;
  /** What the last looks at it showed. */
  readonly looks: Looks;
  /** When it was resolved, and when it came back, of late. */
  readonly turns: readonly Date[];
  /** The newest evidence that has been applied; older or equal evidence changes nothing. */
  readonly evidenceAt: Date;
  /** Which look that was, by the order in which looks were ordered: times lie where a clock was wrong. */
  readonly evidenceOrder: number;
}

/** One step of a finding's life. Appended, never changed. */
export interface FindingEvent {
  readonly key: string;
  readonly at: Date;
  /** Who or what moved it: `run 17`, or a person's name. */
  readonly actor: string;
  readonly from: FindingState | null;
  readonly to: FindingState;
  readonly why: string;
}

/** What one look showed of everything that it can judge. */
export interface Evidence {
  /** `run 17`: who says so in the history. */
  readonly actor: string;
  /** When the look began: whatever it saw is at least as new. */
  readonly at: Date;
  /** Grows with every look that is ordered, of whichever run. */
  readonly order: number;
  readonly drifts: readonly Drift[];
  /** Does this look judge the finding's subject? Only then may its absence among the drifts resolve it. */
  readonly judges: (finding: Finding) => boolean;
  /** Fresh looks that must show a new drift again before it is believed. */
  readonly confirmTimes: number;
  /** How many of the last looks have to agree before a drift is believed, and before it is over; one where absent. */
  readonly open?: Threshold;
  readonly resolve?: Threshold;
}
