/*
 * What is remembered of each host, shared by the workers: its longest round trip, when it last answered, how many answers it
 * has given and how many attempts those took, and, where hosts have a deadline, when its first probe left.
 *
 * Hosts go by their place (host-places.ts). Beyond a million hosts they share places: then only the loss is remembered, every
 * last attempt waits long, and no deadline is kept, as one host's time would run out by another's probe. Threads have
 * clocks that begin at different times: moments are kept since the scan began, by the clock that all share.
 */
import { PLACES_MOST } from './host-places.js';
import type { Tally } from './patience.js';

/** An answer older than this says nothing of the path as it is. */
const FRESH_SECONDS = 2;

export interface HostCells {
  readonly roundTripMs: Float32Array;
  readonly answeredAtSeconds: Float32Array;
  readonly answers: Int32Array;
  /** Silent attempts before those answers. */
  readonly repeats: Int32Array;
  /** When its first probe left, and 1; 0 before. */
  readonly begunAtMs: Int32Array;
  /** Infinity where there is none, or none can be kept. */
  readonly deadlineMs: number;
}

/** @param hosts addresses, each counted once */
export function hostCells(hosts: number, deadlineMs = Number.POSITIVE_INFINITY): HostCells {
  const isAlone = hosts <= PLACES_MOST;
  const places = Math.min(hosts, PLACES_MOST);
  const cells = (isKept: boolean): SharedArrayBuffer => new SharedArrayBuffer(isKept ? places * 4 : 0);
  const isLimited = isAlone && deadlineMs < Number.POSITIVE_INFINITY;
  return {
    roundTripMs: new Float32Array(cells(isAlone)),
    answeredAtSeconds: new Float32Array(cells(isAlone)),
    answers: new Int32Array(cells(true)),
    repeats: new Int32Array(cells(true)),
    begunAtMs: new Int32Array(cells(isLimited)),
    deadlineMs: isLimited ? deadlineMs : Number.POSITIVE_INFINITY,
  };
}

export class HostMemory {
  private readonly isRemembering: boolean;
  private readonly offsetMs: number;

  /** @param startedAtMs since the epoch */
  constructor(
    private readonly cells: HostCells,
    startedAtMs: number,
  ) {
    this.isRemembering = cells.roundTripMs.length > 0;
    this.offsetMs = performance.timeOrigin - startedAtMs;
  }

  get hasDeadlines(): boolean {
    return this.cells.deadlineMs < Number.POSITIVE_INFINITY;
  }

  /**
   * @param repeats attempts that met silence before
   * @param nowMs by this thread's clock
   */
  answered(place: number, repeats: number, roundTripMs: number, nowMs: number): void {
    const { roundTripMs: longest, answeredAtSeconds } = this.cells;
    Atomics.add(this.cells.answers, place, 1);
    if (repeats > 0) Atomics.add(this.cells.repeats, place, repeats);
    if (!this.isRemembering) return;
    if (roundTripMs > longest[place]!) longest[place] = roundTripMs;
    answeredAtSeconds[place] = (nowMs + this.offsetMs) / 1000;
  }

  /** The longest round trip of a host that has answered lately, or 0. */
  roundTripMs(place: number, nowMs: number): number {
    if (!this.isRemembering) return 0;
    const ageSeconds = (nowMs + this.offsetMs) / 1000 - this.cells.answeredAtSeconds[place]!;
    return ageSeconds > FRESH_SECONDS ? 0 : this.cells.roundTripMs[place]!;
  }

  tallyOf(place: number): Tally {
    return { answers: this.cells.answers[place]!, repeats: this.cells.repeats[place]! };
  }

  /** A probe leaves for the host: if it is the first one, the host's time begins. */
  begins(place: number, nowMs: number): void {
    const { begunAtMs } = this.cells;
    if (begunAtMs[place] === 0) Atomics.compareExchange(begunAtMs, place, 0, this.sinceStartMs(nowMs) + 1);
  }

  isTooLate(place: number, nowMs: number): boolean {
    const begun = this.cells.begunAtMs[place]!;
    return begun !== 0 && this.sinceStartMs(nowMs) - (begun - 1) >= this.cells.deadlineMs;
  }

  private sinceStartMs(nowMs: number): number {
    return Math.max(0, Math.floor(nowMs + this.offsetMs));
  }
}
