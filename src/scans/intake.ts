/*
 * Takes observations in: notes them for a moment, then writes them down, with how far the shard is, in the breath that renews
 * its lease. What was taken in before the process dies is kept; what comes after the lease was lost is not, since the run
 * may have been judged by what its next worker saw.
 *
 * The engine may be silent for longer than a lease, so that its progress renews it too. What it calls settled it has handed
 * out before; so a shard is never settled further than what is written down of it.
 */
import { isOfCanary, type Observation } from '../domain/observation.js';
import type { EngineName, ScanProgress } from '../domain/scan-plan.js';
import type { Shard } from './scans.entities.js';
import type { ShardLog } from './shard-log.js';
import type { ShardProgress, ShardsService } from './shards.service.js';

const FLUSH_MS = 400;

export class Intake {
  private counted = 0;
  private answered = 0;
  private engine: EngineName | null = null;
  /** What the engine has settled, and how much of it is in the database. */
  private settledTo: number;
  private keptTo: number;
  private readonly begunAt: number;
  private flushedAt: number;
  private writing: Promise<void> = Promise.resolve();
  private readonly stop = new AbortController();
  private lost = false;
  private interrupted = false;
  private stopAtMs = Number.POSITIVE_INFINITY;

  constructor(
    private readonly shard: Shard,
    private readonly leaseMs: number,
    private readonly shards: ShardsService,
    private readonly log: ShardLog,
    private readonly nowMs: () => number,
  ) {
    this.begunAt = Number(shard.settledTo);
    this.settledTo = this.begunAt;
    this.keptTo = this.begunAt;
    this.flushedAt = nowMs();
  }

  /** True once another worker has the shard: stop. */
  get isLost(): boolean {
    return this.lost;
  }

  /** The work ends at an instant, if it is not over before; null for never. */
  stopAt(instant: Date | null): void {
    this.stopAtMs = instant?.getTime() ?? Number.POSITIVE_INFINITY;
  }

  /** True once the work was ended by that instant. */
  get isInterrupted(): boolean {
    return this.interrupted;
  }

  /** Aborts when there is no use in going on: the shard is lost, or what is seen can't be written. */
  get stopped(): AbortSignal {
    return this.stop.signal;
  }

  async take(seen: Observation): Promise<void> {
    this.log.take(seen);
    if (!isOfCanary(seen)) this.counted += seen.ports.size;
    if (this.isDue) await this.flush();
  }

  /** How far the engine is, whether it has something to hand out or not. */
  watch({ engine, settledTo, answered }: ScanProgress): void {
    this.engine = engine;
    this.settledTo = settledTo;
    this.answered = answered;
    if (this.nowMs() >= this.stopAtMs) {
      this.interrupted = true;
      this.stop.abort();
    }
    // A failure stops the engine here, and is thrown by the flush that comes after its last observation.
    if (this.isDue) this.flush().catch(() => this.stop.abort());
  }

  /** Writes what waits. One at a time; after one that failed, every other fails as it did. */
  flush(): Promise<void> {
    this.flushedAt = this.nowMs();
    this.writing = this.writing.then(() => this.write());
    return this.writing;
  }

  /** Gives the shard back with all that was written. */
  async giveBack(): Promise<void> {
    await this.shards.giveBack(this.shard, this.progress(this.keptTo));
  }

  private get isDue(): boolean {
    return this.nowMs() - this.flushedAt >= FLUSH_MS;
  }

  private async write(): Promise<void> {
    if (this.lost) return;
    const { settledTo } = this;
    this.lost = !(await this.shards.renew(
      this.shard,
      this.progress(settledTo),
      this.leaseMs,
      this.log.next(),
    ));
    if (this.lost) this.stop.abort();
    else this.keptTo = settledTo;
  }

  private progress(settledTo: number): ShardProgress {
    const from = Number(this.shard.fromPosition);
    const ended = Math.max(this.counted, this.answered, this.settledTo - this.begunAt);
    const now = Math.min(Number(this.shard.toPosition), this.begunAt + ended) - from;
    // It never falls: above 0 says that the shard was begun, so that what has answered is looked up before it goes on.
    const probed = Math.max(now, Number(this.shard.probed));
    return { probed, settledTo, engine: this.engine };
  }
}
