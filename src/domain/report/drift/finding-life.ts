/*
 * What a period did to one finding, out of its history. Pure.
 *
 * The history's order is that of its numbers, and its times may lie where a clock was wrong: what was recorded later happened later. A
 * step belongs to the time before an instant where it, or one that was recorded after it, is dated before it: so that each period ends
 * where the next begins, and what stood, came and went always adds up.
 */
import { IN_ANOTHER_WAY, saysHasPassed } from '../../advance.js';
import { flapping } from '../../damping.js';
import type { FindingState } from '../../finding.js';
import type { Account, Booked, Move } from './balance.js';

/** One line of a finding's history. */
export interface LifeEvent {
  readonly at: Date;
  readonly from: FindingState | null;
  readonly to: FindingState;
  /** Null where a person moved it, or the inventory. */
  readonly run: string | null;
  readonly why: string;
}

/** @param until null for all that is recorded */
export interface LifePeriod {
  readonly from: Date;
  readonly until: Date | null;
}

export interface LifeStep extends Booked {
  readonly at: Date;
  readonly run: string | null;
  /** Of what is over: since it was believed, in milliseconds; null for the rest. */
  readonly stoodMs: number | null;
}

export interface LifeInPeriod {
  readonly before: FindingState | null;
  readonly after: FindingState | null;
  readonly steps: readonly LifeStep[];
  /** How often it has gone or come back within a day, at its worst, where that is often; null where it was steady. */
  readonly flapping: number | null;
}

/** @param events all that is recorded of it, in the order of their numbers */
export function lifeIn(events: readonly LifeEvent[], { from, until }: LifePeriod): LifeInPeriod {
  const begin = countBefore(events, from);
  const end = Math.max(begin, until === null ? events.length : countBefore(events, until));
  const steps: LifeStep[] = [];
  let believedAt: Date | null = null;
  let wasBelieved = false;
  for (const [place, event] of events.slice(0, end).entries()) {
    const move = moveOf(event, wasBelieved);
    if (move !== null && place >= begin) steps.push(stepOf(event, move, believedAt));
    if (move === 'opened' || move === 'reopened') believedAt = event.at;
    wasBelieved ||= accountOf(event.to) !== null;
  }
  return {
    before: begin === 0 ? null : events[begin - 1]!.to,
    after: end === 0 ? null : events[end - 1]!.to,
    steps,
    flapping: worstFlapping(
      events
        .slice(begin, end)
        .filter(isTurn)
        .map(({ at }) => at),
    ),
  };
}

function stepOf({ at, from, to, run }: LifeEvent, move: Move, believedAt: Date | null): LifeStep {
  const isOver = accountOf(to) === null;
  // Of two dates by clocks that differ, the later thing may have the earlier one.
  const stoodMs = isOver && believedAt ? Math.max(0, at.getTime() - believedAt.getTime()) : null;
  return { move, account: accountOf(from) ?? accountOf(to)!, at, run, stoodMs };
}

/** In which account it stands; null where in none. */
export function accountOf(state: FindingState | null): Account | null {
  if (state === 'open' || state === 'acknowledged') return 'open';
  return state === 'accepted' ? 'accepted' : null;
}

/** How many of the events happened before an instant. */
function countBefore(events: readonly LifeEvent[], instant: Date): number {
  for (let place = events.length; place > 0; place--) if (events[place - 1]!.at < instant) return place;
  return 0;
}

function moveOf({ from, to, run, why }: LifeEvent, wasBelieved: boolean): Move | null {
  const left = accountOf(from);
  const entered = accountOf(to);
  if (left === entered) return null;
  if (left === null) return wasBelieved ? 'reopened' : 'opened';
  if (left === 'open' && entered === 'accepted') return 'accepted';
  if (left === 'accepted' && entered === 'open') return saysHasPassed(why) ? 'expired' : 'withdrawn';
  // Only a look can resolve a finding; the inventory ends what nobody looks at any more.
  if (run === null) return 'unwatched';
  return why.startsWith(IN_ANOTHER_WAY) ? 'replaced' : 'repaired';
}

/** As domain/advance.ts counts them: resolved, where it had been believed, and back again. */
const isTurn = ({ from, to }: LifeEvent): boolean =>
  from === 'resolved' ? to !== 'resolved' : to === 'resolved' && from !== 'suspected' && from !== null;

const TURNS_AT_ONCE = 20;

function worstFlapping(turns: readonly Date[]): number | null {
  let worst: number | null = null;
  for (let last = 1; last < turns.length; last++) {
    const recent = turns.slice(Math.max(0, last + 1 - TURNS_AT_ONCE), last + 1);
    const times = flapping(recent, turns[last]!);
    if (times !== null && times > (worst ?? 0)) worst = times;
  }
  return worst;
}
