/*
 * The probes that are under way in one thread, by slot: launched, landed with an answer, overdue, or hanging up.
 *
 * Where the other side answers within the call itself (a veth pair, loopback), a second connect() fetches the refusal at
 * once, without epoll; elsewhere that would be a wasted call, so that it is made only while it pays. On such a path an
 * ICMP error comes within the call too, while the kernel may not touch the socket yet: it keeps it as a soft error
 * (tcp_v4_err), which nobody is told of, and which has to be asked for.
 */
import { connect, getsockname, lastErrno } from '../linux/libc.js';
import type { ProbeSpace } from '../probe-space.js';
import { CLOSED, failureCode, OPEN } from '../verdicts.js';
import type { Judge } from './judge.js';
import { SocketAddress, steadyBytes } from './socket-address.js';
import type { SocketPool } from './socket-pool.js';

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
    private readonly space: ProbeSpace,
    private readonly pool: SocketPool,
    private readonly judge: Judge,
    private readonly target: Record<4 | 6, SocketAddress>,
  ) {
    this.slots = slots;
    this.states = new Uint8Array(slots);
    this.lasts = new Uint8Array(slots);
    this.ats = new Int32Array(slots);
    this.trials = new Int32Array(slots);
    this.indices = new Float64Array(slots);
    this.sentAtMs = new Float64Array(slots);
    this.deadlineMs = new Float64Array(slots);
  }

  /** Sockets in use. */
  get inUse(): number {
    return this.waiting + this.lingering;
  }

  launch(at: number, index: number, trials: number): void {
    const { space, pool, judge } = this;
    const family = this.aim(index);
    if (pool.onlyFamily !== null && pool.onlyFamily !== family) {
      judge.settle(at, failureCode('EAFNOSUPPORT'));
      return;
    }
    const slot = pool.take(family);
    if (slot < 0) {
      // Idle sockets of the other family may be what is missing.
      pool.closeIdle();
      judge.failed(at, trials, pool.failure, family, this.inUse);
      return;
    }
    const { pointer, length } = this.target[family];
    const sentAtMs = performance.now();
    if (connect(pool.fd(slot), pointer, length) < 0) {
      const code = lastErrno();
      if (code !== 'EINPROGRESS') {
        pool.drop(slot);
        judge.failed(at, trials, code, family, this.inUse);
        return;
      }
    }
    this.sent++;
    judge.left(family);
    this.states[slot] = WAITING;
    this.waiting++;
    this.ats[slot] = at;
    this.trials[slot] = trials;
    this.indices[slot] = index;
    this.sentAtMs[slot] = sentAtMs;
    if (this.paysToLook() && this.lookAtOnce(slot)) return;
    const isLast = judge.isLast(trials);
    this.lasts[slot] = isLast ? 1 : 0;
    this.deadlineMs[slot] = sentAtMs + judge.waitMs(trials, space.host, isLast, sentAtMs);
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

  private aim(index: number): 4 | 6 {
    const { space } = this;
    space.locate(index);
    const family = space.family === 4 ? 4 : 6;
    this.target[family].set(space.w0, space.w1, space.w2, space.w3, space.port);
    return family;
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
    const family = this.aim(index);
    const { pointer, length } = this.target[family];
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
        this.judge.spoke(at, CLOSED, trials, this.space.host, tookMs, nowMs);
        break;
      // A reset of what was no longer a handshake (tcp_reset): it had been done, the port is open.
      case 'ECONNRESET':
      case 'EPIPE':
        this.pool.free(slot);
        this.tellOpen(index, tookMs);
        this.judge.spoke(at, OPEN, trials, this.space.host, tookMs, nowMs);
        break;
      case 'ETIMEDOUT':
        this.pool.free(slot);
        this.judge.silent(at, trials, this.lasts[slot] === 1);
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
    this.judge.spoke(at, OPEN, trials, this.space.host, tookMs, nowMs);
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
    return own.equals(this.target[family]);
  }

  private overdue(slot: number): void {
    if (this.fetchSoft(slot)) return;
    const at = this.ats[slot]!;
    const trials = this.trials[slot]!;
    this.land(slot);
    this.pool.dissolve(slot);
    this.judge.silent(at, trials, this.lasts[slot] === 1);
  }

  /** Was there an ICMP error that the kernel has kept to itself? */
  private fetchSoft(slot: number): boolean {
    const code = this.pool.softError(slot);
    if (code === null) return false;
    const at = this.ats[slot]!;
    const trials = this.trials[slot]!;
    const family = this.aim(this.indices[slot]!);
    this.land(slot);
    this.pool.drop(slot);
    if (code === 'ECONNREFUSED') {
      const nowMs = performance.now();
      this.judge.spoke(at, CLOSED, trials, this.space.host, nowMs - this.sentAtMs[slot]!, nowMs);
    } else this.judge.refused(at, trials, code, family, this.inUse);
    return true;
  }

  private land(slot: number): void {
    this.states[slot] = IDLE;
    this.waiting--;
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
