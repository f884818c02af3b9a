/*
 * How fast a room of the ledger goes on that has much to do. It works in bites, each small enough that whoever asks the database or this
 * process meanwhile hardly notices; and while there is somebody who does, or a run under way, it rests between two bites, so that it
 * has a tenth of one core at most. Only where nobody wants anything does it go on at once.
 *
 * The clock alone decides. One that jumps in the middle of a bite makes a rest of no more than MOST_REST_MS.
 */
import type { Clock } from '../platform/clock.js';

/** What a step should take, the database's work and ours; its longest statement takes less. */
const STEP_MS = 30;
/** What is not begun after so long waits for the next bite. */
export const BITE_MS = 50;
/** Of one core, while it is not alone. */
const SHARE = 0.1;
const MOST_REST_MS = 10_000;

/** How much a step takes: of whatever it counts. */
export interface StepSize {
  readonly first: number;
  readonly most: number;
}

/** One for each room: each rests for what it has done itself. */
export class Pace {
  private readonly sizes = new Map<string, number>();
  private restFromMs = 0;
  private restMs = 0;

  constructor(
    private readonly calm: { holds(): Promise<boolean> },
    private readonly clock: Clock,
    private readonly size: StepSize,
  ) {}

  nowMs(): number {
    return this.clock().getTime();
  }

  /** Not any more where the clock was set back. */
  get isResting(): boolean {
    const sinceMs = this.nowMs() - this.restFromMs;
    return sinceMs >= 0 && sinceMs < this.restMs;
  }

  /** How much the next step of a kind may take. */
  sizeOf(kind: string): number {
    return this.sizes.get(kind) ?? this.size.first;
  }

  /** How long one took says how large the next may be. It grows only where about all was there that it might have. */
  stepped(kind: string, done: number, tookMs: number): void {
    const before = this.sizeOf(kind);
    if (tookMs > STEP_MS) this.sizes.set(kind, Math.max(1, Math.floor((before * STEP_MS) / tookMs)));
    else if (done * 2 >= before && tookMs < STEP_MS / 2)
      this.sizes.set(kind, Math.min(this.size.most, before * 2));
  }

  /** After a bite. Where nobody wants anything there is no rest. @param beganMs when the bite began */
  async rest(beganMs: number): Promise<void> {
    const isAlone = await this.calm.holds();
    this.restFromMs = this.nowMs();
    const tookMs = Math.max(0, this.restFromMs - beganMs);
    this.restMs = isAlone ? 0 : Math.min(MOST_REST_MS, tookMs * (1 / SHARE - 1));
  }
}
