/*
 * One slice from its first SYN to its last word: passes over what has not answered, until too little is missing to matter.
 *
 * All decisions of the SYN engine are here, synchronous, on a wire that may be a network or a test's imitation of one.
 * After each pass: is anything left; is it congestion (a small, slow sample of the silent answers after all), then the
 * rate comes down to what was delivered; is the loss so small that fewer than 0.001 answers are still missing? Where
 * fifteen passes can't say that, what is left is called lossy, not silent.
 *
 * Passes wait briefly, as late answers still count. The trap is the last wait, which alone decides: it lasts as long as the
 * plan allows for each host that has said nothing yet, however near all the others are.
 */
import { LOSSY, SILENCE, WAITING } from '../verdicts.js';
import type { Loss } from './loss.js';
import type { RoundTrip } from './round-trip.js';
import { PASSES_MOST, SAMPLE_PASS } from './shared-state.js';

/** What the conductor asks of its wire. */
export interface SynWire {
  nowMs(): number;
  /** Begins to send every `stride`-th probe that waits, from the pass's own source port. */
  send(pass: number, ratePerSecond: number, stride: number): void;
  readonly isSending: boolean;
  /** Reads what has arrived, or waits up to so long for something to arrive. */
  receive(waitMs: number): void;
  /** Packets that we have dropped ourselves since the last call. */
  dropped(): number;
  readonly isStopped: boolean;
}

/** What is known of the places in a slice. */
export interface SlicePlaces {
  hostAt(slot: number): number;
  /** The longest round trip to a host so far; null where it has not answered. */
  longestTripMs(host: number): number | null;
  /** The rate at which no single host or subnet gets more than its share of what still waits; Infinity for any. */
  rateCap(): number;
}

export interface SliceTerms {
  readonly timeoutMs: number;
  /** Silent probes are sent at least so many times more. */
  readonly retries: number;
  /** Infinity for no limit. */
  readonly ratePerSecond: number;
  /** What the slice begins with: what the one before it has learnt. */
  readonly startRatePerSecond: number;
}

const MISSING_MOST = 0.001;
const QUIET_LEAST_MS = 30;
const QUIET_BLIND_MS = 1000;
/** A host that answers is given its longest round trip so many times, and so long at least, for its last answers. */
const FAREWELL_TRIPS = 3;
const FAREWELL_LEAST_MS = 100;
/** Passes where nothing answers, or too little to tell the loss by. */
const BLIND_PASSES = 3;
const FEW_ANSWERS = 20;
/** From so many probes on, the first pass is followed by a sample. */
const SAMPLED_FROM = 1000;
const SAMPLE = 256;
const SAMPLE_RATE = 10_000;
/** More of a slow sample answer than this: it was congestion. */
const SAMPLE_CONGESTED = 0.05;
const RATE_LEAST = 500;
/** From this loss on, sending more slowly is tried. */
const LOSS_TO_SLOW_DOWN = 0.15;
/** Up to this one, a rate that was brought down may rise again. */
const LOSS_TO_SPEED_UP = 0.02;
/** Multiples of the golden ratio, their whole part cut off, are spread evenly. */
const GOLDEN = 0.618_033_988_75;
/** A slower rate was worth it if so many times as much gets through. */
const BETTER = 1.3;

export class SliceRun {
  private waiting: number;
  private lastAnswerMs = 0;
  private lastSentMs = 0;
  /** The ring was full in the last pass: answers were lost that nobody will ever see. */
  private isDropping = false;
  /** The rate, and the loss, before the rate was last brought down. */
  private slowed: { readonly from: number; readonly share: number } | null = null;
  private isSlowInVain = false;
  /** Packets a second now; at the end, what the path has borne. */
  rate: number;

  constructor(
    private readonly wire: SynWire,
    private readonly verdicts: Uint8Array,
    private readonly terms: SliceTerms,
    private readonly learnt: { readonly loss: Loss; readonly roundTrip: RoundTrip },
    private readonly places: SlicePlaces,
  ) {
    this.rate = terms.startRatePerSecond;
    this.waiting = countWaiting(verdicts);
  }

  /** To be called for each probe that is answered for the first time. */
  answered(nowMs: number): void {
    this.waiting--;
    this.lastAnswerMs = nowMs;
  }

  run(): void {
    for (let pass = 0; pass < PASSES_MOST && !this.wire.isStopped; pass++) {
      const before = this.waiting;
      const { answers, sendMs } = this.pass(pass);
      if (this.waiting === 0) break;
      this.isDropping = this.wire.dropped() > 0;
      if (this.isDropping) continue;
      if (this.isEnough(pass + 1)) {
        this.waitForLate();
        this.isDropping = this.wire.dropped() > 0;
        if (!this.isDropping) break;
      } else if (pass === 0 && before > SAMPLED_FROM)
        this.tellCongestion(answers / Math.max(sendMs, 1), before);
      else this.adaptRate(pass, before / Math.max(sendMs, 1));
    }
    this.waitForLate();
    if (!this.wire.isStopped && this.waiting > 0) this.nameSilence();
  }

  /** Sends once to all that wait, and waits for answers until it is quiet. */
  private pass(pass: number): { answers: number; sendMs: number } {
    const { wire } = this;
    const startMs = wire.nowMs();
    const before = this.waiting;
    this.learnt.loss.beginPass(pass);
    wire.send(pass, Math.min(this.rate, this.places.rateCap()), 1);
    while (wire.isSending && !wire.isStopped) wire.receive(1);
    const sentMs = wire.nowMs();
    this.lastSentMs = sentMs;
    const answers = before - this.waiting;
    this.waiting = countWaiting(this.verdicts); // The senders have settled some by themselves: no way, not allowed.
    this.waitForQuiet(sentMs, this.quietMs);
    return { answers, sendMs: sentMs - startMs };
  }

  /** Answers come closer together than this, or not any more. */
  private get quietMs(): number {
    const { roundTrip } = this.learnt;
    const { timeoutMs } = this.terms;
    if (!roundTrip.isKnown) return Math.min(timeoutMs, QUIET_BLIND_MS);
    return Math.min(timeoutMs, Math.max(QUIET_LEAST_MS, roundTrip.patienceMs + 10));
  }

  private waitForQuiet(sentMs: number, quietMs: number): void {
    const { wire } = this;
    while (this.waiting > 0 && !wire.isStopped) {
      const left = Math.max(sentMs, this.lastAnswerMs) + quietMs - wire.nowMs();
      const before = this.waiting;
      wire.receive(left > 0 ? Math.min(left, 5) : 0);
      // We may have been late ourselves: only what is not there after a look is not there.
      if (left <= 0 && this.waiting === before) return;
    }
  }

  /** Is what may still be missing too little to matter? */
  private isEnough(passes: number): boolean {
    const { loss } = this.learnt;
    if (passes <= this.terms.retries) return false;
    if (loss.passes < (loss.seen < FEW_ANSWERS ? BLIND_PASSES : 2)) return false;
    return loss.missingInAll < MISSING_MOST;
  }

  /** A slow sample of the silent: if many of them answer after all, the first pass was too fast for the path. */
  private tellCongestion(deliveredPerMs: number, before: number): void {
    const { wire } = this;
    const silent = this.waiting;
    const size = Math.min(SAMPLE, silent);
    wire.send(
      SAMPLE_PASS,
      Math.min(this.rate, SAMPLE_RATE, this.places.rateCap()),
      Math.max(1, Math.floor(silent / size)),
    );
    while (wire.isSending && !wire.isStopped) wire.receive(1);
    this.waitForQuiet(wire.nowMs(), this.quietMs);
    const share = (silent - this.waiting) / size;
    if (share <= SAMPLE_CONGESTED || silent * share < before / 10) return;
    this.useRate(deliveredPerMs * 1000, 1);
  }

  /** Losing much: is it the rate? Sending as much as got through shows it; where that helps nothing, it was not. */
  private adaptRate(pass: number, sentPerMs: number): void {
    const { share } = this.learnt.loss;
    if (share === null) return;
    if (share < LOSS_TO_SPEED_UP) this.rate = Math.min(this.terms.ratePerSecond, this.rate * 1.5);
    if (share < LOSS_TO_SLOW_DOWN || this.isSlowInVain) return;
    const { slowed } = this;
    if (slowed && 1 - share < (1 - slowed.share) * BETTER) {
      this.isSlowInVain = true;
      this.rate = slowed.from;
      return;
    }
    this.slowed = { from: this.rate, share };
    this.useRate(Math.min(this.rate, sentPerMs * 1000) * (1 - share) * 0.95, pass + 1);
  }

  private useRate(ratePerSecond: number, pass: number): void {
    const slower = Math.max(RATE_LEAST, ratePerSecond);
    if (slower >= this.rate) return;
    this.rate = slower;
    this.learnt.loss.beginEpoch(pass);
  }

  /** The answers to the last pass get their time. */
  private waitForLate(): void {
    if (this.waiting > 0) this.waitForQuiet(this.lastSentMs, this.patienceMs());
  }

  /** As long as the most distant of the hosts needs that have not said everything, or may need. */
  private patienceMs(): number {
    const { verdicts, places } = this;
    const { timeoutMs } = this.terms;
    let patience = 0;
    let host = -1;
    for (let slot = 0; slot < verdicts.length && patience < timeoutMs; slot++) {
      if (verdicts[slot] !== WAITING) continue;
      const here = places.hostAt(slot);
      if (here === host) continue;
      host = here;
      const tripMs = places.longestTripMs(host);
      if (tripMs === null) return timeoutMs;
      patience = Math.max(patience, FAREWELL_LEAST_MS, FAREWELL_TRIPS * tripMs);
    }
    return Math.min(patience, timeoutMs);
  }

  private nameSilence(): void {
    const { verdicts } = this;
    const { loss } = this.learnt;
    const isSure = !this.isDropping && loss.missingInAll < MISSING_MOST;
    const lossyHosts = new Map<number, boolean>();
    const isLossy = (host: number): boolean => {
      const known = lossyHosts.get(host) ?? (this.isDropping || loss.missing(host) >= MISSING_MOST);
      lossyHosts.set(host, known);
      return known;
    };
    for (let slot = 0; slot < verdicts.length; slot++) {
      if (verdicts[slot] !== WAITING) continue;
      verdicts[slot] = !isSure && isLossy(this.places.hostAt(slot)) ? LOSSY : SILENCE;
    }
  }
}

/**
 * Each pass begins somewhere else, so that what drops every n-th packet, or the first ones of a burst, does not meet
 * the same probes again: the slot of a pass's first turn, for senders. The others follow, around the slice's end.
 */
export function firstSlot(size: number, pass: number): number {
  return Math.floor(size * ((pass * GOLDEN) % 1));
}

function countWaiting(verdicts: Uint8Array): number {
  let waiting = 0;
  for (let slot = 0; slot < verdicts.length; slot++) if (verdicts[slot] === WAITING) waiting++;
  return waiting;
}
