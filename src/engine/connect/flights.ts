/*
 * The probes that are under way in one thread, by slot: launched, landed with an answer, overdue, or hanging up.
 *
 * Where the other side answers within the call itself (a veth pair, loopback), a second connect() fetches the refusal at
 * once, without epoll; elsewhere that would be a wasted call, so that it is made only while it pays. On such a path an
 * ICMP error comes within the call too, while the kernel may not touch the socket yet: it keeps it as a soft error
 * (tcp_v4_err), which nobody is told of, and which has to be asked for.
 */
import { connect, getsockname, lastErrno } from '../linux/libc.js';
import { CLOSED, failureCode, OPEN } from '../verdicts.js';
import type { Aim } from './aim.js';
import type { HostCaps } from './host-caps.js';
import type { Judge } from './judge.js';
import { SocketAddress, steadyBytes } from './socket-address.js';
import type { SocketPool } from './socket-pool.js';
import type { Turns } from './turns.js';

/** How long the other side may take to close after our FIN. */
const LINGER_MS = 150;
/** A second connect() at once is worth it while it brings the answer this often. */
const PAYS = 0.4;
/** When it does not pay, one probe in so many tries whether it does now. */
const TRIED_EVERY = 32;

const IDLE = 0;
const WAITING = 1;
const LINGERING = 2;

export class Flights {
  sent = 0;
  waiting = 0;
  lingering = 0;
  /** Open ports that nobody has been told of: index and milliseconds, pair by pair. */
  readonly opened: number[] = [];
  private readonly slots: number;
  private readonly states: Uint8Array;
  private readonly lasts: Uint8Array;
  private readonly ats: Int32Array;
  private readonly trials: Int32Array;
  private readonly places: Int32Array;
  private readonly subnets: Int32Array;
  private readonly packets: Uint8Array;
  private readonly indices: Float64Array;
  private readonly sentAtMs: Float64Array;
  private readonly deadlineMs: Float64Array;
  private readonly own = { 4: new SocketAddress(4), 6: new SocketAddress(6) };
  private readonly ownLengthBytes = steadyBytes(4);
  private readonly ownLength = new Uint32Array(this.ownLengthBytes.buffer);
  private payoff = 1;
  private untried = 0;

  constructor(
    slots: number,
    private readonly aim: Aim,
    private readonly pool: SocketPool,
    private readonly judge: Judge,
    private readonly caps: HostCaps | null,
  ) {
    this.slots = slots;
    this.states = new Uint8Array(slots);
    this.lasts = new Uint8Array(slots);
    this.ats = new Int32Array(slots);
    this.trials = new Int32Array(slots);
    this.places = new Int32Array(slots);
    this.subnets = new Int32Array(slots);
    this.packets = new Uint8Array(slots);
    this.indices = new Float64Array(slots);
    this.sentAtMs = new Float64Array(slots);
    this.deadlineMs = new Float64Array(slots);
  }

  /** Sockets in use. */
  get inUse(): number {
    return this.waiting + this.lingering;
  }

  /** False where nothing may be sent there at all. */
  launch({ at, index, trials, packets }: Turns): boolean {
    const { pool, judge, aim } = this;
    const family = aim.at(index);
    const isOtherFamily = pool.onlyFamily !== null && pool.onlyFamily !== family;
    const refusal = isOtherFamily ? 'EAFNOSUPPORT' : aim.refusal;
    if (refusal !== null) {
      this.giveBack(packets);
      judge.settle(at, failureCode(refusal));
      return false;
    }
    const slot = pool.take(family);
    if (slot < 0) {
      // Idle sockets of the other family may be what is missing.
      pool.closeIdle();
      this.giveBack(packets);
      judge.failed(at, trials, pool.failure, family, this.inUse);
      return true;
    }
    const { pointer, length } = aim.target[family];
    const sentAtMs = performance.now();
    if (connect(pool.fd(slot), pointer, length) < 0) {
      const code = lastErrno();
      if (code !== 'EINPROGRESS') {
        pool.drop(slot);
        this.giveBack(packets);
        judge.failed(at, trials, code, family, this.inUse);
        return true;
      }
    }
    judge.left(family);
    this.depart(slot, at, index, trials, sentAtMs);
    if (this.caps !== null) {
      this.packets[slot] = packets;
      this.subnets[slot] = aim.subnet;
    }
    if (this.paysToLook() && this.lookAtOnce(slot)) return true;
    const place = this.places[slot]!;
    const isLast = judge.isLast(trials, place);
    this.lasts[slot] = isLast ? 1 : 0;
    this.deadlineMs[slot] = sentAtMs + judge.waitMs(trials, place, isLast, sentAtMs);
    return true;
  }

  /** The kernel says that something has happened to a socket. */
  onReady(slot: number): void {
    if (this.states[slot] === WAITING) this.fetch(slot);
    else if (this.states[slot] === LINGERING && this.pool.hasEnded(slot)) this.hungUp(slot);
  }

  /** @param beforeMs a time before the answers in the kernel were read */
  sweep(beforeMs: number): void {
    if (this.inUse === 0) return;
    for (let slot = 0; slot < this.slots; slot++) {
      if (this.states[slot] === IDLE || this.deadlineMs[slot]! > beforeMs) continue;
      if (this.states[slot] === WAITING) this.overdue(slot);
      else {
        this.pool.hasEnded(slot);
        this.hungUp(slot);
      }
    }
  }

  private depart(slot: number, at: number, index: number, trials: number, sentAtMs: number): void {
    this.sent++;
    this.waiting++;
    this.states[slot] = WAITING;
    this.ats[slot] = at;
    this.trials[slot] = trials;
    this.indices[slot] = index;
    this.places[slot] = this.aim.place;
    this.sentAtMs[slot] = sentAtMs;
  }

  /** Nothing has left: what was paid for is the host's again, whom `aim` has found. */
  private giveBack(packets: number): void {
    this.caps?.giveBack(this.aim.place, this.aim.subnet, packets);
  }

  private paysToLook(): boolean {
    if (this.payoff > PAYS) return true;
    this.untried = (this.untried + 1) % TRIED_EVERY;
    return this.untried === 0;
  }

  private lookAtOnce(slot: number): boolean {
    const isAnswered = this.fetch(slot) || this.fetchSoft(slot);
    this.payoff += ((isAnswered ? 1 : 0) - this.payoff) / 16;
    return isAnswered;
  }

  /** Asks how the attempt went: a second connect() says. False while it is under way. */
  private fetch(slot: number): boolean {
    const index = this.indices[slot]!;
    const family = this.aim.at(index);
    const { pointer, length } = this.aim.target[family];
    const code = connect(this.pool.fd(slot), pointer, length) === 0 ? 'EISCONN' : lastErrno();
    if (code === 'EALREADY') return false;
    if (code === 'EISCONN') {
      this.connected(slot, family);
      return true;
    }
    const at = this.ats[slot]!;
    const trials = this.trials[slot]!;
    const nowMs = performance.now();
    const tookMs = nowMs - this.sentAtMs[slot]!;
    this.land(slot);
    switch (code) {
      case 'ECONNREFUSED':
        this.pool.free(slot);
        this.judge.spoke(at, CLOSED, trials, this.places[slot]!, tookMs, nowMs);
        break;
      // A reset of what was no longer a handshake (tcp_reset): it had been done, the port is open.
      case 'ECONNRESET':
      case 'EPIPE':
        this.pool.free(slot);
        this.tellOpen(index, tookMs);
        this.judge.spoke(at, OPEN, trials, this.places[slot]!, tookMs, nowMs);
        break;
      case 'ETIMEDOUT':
        this.pool.free(slot);
        this.judge.silent(at, trials, this.places[slot]!, this.lasts[slot] === 1);
        break;
      // The socket was not under way at all: it is odd, and another one will do.
      case 'EINPROGRESS':
        this.pool.drop(slot);
        this.judge.failed(at, trials, 'EAGAIN', family, this.inUse);
        break;
      default:
        this.pool.drop(slot);
        this.judge.refused(at, trials, code, family, this.inUse);
    }
    return true;
  }

  private connected(slot: number, family: 4 | 6): void {
    const nowMs = performance.now();
    const tookMs = nowMs - this.sentAtMs[slot]!;
    const at = this.ats[slot]!;
    const trials = this.trials[slot]!;
    this.land(slot);
    if (this.isSelfConnection(slot, family)) {
      this.pool.reset(slot);
      this.judge.selfConnected(at, trials);
      return;
    }
    this.tellOpen(this.indices[slot]!, tookMs);
    this.judge.spoke(at, OPEN, trials, this.places[slot]!, tookMs, nowMs);
    this.pool.hangUp(slot);
    if (this.pool.hasEnded(slot)) {
      this.pool.drop(slot);
      return;
    }
    this.states[slot] = LINGERING;
    this.lingering++;
    this.deadlineMs[slot] = nowMs + LINGER_MS;
  }

  /** Source and destination are the same: the kernel has talked to itself (RFC 9293 §3.5, simultaneous open). */
  private isSelfConnection(slot: number, family: 4 | 6): boolean {
    const own = this.own[family];
    this.ownLength[0] = own.length;
    getsockname(this.pool.fd(slot), own.bytes, this.ownLengthBytes);
    return own.equals(this.aim.target[family]);
  }

  private overdue(slot: number): void {
    if (this.fetchSoft(slot)) return;
    const at = this.ats[slot]!;
    const trials = this.trials[slot]!;
    this.land(slot, true);
    this.pool.dissolve(slot);
    this.judge.silent(at, trials, this.places[slot]!, this.lasts[slot] === 1);
  }

  /** Was there an ICMP error that the kernel has kept to itself? */
  private fetchSoft(slot: number): boolean {
    const code = this.pool.softError(slot);
    if (code === null) return false;
    const at = this.ats[slot]!;
    const trials = this.trials[slot]!;
    const family = this.aim.at(this.indices[slot]!);
    this.land(slot);
    this.pool.drop(slot);
    if (code === 'ECONNREFUSED') {
      const nowMs = performance.now();
      this.judge.spoke(at, CLOSED, trials, this.places[slot]!, nowMs - this.sentAtMs[slot]!, nowMs);
    } else this.judge.refused(at, trials, code, family, this.inUse);
    return true;
  }

  private land(slot: number, isUnanswered = false): void {
    this.states[slot] = IDLE;
    this.waiting--;
    if (this.caps !== null && this.packets[slot]! > 1) this.settleUp(this.caps, slot, isUnanswered);
  }

  /** What the kernel has not sent of the packets that were paid for is the host's again. */
  private settleUp(caps: HostCaps, slot: number, isUnanswered: boolean): void {
    const repeats = isUnanswered ? this.pool.repeatsOf(slot) : null;
    const packets =
      repeats === null ? caps.packetsAfter(performance.now() - this.sentAtMs[slot]!) : 1 + repeats;
    const unsent = this.packets[slot]! - packets;
    if (unsent > 0) caps.giveBack(this.places[slot]!, this.subnets[slot]!, unsent);
  }

  private hungUp(slot: number): void {
    this.states[slot] = IDLE;
    this.lingering--;
    this.pool.drop(slot);
  }

  private tellOpen(index: number, tookMs: number): void {
    this.opened.push(index, tookMs);
  }
}
