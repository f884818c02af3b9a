/*
 * What the main thread and the workers of a connect scan share: the slice that is being probed, who is still at it, and
 * the counters.
 *
 * Positions are taken from one cursor, a handful at a time, so that a worker which starts late or has a busy core holds
 * nobody up. The order of the cells `STOP` first is WorkerTeam's.
 */
import type { ScanPlan } from '../../domain/scan-plan.js';
import type { IndexStretches } from '../index-stretches.js';
import type { SpaceLayout } from '../probe-space.js';
import type { CapCells } from './host-caps.js';
import type { HostCells } from './host-memory.js';
import type { PlaceLayout } from './host-places.js';

/** Cells of `control`. */
export const STOP = 0;
/** Counts the slices that were begun. */
export const SLICE = 1;
/** The next position of the slice that nobody has taken. */
export const CURSOR = 2;
/** Workers that still probe this slice. */
export const BUSY = 3;
/** The number of the slice that no other comes after; 0 until it begins. */
export const LAST_SLICE = 4;
export const CONTROL_CELLS = 8;

/** Numbers of `bounds`. */
export const FROM = 0;
export const TO = 1;
export const RATE = 2;
export const BOUNDS = 3;

/** Numbers of `counters`, for each worker. */
export const SENT = 0;
/** Probes that had an answer of any kind. */
export const ANSWERED = 1;
/** Probes that the host itself answered, by yes or no. */
export const SPOKEN = 2;
/** Silent attempts before those answers. */
export const REPEATS = 3;
export const COUNTERS = 8;

/** Everything that a worker is given. */
export interface ConnectOrders {
  readonly control: Int32Array;
  readonly bounds: Float64Array;
  readonly counters: Float64Array;
  readonly verdicts: Uint8Array;
  readonly layout: SpaceLayout;
  readonly passedOver: IndexStretches;
  readonly places: PlaceLayout;
  readonly hosts: HostCells;
  readonly caps: CapCells | null;
  readonly plan: WorkerPlan;
  readonly workers: number;
  /** Sockets that one worker may have open. */
  readonly window: number;
  /** See open-descriptors.ts. */
  readonly descriptors: Int32Array;
  /** Since the epoch. */
  readonly startedAtMs: number;
}

/** The part of a plan that a thread works by. */
export interface WorkerPlan extends Pick<ScanPlan, 'seed' | 'timeoutMs' | 'retries'> {
  readonly source: SourceAddress | null;
  readonly interfaceName: string | null;
}

/** An address as ProbeSpace has it. */
export interface SourceAddress {
  readonly family: 4 | 6;
  readonly words: readonly [number, number, number, number];
}

/** Index and milliseconds, pair by pair. */
export interface OpenNews {
  readonly kind: 'open';
  readonly pairs: Float64Array;
}

/** A worker is through with the slice; the last one brings it. */
export interface DoneNews {
  readonly kind: 'done';
  readonly packed: Float64Array | null;
}

export type WorkerNews = OpenNews | DoneNews;
