/*
 * Writes down what a worker sees of its shard, by position, for the time until the next log entry is due. Kept is what came since
 * the last one, whatever was written before: entries are put together by collation.ts.
 *
 * What lies at no position of the shard is kept in full: canaries, which are beyond every plan, and whatever an engine has
 * to say of others.
 */
import { isOfCanary, type Observation } from '../domain/observation.js';
import { PortSet } from '../domain/port-set.js';
import { packRuns, SILENT, type Word, Words } from '../domain/shard-log.js';
import type { ProbeOrder } from '../engine/probe-order.js';

/** Observations as JSON has them. */
export type Beyond = Omit<Observation, 'ports' | 'connectMs'> & {
  readonly ports: string;
  readonly connectMs?: Array<[number, number]>;
};

export interface LogEntry {
  /** By their numbers in `runs`, 1 first. */
  readonly words: Word[];
  /** As `packRuns` has them; slot 0 is the shard's first position. */
  readonly runs: Buffer;
  /** Milliseconds from SYN to SYN-ACK: slot, time, slot, time, … */
  readonly times: number[];
  /** What was said of slots once more, in this order, with the time or null. */
  readonly again: Array<[slot: number, number: number, connectMs: number | null]>;
  readonly beyond: Beyond[];
  /** The latest observation's time. */
  readonly at: Date;
}

export class ShardLog {
  private words = new Words();
  private readonly slots: Uint8Array;
  private readonly times = new Map<number, number>();
  private again: LogEntry['again'] = [];
  private readonly repeated = new Set<number>();
  private beyond: Beyond[] = [];
  private isEmpty = true;
  private atMs = 0;

  /** Of the positions from ≤ position < to. */
  constructor(
    private readonly order: ProbeOrder,
    private readonly from: number,
    to: number,
  ) {
    this.slots = new Uint8Array(to - from);
  }

  take(seen: Observation): void {
    this.isEmpty = false;
    this.atMs = Math.max(this.atMs, seen.at);
    if (isOfCanary(seen)) {
      this.beyond.push(asJson(seen));
      return;
    }
    const number = this.words.numberOf(seen);
    const positions = this.order.positionsOf(seen.address, seen.ports);
    const strangers: number[] = [];
    for (let i = 0; i < positions.length; i++) {
      const slot = positions[i]! - this.from;
      if (positions[i]! < 0 || slot < 0 || slot >= this.slots.length) strangers.push(seen.ports.at(i));
      else if (this.slots[slot] === SILENT && !seen.connectMs) this.slots[slot] = number;
      else this.write(slot, number, seen.connectMs?.get(seen.ports.at(i)) ?? null);
    }
    if (strangers.length > 0) this.beyond.push(asJson({ ...seen, ports: PortSet.from(strangers) }));
  }

  /** What came since the last one; null where nothing did. */
  next(): LogEntry | null {
    if (this.isEmpty) return null;
    const entry = {
      words: [...this.words.all],
      runs: Buffer.from(packRuns(this.slots)),
      times: [...this.times].flat(),
      again: this.again,
      beyond: this.beyond,
      at: new Date(this.atMs),
    };
    this.words = new Words();
    this.slots.fill(SILENT);
    this.times.clear();
    this.again = [];
    this.repeated.clear();
    this.beyond = [];
    this.isEmpty = true;
    return entry;
  }

  private write(slot: number, number: number, connectMs: number | null): void {
    const before = this.slots[slot]!;
    if (before === SILENT) {
      this.slots[slot] = number;
      if (connectMs !== null) this.times.set(slot, connectMs);
    } else if (before !== number || this.repeated.has(slot)) {
      // Which of them holds hangs on what earlier entries say.
      this.repeated.add(slot);
      this.again.push([slot, number, connectMs]);
    }
  }
}

function asJson({ ports, connectMs, ...seen }: Observation): Beyond {
  return { ...seen, ports: `${ports}`, ...(connectMs ? { connectMs: [...connectMs] } : {}) };
}

export function fromJson({ ports, connectMs, ...seen }: Beyond): Observation {
  return {
    ...seen,
    ports: PortSet.parse(ports),
    ...(connectMs ? { connectMs: new Map(connectMs) } : {}),
  };
}
