/*
 * Takes every run that has ended with a verdict on the network into the history, in the order of their numbers, and forgets
 * what is older than the retention. A run that ends after one with a higher number comes late, and its looks count where
 * they are newer than what is known.
 *
 * A run over which it fails again and again is passed over with the reason: it must not hold up the others.
 */
import { Inject, Injectable } from '@nestjs/common';
import { looksOf, maxGapMsOf } from '../domain/history-looks.js';
import { CLOCK, type Clock } from '../platform/clock.js';
import { storeTrouble } from '../platform/store-trouble.js';
import { RunLooks } from '../scans/run-looks.js';
import { ScansService } from '../scans/scans.service.js';
import { HistoryQueries } from './history.queries.js';
import { HistoryService } from './history.service.js';

/** With the loop's growing pauses these are some minutes. */
const MOST_STUMBLES = 10;
const PRUNE_EVERY_MS = 3_600_000;

@Injectable()
export class Historian {
  readonly name = 'historian';
  private stumbles = { run: '', count: 0 };
  private doneBefore = '0';
  private prunedAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly queries: HistoryQueries,
    private readonly history: HistoryService,
    private readonly scans: ScansService,
    private readonly looks: RunLooks,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async workOnce(): Promise<number> {
    const next = await this.queries.nextRun(this.doneBefore);
    if (next === null) return this.prune();
    try {
      await this.take(next);
    } catch (error) {
      // A full disk is no fault of the run's.
      if (storeTrouble(error) !== null) throw error;
      const count = this.stumbles.run === next ? this.stumbles.count + 1 : 1;
      this.stumbles = { run: next, count };
      const why = error instanceof Error ? error.message : String(error);
      if (count >= MOST_STUMBLES)
        await this.history.passOver(next, `the ${this.name} failed over it: ${why}`);
      throw error;
    }
    return 1;
  }

  private async take(id: string): Promise<void> {
    const run = await this.scans.run(id);
    const seen = await this.looks.of(run);
    if (!seen.ok) return this.history.passOver(id, seen.why);
    const at = seen.scans[0]?.notBefore;
    if (!at) return this.history.passOver(id, 'it has looked at nothing');
    const { plan, comparison, observed } = seen;
    // Otherwise it would be told of as if it had seen nothing.
    const isWhole = comparison.coverage.probed >= (run.coverage?.probed ?? 0);
    if (!isWhole) return this.history.passOver(id, 'what it saw is no longer kept');
    const looks = looksOf(plan, comparison.verdicts, observed, at);
    await this.history.take(id, looks, maxGapMsOf(plan.audit, at));
  }

  private async prune(): Promise<number> {
    const now = this.clock().getTime();
    // Also where the clock was set back.
    if (Math.abs(now - this.prunedAt) < PRUNE_EVERY_MS) return 0;
    this.prunedAt = now;
    this.doneBefore = await this.queries.nothingBefore();
    return this.history.prune();
  }
}
