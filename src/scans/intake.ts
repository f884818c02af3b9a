/*
 * Takes observations in: gathers them for a moment, then writes them in one go and renews the shard's lease with the
 * same breath. What was taken in before the process dies is kept; what comes after the lease was lost is not, since
 * the run may have been judged by what its next worker saw.
 */
import type { Observation } from '../domain/observation.js';
import type { ObservationsService } from './observations.service.js';
import type { Shard } from './scans.entities.js';
import type { ScansService } from './scans.service.js';

const FLUSH_MS = 400;
const MOST_WAITING = 2000;

export class Intake {
  private waiting: Observation[] = [];
  private flushedAt: number;
  private probedSoFar = 0;
  private lost = false;

  constructor(
    private readonly shard: Shard,
    private readonly leaseMs: number,
    private readonly scans: ScansService,
    private readonly observations: ObservationsService,
    private readonly nowMs: () => number,
  ) {
    this.flushedAt = nowMs();
  }

  get probed(): number {
    return this.probedSoFar;
  }

  /** True once another worker has the shard: stop. */
  get isLost(): boolean {
    return this.lost;
  }

  async take(seen: Observation): Promise<void> {
    this.waiting.push(seen);
    this.probedSoFar += seen.ports.size;
    if (this.waiting.length >= MOST_WAITING || this.nowMs() - this.flushedAt >= FLUSH_MS) await this.flush();
  }

  async flush(): Promise<void> {
    const batch = this.waiting;
    this.waiting = [];
    this.flushedAt = this.nowMs();
    this.lost ||= !(await this.scans.renewShard(this.shard, this.probedSoFar, this.leaseMs));
    if (!this.lost) await this.observations.add(this.shard.scanId, batch);
  }
}
