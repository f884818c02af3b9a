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

/** What rises and falls in each slot of a period, counted step by step. */
export class TrendCounts {
  readonly risen: number[];
  readonly fallen: number[];
  readonly slots: ReadonlyArray<{ readonly from: Date; readonly to: Date }>;
  private readonly slotMs: number;
  private readonly firstMs: number;

  constructor(period: Period) {
    this.slotMs = slotOf(period) === 'day' ? DAY_MS : 7 * DAY_MS;
    this.slots = slotsOf({ from: period.from, to: period.until }, this.slotMs);
    this.firstMs = slotStart(period.from, this.slotMs).getTime();
    this.risen = this.slots.map(() => 0);
    this.fallen = this.slots.map(() => 0);
  }

  add(
    step: { readonly at: Date } & Pick<DriftFinding['steps'][number], 'move' | 'account'>,
    times = 1,
  ): void {
    const change = openChange(step);
    if (change === 0) return;
    const counts = change > 0 ? this.risen : this.fallen;
    counts[this.placeOf(step.at)]! += times;
  }

  /** Dates that a wrong clock has written lie outside: they belong to the nearest. */
  placeOf(at: Date): number {
    const place = Math.floor((at.getTime() - this.firstMs) / this.slotMs);
    return Math.min(this.slots.length - 1, Math.max(0, place));
  }
}

/** @param trusted when trustworthy runs ended, of as many as say it for each day */
export function trendOf(
  counts: TrendCounts,
  opening: Pick<Accounts, 'open'>,
  trusted: readonly Date[],
): DriftSlot[] {
  const isTrusted = new Set(trusted.map((at) => counts.placeOf(at)));
  let open = opening.open;
  return counts.slots.map(({ from, to }, place) => {
    const [risen, fallen] = [counts.risen[place]!, counts.fallen[place]!];
    open += risen - fallen;
    return {
      ...{ from: from.toISOString(), until: to.toISOString(), risen, fallen },
      standing: isTrusted.has(place) ? open : null,
    };
  });
}

/** By how much a step changes what is open. */
function openChange({ move, account }: Pick<DriftFinding['steps'][number], 'move' | 'account'>): number {
  if (move === 'expired' || move === 'withdrawn') return 1;
  if (move === 'accepted') return -1;
  if (account === 'accepted') return 0;
  return move === 'opened' || move === 'reopened' ? 1 : -1;
}
