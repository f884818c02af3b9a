/*
 * Believes the silence of a host that has answered only while the host is still there: a port that has answered is asked
 * again by a handshake, after the silence came and before it is handed out.
 *
 * A host that reboots half-way, or a guard that shuts us out after the first thousand ports, is silent about everything
 * that comes after, and silence reads as `filtered`. If the port that has answered does so again, by yes or no, the
 * silence that was here before it was asked passes as it came. If it doesn't, that silence says nothing of any port: it is
 * `unknown` (`host-fell-silent`), as it is where our own question failed (its errno) or the scan was stopped before it was
 * answered (`interrupted`). Everything else passes at once, and so does the silence of hosts that have never answered,
 * of whom nobody expects an answer, and of fragile ones, which are asked nothing more.
 *
 * A host is asked once for all that it is silent about, and not again for a while (still-there-desk.ts), as whoever
 * listens there may take note. The traps: what waits here is not settled, though the engine says so; and the host that was
 * away and has come back in between, of which nothing can be known.
 */
import { AddressSet } from '../domain/address-set.js';
import type { Observation } from '../domain/observation.js';
import { PortSet } from '../domain/port-set.js';
import { probeCount, type ScanPlan } from '../domain/scan-plan.js';
import { Bell } from './bell.js';
import { Confluence } from './confluence.js';
import type { Engine, Watch } from './engine.js';
import { progressSum } from './progress-sum.js';
import { shareOf } from './rate-share.js';
import { doubted, type Question, StillThereDesk } from './still-there-desk.js';

const BATCHES_AT_ONCE = 4;
const IN_BATCH = 128;
/** The share of a limited rate that questions get while the engine runs. Afterwards all of it is theirs. */
const RATE_SHARE = 0.05;
/** A host that has answered answers soon. Beyond this, as long as its slowest answer took, a few times over. */
const PATIENCE_MS = 2000;
const PATIENCE_FACTOR = 4;

/** @param handshake completes handshakes: it asks the ports that have answered */
export function stillThere(engine: Engine, handshake: Engine): Engine {
  return (plan, signal, watch) => new Belief(plan, handshake, signal).run(engine, watch);
}

class Belief {
  private readonly desk: StillThereDesk;
  /** A batch that was cut off stays here: what it holds is never settled. */
  private readonly running = new Set<readonly Question[]>();
  private readonly flow: Confluence<Observation>;
  private readonly batchEnd: Bell;
  private sum = progressSum({ from: 0, to: 0 }, undefined);
  private settledTo: number;
  private isEngineThrough = false;
  private slowestMs = 0;

  constructor(
    private readonly plan: ScanPlan,
    private readonly handshake: Engine,
    private readonly signal: AbortSignal,
  ) {
    this.desk = new StillThereDesk(plan);
    this.flow = new Confluence(signal);
    this.batchEnd = new Bell(this.flow.signal);
    this.settledTo = plan.from;
  }

  /** Until something is held, everything goes straight through. */
  async *run(engine: Engine, watch: Watch | undefined): AsyncGenerator<Observation> {
    const source = this.start(engine, watch);
    const stop = (): void => this.flow.stop();
    this.signal.addEventListener('abort', stop);
    if (this.signal.aborted) stop();
    let isStraight = true;
    try {
      for (;;) {
        const next = await source.next();
        if (next.done) return;
        if (!this.passes(next.value)) break;
        yield next.value;
      }
      isStraight = false;
      this.flow.add(this.believedOf({ [Symbol.asyncIterator]: () => source }));
      yield* this.flow;
    } finally {
      this.signal.removeEventListener('abort', stop);
      stop();
      if (isStraight) await source.return?.();
    }
  }

  private start(engine: Engine, watch: Watch | undefined): AsyncIterator<Observation> {
    this.sum = progressSum(this.plan, watch, () => this.settledAtMost());
    const { watch: tell } = this.sum.lane();
    const seen = engine(shareOf(this.plan, 1 - RATE_SHARE), this.flow.signal, (progress) => {
      this.settledTo = progress.settledTo;
      // What has waited for its time is asked also while nothing comes.
      this.startBatches();
      tell(progress);
    });
    return seen[Symbol.asyncIterator]();
  }

  private passes(seen: Observation): boolean {
    for (const ms of seen.connectMs?.values() ?? []) this.slowestMs = Math.max(this.slowestMs, ms);
    return this.desk.passes(seen, this.settledTo);
  }

  private settledAtMost(): number {
    let lowest = this.desk.settledTo();
    for (const [first] of this.running) lowest = Math.min(lowest, first!.settledTo);
    return lowest;
  }

  private async *believedOf(source: AsyncIterable<Observation>): AsyncGenerator<Observation> {
    const { signal } = this.flow;
    this.startBatches();
    for await (const seen of source) {
      if (this.passes(seen)) {
        yield seen;
        continue;
      }
      this.startBatches();
      while (this.desk.isFull && !signal.aborted) await this.batchEnd.rung();
    }
    this.isEngineThrough = true;
    this.startBatches();
    while (this.running.size > 0 && !signal.aborted) await this.batchEnd.rung();
    yield* this.desk.giveUp();
  }

  private startBatches(): void {
    while (this.running.size < BATCHES_AT_ONCE && !this.flow.signal.aborted) {
      const batch = this.desk.batch(IN_BATCH, this.isEngineThrough);
      if (batch.length === 0) return;
      this.running.add(batch);
      this.flow.add(this.ask(batch));
    }
  }

  /** The hosts that answer are believed at once, the others when the time for an answer is up. */
  private async *ask(batch: readonly Question[]): AsyncGenerator<Observation> {
    const open = new Map(batch.map((question) => [question.address, question]));
    const failures = new Map<string, string>();
    const lane = this.sum.lane('only adds');
    try {
      for await (const { address, state, reason } of this.handshake(
        this.planFor(batch),
        this.flow.signal,
        lane.watch,
      )) {
        const question = open.get(address);
        if (state === 'unknown') failures.set(address, reason);
        if (!question || (state !== 'open' && state !== 'closed')) continue;
        open.delete(address);
        yield* question.held;
      }
    } finally {
      lane.end();
    }
    const otherwise = this.flow.signal.aborted ? 'interrupted' : 'host-fell-silent';
    for (const { address, held } of open.values()) yield* doubted(held, failures.get(address) ?? otherwise);
    this.running.delete(batch);
    this.desk.asked(batch);
    this.startBatches();
    this.batchEnd.ring();
    this.sum.tell();
  }

  private planFor(batch: readonly Question[]): ScanPlan {
    const share = this.isEngineThrough ? 1 / BATCHES_AT_ONCE : RATE_SHARE / BATCHES_AT_ONCE;
    const { known, heard, fragile, hostDeadlineMs, verify, ...rest } = shareOf(this.plan, share);
    const targets = batch.map(({ address, port }) => ({
      addresses: AddressSet.parse(address),
      ports: PortSet.of(port),
    }));
    const patienceMs = Math.max(PATIENCE_MS, PATIENCE_FACTOR * this.slowestMs);
    const timeoutMs = Math.min(rest.timeoutMs, Math.ceil(patienceMs));
    return { ...rest, targets, from: 0, to: probeCount(targets), timeoutMs, retries: 1 };
  }
}
