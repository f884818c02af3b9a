/*
 * A thread that sends: carries out the conductor's orders, one after the other, over its own part of the slice.
 *
 * Before each packet it looks at the byte (does it wait still?), at the way out (is it allowed at all?), at the clock (the
 * rate is kept between packets, not on average) and, with each batch, at the stop flag. What could not be sent is no
 * silence: its byte says by which errno it failed. A full buffer (ENOBUFS, EAGAIN) is waited for.
 */
import { type MessagePort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { permutation } from '../permutation.js';
import { ProbeSpace, type SpaceLayout } from '../probe-space.js';
import { failureCode, HOST_DEADLINE, WAITING } from '../verdicts.js';
import { type Cookies, cookies } from './cookie.js';
import { EgressIndex, type EgressTable } from './egress.js';
import { BATCH_MOST, SendBatch } from './send-batch.js';
import { channelKey, openSendSocket } from './send-sockets.js';
import {
  DONE,
  ORDER,
  PASS,
  RATE,
  SENDERS,
  SENT,
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
/** A batch under a rate is what the rate gives in this time. */
const BATCH_MS = 0.2;
const FULL_PAUSE_MS = 1;
const FULL_MOST_MS = 1000;
const COMES_BACK = new Set(['ENOBUFS', 'EAGAIN', 'EINTR', 'ENOMEM']);

class SynSender {
  private readonly space: ProbeSpace;
  private readonly indexAt: (position: number) => number;
  private readonly cookies: Cookies;
  private readonly egress: EgressIndex;
  private readonly batches: readonly SendBatch[];
  /** The batch of each way. */
  private readonly batchOf: readonly SendBatch[];
  private batchMost = BATCH_MOST;
  private rate = 0;
  private dueMs = 0;
  private pass = 0;
  private inBatches = 0;
  /** Since when not one packet has left by a way; Infinity while they do. */
  private readonly fullSinceMs: Float64Array;
  private isAnyFull = false;

  constructor(
    private readonly work: SenderWork,
    table: EgressTable,
  ) {
    this.space = new ProbeSpace(work.layout);
    this.indexAt = permutation(work.layout.count, work.seed);
    this.cookies = cookies(work.keys[0], work.keys[1]);
    this.egress = new EgressIndex(table);
    this.fullSinceMs = new Float64Array(table.ways.length).fill(Number.POSITIVE_INFINITY);
    const batches = new Map<string, SendBatch>();
    try {
      this.batchOf = table.ways.map((way) => {
        const key = channelKey(way);
        const batch = batches.get(key) ?? new SendBatch(openSendSocket(way), table.ways);
        batches.set(key, batch);
        return batch;
      });
    } catch (error) {
      for (const batch of batches.values()) batch.close();
      throw error;
    }
    this.batches = [...batches.values()];
  }

  /** Carries out orders until told to stop, and closes its sockets. */
  serve(): void {
    try {
      this.carryOutAll();
    } finally {
      for (const batch of this.batches) batch.close();
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
    const { numbers } = this.work.shared;
    const senders = numbers[SENDERS]!;
    const { place } = this.work;
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
      if (this.inBatches >= this.batchMost) {
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
    const way = this.egress.wayOf(family, w0, w1, w2, w3);
    if (way < 0 || this.isTooLate(space.host)) {
      this.settle(slot, way < 0 ? -1 - way : HOST_DEADLINE);
      return;
    }
    const sourcePort = this.work.firstSourcePort + this.pass;
    const sequence =
      family === 4
        ? this.cookies.v4(w3, port, sourcePort)
        : this.cookies.v6(w0, w1, w2, w3, port, sourcePort);
    this.batchOf[way]!.add(space, way, sourcePort, sequence, slot);
    this.inBatches++;
  }

  private flush(): void {
    if (this.inBatches === 0) return;
    this.keepPace(this.inBatches);
    for (const batch of this.batches) if (batch.size > 0) this.flushBatch(batch);
    this.inBatches = 0;
  }

  private flushBatch(batch: SendBatch): void {
    const { sentAt, groups, groupShift, numbers } = this.work.shared;
    const nowMs = threadClockMs();
    const row = this.pass * groups;
    for (let i = 0; i < batch.size; i++) sentAt[row + (batch.slots[i]! >> groupShift)] = nowMs;
    let from = 0;
    while (from < batch.size && !this.isStopped) {
      const sent = batch.send(from);
      if (typeof sent === 'number') {
        if (this.isAnyFull) for (let i = from; i < from + sent; i++) this.notFull(batch.wayAt(i));
        from += sent;
        numbers[SENT + this.work.place]! += sent;
      } else if (COMES_BACK.has(sent) && this.mayComeBack(batch.wayAt(from))) {
        Atomics.wait(this.work.shared.flags, STOP, 0, FULL_PAUSE_MS);
      } else this.settle(batch.slots[from++]!, failureCode(sent));
    }
    batch.size = 0;
  }

  /** A full buffer is emptied in a moment, unless the cable is out: after a second in which nothing left, it is a failure. */
  private mayComeBack(way: number): boolean {
    const nowMs = threadClockMs();
    this.isAnyFull = true;
    this.fullSinceMs[way] = Math.min(this.fullSinceMs[way]!, nowMs);
    return nowMs - this.fullSinceMs[way]! < FULL_MOST_MS;
  }

  private notFull(way: number): void {
    this.fullSinceMs[way] = Number.POSITIVE_INFINITY;
  }

  private isTooLate(host: number): boolean {
    const { firstSentMs, hostDeadlineMs } = this.work.shared;
    if (firstSentMs.length === 0) return false;
    const place = host % firstSentMs.length;
    const nowMs = threadClockMs();
    if (firstSentMs[place] === 0) firstSentMs[place] = nowMs;
    return nowMs - firstSentMs[place]! > hostDeadlineMs;
  }

  /** A word on a probe that has not left. An answer may have come to an earlier pass meanwhile. */
  private settle(slot: number, verdict: number): void {
    Atomics.compareExchange(this.work.shared.verdicts, slot, WAITING, verdict);
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
      if (leftMs > 0.2) Atomics.wait(this.work.shared.flags, STOP, 0, Math.min(leftMs - 0.1, 100));
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
