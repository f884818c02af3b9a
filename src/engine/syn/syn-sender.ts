/*
 * A thread that sends: carries out the conductor's orders, one after the other, over its own part of the slice.
 *
 * Before each packet it looks at the byte (does it wait still?), at the way out (is it allowed at all?), at the clock (the
 * rate is kept between packets, not on average) and, with each batch, at the stop flag. How packets leave is in
 * departure.ts.
 */
import { type MessagePort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { permutation } from '../permutation.js';
import { ProbeSpace, type SpaceLayout } from '../probe-space.js';
import { HOST_DEADLINE, WAITING } from '../verdicts.js';
import { type Cookies, cookies } from './cookie.js';
import { Departure, settle } from './departure.js';
import type { EgressTable } from './egress.js';
import { BATCH_MOST } from './send-batch.js';
import {
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
import { slotInTurn } from './slice-run.js';

export interface SenderWork {
  readonly layout: SpaceLayout;
  readonly seed: number;
  readonly shared: SynShared;
  readonly keys: readonly [number, number];
  readonly firstSourcePort: number;
  readonly place: number;
  /** The table of ways out comes through here. */
  readonly port: MessagePort;
}

/** Late by more than this, the rate is not caught up with. */
const BURST_MS = 25;
/** A batch under a rate is what the rate gives in this time: short beside any policer's burst, long enough to sleep. */
const BATCH_MS = 0.5;
/** A sleep ends late by about so much. */
const SLEEP_LATE_MS = 0.08;

class SynSender {
  private readonly space: ProbeSpace;
  private readonly indexAt: (position: number) => number;
  private readonly cookies: Cookies;
  private departure: Departure;
  private batchMost = BATCH_MOST;
  private rate = 0;
  private dueMs = 0;
  private pass = 0;

  constructor(
    private readonly work: SenderWork,
    table: EgressTable,
  ) {
    this.space = new ProbeSpace(work.layout);
    this.indexAt = permutation(work.layout.count, work.seed);
    this.cookies = cookies(work.keys[0], work.keys[1]);
    this.departure = new Departure(work.shared, work.place, table);
  }

  /** Carries out orders until told to stop, and closes its sockets. */
  serve(): void {
    try {
      this.carryOutAll();
    } finally {
      this.departure.close();
    }
  }

  private carryOutAll(): void {
    const { flags } = this.work.shared;
    let done = 0;
    while (Atomics.load(flags, STOP) === 0) {
      const order = Atomics.load(flags, ORDER);
      if (order === done) {
        Atomics.wait(flags, ORDER, done, 20);
        continue;
      }
      this.carryOut();
      done = order;
      Atomics.add(flags, DONE, 1);
    }
  }

  private carryOut(): void {
    const { place, shared, port } = this.work;
    const news = receiveMessageOnPort(port);
    if (news) {
      this.departure.close();
      this.departure = new Departure(shared, place, news.message as EgressTable);
    }
    const { numbers } = shared;
    const senders = numbers[SENDERS]!;
    if (place >= senders) return;
    const from = numbers[SLICE_FROM]!;
    const size = numbers[SLICE_TO]! - from;
    const first = Math.floor((size * place) / senders);
    const end = Math.floor((size * (place + 1)) / senders);
    this.rate = numbers[RATE]! / senders / 1000;
    this.batchMost = Math.max(1, Math.min(BATCH_MOST, Math.floor(this.rate * BATCH_MS)));
    this.pass = numbers[PASS]!;
    this.dueMs = Math.max(this.dueMs, threadClockMs() - 1);
    this.sendWaiting(from, first, end, numbers[STRIDE]!);
  }

  private sendWaiting(from: number, first: number, end: number, stride: number): void {
    const { verdicts, flags } = this.work.shared;
    const size = end - first;
    let passedBy = 0;
    for (let turn = 0; turn < size; turn++) {
      const slot = first + slotInTurn(turn, size, this.pass);
      if (verdicts[slot] !== WAITING || ++passedBy % stride !== 0) continue;
      this.probe(from + slot, slot);
      if (this.departure.size >= this.batchMost) {
        if (Atomics.load(flags, STOP) !== 0) return;
        this.flush();
      }
    }
    this.flush();
  }

  private probe(position: number, slot: number): void {
    const { space } = this;
    space.locate(this.indexAt(position));
    const { family, w0, w1, w2, w3, port } = space;
    const way = this.departure.wayOf(space);
    if (way < 0 || this.isTooLate(space.host)) {
      settle(this.work.shared, slot, way < 0 ? -1 - way : HOST_DEADLINE);
      return;
    }
    const sourcePort = this.work.firstSourcePort + this.pass;
    const sequence =
      family === 4
        ? this.cookies.v4(w3, port, sourcePort)
        : this.cookies.v6(w0, w1, w2, w3, port, sourcePort);
    this.departure.add(way, space, sourcePort, sequence, slot);
  }

  private flush(): void {
    if (this.departure.size === 0) return;
    this.keepPace(this.departure.size);
    this.departure.flush(this.pass);
  }

  private isTooLate(host: number): boolean {
    const { firstSentMs, hostDeadlineMs } = this.work.shared;
    if (firstSentMs.length === 0) return false;
    const place = host % firstSentMs.length;
    const nowMs = threadClockMs();
    if (firstSentMs[place] === 0) firstSentMs[place] = nowMs;
    return nowMs - firstSentMs[place]! > hostDeadlineMs;
  }

  private get isStopped(): boolean {
    return Atomics.load(this.work.shared.flags, STOP) !== 0;
  }

  /** Waits until so many packets may leave. Sleeps for the most of it, as a sleep ends late, and spins for the rest. */
  private keepPace(packets: number): void {
    if (this.rate === Number.POSITIVE_INFINITY) return;
    let nowMs = threadClockMs();
    this.dueMs = Math.max(this.dueMs, nowMs - BURST_MS);
    while (nowMs < this.dueMs && !this.isStopped) {
      const leftMs = this.dueMs - nowMs;
      if (leftMs > 2 * SLEEP_LATE_MS)
        Atomics.wait(this.work.shared.flags, STOP, 0, Math.min(leftMs - SLEEP_LATE_MS, 100));
      nowMs = threadClockMs();
    }
    this.dueMs += packets / this.rate;
  }
}

function awaitTable({ port, shared }: SenderWork): EgressTable | null {
  while (Atomics.load(shared.flags, STOP) === 0) {
    const message = receiveMessageOnPort(port);
    if (message) return message.message as EgressTable;
    Atomics.wait(shared.flags, ORDER, 0, 2);
  }
  return null;
}

const work = workerData as SenderWork;
const table = awaitTable(work);
if (table) new SynSender(work, table).serve();
work.port.close();
