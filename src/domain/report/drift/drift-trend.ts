/*
 * A period as days, or weeks where it is long: what came to be open, what was open no longer, and what stood at the end of each. Pure.
 * Where no trustworthy run ended in a slot nobody knows what stood: that is a gap, and never a zero.
 */
import { DAY_MS, slotStart, slotsOf } from '../../history-slots.js';
import type { Accounts } from './balance.js';
import type { DriftFinding, DriftSlot, DriftSnapshot } from './drift.js';

/** Longer periods are told by the week. */
const DAYS_MOST = 45;

interface Period {
  readonly from: Date;
  readonly until: Date;
}

export function slotOf({ from, until }: Period): DriftSnapshot['slot'] {
  return until.getTime() - from.getTime() <= DAYS_MOST * DAY_MS ? 'day' : 'week';
}

/** @param trusted when trustworthy runs ended, of as many as say it for each day */
export function trendOf(
  period: Period,
  findings: readonly Pick<DriftFinding, 'steps'>[],
  opening: Pick<Accounts, 'open'>,
  trusted: readonly Date[],
): DriftSlot[] {
  const slotMs = slotOf(period) === 'day' ? DAY_MS : 7 * DAY_MS;
  const slots = slotsOf({ from: period.from, to: period.until }, slotMs);
  const first = slotStart(period.from, slotMs).getTime();
  // Dates that a wrong clock has written lie outside: they belong to the nearest.
  const placeOf = (at: Date): number =>
    Math.min(slots.length - 1, Math.max(0, Math.floor((at.getTime() - first) / slotMs)));
  const risen = slots.map(() => 0);
  const fallen = slots.map(() => 0);
  for (const { steps } of findings) {
    for (const step of steps) {
      const change = openChange(step);
      const place = placeOf(new Date(step.at));
      if (change > 0) risen[place]!++;
      else if (change < 0) fallen[place]!++;
    }
  }
  const isTrusted = new Set(trusted.map(placeOf));
  let open = opening.open;
  return slots.map(({ from, to }, place) => {
    open += risen[place]! - fallen[place]!;
    return {
      ...{ from: from.toISOString(), until: to.toISOString() },
      ...{ risen: risen[place]!, fallen: fallen[place]! },
      standing: isTrusted.has(place) ? open : null,
    };
  });
}

/** By how much a step changes what is open. */
export function openChange({
  move,
  account,
}: Pick<DriftFinding['steps'][number], 'move' | 'account'>): number {
  if (move === 'expired' || move === 'withdrawn') return 1;
  if (move === 'accepted') return -1;
  if (account === 'accepted') return 0;
  return move === 'opened' || move === 'reopened' ? 1 : -1;
}
