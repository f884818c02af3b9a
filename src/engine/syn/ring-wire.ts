/*
 * The wire of a real scan: what the conductor sends itself, a batch between two looks at the rings; sender threads that are
 * given their orders through shared memory; and the rings.
 */
import { type PacketRing, waitForRings } from '../linux/packet-ring.js';
import type { AnswerBook } from './answer-book.js';
import type { Sending } from './sending.js';
import {
  ANSWERED,
  CURSOR,
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
  /** The time of the present look at the rings. */
  private readMs = 0;
  private readonly read = (bytes: Uint8Array, at: number, length: number): void =>
    this.book.read(bytes, at, length, this.readMs);

  constructor(
    private readonly shared: SynShared,
    private readonly rings: readonly PacketRing[],
    private readonly own: Sending,
    /** Threads that send beside us. */
    private readonly others: number,
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
    numbers[SENDERS] = ratePerSecond <= ONE_SENDER_RATE ? 1 : 1 + this.others;
    Atomics.store(flags, CURSOR, 0);
    this.own.begin();
    Atomics.store(flags, DONE, 0);
    Atomics.store(flags, ORDER, ++this.order);
    Atomics.notify(flags, ORDER);
  }

  get isSending(): boolean {
    return !this.own.isDone || Atomics.load(this.shared.flags, DONE) < this.others;
  }

  receive(waitMs: number): void {
    const restMs = Math.min(waitMs, this.own.step());
    const nowMs = threadClockMs();
    let packets = 0;
    this.readMs = nowMs;
    for (const ring of this.rings) packets += ring.drain(this.read);
    if (nowMs - this.toldMs >= TELL_MS) {
      this.toldMs = nowMs;
      this.shared.numbers[ANSWERED] = this.book.answered;
      this.book.tellOpened();
    }
    if (packets === 0 && restMs > 0) waitForRings(this.rings, restMs);
  }

  dropped(): number {
    return this.rings.reduce((sum, ring) => sum + ring.dropped(), 0);
  }

  get isStopped(): boolean {
    return Atomics.load(this.shared.flags, STOP) !== 0;
  }
}
