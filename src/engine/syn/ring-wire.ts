/*
 * The wire of a real scan: senders that are given orders through shared memory, and rings that are read.
 */
import { type PacketRing, waitForRings } from '../linux/packet-ring.js';
import type { AnswerBook } from './answer-book.js';
import {
  ANSWERED,
  DONE,
  ORDER,
  PASS,
  RATE,
  SENDERS,
  SLICE_FROM,
  SLICE_TO,
  STOP,
  STRIDE,
  type SynShared,
  threadClockMs,
} from './shared-state.js';
import type { SynWire } from './slice-run.js';

/** One thread keeps this rate, more evenly than two. */
const ONE_SENDER_RATE = 150_000;
/** How often the open ports that came in are told of. */
const TELL_MS = 20;

export class RingWire implements SynWire {
  private order = 0;
  private toldMs = 0;

  constructor(
    private readonly shared: SynShared,
    private readonly rings: readonly PacketRing[],
    private readonly senders: number,
    private readonly book: AnswerBook,
  ) {}

  /** From now on it is about these positions. */
  slice(from: number, to: number): void {
    this.shared.numbers[SLICE_FROM] = from;
    this.shared.numbers[SLICE_TO] = to;
  }

  nowMs(): number {
    return threadClockMs();
  }

  send(pass: number, ratePerSecond: number, stride: number): void {
    const { numbers, flags } = this.shared;
    numbers[PASS] = pass;
    numbers[RATE] = ratePerSecond;
    numbers[STRIDE] = stride;
    numbers[SENDERS] = ratePerSecond <= ONE_SENDER_RATE ? 1 : this.senders;
    Atomics.store(flags, DONE, 0);
    Atomics.store(flags, ORDER, ++this.order);
    Atomics.notify(flags, ORDER);
  }

  get isSending(): boolean {
    return Atomics.load(this.shared.flags, DONE) < this.senders;
  }

  receive(waitMs: number): void {
    const nowMs = threadClockMs();
    let packets = 0;
    for (const ring of this.rings) {
      packets += ring.drain((bytes, at, length) => this.book.read(bytes, at, length, nowMs));
    }
    if (nowMs - this.toldMs >= TELL_MS) {
      this.toldMs = nowMs;
      this.shared.numbers[ANSWERED] = this.book.answered;
      this.book.tellOpened();
    }
    if (packets === 0 && waitMs > 0) waitForRings(this.rings, waitMs);
  }

  dropped(): number {
    return this.rings.reduce((sum, ring) => sum + ring.dropped(), 0);
  }

  get isStopped(): boolean {
    return Atomics.load(this.shared.flags, STOP) !== 0;
  }
}
