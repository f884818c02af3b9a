/*
 * Believes a SYN-ACK only after a full handshake: what the SYN engine calls open is connected to while it goes on, and only
 * then handed out.
 *
 * Where two handshakes fail, the port is what they said. Where they failed through a fault of ours, or the scan was
 * stopped, it stays open with the reason `syn-ack`: nobody has contradicted it. The trap is progress: what waits here has
 * been settled by the engine, and has not been handed out.
 */
import { AddressSet } from '../domain/address-set.js';
import { type Observation, PORT_STATES } from '../domain/observation.js';
import { PortSet } from '../domain/port-set.js';
import { probeCount, type ScanPlan } from '../domain/scan-plan.js';
import { Confluence } from './confluence.js';
import type { Engine } from './engine.js';
import { progressSum } from './progress-sum.js';
import { asSeen, type Unverified, VerifyDesk } from './verify-desk.js';

const BATCHES_AT_ONCE = 4;
const IN_BATCH = 128;
/** No more is taken from the engine while so many wait. */
const WAITING_MOST = 65_536;
/** The share of a limited rate that handshakes get: the rest is the engine's. */
const RATE_SHARE = 0.1;

export function verifying(engine: Engine, handshake: Engine): Engine {
  return async function* verified(plan, signal, watch) {
    const { verify, ...rest } = plan;
    if (!verify) yield* engine(rest, signal, watch);
    else yield* new Verification(rest, handshake, signal).run(engine, watch);
  };
}

const shareOf = (plan: ScanPlan, share: number): ScanPlan => ({
  ...plan,
  ratePerSecond: plan.ratePerSecond * share,
  ...(plan.ratePerHost === undefined ? {} : { ratePerHost: plan.ratePerHost * share }),
  ...(plan.ratePerSubnet === undefined ? {} : { ratePerSubnet: plan.ratePerSubnet * share }),
});

class Verification {
  private readonly desk = new VerifyDesk();
  private readonly running = new Set<readonly Unverified[]>();
  private readonly flow: Confluence<Observation>;
  private sum = progressSum({ from: 0, to: 0 }, undefined);
  private settledTo: number;
  private roomy: () => void = () => undefined;

  constructor(
    private readonly plan: ScanPlan,
    private readonly handshake: Engine,
    signal: AbortSignal,
  ) {
    this.flow = new Confluence(signal);
    this.settledTo = plan.from;
  }

  run(engine: Engine, watch: Parameters<Engine>[2]): AsyncIterable<Observation> {
    this.sum = progressSum(this.plan, watch, () => this.settledAtMost());
    const { watch: tell } = this.sum.lane();
    const seen = engine(shareOf(this.plan, 1 - RATE_SHARE), this.flow.signal, (progress) => {
      this.settledTo = progress.settledTo;
      tell(progress);
    });
    this.flow.add(this.confirmedOf(seen));
    return this.flow;
  }

  private settledAtMost(): number {
    let lowest = this.desk.settledTo();
    for (const batch of this.running) {
      for (const { settledTo } of batch) lowest = Math.min(lowest, settledTo);
    }
    return lowest;
  }

  private async *confirmedOf(source: AsyncIterable<Observation>): AsyncGenerator<Observation> {
    const { signal } = this.flow;
    for await (const seen of source) {
      yield* this.desk.take(seen, this.settledTo);
      this.startBatches();
      while (this.desk.waiting >= WAITING_MOST && !signal.aborted) await this.room();
    }
    await this.quiet();
    this.desk.decide();
    this.startBatches();
    await this.quiet();
    yield* this.desk.giveUp();
  }

  private async quiet(): Promise<void> {
    while (this.running.size > 0 && !this.flow.signal.aborted) await this.room();
  }

  /** Resolves when a batch has come to its end. */
  private room(): Promise<void> {
    return new Promise((resolve) => {
      this.roomy = resolve;
    });
  }

  private startBatches(): void {
    while (this.running.size < BATCHES_AT_ONCE && this.desk.waiting > 0 && !this.flow.signal.aborted) {
      const batch = this.desk.batch(IN_BATCH);
      this.running.add(batch);
      this.flow.add(this.confirm(batch));
    }
  }

  private async *confirm(batch: readonly Unverified[]): AsyncGenerator<Observation> {
    const first = new Map(batch.map((one) => [keyOf(one.address, one.port), { one, said: NOTHING }]));
    yield* this.attempt(first);
    const second = new Map(Array.from(first, ([key, { one }]) => [key, { one, said: NOTHING }]));
    if (second.size > 0) yield* this.attempt(second);
    for (const [key, { one, said }] of second) {
      const last = wordOf(one, first.get(key)!.said, said);
      if (last.state !== 'open') this.desk.refuted(one);
      yield last;
    }
    this.running.delete(batch);
    this.startBatches();
    this.roomy();
    this.sum.tell();
  }

  /** One handshake each. Those that complete are handed out and struck off. */
  private async *attempt(ports: Map<string, Attempt>): AsyncGenerator<Observation> {
    const targets = targetsOf(Array.from(ports.values(), ({ one }) => one));
    const { known, fragile, hostDeadlineMs, ...rest } = shareOf(this.plan, RATE_SHARE / BATCHES_AT_ONCE);
    const plan = { ...rest, targets, from: 0, to: probeCount(targets), retries: 0 };
    const lane = this.sum.lane('only adds');
    for await (const seen of this.handshake(plan, this.flow.signal, lane.watch)) {
      if (seen.state === 'open') {
        for (const port of seen.ports) ports.delete(keyOf(seen.address, port));
        yield seen;
      } else noteAll(ports, seen);
    }
    lane.end();
  }
}

interface Attempt {
  readonly one: Unverified;
  said: Observation | null;
}

const NOTHING: Observation | null = null;
const keyOf = (address: string, port: number): string => `${address} ${port}`;
const isWord = (said: Observation | null): said is Observation => said !== null && said.state !== 'unknown';
const strength = ({ state }: Observation): number => PORT_STATES.indexOf(state);

function noteAll(ports: Map<string, Attempt>, seen: Observation): void {
  for (const port of seen.ports) {
    const attempt = ports.get(keyOf(seen.address, port));
    if (attempt && (attempt.said === null || strength(seen) < strength(attempt.said))) attempt.said = seen;
  }
}

/** Two words against the SYN-ACK, of which the stronger holds; or none that counts, and then it stands. */
function wordOf(one: Unverified, first: Observation | null, second: Observation | null): Observation {
  if (!isWord(first) || !isWord(second)) return asSeen([one])[0]!;
  const { address, state, reason, at } = strength(first) <= strength(second) ? first : second;
  return { address, ports: PortSet.of(one.port), state, reason, at };
}

function targetsOf(batch: readonly Unverified[]) {
  return asSeen(batch).map(({ address, ports }) => ({ addresses: AddressSet.parse(address), ports }));
}
