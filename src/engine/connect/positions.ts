/*
 * The probes of a slice that are this worker's to make, one after the other, taken from the cursor that all share.
 */

import { isWithin } from '../index-stretches.js';
import { permutation } from '../permutation.js';
import { PASSED_OVER } from '../verdicts.js';
import * as board from './board.js';

/** Taken at once, so that workers seldom meet at the cursor. */
const CHUNK = 128;

export class Positions {
  /** The probe that `next` has found: its place in the slice, and its index in the plan. */
  at = 0;
  index = 0;
  private readonly indexAt: (position: number) => number;
  private from = 0;
  private size = 0;
  private chunkAt = 0;
  private chunkEnd = 0;
  private isOut = true;

  constructor(private readonly orders: board.ConnectOrders) {
    this.indexAt = permutation(orders.layout.count, orders.plan.seed);
  }

  get isExhausted(): boolean {
    return this.isOut;
  }

  beginSlice(): void {
    const { bounds } = this.orders;
    this.from = bounds[board.FROM]!;
    this.size = bounds[board.TO]! - this.from;
    this.chunkAt = 0;
    this.chunkEnd = 0;
    this.isOut = false;
  }

  indexOf(at: number): number {
    return this.indexAt(this.from + at);
  }

  /** False when there are no more. */
  next(): boolean {
    const { passedOver, verdicts } = this.orders;
    for (;;) {
      if (this.chunkAt === this.chunkEnd && !this.takeChunk()) return false;
      this.at = this.chunkAt++;
      this.index = this.indexAt(this.from + this.at);
      if (passedOver.length === 0 || !isWithin(passedOver, this.index)) return true;
      verdicts[this.at] = PASSED_OVER;
    }
  }

  private takeChunk(): boolean {
    if (this.isOut) return false;
    const start = Atomics.add(this.orders.control, board.CURSOR, CHUNK);
    this.isOut = start >= this.size;
    if (this.isOut) return false;
    this.chunkAt = start;
    this.chunkEnd = Math.min(this.size, start + CHUNK);
    return true;
  }
}
