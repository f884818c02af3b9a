/*
 * One thread's probing, turn by turn: read all answers that wait in the kernel, time out what is overdue, start new probes.
 *
 * Time-outs are held against the time before the answers were read: a stall of ours must not turn an answer into silence.
 * What has to be tried again goes first, so that the queue stays as short as the window is narrow.
 */
import { interfaceIndex } from '../linux/libc.js';
import { type Pacer, pacer } from '../pacer.js';
import { inFlightWindow, type Window } from '../portable/window.js';
import { ProbeSpace } from '../probe-space.js';
import { NO_TRIALS } from './again-queue.js';
import * as board from './board.js';
import { Flights } from './flights.js';
import { Judge } from './judge.js';
import { Positions } from './positions.js';
import { Readiness } from './readiness.js';
import { SocketAddress } from './socket-address.js';
import { SocketPool } from './socket-pool.js';

/** Probes between two looks at the answers, so that these are read, and timed, soon after they come. */
const BATCH = 64;
const SWEEP_MS = 10;
/** How long to wait for an answer before looking at the clock again. */
const PAUSE_MS = 5;

export class Prober {
  private readonly window: Window;
  private readonly judge: Judge;
  private readonly readiness: Readiness;
  private readonly pool: SocketPool;
  private readonly flights: Flights;
  private readonly positions: Positions;
  private readonly onReady: (slot: number) => void;
  private pace: Pacer = pacer(Number.POSITIVE_INFINITY);
  private paceRate = Number.POSITIVE_INFINITY;
  private sweptAtMs = 0;
  private isMoreToSend = true;

  constructor(
    private readonly orders: board.ConnectOrders,
    worker: number,
    private readonly tellOpen: (pairs: Float64Array) => void,
  ) {
    const { window, layout, plan } = orders;
    const scope = plan.interfaceName === null ? 0 : interfaceIndex(plan.interfaceName);
    const space = new ProbeSpace(layout);
    this.window = inFlightWindow(window, window);
    this.judge = new Judge(orders, worker, this.window);
    this.readiness = new Readiness(window);
    this.pool = new SocketPool(window, this.readiness, plan);
    const target = { 4: new SocketAddress(4), 6: new SocketAddress(6, scope) };
    this.flights = new Flights(window, space, this.pool, this.judge, target);
    this.positions = new Positions(orders);
    this.onReady = (slot) => this.flights.onReady(slot);
  }

  /** Throws where no probe can be made as the plan wants it. */
  check(): void {
    this.pool.check();
  }

  /** Probes the slice that is on the board, until it is settled or the scan is to stop. */
  probe(): void {
    this.positions.beginSlice();
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
    this.readiness.close();
  }

  private get isStopped(): boolean {
    return Atomics.load(this.orders.control, board.STOP) === 1;
  }

  private get isSettled(): boolean {
    return this.positions.isExhausted && this.judge.again.length === 0 && this.flights.waiting === 0;
  }

  private turn(): void {
    this.listen();
    if (!this.isStopped) this.launch();
    if (this.flights.opened.length > 0) this.tellOpen(Float64Array.from(this.flights.opened.splice(0)));
    this.judge.publish(this.flights.sent);
  }

  private listen(): void {
    const beforeMs = performance.now();
    this.readiness.drain(this.isMoreToSend ? 0 : PAUSE_MS, this.onReady);
    this.isMoreToSend = false;
    if (beforeMs - this.sweptAtMs < SWEEP_MS) return;
    this.sweptAtMs = beforeMs;
    this.flights.sweep(beforeMs);
  }

  private launch(): void {
    const { flights, judge, positions } = this;
    const nowMs = performance.now();
    const room = Math.min(this.window.room(nowMs, flights.inUse), this.pace.allowance(nowMs), BATCH);
    let started = 0;
    judge.isPressed = false;
    while (started < room && !judge.isPressed) {
      if (judge.again.length > 0) {
        judge.again.take();
        flights.launch(judge.again.at, positions.indexOf(judge.again.at), judge.again.trials);
      } else if (positions.next()) flights.launch(positions.at, positions.index, NO_TRIALS);
      else break;
      started++;
    }
    this.pace.spend(started);
    this.isMoreToSend = started === BATCH;
  }
}
