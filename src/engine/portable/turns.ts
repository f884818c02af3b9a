/*
 * Whose turn it is: the plan's part of the shuffled order, one port at a time, and those that need another attempt.
 *
 * Passes over what is not allowed or already known, holds back what would be too much for its host, and gives a turn up
 * when its host's time is over. Memory is bounded: while too many turns are held back, no new one is taken. The trap is a
 * long stretch that is passed over: it is gone through in pieces, so that sockets are read in between (`isMidway`).
 */
import { type AddressNumber } from '../../domain/address-number.js';
import { formatAddress } from '../../domain/address-set.js';
import { probeIndex, type ScanPlan } from '../../domain/scan-plan.js';
import { permutation } from '../permutation.js';
import { hostPace } from './host-pace.js';

const HELD_BACK_MOST = 1024;
const PASSED_AT_ONCE = 4096;

/** One port's turn, over all of its attempts. */
export interface Turn {
  readonly position: number;
  readonly number: AddressNumber;
  readonly address: string;
  readonly port: number;
  silences: number;
  pressures: number;
  selfConnects: number;
  /** Its host's time was over before it could be probed, or probed again. */
  isTooLate: boolean;
}

export class Turns {
  /** Stopped in the middle of what is passed over: ask again soon. */
  isMidway = false;
  private readonly pace;
  private readonly probeAt;
  private readonly indexAt;
  private position: number;
  /** Attempts to repeat, and those that were held back. */
  private readonly waiting: Turn[] = [];
  /** In the order of their positions. */
  private readonly unsettled = new Set<number>();
  /** When a host's first probe left; kept only where hosts have a deadline. */
  private readonly firstMs = new Map<AddressNumber, number>();

  constructor(private readonly plan: ScanPlan) {
    const { count, probeAt } = probeIndex(plan.targets);
    this.probeAt = probeAt;
    this.indexAt = permutation(count, plan.seed);
    this.position = plan.from;
    this.pace = hostPace(plan.ratePerHost, plan.ratePerSubnet);
  }

  /** Nothing is left to start. */
  get isExhausted(): boolean {
    return this.position >= this.plan.to && this.waiting.length === 0;
  }

  /** Every position below this is settled. */
  get settledTo(): number {
    const [lowest] = this.unsettled;
    return lowest ?? this.position;
  }

  /** One that may start now, or is too late; null where none may. */
  next(nowMs: number): Turn | null {
    this.isMidway = false;
    const repeated = this.fromWaiting(nowMs);
    if (repeated) return repeated;
    let left = PASSED_AT_ONCE;
    while (this.position < this.plan.to && this.waiting.length < HELD_BACK_MOST) {
      if (left-- === 0) {
        this.isMidway = true;
        return null;
      }
      const turn = this.drawn();
      if (!turn) continue;
      if (this.mayGo(turn, nowMs)) return turn;
      this.waiting.push(turn);
    }
    return null;
  }

  again(turn: Turn): void {
    this.waiting.push(turn);
  }

  settle(turn: Turn): void {
    this.unsettled.delete(turn.position);
  }

  private fromWaiting(nowMs: number): Turn | null {
    const place = this.waiting.findIndex((turn) => this.mayGo(turn, nowMs));
    return place < 0 ? null : this.waiting.splice(place, 1)[0]!;
  }

  private drawn(): Turn | null {
    const position = this.position++;
    const { address: number, port } = this.probeAt(this.indexAt(position));
    const { allowed, known } = this.plan;
    if (allowed && !allowed.has(number)) return null;
    const address = formatAddress(number);
    if (known?.get(address)?.has(port)) return null;
    this.unsettled.add(position);
    return {
      ...{ position, number, address, port },
      ...{ silences: 0, pressures: 0, selfConnects: 0, isTooLate: false },
    };
  }

  private mayGo(turn: Turn, nowMs: number): boolean {
    const { number } = turn;
    turn.isTooLate = this.isTooLate(number, nowMs);
    if (turn.isTooLate) return true;
    if (!this.pace.isDue(number, nowMs)) return false;
    this.pace.started(number, nowMs);
    if (this.plan.hostDeadlineMs !== undefined && !this.firstMs.has(number)) this.firstMs.set(number, nowMs);
    return true;
  }

  private isTooLate(number: AddressNumber, nowMs: number): boolean {
    const firstMs = this.firstMs.get(number);
    return firstMs !== undefined && nowMs - firstMs >= (this.plan.hostDeadlineMs ?? Infinity);
  }
}
