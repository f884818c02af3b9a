/*
 * What the threads of a SYN scan share: a byte a probe of the present slice, when it was sent, a few counters, and the
 * conductor's orders to the senders.
 *
 * Each field has one writer: the conductor writes orders and answers, a sender its own counters. What a sender says of a
 * probe goes by compare-and-exchange, and the cursor by fetch-and-add. Orders are plain numbers, made visible by the generation that is counted up after
 * them (Atomics.store publishes what was written before it).
 */
export const PASSES_MOST = 15;
export const SOURCE_PORTS = PASSES_MOST + 1;
/** The source port beyond the passes' own: a few probes that tell congestion from filtering. */
export const SAMPLE_PASS = SOURCE_PORTS - 1;
export const SENDERS_MOST = 2;

// Int32 fields
export const STOP = 0;
/** Generation of the present order; OVER where there will be no other. */
export const ORDER = 1;
export const OVER = -1;
/** Senders that have carried it out. */
export const DONE = 2;
/** Messages that the main thread has not dealt with yet. */
export const UNREAD = 3;
/** The next turn of the present order that no sender has taken. */
export const CURSOR = 4;
const FLAGS = 8;

// Float64 fields
export const SLICE_FROM = 0;
export const SLICE_TO = 1;
/** Packets a second for all senders together; Infinity for no limit. */
export const RATE = 2;
export const PASS = 3;
/** Only every so many-th waiting probe; 1 for all. */
export const STRIDE = 4;
/** How many senders take part. */
export const SENDERS = 5;
export const ANSWERED = 6;
/** Packets sent, a place a sender. */
export const SENT = 7;
const NUMBERS = SENT + SENDERS_MOST;

export interface SynShared {
  readonly flags: Int32Array;
  readonly numbers: Float64Array;
  /** A verdict a position of the slice. */
  readonly verdicts: Uint8Array;
  /** When a group of positions was sent, in ms of process.hrtime; a row a pass. */
  readonly sentAt: Float64Array;
  /** Positions in a group: 2 to the power of this. */
  readonly groupShift: number;
  readonly groups: number;
  /** When a host was first sent to, 0 for not yet; empty where hosts have no deadline. Two senders write it, alike. */
  readonly firstSentMs: Float64Array;
  readonly hostDeadlineMs: number;
}

/** Hosts beyond the table share places: the time of one may then end with that of another, and be called `unknown`. */
const DEADLINES_MOST = 2 ** 20;

interface SynTerms {
  readonly sliceSize: number;
  readonly hosts: number;
  readonly ratePerSecond: number;
  /** Infinity for none. */
  readonly hostDeadlineMs: number;
}

/** A group is about half a millisecond's worth of packets, so that times are as fine as the clock is worth. */
export function synShared({ sliceSize, hosts, ratePerSecond, hostDeadlineMs }: SynTerms): SynShared {
  const groupShift = Math.max(0, Math.min(8, Math.floor(Math.log2(Math.max(1, ratePerSecond / 2000)))));
  const groups = (sliceSize >> groupShift) + 1;
  const firstSends = hostDeadlineMs === Number.POSITIVE_INFINITY ? 0 : Math.min(hosts, DEADLINES_MOST);
  return {
    flags: new Int32Array(new SharedArrayBuffer(FLAGS * 4)),
    numbers: new Float64Array(new SharedArrayBuffer(NUMBERS * 8)),
    verdicts: new Uint8Array(new SharedArrayBuffer(sliceSize)),
    sentAt: new Float64Array(new SharedArrayBuffer(groups * SOURCE_PORTS * 8)),
    groupShift,
    groups,
    firstSentMs: new Float64Array(new SharedArrayBuffer(firstSends * 8)),
    hostDeadlineMs,
  };
}

/** One clock for all threads, in milliseconds; performance.now() begins anew in each. */
export function threadClockMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
