/*
 * Whose turn it is in one thread: what was held back, what needs another attempt, then new positions.
 *
 * It gives a turn up when its host's time is over, and holds back what would be too much for its host or subnet, while others
 * go on. Memory is bounded: while so many are held back, no new position is taken, so that they are never more than that
 * and the window. They are gone through now and then, not all the time: a burst lasts longer than such a pause.
 */
import { HOST_DEADLINE } from '../verdicts.js';
import { AgainQueue, NO_TRIALS } from './again-queue.js';
import type { Aim } from './aim.js';
import type { ConnectOrders } from './board.js';
import type { HostCaps } from './host-caps.js';
import type { Judge } from './judge.js';
import { Positions } from './positions.js';

const HELD_BACK_MOST = 1024;
const LOOKED_AT_ONCE = 1024;
const LOOK_MS = 2;
/** Turns that are given up or held back before answers are read again. */
const PASSED_AT_ONCE = 1024;

export class Turns {
  /** Of the turn that `next` has found. */
  at = 0;
  index = 0;
  trials = NO_TRIALS;
  /** SYNs that were paid for, those of the kernel included; 0 where there are no caps. */
  packets = 0;
  /** Stopped in the middle of what is given up: ask again soon. */
  isMidway = false;
  private readonly positions: Positions;
  private readonly held = new AgainQueue();
  private readonly isFree: boolean;
  private left = 0;
  private lookAtMs = 0;
  private looks = 0;

  constructor(
    private readonly orders: ConnectOrders,
    private readonly aim: Aim,
    private readonly judge: Judge,
    private readonly caps: HostCaps | null,
  ) {
    this.positions = new Positions(orders);
    this.isFree = caps === null && !judge.memory.hasDeadlines;
  }

  /** Nothing is left to start. */
  get isExhausted(): boolean {
    return this.positions.isExhausted && this.judge.again.length === 0 && this.held.length === 0;
  }

  beginSlice(): void {
    this.positions.beginSlice();
  }

  /** A number of turns will be asked for at this time. */
  begin(nowMs: number): void {
    this.isMidway = false;
    this.left = PASSED_AT_ONCE;
    if (nowMs < this.lookAtMs) return;
    this.lookAtMs = nowMs + LOOK_MS;
    this.looks = Math.min(this.held.length, LOOKED_AT_ONCE);
  }

  /** False where none may start now. */
  next(nowMs: number): boolean {
    if (this.isFree) return this.draw();
    if (this.drawHeld(nowMs)) return true;
    while (this.judge.again.length > 0 || this.held.length < HELD_BACK_MOST) {
      if (this.left-- <= 0) {
        this.isMidway = true;
        return false;
      }
      if (!this.draw()) return false;
      this.aim.at(this.index);
      const { place } = this.aim;
      const subnet = this.caps === null ? 0 : this.aim.subnet;
      if (this.mayGo(place, subnet, nowMs)) return true;
    }
    return false;
  }

  private draw(): boolean {
    const { positions } = this;
    const { again } = this.judge;
    if (again.length > 0) {
      again.take();
      this.at = again.at;
      this.trials = again.trials;
      this.index = positions.indexOf(again.at);
      return true;
    }
    if (!positions.next()) return false;
    this.at = positions.at;
    this.trials = NO_TRIALS;
    this.index = positions.index;
    return true;
  }

  private drawHeld(nowMs: number): boolean {
    const { held } = this;
    while (this.looks > 0 && held.length > 0) {
      this.looks--;
      held.take();
      this.at = held.at;
      this.trials = held.trials;
      if (!this.mayGo(held.place, held.subnet, nowMs)) continue;
      this.index = this.positions.indexOf(this.at);
      return true;
    }
    return false;
  }

  /** Where it may not, it is given up or held back. */
  private mayGo(place: number, subnet: number, nowMs: number): boolean {
    const { memory } = this.judge;
    if (memory.hasDeadlines && memory.isTooLate(place, nowMs)) {
      this.orders.verdicts[this.at] = HOST_DEADLINE;
      return false;
    }
    if (this.caps !== null && !this.pays(this.caps, place, subnet, nowMs)) {
      this.held.push(this.at, this.trials, place, subnet);
      return false;
    }
    if (memory.hasDeadlines) memory.begins(place, nowMs);
    return true;
  }

  private pays(caps: HostCaps, place: number, subnet: number, nowMs: number): boolean {
    if (!caps.isDue(place, subnet, nowMs)) return false;
    const isLast = this.judge.isLast(this.trials, place);
    this.packets = caps.packetsFor(this.judge.waitMs(this.trials, place, isLast, nowMs));
    return caps.take(place, subnet, this.packets, nowMs);
  }
}
