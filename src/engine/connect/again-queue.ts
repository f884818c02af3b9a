/*
 * Probes that wait for another attempt, or for their host's turn, first in, first out, without an object each: their place
 * in the slice, what has happened to them, and where that is known already, their host's place and subnet.
 */
const FIELDS = 4;

export class AgainQueue {
  /** Of the probe that `take` has taken. */
  at = 0;
  trials = 0;
  place = 0;
  subnet = 0;
  private cells = new Int32Array(128 * FIELDS);
  private head = 0;
  private count = 0;

  get length(): number {
    return this.count;
  }

  push(at: number, trials: number, place = 0, subnet = 0): void {
    if (this.count * FIELDS === this.cells.length) this.grow();
    const cell = ((this.head + this.count) * FIELDS) & (this.cells.length - 1);
    this.cells[cell] = at;
    this.cells[cell + 1] = trials;
    this.cells[cell + 2] = place;
    this.cells[cell + 3] = subnet;
    this.count++;
  }

  /** Sets the fields to those of the oldest. There must be one. */
  take(): void {
    const cell = (this.head * FIELDS) & (this.cells.length - 1);
    this.at = this.cells[cell]!;
    this.trials = this.cells[cell + 1]!;
    this.place = this.cells[cell + 2]!;
    this.subnet = this.cells[cell + 3]!;
    this.head++;
    this.count--;
  }

  private grow(): void {
    const wider = new Int32Array(this.cells.length * 2);
    for (let i = 0; i < this.count * FIELDS; i++) {
      wider[i] = this.cells[(this.head * FIELDS + i) & (this.cells.length - 1)]!;
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
