/*
 * How fast the ledger takes in what waits for it. It works in bites, each small enough that whoever asks the database or this process
 * meanwhile hardly notices; and while there is somebody who does, or a run under way, it rests between two bites, so that it has a
 * tenth of one core at most. Only where nobody wants anything does it go on at once.
 *
 * The clock alone decides. One that jumps in the middle of a bite makes a rest of no more than MOST_REST_MS.
 */
import { Inject, Injectable } from '@nestjs/common';
import { Bustle } from '../platform/bustle.js';
import { CLOCK, type Clock } from '../platform/clock.js';
import { LedgerQueries } from './ledger.queries.js';

/** What a step of one source should take, its database's work and ours; its longest statement takes less. */
const STEP_MS = 30;
/** What is begun after so long waits for the next bite. */
export const BITE_MS = 50;
/** Of one core, while it is not alone. */
const SHARE = 0.1;
const MOST_REST_MS = 10_000;
const FIRST_ROWS = 200;
const MOST_ROWS = 2000;

@Injectable()
export class Pace {
  private readonly rows = new Map<string, number>();
  private restFromMs = 0;
  private restMs = 0;

  constructor(
    private readonly queries: LedgerQueries,
    private readonly bustle: Bustle,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  nowMs(): number {
    return this.clock().getTime();
  }

  /** Also where the clock was set back. */
  get isResting(): boolean {
    const sinceMs = this.nowMs() - this.restFromMs;
    return sinceMs >= 0 && sinceMs < this.restMs;
  }

  /** How many rows of a source the next step may take. */
  rowsOf(source: string): number {
    return this.rows.get(source) ?? FIRST_ROWS;
  }

  /** How long one took says how large the next may be. It grows only where about all were there that it might have. */
  stepped(source: string, rows: number, tookMs: number): void {
    const before = this.rowsOf(source);
    if (tookMs > STEP_MS) this.rows.set(source, Math.max(1, Math.floor((before * STEP_MS) / tookMs)));
    else if (rows * 2 >= before && tookMs < STEP_MS / 2)
      this.rows.set(source, Math.min(MOST_ROWS, before * 2));
  }

  /** After a bite. Where nobody wants anything there is no rest. */
  async rest(tookMs: number): Promise<void> {
    const isAlone = this.bustle.isQuiet && !(await this.queries.isRunUnderWay());
    this.restFromMs = this.nowMs();
    this.restMs = isAlone ? 0 : Math.min(MOST_REST_MS, tookMs * (1 / SHARE - 1));
  }
}
