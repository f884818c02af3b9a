/*
 * How things stand with the findings, counted once for all who ask: again where one has moved, and after some seconds in any case,
 * for a day ends at every moment. Where only the time has moved on, nobody waits for that: they are given what was counted just before.
 * It says when it was counted.
 */
import { Inject, Injectable } from '@nestjs/common';
import { DEADLINES } from '../domain/deadlines.js';
import type { Deadlines } from '../domain/inventory.js';
import { CLOCK, type Clock } from '../platform/clock.js';
import { type AgeRow, type Moved, OverviewQueries, type StandingCell } from './overview.queries.js';

const HOLDS_MS = 20_000;
/** So much longer it is given to those who ask while it is counted again. */
const LASTS_MS = 60_000;
const SINCE_MS = 86_400_000;
const SHOWN = 5;

export interface Standing {
  readonly countedAt: Date;
  readonly cells: readonly StandingCell[];
  readonly ages: readonly AgeRow[];
  /** Since when something counts as different. */
  readonly since: Date;
  readonly fresh: Moved;
  readonly again: Moved;
  readonly resolved: Moved;
}

@Injectable()
export class StandingCount {
  private version = '';
  private counting: Promise<Standing> | null = null;
  private until = 0;

  constructor(
    @Inject(OverviewQueries) private readonly queries: OverviewQueries,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async now(deadlines: Deadlines = DEADLINES): Promise<Standing> {
    const version = await this.queries.version();
    const at = this.clock();
    const held = version === this.version && at.getTime() < this.until + LASTS_MS ? this.counting : null;
    if (held && at.getTime() < this.until) return held;
    this.version = version;
    this.until = at.getTime() + HOLDS_MS;
    const counting = this.count(at, deadlines);
    this.counting = held ?? counting;
    counting.then(
      () => {
        if (this.version === version) this.counting = counting;
      },
      () => {
        this.counting = null;
      },
    );
    return this.counting;
  }

  private async count(countedAt: Date, deadlines: Deadlines): Promise<Standing> {
    const since = new Date(countedAt.getTime() - SINCE_MS);
    return {
      countedAt,
      since,
      cells: await this.queries.counts(),
      ages: await this.queries.ages(countedAt, deadlines),
      ...(await this.queries.opened(since, SHOWN)),
      resolved: await this.queries.resolved(since, SHOWN),
    };
  }
}
