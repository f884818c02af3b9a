/*
 * What is remembered of each host, shared by the workers: its longest round trip, and when it last answered.
 *
 * Beyond a million hosts nothing is remembered, and every last attempt waits long. Threads have clocks that begin at
 * different times: moments are kept in seconds since the scan began, by the clock that all share.
 */
const HOSTS_MOST = 2 ** 20;
/** An answer older than this says nothing of the path as it is. */
const FRESH_SECONDS = 2;

export interface HostCells {
  readonly roundTripMs: Float32Array;
  readonly answeredAtSeconds: Float32Array;
}

export function hostCells(hosts: number): HostCells {
  const cells = (): Float32Array =>
    new Float32Array(new SharedArrayBuffer(hosts > HOSTS_MOST ? 0 : hosts * 4));
  return { roundTripMs: cells(), answeredAtSeconds: cells() };
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

  /** @param nowMs by this thread's clock */
  answered(host: number, roundTripMs: number, nowMs: number): void {
    if (!this.isRemembering) return;
    const { roundTripMs: longest, answeredAtSeconds } = this.cells;
    if (roundTripMs > longest[host]!) longest[host] = roundTripMs;
    answeredAtSeconds[host] = (nowMs + this.offsetMs) / 1000;
  }

  /** The longest round trip of a host that has answered lately, or 0. */
  roundTripMs(host: number, nowMs: number): number {
    if (!this.isRemembering) return 0;
    const ageSeconds = (nowMs + this.offsetMs) / 1000 - this.cells.answeredAtSeconds[host]!;
    return ageSeconds > FRESH_SECONDS ? 0 : this.cells.roundTripMs[host]!;
  }
}
