/*
 * Probes that need another attempt, first in, first out, without an object each: their place in the slice, and what has
 * happened to them. A probe comes here out of the window, so that the queue is no longer than the window is wide.
 */
export class AgainQueue {
  /** Of the probe that `take` has taken. */
  at = 0;
  trials = 0;
  private cells = new Int32Array(512);
  private head = 0;
  private count = 0;

  get length(): number {
    return this.count;
  }

  push(at: number, trials: number): void {
    if (this.count * 2 === this.cells.length) this.grow();
    const place = ((this.head + this.count) * 2) & (this.cells.length - 1);
    this.cells[place] = at;
    this.cells[place + 1] = trials;
    this.count++;
  }

  /** Sets `at` and `trials` to the oldest. There must be one. */
  take(): void {
    const place = (this.head * 2) & (this.cells.length - 1);
    this.at = this.cells[place]!;
    this.trials = this.cells[place + 1]!;
    this.head++;
    this.count--;
  }

  private grow(): void {
    const wider = new Int32Array(this.cells.length * 2);
    for (let i = 0; i < this.count * 2; i++) {
      wider[i] = this.cells[(this.head * 2 + i) & (this.cells.length - 1)]!;
    }
    this.cells = wider;
    this.head = 0;
  }
}

/** What has happened to a probe, as one number: its silences, shortages and self-connections, a byte each. */
export const NO_TRIALS = 0;
export const ONE_SILENCE = 1;
export const ONE_SHORTAGE = 1 << 8;
export const ONE_SELF_CONNECT = 1 << 16;
export const silencesOf = (trials: number): number => trials & 255;
export const shortagesOf = (trials: number): number => (trials >>> 8) & 255;
export const selfConnectsOf = (trials: number): number => trials >>> 16;
