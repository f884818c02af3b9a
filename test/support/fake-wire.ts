/*
 * The SYN engine's decisions on a made-up network: the real frames, cookies, answers and passes, without a socket, a
 * thread or a real clock. What a rate means is kept: a packet leaves every 1/rate seconds of virtual time.
 */

import { parseAddress } from '../../src/domain/address-set.js';
import type { Observation } from '../../src/domain/observation.js';
import { addressesOf, type ScanPlan } from '../../src/domain/scan-plan.js';
import { passedOver } from '../../src/engine/passed-over.js';
import { permutation } from '../../src/engine/permutation.js';
import { ProbeSpace } from '../../src/engine/probe-space.js';
import { SliceReader } from '../../src/engine/slice-reader.js';
import { layOut } from '../../src/engine/space-layout.js';
import { AnswerBook } from '../../src/engine/syn/answer-book.js';
import { type Cookies, cookies } from '../../src/engine/syn/cookie.js';
import { Loss } from '../../src/engine/syn/loss.js';
import { HostTrips, RoundTrip } from '../../src/engine/syn/round-trip.js';
import { type SynShared, synShared } from '../../src/engine/syn/shared-state.js';
import { firstSlot, SliceRun, type SynWire } from '../../src/engine/syn/slice-run.js';
import { SynFrames } from '../../src/engine/syn/syn-frames.js';
import { HOST_DEADLINE, WAITING } from '../../src/engine/verdicts.js';
import type { FakeNet } from './fake-net.js';

const FIRST_SOURCE_PORT = 40_000;
/** What a sender without a limit reaches here. */
const FULL_SPEED_PER_MS = 300;
/** Packets that leave together. */
const BURST = 64;

export interface FakeScan {
  readonly observations: readonly Observation[];
  readonly sent: number;
  readonly forged: number;
  readonly elapsedMs: number;
}

interface Order {
  readonly pass: number;
  readonly perMs: number;
  readonly stride: number;
  slot: number;
  passedBy: number;
}

/** Scans the whole plan over the network, in slices of `sliceSize`. */
export function fakeScan(plan: ScanPlan, net: FakeNet, sliceSize = plan.to - plan.from): FakeScan {
  const layout = layOut(plan.targets);
  const shared = synShared({
    sliceSize: Math.max(1, sliceSize),
    hosts: layout.hosts,
    ratePerSecond: plan.ratePerSecond,
    hostDeadlineMs: plan.hostDeadlineMs ?? Infinity,
  });
  const keys = [0x1234567, 0x89abcde] as const;
  const { hosts } = layout;
  const learnt = { loss: new Loss(hosts), roundTrip: new RoundTrip(), hostTrips: new HostTrips(hosts) };
  const observations: Observation[] = [];
  const reader = new SliceReader(layout, () => 0);
  const terms = {
    layout,
    seed: plan.seed,
    from: plan.from,
    shared,
    keys,
    firstSourcePort: FIRST_SOURCE_PORT,
  };
  const caps = { ratePerHost: plan.ratePerHost ?? Infinity, ratePerSubnet: plan.ratePerSubnet ?? Infinity };
  const book = new AnswerBook({ ...terms, ...caps, passedOver: passedOver(plan) }, learnt, (opened) => {
    observations.push(...reader.opens(opened, 'syn-ack'));
  });
  const wire = new FakeWire(plan, net, book, shared, cookies(...keys));
  let startRatePerSecond = plan.ratePerSecond;
  for (let from = plan.from; from < plan.to; from += sliceSize) {
    const verdicts = shared.verdicts.subarray(0, Math.min(sliceSize, plan.to - from));
    book.begin(from, verdicts);
    shared.sentAt.fill(0);
    learnt.loss.beginEpoch(0);
    const { timeoutMs, retries, ratePerSecond } = plan;
    const run = new SliceRun(
      wire,
      verdicts,
      { timeoutMs, retries, ratePerSecond, startRatePerSecond },
      learnt,
      book,
    );
    book.onAnswer = (nowMs) => run.answered(nowMs);
    wire.begin(from, verdicts);
    run.run();
    startRatePerSecond = Math.min(plan.ratePerSecond, run.rate * 1.25);
    book.tellOpened();
    const late = book.packLate();
    if (late) observations.push(...reader.slice(late));
    for (const part of book.pack()) observations.push(...reader.slice(part));
  }
  return { observations, sent: wire.sent, forged: book.forged, elapsedMs: wire.nowMs() };
}

class FakeWire implements SynWire {
  sent = 0;
  readonly isStopped = false;
  private clockMs = 1;
  private order: Order | null = null;
  private from = 0;
  private verdicts: Uint8Array = new Uint8Array(0);
  private readonly space: ProbeSpace;
  private readonly indexAt: (position: number) => number;
  private readonly frames: SynFrames;
  private readonly wayOf: (family: number) => number;

  constructor(
    plan: ScanPlan,
    private readonly net: FakeNet,
    private readonly book: AnswerBook,
    private readonly shared: SynShared,
    private readonly cookies: Cookies,
  ) {
    const layout = layOut(plan.targets);
    this.space = new ProbeSpace(layout);
    this.indexAt = permutation(layout.count, plan.seed);
    const way = (family: 4 | 6, source: string) =>
      ({
        mode: 'kernel',
        family,
        interfaceIndex: 1,
        isBound: false,
        source: parseAddress(source)!,
        sourceMac: null,
        destinationMac: null,
      }) as const;
    this.frames = new SynFrames([way(4, '198.51.100.99'), way(6, '2001:db8::99')], 1);
    this.wayOf = (family) => (family === 4 ? 0 : 1);
    if (addressesOf(plan.targets).isEmpty) throw new Error('nothing to scan');
  }

  begin(from: number, verdicts: Uint8Array): void {
    this.from = from;
    this.verdicts = verdicts;
  }

  nowMs(): number {
    return this.clockMs;
  }

  send(pass: number, ratePerSecond: number, stride: number): void {
    const perMs = Math.min(FULL_SPEED_PER_MS, ratePerSecond / 1000);
    this.order = { pass, perMs, stride, slot: 0, passedBy: 0 };
  }

  get isSending(): boolean {
    return this.order !== null;
  }

  receive(waitMs: number): void {
    if (this.order) this.sendSome(this.order);
    else
      this.clockMs = Math.max(this.clockMs, Math.min(this.clockMs + waitMs, this.net.nextAtMs() ?? Infinity));
    for (const bytes of this.net.due(this.clockMs)) this.book.read(bytes, 0, bytes.length, this.clockMs);
  }

  dropped(): number {
    return 0;
  }

  private sendSome(order: Order): void {
    const { sentAt, groups, groupShift, firstSentMs, hostDeadlineMs } = this.shared;
    const burst = Math.max(1, Math.min(BURST, Math.floor(order.perMs * 0.2)));
    let sent = 0;
    while (sent < burst && order.slot < this.verdicts.length) {
      const size = this.verdicts.length;
      const slot = (firstSlot(size, order.pass) + order.slot++) % size;
      if (this.verdicts[slot] !== WAITING || ++order.passedBy % order.stride !== 0) continue;
      const host = this.book.hostAt(slot);
      firstSentMs[host] ||= this.clockMs;
      if (this.clockMs - (firstSentMs[host] ?? this.clockMs) > hostDeadlineMs) {
        this.verdicts[slot] = HOST_DEADLINE;
        continue;
      }
      sentAt[order.pass * groups + (slot >> groupShift)] = this.clockMs;
      this.probe(slot, order.pass);
      sent++;
    }
    this.sent += sent;
    this.clockMs += sent / order.perMs;
    if (order.slot >= this.verdicts.length) this.order = null;
  }

  private probe(slot: number, pass: number): void {
    const { space } = this;
    space.locate(this.indexAt(this.from + slot));
    const { family, w0, w1, w2, w3, port } = space;
    const sourcePort = FIRST_SOURCE_PORT + pass;
    const sequence =
      family === 4
        ? this.cookies.v4(w3, port, sourcePort)
        : this.cookies.v6(w0, w1, w2, w3, port, sourcePort);
    const way = this.wayOf(family);
    this.frames.prepare(0, way);
    this.frames.patch(0, way, space, sourcePort, sequence);
    this.net.send(this.frames.packet(0, way), this.clockMs);
  }
}
