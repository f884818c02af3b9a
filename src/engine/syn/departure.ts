/*
 * Where a sender's packets leave: the sockets and batches of one table of ways.
 *
 * What could not be sent is no silence: its byte says by which errno it failed. A full buffer (ENOBUFS, EAGAIN) is waited for,
 * but not for ever: where nothing leaves by a way for a second, the cable is out, and the rest fails at once until
 * something leaves again.
 */
import type { ProbeSpace } from '../probe-space.js';
import { failureCode, WAITING } from '../verdicts.js';
import { EgressIndex, type EgressTable } from './egress.js';
import { SendBatch } from './send-batch.js';
import { channelKey, openSendSocket } from './send-sockets.js';
import { SENT, STOP, type SynShared, threadClockMs } from './shared-state.js';

const FULL_PAUSE_MS = 1;
const FULL_MOST_MS = 1000;
const COMES_BACK = new Set(['ENOBUFS', 'EAGAIN', 'EINTR', 'ENOMEM']);

export class Departure {
  /** Packets that wait to be flushed. */
  size = 0;
  private readonly egress: EgressIndex;
  private readonly batches: readonly SendBatch[];
  /** The batch of each way. */
  private readonly batchOf: readonly SendBatch[];
  /** Since when not one packet has left by a way; Infinity while they do. */
  private readonly fullSinceMs: Float64Array;
  private isAnyFull = false;

  constructor(
    private readonly shared: SynShared,
    private readonly place: number,
    { ways, ...table }: EgressTable,
  ) {
    this.egress = new EgressIndex({ ways, ...table });
    this.fullSinceMs = new Float64Array(ways.length).fill(Number.POSITIVE_INFINITY);
    const batches = new Map<string, SendBatch>();
    try {
      this.batchOf = ways.map((way) => {
        const key = channelKey(way);
        const batch = batches.get(key) ?? new SendBatch(openSendSocket(way), ways);
        batches.set(key, batch);
        return batch;
      });
    } catch (error) {
      for (const batch of batches.values()) batch.close();
      throw error;
    }
    this.batches = [...batches.values()];
  }

  /** The way of the address that `space` points to, or -1 - verdict. */
  wayOf({ family, w0, w1, w2, w3 }: ProbeSpace): number {
    return this.egress.wayOf(family, w0, w1, w2, w3);
  }

  add(way: number, space: ProbeSpace, sourcePort: number, sequence: number, slot: number): void {
    this.batchOf[way]!.add(space, way, sourcePort, sequence, slot);
    this.size++;
  }

  flush(pass: number): void {
    for (const batch of this.batches) if (batch.size > 0) this.flushBatch(batch, pass);
    this.size = 0;
  }

  /** Descriptors belong to the process, and outlive the thread. */
  close(): void {
    for (const batch of this.batches) batch.close();
  }

  private flushBatch(batch: SendBatch, pass: number): void {
    const { sentAt, groups, groupShift, numbers, flags } = this.shared;
    const nowMs = threadClockMs();
    const row = pass * groups;
    for (let i = 0; i < batch.size; i++) sentAt[row + (batch.slots[i]! >> groupShift)] = nowMs;
    let from = 0;
    while (from < batch.size && Atomics.load(flags, STOP) === 0) {
      const sent = batch.send(from);
      if (typeof sent === 'number') {
        if (this.isAnyFull) for (let i = from; i < from + sent; i++) this.notFull(batch.wayAt(i));
        from += sent;
        numbers[SENT + this.place]! += sent;
      } else if (COMES_BACK.has(sent) && this.mayComeBack(batch.wayAt(from))) {
        Atomics.wait(flags, STOP, 0, FULL_PAUSE_MS);
      } else settle(this.shared, batch.slots[from++]!, failureCode(sent));
    }
    batch.size = 0;
  }

  private mayComeBack(way: number): boolean {
    const nowMs = threadClockMs();
    this.isAnyFull = true;
    this.fullSinceMs[way] = Math.min(this.fullSinceMs[way]!, nowMs);
    return nowMs - this.fullSinceMs[way]! < FULL_MOST_MS;
  }

  private notFull(way: number): void {
    this.fullSinceMs[way] = Number.POSITIVE_INFINITY;
  }
}

/** A word on a probe that has not left. An answer may have come to an earlier pass meanwhile. */
export function settle({ verdicts }: SynShared, slot: number, verdict: number): void {
  Atomics.compareExchange(verdicts, slot, WAITING, verdict);
}
