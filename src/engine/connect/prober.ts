/*
 * One thread's probing, turn by turn: read all answers that wait in the kernel, time out what is overdue, start new probes.
 *
 * Time-outs are held against the time before the answers were read: a stall of ours must not turn an answer into silence.
 * What has to be tried again goes first (turns.ts), so that the queue stays as short as the window is narrow.
 */
import { type Pacer, pacer } from '../pacer.js';
import { inFlightWindow, type Window } from '../portable/window.js';
import { Aim } from './aim.js';
import * as board from './board.js';
import { Flights } from './flights.js';
import { HostCaps } from './host-caps.js';
import { Judge } from './judge.js';
import type { Readiness } from './readiness.js';
import { SocketPool } from './socket-pool.js';
import { Turns } from './turns.js';

/** Probes between two looks at the answers, so that these are read, and timed, soon after they come. */
const BATCH = 64;
const SWEEP_MS = 10;
/** How long to wait for an answer before looking at the clock again. */
const PAUSE_MS = 5;

export class Prober {
  private readonly window: Window;
  private readonly judge: Judge;
  private readonly pool: SocketPool;
  private readonly flights: Flights;
  private readonly turns: Turns;
  private readonly onReady: (slot: number) => void;
  private pace: Pacer = pacer(Number.POSITIVE_INFINITY);
  private paceRate = Number.POSITIVE_INFINITY;
  private sweptAtMs = 0;
  private isMoreToSend = true;

  constructor(
    private readonly orders: board.ConnectOrders,
    worker: number,
    private readonly sockets: { readonly readiness: Readiness; readonly descriptors: Int32Array },
    private readonly tellOpen: (pairs: Float64Array) => void,
  ) {
    const { window, caps, plan, startedAtMs } = orders;
    const aim = new Aim(orders);
    const hostCaps = caps && new HostCaps(caps, startedAtMs);
    this.window = inFlightWindow(window, window);
    this.judge = new Judge(orders, worker, this.window);
    this.pool = new SocketPool(sockets.descriptors, sockets.readiness, plan);
    this.flights = new Flights(window, aim, this.pool, this.judge, hostCaps);
    this.turns = new Turns(orders, aim, this.judge, hostCaps);
    this.onReady = (slot) => this.flights.onReady(slot);
  }

  /** Throws where no probe can be made as the plan wants it. */
  check(): void {
    this.pool.check();
  }

  /** Probes the slice that is on the board, until it is settled or the scan is to stop. */
  probe(): void {
    this.turns.beginSlice();
    const rate = this.orders.bounds[board.RATE]! / this.orders.workers;
    if (rate !== this.paceRate) this.pace = pacer(rate);
    this.paceRate = rate;
    this.isMoreToSend = true;
    do this.turn();
    while (!this.isStopped && !this.isSettled);
  }

  /** Waits for the other sides to close, a little. */
  sayGoodbye(): void {
    while (this.flights.lingering > 0 && !this.isStopped) this.listen();
  }

  close(): void {
    this.pool.closeAll();
  }

  private get isStopped(): boolean {
    return Atomics.load(this.orders.control, board.STOP) === 1;
  }

  private get isSettled(): boolean {
    return this.turns.isExhausted && this.flights.waiting === 0;
  }

  private turn(): void {
    this.listen();
    if (!this.isStopped) this.launch();
    if (this.flights.opened.length > 0) this.tellOpen(Float64Array.from(this.flights.opened.splice(0)));
    this.judge.publish(this.flights.sent);
  }

  private listen(): void {
    const beforeMs = performance.now();
    this.sockets.readiness.drain(this.isMoreToSend ? 0 : PAUSE_MS, this.onReady);
    this.isMoreToSend = false;
    if (beforeMs - this.sweptAtMs < SWEEP_MS) return;
    this.sweptAtMs = beforeMs;
    this.flights.sweep(beforeMs);
  }

  private launch(): void {
    const { flights, judge, turns } = this;
    const nowMs = performance.now();
    const room = Math.min(this.window.room(nowMs, flights.inUse), this.pace.allowance(nowMs), BATCH);
    let started = 0;
    let taken = 0;
    judge.isPressed = false;
    turns.begin(nowMs);
    while (started < room && taken < BATCH && !judge.isPressed && turns.next(nowMs)) {
      taken++;
      if (flights.launch(turns)) started++;
    }
    this.pace.spend(started);
    this.isMoreToSend = taken === BATCH || turns.isMidway;
  }
}
