/*
 * The thread that conducts a SYN scan: it finds the ways out, gives the senders their orders, and reads every answer.
 *
 * It is one synchronous loop, so that nothing else in the process can hold it up while packets wait in the ring; what it
 * decides, it decides in slice-run.ts. An answer counts only if its cookie is right: a keyed hash of who was asked.
 */
import { type MessagePort, parentPort } from 'node:worker_threads';
import { AddressSet } from '../../domain/address-set.js';
import type { IndexStretches } from '../index-stretches.js';
import { ETHERTYPE_IPV4, ETHERTYPE_IPV6, PacketRing } from '../linux/packet-ring.js';
import type { SpaceLayout } from '../probe-space.js';
import { type PackedSlice, sliceSize } from '../slice.js';
import { onWork } from '../worker-work.js';
import { AnswerBook, type Learnt, type Opened } from './answer-book.js';
import type { EgressTable } from './egress.js';
import { Loss } from './loss.js';
import { receiveFilter } from './receive-filter.js';
import { RingWire } from './ring-wire.js';
import { HostTrips, RoundTrip } from './round-trip.js';
import { Sending } from './sending.js';
import { ANSWERED, ORDER, OVER, STOP, type SynShared, threadClockMs, UNREAD } from './shared-state.js';
import { SliceRun } from './slice-run.js';
import { waysOut } from './ways-out.js';

/** What a scan is, for the conductor: everything here crosses to a thread. */
export interface ConductorWork {
  readonly layout: SpaceLayout;
  readonly seed: number;
  readonly from: number;
  readonly to: number;
  readonly shared: SynShared;
  readonly keys: readonly [number, number];
  readonly firstSourcePort: number;
  /** One a thread that sends beside the conductor. */
  readonly ports: readonly MessagePort[];
  /** What may be probed, as texts. */
  readonly addresses: readonly string[];
  readonly passedOver: IndexStretches;
  readonly timeoutMs: number;
  readonly retries: number;
  readonly ratePerSecond: number;
  readonly ratePerHost: number;
  readonly ratePerSubnet: number;
  readonly source?: string;
  readonly interfaceName?: string;
}

export type ConductorMessage =
  | { readonly kind: 'open'; readonly opened: Opened }
  | { readonly kind: 'slice'; readonly packed: PackedSlice }
  /** Everything below is told of now. */
  | { readonly kind: 'settled'; readonly settledTo: number }
  /** Nothing more will come; what is left is to clean up. */
  | { readonly kind: 'end' };

/** Without a limit, the first slice is a small one: it shows what the path bears before much is lost on it. */
const FIRST_SLICE = 2 ** 18;
/** Messages that may wait for the main thread. */
const UNREAD_MOST = 16;
/** Routes and neighbours are looked up again after so long. */
const WAYS_FRESH_MS = 300_000;
/** What a slice has learnt of the path's rate is tried a little beyond in the next one. */
const RISE = 1.25;

class SynConductor {
  private readonly shared: SynShared;
  private readonly learnt: Learnt;
  private readonly book: AnswerBook;
  private readonly own: Sending;
  private readonly wire: RingWire;
  private rate: number;
  private waysAtMs = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly work: ConductorWork,
    private readonly rings: PacketRing[],
    /** Finds the ways out, as they are now, and tells the other senders. */
    private readonly findWays: () => EgressTable,
  ) {
    this.shared = work.shared;
    this.rate = work.ratePerSecond;
    const { hosts } = work.layout;
    this.learnt = { loss: new Loss(hosts), roundTrip: new RoundTrip(), hostTrips: new HostTrips(hosts) };
    this.book = new AnswerBook(work, this.learnt, (opened) => this.say({ kind: 'open', opened }));
    this.own = new Sending({ ...work, place: 0 });
    this.wire = new RingWire(work.shared, rings, this.own, work.ports.length, this.book);
  }

  /** From the first slice to the last, or until it is stopped. */
  conduct(): void {
    try {
      this.conductAll();
    } finally {
      this.close();
    }
  }

  /** All is sent, and what will be heard has been heard. */
  private close(): void {
    const { flags } = this.shared;
    if (Atomics.exchange(flags, ORDER, OVER) === OVER) return;
    Atomics.notify(flags, ORDER);
    this.own.close();
    for (const ring of this.rings.splice(0)) ring.close();
  }

  private conductAll(): void {
    const { work } = this;
    const isUnlimited = work.ratePerSecond === Number.POSITIVE_INFINITY;
    let most = isUnlimited ? FIRST_SLICE : sliceSize(work.ratePerSecond);
    for (let from = work.from; from < work.to && !this.isStopped; ) {
      this.keepWaysFresh();
      const to = Math.min(work.to, from + most);
      this.slice(from, to);
      from = to;
      most = sliceSize(this.rate);
    }
  }

  /** A gateway may fail over, a neighbour move, while a scan of hours is under way. */
  private keepWaysFresh(): void {
    const nowMs = threadClockMs();
    if (nowMs - this.waysAtMs < WAYS_FRESH_MS) return;
    this.own.useWays(this.findWays());
    this.waysAtMs = threadClockMs();
  }

  private slice(from: number, to: number): void {
    const { work, shared, book, learnt } = this;
    const verdicts = shared.verdicts.subarray(0, to - from);
    book.begin(from, verdicts);
    shared.sentAt.fill(0);
    learnt.loss.beginEpoch(0);
    const terms = {
      timeoutMs: work.timeoutMs,
      retries: work.retries,
      ratePerSecond: work.ratePerSecond,
      startRatePerSecond: this.rate,
    };
    const run = new SliceRun(this.wire, verdicts, terms, learnt, book);
    book.onAnswer = (nowMs) => run.answered(nowMs);
    this.wire.slice(from, to);
    run.run();
    // The kernel takes its time to close what is open: meanwhile we can tell what became of the slice.
    if (to === work.to) this.close();
    if (run.rate < work.ratePerSecond) this.rate = Math.min(work.ratePerSecond, run.rate * RISE);
    book.tellOpened();
    shared.numbers[ANSWERED] = book.answered;
    const late = book.packLate();
    if (late) this.say({ kind: 'slice', packed: late });
    for (const packed of book.pack()) this.say({ kind: 'slice', packed });
    if (!this.isStopped) this.say({ kind: 'settled', settledTo: to });
  }

  /** Waits while the main thread has too much to read; a slow reader slows the scan, and loses nothing. */
  private say(message: ConductorMessage): void {
    const { flags } = this.shared;
    if (message.kind === 'slice') {
      while (Atomics.load(flags, UNREAD) > UNREAD_MOST && !this.isStopped) Atomics.wait(flags, STOP, 0, 5);
    }
    Atomics.add(flags, UNREAD, 1);
    parentPort!.postMessage(message);
  }

  private get isStopped(): boolean {
    return Atomics.load(this.shared.flags, STOP) !== 0;
  }
}

/** Made before there was work: the kernel takes its time for it. */
let spareRing: PacketRing | null = null;

function prepareRing(): boolean {
  try {
    spareRing = new PacketRing();
    return true;
  } catch {
    return false;
  }
}

function openRings(rings: PacketRing[], addresses: AddressSet, firstSourcePort: number): void {
  const v4 = AddressSet.parse('0.0.0.0/0');
  const open = (ethertype: number, family: 4 | 6): void => {
    const ring = spareRing ?? new PacketRing();
    spareRing = null;
    rings.push(ring);
    ring.listen(ethertype, receiveFilter(family, firstSourcePort));
  };
  if (!addresses.intersect(v4).isEmpty) open(ETHERTYPE_IPV4, 4);
  if (!addresses.subtract(v4).isEmpty) open(ETHERTYPE_IPV6, 6);
}

function conduct(work: ConductorWork): void {
  const { flags } = work.shared;
  const addresses = AddressSet.unionOf(work.addresses.map((text) => AddressSet.parse(text)));
  const rings: PacketRing[] = [];
  try {
    openRings(rings, addresses, work.firstSourcePort);
    const { source, interfaceName, ratePerSecond } = work;
    const isStopped = (): boolean => Atomics.load(flags, STOP) !== 0;
    const findWays = (): EgressTable => {
      const table = waysOut({ addresses, source, interfaceName, ratePerSecond, isStopped });
      for (const port of work.ports) port.postMessage(table);
      return table;
    };
    new SynConductor(work, rings, findWays).conduct();
    if (!isStopped()) parentPort!.postMessage({ kind: 'end' } satisfies ConductorMessage);
  } finally {
    Atomics.store(flags, STOP, 1);
    Atomics.notify(flags, STOP);
    Atomics.notify(flags, ORDER);
    for (const ring of rings.splice(0)) ring.close();
    for (const port of work.ports) port.close();
  }
}

onWork(conduct, prepareRing);
