/*
 * The sending of one order, step by step, by the conductor itself or by a thread beside it. Whoever is free takes the next
 * few turns from a shared cursor, so that all are through at the same time.
 *
 * Before each packet it looks at the byte (does it wait still?), at the way out (is it allowed at all?), at the host's time,
 * and before each batch at the clock: the rate is kept between batches, not on average. A step never waits; it says how
 * long nothing is due, so that whoever calls it can read answers meanwhile. How packets leave is in departure.ts.
 */
import { permutation } from '../permutation.js';
import { ProbeSpace, type SpaceLayout } from '../probe-space.js';
import { HOST_DEADLINE, WAITING } from '../verdicts.js';
import { type Cookies, cookies } from './cookie.js';
import { Departure, settle } from './departure.js';
import type { EgressTable } from './egress.js';
import { BATCH_MOST } from './send-batch.js';
import {
  CURSOR,
  PASS,
  RATE,
  SENDERS,
  SLICE_FROM,
  SLICE_TO,
  STRIDE,
  type SynShared,
  threadClockMs,
} from './shared-state.js';
import { firstSlot } from './slice-run.js';

export interface SendingTerms {
  readonly layout: SpaceLayout;
  readonly seed: number;
  readonly shared: SynShared;
  readonly keys: readonly [number, number];
  readonly firstSourcePort: number;
  /** Which of the senders this is; 0 is the conductor itself. */
  readonly place: number;
}

/** Late by more than this, the rate is not caught up with. */
const BURST_MS = 25;
/** A batch under a rate is what the rate gives in this time: short beside any policer's burst, long enough to sleep. */
const BATCH_MS = 0.5;
/** Bytes that are looked at in one step, where few of them wait. */
const LOOKS_A_STEP = 65_536;
const TURNS_AT_ONCE = 256;

export class Sending {
  private readonly space: ProbeSpace;
  private readonly indexAt: (position: number) => number;
  private readonly cookies: Cookies;
  private departure: Departure | null = null;
  private batchMost = BATCH_MOST;
  /** Packets a millisecond. */
  private rate = 0;
  private dueMs = 0;
  private pass = 0;
  private stride = 1;
  private passedBy = 0;
  /** Slots in the slice, and the turns that are ours at the moment. */
  private size = 0;
  private firstSlot = 0;
  private turn = 0;
  private end = 0;
  private isOver = true;

  constructor(private readonly terms: SendingTerms) {
    this.space = new ProbeSpace(terms.layout);
    this.indexAt = permutation(terms.layout.count, terms.seed);
    this.cookies = cookies(terms.keys[0], terms.keys[1]);
  }

  /** From now on packets leave by these ways. */
  useWays(table: EgressTable): void {
    this.close();
    this.departure = new Departure(this.terms.shared, this.terms.place, table);
  }

  /** Takes the order that stands in the shared numbers. */
  begin(): void {
    const { place, shared } = this.terms;
    const { numbers } = shared;
    const senders = numbers[SENDERS]!;
    this.size = numbers[SLICE_TO]! - numbers[SLICE_FROM]!;
    this.turn = 0;
    this.end = 0;
    this.isOver = place >= senders;
    this.rate = numbers[RATE]! / senders / 1000;
    this.batchMost = Math.max(1, Math.min(BATCH_MOST, Math.floor(this.rate * BATCH_MS)));
    this.pass = numbers[PASS]!;
    this.firstSlot = firstSlot(this.size, this.pass);
    this.stride = numbers[STRIDE]!;
    this.passedBy = 0;
    this.dueMs = Math.max(this.dueMs, threadClockMs() - 1);
  }

  get isDone(): boolean {
    return this.isOver;
  }

  /** Sends a batch if one is due. Returns for how many milliseconds none is. */
  step(): number {
    if (this.isDone) return Number.POSITIVE_INFINITY;
    const nowMs = threadClockMs();
    if (nowMs < this.dueMs) return this.dueMs - nowMs;
    const departure = this.departure!;
    this.fill(departure);
    const packets = departure.size;
    if (packets === 0) return this.isOver ? Number.POSITIVE_INFINITY : 0;
    departure.flush(this.pass);
    if (this.rate === Number.POSITIVE_INFINITY) return 0;
    this.dueMs = Math.max(this.dueMs, nowMs - BURST_MS) + packets / this.rate;
    return Math.max(0, this.dueMs - threadClockMs());
  }

  close(): void {
    this.departure?.close();
    this.departure = null;
  }

  private fill(departure: Departure): void {
    const { verdicts, numbers } = this.terms.shared;
    const from = numbers[SLICE_FROM]!;
    for (let looks = 0; looks < LOOKS_A_STEP && departure.size < this.batchMost; looks++) {
      if (this.turn === this.end && !this.takeTurns()) return;
      let slot = this.turn++ + this.firstSlot;
      if (slot >= this.size) slot -= this.size;
      if (verdicts[slot] !== WAITING || ++this.passedBy % this.stride !== 0) continue;
      this.probe(departure, from + slot, slot);
    }
  }

  private takeTurns(): boolean {
    this.turn = Atomics.add(this.terms.shared.flags, CURSOR, TURNS_AT_ONCE);
    this.end = Math.min(this.size, this.turn + TURNS_AT_ONCE);
    this.isOver = this.turn >= this.size;
    return !this.isOver;
  }

  private probe(departure: Departure, position: number, slot: number): void {
    const { space, terms } = this;
    space.locate(this.indexAt(position));
    const way = departure.wayOf(space);
    if (way < 0 || this.isTooLate(space.host)) {
      settle(terms.shared, slot, way < 0 ? -1 - way : HOST_DEADLINE);
      return;
    }
    const { family, w0, w1, w2, w3, port } = space;
    const sourcePort = terms.firstSourcePort + this.pass;
    const sequence =
      family === 4
        ? this.cookies.v4(w3, port, sourcePort)
        : this.cookies.v6(w0, w1, w2, w3, port, sourcePort);
    departure.add(way, space, sourcePort, sequence, slot);
  }

  private isTooLate(host: number): boolean {
    const { firstSentMs, hostDeadlineMs } = this.terms.shared;
    if (firstSentMs.length === 0) return false;
    const place = host % firstSentMs.length;
    const nowMs = threadClockMs();
    if (firstSentMs[place] === 0) firstSentMs[place] = nowMs;
    return nowMs - firstSentMs[place]! > hostDeadlineMs;
  }
}
