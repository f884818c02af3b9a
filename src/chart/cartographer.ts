/*
 * Takes every run that has ended with a verdict on the network into the chart: what each address was last seen to be. A look whose
 * scanner could not be believed has no such verdict, and changes nothing here.
 *
 * Where it has been away for long, it begins with the last few runs of each audit: older ones say what those have said anew. A
 * run over which it fails again and again is passed over with the reason.
 */
import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '../platform/clock.js';
import { storeTrouble } from '../platform/store-trouble.js';
import { ChartQueries } from './chart.queries.js';
import { ChartedService } from './charted.service.js';
import { SightedRuns } from './sighted-runs.js';

/** With the loop's growing pauses these are some minutes. */
const MOST_STUMBLES = 10;
const PRUNE_EVERY_MS = 3_600_000;

@Injectable()
export class Cartographer {
  readonly name = 'cartographer';
  private stumbles = { run: '', count: 0 };
  private prunedAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly queries: ChartQueries,
    private readonly charted: ChartedService,
    private readonly runs: SightedRuns,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async workOnce(): Promise<number> {
    const next = await this.queries.nextRun();
    if (next === null) return this.prune();
    try {
      const { sighted, isDeclared } = await this.runs.of(next);
      await this.charted.take(next, sighted, isDeclared);
    } catch (error) {
      // A full disk is no fault of the run's.
      if (storeTrouble(error) !== null) throw error;
      const count = this.stumbles.run === next ? this.stumbles.count + 1 : 1;
      this.stumbles = { run: next, count };
      const why = error instanceof Error ? error.message : String(error);
      if (count >= MOST_STUMBLES)
        await this.charted.passOver(next, `the ${this.name} failed over it: ${why}`);
      throw error;
    }
    return 1;
  }

  private async prune(): Promise<number> {
    const now = this.clock().getTime();
    // Also where the clock was set back.
    if (Math.abs(now - this.prunedAt) >= PRUNE_EVERY_MS) {
      this.prunedAt = now;
      await this.charted.prune();
    }
    return 0;
  }
}
