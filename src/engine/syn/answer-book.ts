/*
 * Where answers are written down: from a packet to the byte of the probe that it answers.
 *
 * An answer is believed if its sequence number is the cookie of exactly this target, port and source port; then it tells by
 * the source port which pass it answers, and so how long it took. Answers to earlier slices still count: whoever reads them
 * lets the stronger word win. They are few, and remembered, so that a repeated one is told once.
 */
import { type IndexStretches, isWithin } from '../index-stretches.js';
import { inversePermutation, permutation } from '../permutation.js';
import { ProbeSpace, type SpaceLayout } from '../probe-space.js';
import { type PackedSlice, packInOrder, packInParts, packSparse } from '../slice.js';
import { CLOSED, HOST_UNREACHABLE, isStronger, OPEN, PASSED_OVER, WAITING } from '../verdicts.js';
import { Answer } from './answer.js';
import { type Cookies, cookies } from './cookie.js';
import type { Loss } from './loss.js';
import type { HostTrips, RoundTrip } from './round-trip.js';
import { SAMPLE_PASS, SOURCE_PORTS, type SynShared } from './shared-state.js';

/** Indices of ports that are open; `late` ones belong to slices that were settled before. */
export type Opened = Float64Array;

export interface BookTerms {
  readonly layout: SpaceLayout;
  readonly seed: number;
  readonly from: number;
  readonly shared: SynShared;
  readonly keys: readonly [number, number];
  readonly firstSourcePort: number;
  /** Probes that are not ours to make: their answers are known, or they are not allowed. */
  readonly passedOver: IndexStretches;
  /** Packets a second to one host, to one /24 or /64; Infinity for no limit. */
  readonly ratePerHost: number;
  readonly ratePerSubnet: number;
}

/** What has answered a scan is told to the book, and later asked for. */
export interface Learnt {
  readonly loss: Loss;
  readonly roundTrip: RoundTrip;
  readonly hostTrips: HostTrips;
}

const TOLD_MOST = 1_000_000;

export class AnswerBook {
  /** Believed answers of the scan. */
  answered = 0;
  /** Packets that claimed to answer us, and didn't know the cookie. */
  forged = 0;
  onAnswer: (nowMs: number) => void = () => undefined;
  private readonly answer = new Answer();
  private readonly space: ProbeSpace;
  private readonly indexAt: (position: number) => number;
  private readonly positionOf: (index: number) => number;
  private readonly cookies: Cookies;
  /** By index: what was told of open ports, and of probes whose slice was over. */
  private readonly told = new Map<number, number>();
  /** The slice before this one, as it was told. */
  private before = { from: 0, verdicts: new Uint8Array(0) };
  private untoldLate = new Map<number, number>();
  private opened: number[] = [];
  private sliceFrom = 0;
  private verdicts: Uint8Array = new Uint8Array(0);
  /** The answers in the order of the plan, where a slice is the whole of it: then they need no sorting. */
  private byIndex: Uint8Array | null = null;

  constructor(
    private readonly terms: BookTerms,
    private readonly learnt: Learnt,
    private readonly onOpened: (opened: Opened) => void,
  ) {
    const { layout, seed, keys } = terms;
    this.space = new ProbeSpace(layout);
    this.indexAt = permutation(layout.count, seed);
    this.positionOf = inversePermutation(layout.count, seed);
    this.cookies = cookies(keys[0], keys[1]);
  }

  /** A new slice: nothing is known of it but what an earlier attempt has learnt. */
  begin(from: number, verdicts: Uint8Array): void {
    this.before = { from: this.sliceFrom, verdicts: this.verdicts.slice() };
    this.sliceFrom = from;
    this.verdicts = verdicts;
    verdicts.fill(WAITING);
    this.byIndex = verdicts.length === this.space.count ? new Uint8Array(verdicts.length) : null;
    const { passedOver } = this.terms;
    if (passedOver.length === 0) return;
    for (let slot = 0; slot < verdicts.length; slot++) {
      if (isWithin(passedOver, this.indexAt(from + slot))) verdicts[slot] = PASSED_OVER;
    }
  }

  hostAt(slot: number): number {
    this.space.locate(this.indexAt(this.sliceFrom + slot));
    return this.space.host;
  }

  longestTripMs(host: number): number | null {
    return this.learnt.hostTrips.longestMs(host);
  }

  /** As the order is shuffled, a host gets the part of the rate that it has in what waits. */
  rateCap(): number {
    const { ratePerHost, ratePerSubnet } = this.terms;
    if (ratePerHost === Number.POSITIVE_INFINITY && ratePerSubnet === Number.POSITIVE_INFINITY)
      return ratePerHost;
    const hosts = new Map<string, number>();
    const subnets = new Map<string, number>();
    const count = (by: Map<string, number>, key: string): number => {
      const sum = (by.get(key) ?? 0) + 1;
      by.set(key, sum);
      return sum;
    };
    let waiting = 0;
    let [mostOfHost, mostOfSubnet] = [0, 0];
    for (let slot = 0; slot < this.verdicts.length; slot++) {
      if (this.verdicts[slot] !== WAITING) continue;
      waiting++;
      this.space.locate(this.indexAt(this.sliceFrom + slot));
      const { family, w0, w1, w2, w3 } = this.space;
      mostOfHost = Math.max(mostOfHost, count(hosts, `${family} ${w0} ${w1} ${w2} ${w3}`));
      mostOfSubnet = Math.max(mostOfSubnet, count(subnets, family === 4 ? `${w3 >>> 8}` : `${w0} ${w1}`));
    }
    if (waiting === 0) return Number.POSITIVE_INFINITY;
    return Math.min((ratePerHost * waiting) / mostOfHost, (ratePerSubnet * waiting) / mostOfSubnet);
  }

  read(bytes: Uint8Array, at: number, length: number, nowMs: number): void {
    const { answer, terms } = this;
    if (!answer.read(bytes, at, length)) return;
    const { family, w0, w1, w2, w3, port, sourcePort } = answer;
    const pass = sourcePort - terms.firstSourcePort;
    if (pass < 0 || pass >= SOURCE_PORTS) return;
    const expected =
      family === 4
        ? this.cookies.v4(w3, port, sourcePort)
        : this.cookies.v6(w0, w1, w2, w3, port, sourcePort);
    const index = expected === answer.cookie ? this.space.indexOf(family, w0, w1, w2, w3, port) : -1;
    if (index < 0) this.forged++;
    else this.note(index, answer.verdict, pass, nowMs);
  }

  /** Hands over the open ports that came in since the last call. */
  tellOpened(): void {
    if (this.opened.length === 0) return;
    this.onOpened(Float64Array.from(this.opened));
    this.opened = [];
  }

  /** What became of the slice, open ports aside, in parts. */
  pack(): Iterable<PackedSlice> {
    const { verdicts, sliceFrom: from, indexAt, byIndex } = this;
    const hostEnd = (index: number): number => this.space.hostEnd(index);
    if (!byIndex) return packInParts(verdicts, from, indexAt, hostEnd);
    for (let slot = 0; slot < verdicts.length; slot++) {
      // Answers are there already; what is missing are the words that others have written.
      if (verdicts[slot]! >= HOST_UNREACHABLE) byIndex[indexAt(slot)] = verdicts[slot]!;
    }
    return packInOrder(byIndex, hostEnd);
  }

  /** Late words that nobody has been told of, open ports aside; null where there are none. */
  packLate(): PackedSlice | null {
    if (this.untoldLate.size === 0) return null;
    const untold = this.untoldLate;
    this.untoldLate = new Map();
    return packSparse(untold, (index) => this.space.hostEnd(index));
  }

  private note(index: number, verdict: number, pass: number, nowMs: number): void {
    const { host } = this.space;
    const position = this.positionOf(index);
    const slot = position - this.sliceFrom;
    if (slot < 0 || slot >= this.verdicts.length) {
      this.noteLate(position, index, verdict);
      return;
    }
    const before = this.verdicts[slot]!;
    if (before !== WAITING && (before === PASSED_OVER || !isStronger(verdict, before))) return;
    this.verdicts[slot] = verdict;
    if (this.byIndex) this.byIndex[index] = verdict;
    if (verdict === OPEN) {
      this.opened.push(index);
      this.remember(index, OPEN);
    }
    if (before !== WAITING) return;
    this.answered++;
    if (verdict === OPEN || verdict === CLOSED) this.learn(host, slot, pass, nowMs);
    this.onAnswer(nowMs);
  }

  /** Only what the host itself says tells of the path; routers take their time with ICMP. */
  private learn(host: number, slot: number, pass: number, nowMs: number): void {
    const { sentAt, groups, groupShift } = this.terms.shared;
    const sentMs = sentAt[pass * groups + (slot >> groupShift)]!;
    if (sentMs > 0) {
      this.learnt.roundTrip.measured(nowMs - sentMs);
      this.learnt.hostTrips.measured(host, nowMs - sentMs);
    }
    if (pass === SAMPLE_PASS) this.learnt.loss.answeredSample(host);
    else this.learnt.loss.answered(host, pass);
  }

  private noteLate(position: number, index: number, verdict: number): void {
    if (position < this.terms.from || position >= this.sliceFrom) return;
    if (!this.isNews(position, index, verdict)) return;
    if (verdict === OPEN) this.opened.push(index);
    else this.untoldLate.set(index, verdict);
  }

  /** Is it more than was told of the probe? Then it is remembered. */
  private isNews(position: number, index: number, verdict: number): boolean {
    const { from, verdicts } = this.before;
    const slot = position - from;
    const inLast = slot >= 0 && slot < verdicts.length ? verdicts[slot]! : WAITING;
    if (!isStronger(verdict, inLast) || !isStronger(verdict, this.told.get(index) ?? WAITING)) return false;
    if (isWithin(this.terms.passedOver, index)) return false;
    return this.remember(index, verdict);
  }

  /** False where there is no room left to remember it. */
  private remember(index: number, verdict: number): boolean {
    if (this.told.size >= TOLD_MOST && !this.told.has(index)) return false;
    this.told.set(index, verdict);
    return true;
  }
}
