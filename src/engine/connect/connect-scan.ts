/*
 * Scans with the kernel's own connect(), as fast as Linux has it: threads that speak to it directly (koffi), with epoll.
 * No privilege needed, IPv4 and IPv6.
 *
 * It promises what the portable engine promises: at most `inFlight` sockets, at most `ratePerSecond` connects with
 * retries counted in, memory bounded by window and slice, and that a failure of ours is never the target's. Open ports
 * are told of at once, the rest slice by slice. A thread that breaks makes the scan throw, so that it never looks finished.
 */
import type { Observation } from '../../domain/observation.js';
import type { ScanPlan, ScanProgress } from '../../domain/scan-plan.js';
import { SliceReader } from '../slice-reader.js';
import { WorkerTeam } from '../worker-team.js';
import * as board from './board.js';
import { connectOrders } from './connect-orders.js';
import { closeLeft } from './open-descriptors.js';
import { withDeadEnds } from './silent-hosts.js';
import { sliceRate } from './slice-rate.js';

const WATCH_MS = 200;

export async function* connectScan(
  plan: ScanPlan,
  signal: AbortSignal,
  watch?: (progress: ScanProgress) => void,
): AsyncGenerator<Observation, void, undefined> {
  if (signal.aborted || plan.from >= plan.to) return;
  const crew = new Crew(plan);
  const stop = (): void => crew.askToStop();
  const timer = watch && setInterval(() => watch(crew.progress), WATCH_MS);
  signal.addEventListener('abort', stop);
  try {
    yield* crew.observations();
  } finally {
    signal.removeEventListener('abort', stop);
    clearInterval(timer);
    await crew.stop();
    watch?.(crew.progress);
  }
}

/** The workers of one scan, and the slice that they are at. */
class Crew {
  private readonly orders: board.ConnectOrders;
  private readonly team: WorkerTeam<board.WorkerNews>;
  private readonly reader: SliceReader;
  private readonly startedAtMs = performance.now();
  private settledTo: number;
  private busy = 0;
  private packed: Float64Array | null = null;
  private isStopping = false;

  constructor(private readonly plan: ScanPlan) {
    this.orders = connectOrders(plan);
    this.team = new WorkerTeam(this.orders.control);
    this.reader = new SliceReader(this.orders.layout);
    this.settledTo = plan.from;
  }

  get progress(): ScanProgress {
    const { counters } = this.orders;
    let sent = 0;
    let answered = 0;
    for (let at = 0; at < counters.length; at += board.COUNTERS) {
      sent += counters[at + board.SENT]!;
      answered += counters[at + board.ANSWERED]!;
    }
    const elapsedMs = performance.now() - this.startedAtMs;
    return { engine: 'connect', settledTo: this.settledTo, sent, answered, elapsedMs };
  }

  async *observations(): AsyncGenerator<Observation, void, undefined> {
    this.beginSlice();
    for (let worker = 0; worker < this.orders.workers; worker++) {
      this.team.hire('connect', { orders: this.orders, worker });
    }
    for await (const news of this.team.messages()) {
      if (news.kind === 'open') yield* this.opened(news.pairs);
      else yield* this.done(news);
    }
  }

  askToStop(): void {
    this.isStopping = true;
    this.team.askToStop();
    Atomics.notify(this.orders.control, board.SLICE);
  }

  async stop(): Promise<void> {
    this.askToStop();
    await this.team.stop();
    await closeLeft(this.orders.descriptors);
  }

  private *opened(pairs: Float64Array): Generator<Observation> {
    for (let i = 0; i < pairs.length; i += 2) yield* this.reader.open(pairs[i]!, 'handshake', pairs[i + 1]!);
  }

  private async *done({ packed }: board.DoneNews): AsyncGenerator<Observation, void, undefined> {
    this.packed = packed ?? this.packed;
    if (--this.busy > 0) return;
    if (this.packed) yield* withDeadEnds([...this.reader.slice(this.packed)], this.plan);
    this.packed = null;
    // What an interrupted slice has not looked at is not settled.
    if (this.isStopping) return;
    this.settledTo = this.orders.bounds[board.TO]!;
    if (this.settledTo < this.plan.to) this.beginSlice();
  }

  private beginSlice(): void {
    const { control, bounds, verdicts, layout, workers } = this.orders;
    const to = Math.min(this.plan.to, this.settledTo + verdicts.length);
    verdicts.fill(0);
    bounds[board.FROM] = this.settledTo;
    bounds[board.TO] = to;
    bounds[board.RATE] = sliceRate(this.plan, layout);
    this.busy = workers;
    Atomics.store(control, board.CURSOR, 0);
    Atomics.store(control, board.BUSY, workers);
    // Before the slice itself: a worker that sees it must know that it is the last.
    if (to === this.plan.to) Atomics.store(control, board.LAST_SLICE, Atomics.load(control, board.SLICE) + 1);
    Atomics.add(control, board.SLICE, 1);
    Atomics.notify(control, board.SLICE);
  }
}
