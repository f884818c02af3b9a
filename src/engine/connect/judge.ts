/*
 * Decides what became of a probe, and whether it has to be tried again: one byte of the slice, or a place in the queue.
 *
 * Silence is believed after `retries` more attempts, after a last one that waited long, and only where the loss that the
 * answered probes have shown, everywhere and on this host, says that hardly an answer can have been missed. Where it loses
 * too much for ten attempts, silence proves nothing, and the port stays unknown (`lossy`). What we are short of is never the
 * target's doing. Hosts go by their place (host-places.ts).
 */
import { readErrno } from '../errno.js';
import type { Window } from '../portable/window.js';
import {
  CLOSED,
  failureCode,
  HOST_UNREACHABLE,
  LOSSY,
  NET_UNREACHABLE,
  PROHIBITED,
  SELF_CONNECT,
  SILENCE,
} from '../verdicts.js';
import * as again from './again-queue.js';
import * as board from './board.js';
import { HostMemory } from './host-memory.js';
import { ATTEMPTS_MOST, isMissedEnough, lastWaitMs, RoundTrip, type Tally } from './patience.js';

const SHORTAGES_MOST = 12;
const SELF_CONNECTS_MOST = 5;
/** So many shortages with nothing else between them are none that a pause would end: IPv6 may be switched off. */
const DROUGHT = 100;

export class Judge {
  readonly again = new again.AgainQueue();
  /** Something has run out: nothing more may be tried in this turn. */
  isPressed = false;
  readonly memory: HostMemory;
  private readonly roundTrip = new RoundTrip();
  private readonly attemptsMost: number;
  /** Of all workers, as they last said. */
  private readonly tally: Tally = { answers: 0, repeats: 0 };
  private answered = 0;
  private spoken = 0;
  private repeats = 0;
  private readonly drought = { 4: 0, 6: 0 };

  constructor(
    private readonly orders: board.ConnectOrders,
    private readonly worker: number,
    private readonly window: Window,
  ) {
    this.memory = new HostMemory(orders.hosts, orders.startedAtMs);
    this.attemptsMost = Math.max(ATTEMPTS_MOST, orders.plan.retries + 1);
  }

  /** The host itself has answered. */
  spoke(at: number, verdict: number, trials: number, place: number, tookMs: number, nowMs: number): void {
    this.roundTrip.measured(tookMs);
    const repeats = again.silencesOf(trials);
    this.memory.answered(place, repeats, tookMs, nowMs);
    this.spoken++;
    this.repeats += repeats;
    this.answered++;
    this.settle(at, verdict);
  }

  /** The answer was an error other than a refusal. */
  refused(at: number, trials: number, code: string, family: 4 | 6, inUse: number): void {
    const { state, isPressure, isFilteredIfHostAnswers } = readErrno(code, 'wire');
    if (isPressure) {
      this.wasShort(at, trials, code, family, inUse);
      return;
    }
    this.answered++;
    if (state === 'closed') this.settle(at, CLOSED);
    else if (state === 'filtered') this.settle(at, PROHIBITED);
    else if (state === 'unreachable') this.settle(at, HOST_UNREACHABLE);
    else this.settle(at, isFilteredIfHostAnswers ? NET_UNREACHABLE : failureCode(code));
  }

  /** Nothing has left this machine. */
  failed(at: number, trials: number, code: string, family: 4 | 6, inUse: number): void {
    const { state, isPressure } = readErrno(code, 'call');
    if (isPressure) this.wasShort(at, trials, code, family, inUse);
    else this.settle(at, state === 'closed' ? CLOSED : failureCode(code));
  }

  /** A probe has left: what we were short of is there again. */
  left(family: 4 | 6): void {
    this.drought[family] = 0;
  }

  selfConnected(at: number, trials: number): void {
    if (again.selfConnectsOf(trials) + 1 < SELF_CONNECTS_MOST)
      this.again.push(at, trials + again.ONE_SELF_CONNECT);
    else this.settle(at, SELF_CONNECT);
  }

  silent(at: number, trials: number, place: number, wasLast: boolean): void {
    const attempts = again.silencesOf(trials) + 1;
    if (wasLast && this.isBelieved(attempts, place)) this.settle(at, SILENCE);
    else if (wasLast && attempts >= this.attemptsMost) this.settle(at, LOSSY);
    else this.again.push(at, trials + again.ONE_SILENCE);
  }

  /** Will silence be believed if this attempt meets it? */
  isLast(trials: number, place: number): boolean {
    const attempts = again.silencesOf(trials) + 1;
    return attempts >= this.attemptsMost || this.isBelieved(attempts, place);
  }

  waitMs(trials: number, place: number, isLast: boolean, nowMs: number): number {
    const { timeoutMs, retries } = this.orders.plan;
    // The caller wants one careful look.
    if (retries === 0 && isLast) return timeoutMs;
    if (isLast) return lastWaitMs(timeoutMs, this.memory.roundTripMs(place, nowMs));
    return this.roundTrip.waitMs(timeoutMs, again.silencesOf(trials), this.tally);
  }

  settle(at: number, verdict: number): void {
    this.orders.verdicts[at] = verdict;
    this.window.ended();
  }

  /** Tells the others what was counted here, and learns what they have counted. */
  publish(sent: number): void {
    const { counters } = this.orders;
    const own = this.worker * board.COUNTERS;
    counters[own + board.SENT] = sent;
    counters[own + board.ANSWERED] = this.answered;
    counters[own + board.SPOKEN] = this.spoken;
    counters[own + board.REPEATS] = this.repeats;
    this.tally.answers = 0;
    this.tally.repeats = 0;
    for (let at = 0; at < counters.length; at += board.COUNTERS) {
      this.tally.answers += counters[at + board.SPOKEN]!;
      this.tally.repeats += counters[at + board.REPEATS]!;
    }
  }

  private isBelieved(attempts: number, place: number): boolean {
    if (attempts <= this.orders.plan.retries) return false;
    return isMissedEnough(this.tally, this.memory.tallyOf(place), attempts);
  }

  /** What we are short of may be in our own hands: that counts only while no probe is under way that will give it back. */
  private wasShort(at: number, trials: number, code: string, family: 4 | 6, inUse: number): void {
    const isDrought = ++this.drought[family] > DROUGHT;
    if (!isDrought) {
      this.window.pressed(performance.now(), inUse);
      this.isPressed = true;
    }
    const counted = trials + (inUse === 0 ? again.ONE_SHORTAGE : 0);
    if (!isDrought && again.shortagesOf(counted) < SHORTAGES_MOST) this.again.push(at, counted);
    else this.orders.verdicts[at] = failureCode(code);
  }
}
