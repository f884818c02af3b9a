/*
 * Believes a SYN-ACK only after a full handshake: what the SYN engine calls open is connected to while it goes on, and only
 * then handed out.
 *
 * Two handshakes that fail refute it if one of them was answered, by RST or ICMP. Silence refutes nothing: something
 * behind that port did answer us, and a firewall that lets one SYN a minute through is as silent as one that forbids
 * it. So it stays open with the reason `syn-ack`, as where the handshakes failed through a fault of ours or the scan was
 * stopped. Not so where everything on the host says open (verify-desk.ts): there a SYN-ACK is what is doubted, silence
 * is the only word about the service behind it, and the port is `unknown` (`unconfirmed`): neither open nor filtered.
 *
 * The trap is progress: what waits here has been settled by the engine, and has not been handed out.
 */
import { AddressSet } from '../domain/address-set.js';
import { type Observation, PORT_STATES } from '../domain/observation.js';
import { PortSet } from '../domain/port-set.js';
import { probeCount, type ScanPlan } from '../domain/scan-plan.js';
import { Bell } from './bell.js';
import { Confluence } from './confluence.js';
import type { Engine } from './engine.js';
import { progressSum } from './progress-sum.js';
import { shareOf } from './rate-share.js';
import { asSeen, type Unverified, VerifyDesk } from './verify-desk.js';

const BATCHES_AT_ONCE = 4;
const IN_BATCH = 128;
/** No more is taken from the engine while so many wait. */
const WAITING_MOST = 65_536;
/** The share of a limited rate that handshakes get: the rest is the engine's. */
const RATE_SHARE = 0.1;

export function verifying(engine: Engine, handshake: Engine): Engine {
  return ({ verify, ...plan }, signal, watch) =>
    verify ? verified(plan, signal, watch) : engine(plan, signal, watch);

  async function* verified(...[plan, signal, watch]: Parameters<Engine>): AsyncGenerator<Observation> {
    yield* new Verification(plan, handshake, signal).run(engine, watch);
  }
}

class Verification {
  private readonly desk = new VerifyDesk();
  /** A batch that was cut off stays here: what it holds is never settled. */
  private readonly running = new Set<readonly Unverified[]>();
  private readonly flow: Confluence<Observation>;
  private sum = progressSum({ from: 0, to: 0 }, undefined);
  private settledTo: number;
  /** Rings when a batch has come to its end. */
  private readonly batchEnd: Bell;

  constructor(
    private readonly plan: ScanPlan,
    private readonly handshake: Engine,
    signal: AbortSignal,
  ) {
    this.flow = new Confluence(signal);
    this.batchEnd = new Bell(this.flow.signal);
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
      while (this.desk.waiting >= WAITING_MOST && !signal.aborted) await this.batchEnd.rung();
    }
    await this.quiet();
    this.desk.decide();
    this.startBatches();
    await this.quiet();
    yield* signal.aborted ? this.desk.giveUp() : this.desk.end();
  }

  private async quiet(): Promise<void> {
    while (this.running.size > 0 && !this.flow.signal.aborted) await this.batchEnd.rung();
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
    for (const [key, { one, said }] of second) yield* this.verdict(one, first.get(key)!.said, said);
    this.running.delete(batch);
    this.startBatches();
    this.batchEnd.ring();
    this.sum.tell();
  }

  /** After two handshakes that did not complete. Where one of them could not be tried, nobody has contradicted the SYN-ACK. */
  private verdict(
    one: Unverified,
    first: Observation | null,
    second: Observation | null,
  ): readonly Observation[] {
    if (!isWord(first) || !isWord(second)) return asSeen([one]);
    const { address, state, reason, at } = strength(first) <= strength(second) ? first : second;
    if (reason === 'silence') return this.desk.unanswered(one);
    this.desk.refuted(one);
    return [{ address, ports: PortSet.of(one.port), state, reason, at }];
  }

  /** One handshake each. Those that complete are handed out and struck off. */
  private async *attempt(ports: Map<string, Attempt>): AsyncGenerator<Observation> {
    const targets = targetsOf(Array.from(ports.values(), ({ one }) => one));
    const { known, fragile, hostDeadlineMs, ...rest } = shareOf(this.plan, RATE_SHARE / BATCHES_AT_ONCE);
    const plan = { ...rest, targets, from: 0, to: probeCount(targets), retries: 0 };
    const lane = this.sum.lane('only adds');
    try {
      for await (const seen of this.handshake(plan, this.flow.signal, lane.watch)) {
        if (seen.state === 'open') {
          for (const port of seen.ports)
            if (ports.delete(keyOf(seen.address, port))) this.desk.confirmed(seen);
          yield seen;
        } else noteAll(ports, seen);
      }
    } finally {
      lane.end();
    }
  }
}

interface Attempt {
  readonly one: Unverified;
  said: Observation | null;
}

const NOTHING: Observation | null = null;
const keyOf = (address: string, port: number): string => `${address} ${port}`;
const isWord = (said: Observation | null): said is Observation => said !== null && said.state !== 'unknown';
/** Lower is stronger. Silence is no answer: every other word is stronger, but for our own failure. */
const strength = ({ state, reason }: Observation): number =>
  reason === 'silence' ? UNKNOWN - 0.5 : PORT_STATES.indexOf(state);
const UNKNOWN = PORT_STATES.indexOf('unknown');

function noteAll(ports: Map<string, Attempt>, seen: Observation): void {
  for (const port of seen.ports) {
    const attempt = ports.get(keyOf(seen.address, port));
    if (attempt && (attempt.said === null || strength(seen) < strength(attempt.said))) attempt.said = seen;
  }
}

function targetsOf(batch: readonly Unverified[]) {
  return asSeen(batch).map(({ address, ports }) => ({ addresses: AddressSet.parse(address), ports }));
}
