/*
 * Scans with the kernel's own connect(): no privilege needed, every platform, IPv4 and IPv6.
 *
 * Promises: at most `inFlight` sockets, at most `ratePerSecond` connects with retries counted in, memory that depends on
 * the window and not on the plan. A failure of ours is never the target's: it is tried again, then `unknown`.
 *
 * The trap is our own slowness. After a stall the timers run before the sockets are read, and answers that wait in the
 * kernel would be called silence. So a tick only notes the time; probes are timed out against it in the check phase,
 * after the event loop has read every socket (Node's event loop: timers, poll, check).
 */
import type { Observation } from '../../domain/observation.js';
import type { ScanPlan } from '../../domain/scan-plan.js';
import { refuseInterface } from '../choose-engine.js';
import { doubts } from '../doubts.js';
import type { Watch } from '../engine.js';
import { type Reading, readErrno } from '../errno.js';
import { pacer } from '../pacer.js';
import { type Connection, type Outcome, openConnection } from './connection.js';
import { gathering } from './gathering.js';
import { type Turn, Turns } from './turns.js';
import { descriptorBudget, inFlightWindow } from './window.js';

const TICK_MS = 10;
const FLUSH_MS = 200;
/** How long the other side may take to close after our FIN. */
const LINGER_MS = 150;
/** Connects in one turn of the event loop: few, so that answers are read, and timed, soon after they come. */
const STARTS_PER_TURN = 32;
/** No probe starts while the reader is so many ports behind. */
const BEHIND_MOST = 65_536;
const PRESSURE_TRIES = 12;
const SELF_CONNECT_TRIES = 5;

const SILENCE: Reading = { state: 'filtered', reason: 'silence' };
const HANDSHAKE: Reading = { state: 'open', reason: 'handshake' };
/** No kernel picks a source port that a listener holds: that it picked this one shows that nobody listens on it. */
const SELF_CONNECT: Reading = { state: 'closed', reason: 'self-connect' };

const TOO_LATE: Reading = { state: 'unknown', reason: 'host-deadline' };

interface Attempt {
  readonly turn: Turn;
  connection: Connection | null;
  /** When its answer must be in; after that, when the other side must have closed. */
  deadlineMs: number;
}

export async function* portableScan(
  plan: ScanPlan,
  signal: AbortSignal,
  watch?: Watch,
): AsyncGenerator<Observation, void, undefined> {
  refuseInterface(plan.interfaceName, 'portable: Node has no sockets of that kind');
  const prober = new Prober(plan);
  const startedMs = performance.now();
  const stop = (): void => prober.stop();
  signal.addEventListener('abort', stop);
  try {
    if (!signal.aborted) prober.start();
    for (;;) {
      const isOver = prober.isOver;
      const { observations, settledTo } = prober.take();
      yield* observations;
      // Only now have they been handed out.
      const { sent, answered } = prober;
      const elapsedMs = performance.now() - startedMs;
      if (settledTo !== null) watch?.({ engine: 'portable', settledTo, sent, answered, elapsedMs });
      if (isOver) return;
      await prober.news();
    }
  } finally {
    signal.removeEventListener('abort', stop);
    prober.stop();
  }
}

class Prober {
  sent = 0;
  answered = 0;
  private readonly turns: Turns;
  private readonly pace;
  private readonly window;
  private readonly found = gathering();
  private readonly doubts = doubts();
  /** In the order of their deadlines, as all wait equally long. */
  private readonly waiting = new Set<Attempt>();
  private readonly lingering = new Set<Attempt>();
  private openSockets = 0;
  private isStopped = true;
  private isFillDue = false;
  private flushedAtMs = 0;
  private timer: NodeJS.Timeout | undefined;
  private wake: () => void = () => undefined;

  constructor(private readonly plan: ScanPlan) {
    this.turns = new Turns(plan);
    this.pace = pacer(plan.ratePerSecond);
    this.window = inFlightWindow(plan.inFlight, descriptorBudget());
  }

  start(): void {
    this.isStopped = false;
    this.flushedAtMs = performance.now();
    this.timer = setInterval(() => {
      const nowMs = performance.now();
      setImmediate(() => this.tick(nowMs));
    }, TICK_MS);
    this.fill();
  }

  stop(): void {
    if (this.isStopped) return;
    this.isStopped = true;
    clearInterval(this.timer);
    for (const attempts of [this.waiting, this.lingering]) {
      for (const attempt of attempts) attempt.connection?.abandon();
      attempts.clear();
    }
    this.wake();
  }

  get isOver(): boolean {
    const isDone = this.turns.isExhausted && this.waiting.size === 0;
    return this.isStopped || (isDone && this.openSockets === 0);
  }

  /** `settledTo` comes with the observations that make it true; null where some are kept back for a moment. */
  take(): { observations: Observation[]; settledTo: number | null } {
    const nowMs = performance.now();
    if (!this.isOver && nowMs - this.flushedAtMs < FLUSH_MS) {
      return { observations: this.found.takeOpen(), settledTo: null };
    }
    this.flushedAtMs = nowMs;
    return { observations: this.found.takeAll(), settledTo: this.turns.settledTo };
  }

  /** Resolves when there is something to take, or when all is over. */
  news(): Promise<void> {
    if (this.isOver) return Promise.resolve();
    return new Promise((resolve) => {
      this.wake = resolve;
    });
  }

  private tick(nowMs: number): void {
    if (this.isStopped) return;
    for (const attempt of this.waiting) {
      if (attempt.deadlineMs > nowMs) break;
      this.waiting.delete(attempt);
      attempt.connection?.abandon();
      this.onSilence(attempt.turn);
    }
    for (const attempt of this.lingering) {
      if (attempt.deadlineMs > nowMs) break;
      this.lingering.delete(attempt);
      attempt.connection?.abandon();
    }
    this.fill();
    const isFlushDue = nowMs - this.flushedAtMs >= FLUSH_MS;
    if (this.found.hasOpen || isFlushDue || this.isOver) this.wake();
  }

  private fillSoon(): void {
    if (this.isFillDue || this.isStopped) return;
    this.isFillDue = true;
    setImmediate(() => {
      this.isFillDue = false;
      this.fill();
    });
  }

  private fill(): void {
    if (this.isStopped || this.found.size >= BEHIND_MOST) return;
    const nowMs = performance.now();
    const allowed = Math.min(this.window.room(nowMs, this.openSockets), this.pace.allowance(nowMs));
    let started = 0;
    let taken = 0;
    while (started < allowed && taken < STARTS_PER_TURN) {
      const turn = this.turns.next(nowMs);
      if (!turn) break;
      taken++;
      if (turn.isTooLate) this.judge(turn, TOO_LATE);
      else {
        this.attempt(turn, nowMs);
        started++;
      }
    }
    this.pace.spend(started);
    const hasMore = taken > 0 || this.turns.isMidway;
    if (hasMore && allowed > started) this.fillSoon();
  }

  private attempt(turn: Turn, nowMs: number): void {
    const attempt: Attempt = { turn, connection: null, deadlineMs: nowMs + this.plan.timeoutMs };
    this.waiting.add(attempt);
    this.openSockets++;
    this.sent++;
    const { address, port } = turn;
    attempt.connection = openConnection(
      { address, port, source: this.plan.source },
      (outcome) => this.onOutcome(attempt, outcome),
      () => {
        this.openSockets--;
        this.lingering.delete(attempt);
        this.fillSoon();
        if (this.isOver) this.wake();
      },
    );
  }

  private onOutcome(attempt: Attempt, outcome: Outcome): void {
    const { turn } = attempt;
    this.waiting.delete(attempt);
    if (outcome.kind === 'handshake') {
      attempt.deadlineMs = performance.now() + LINGER_MS;
      this.lingering.add(attempt);
      this.judge(turn, HANDSHAKE, outcome.connectMs);
    } else if (outcome.kind === 'self-connect') {
      if (++turn.selfConnects < SELF_CONNECT_TRIES) this.turns.again(turn);
      else this.judge(turn, SELF_CONNECT);
    } else {
      const reading = readErrno(outcome.code, outcome.origin);
      if (!reading.isPressure) this.judge(turn, reading);
      else this.onPressure(turn, reading);
    }
  }

  private onSilence(turn: Turn): void {
    if (turn.silences++ < this.plan.retries) this.turns.again(turn);
    else this.judge(turn, SILENCE);
  }

  private onPressure(turn: Turn, reading: Reading): void {
    this.window.pressed(performance.now(), this.openSockets);
    if (++turn.pressures < PRESSURE_TRIES) this.turns.again(turn);
    else this.judge(turn, reading);
  }

  private judge(turn: Turn, first: Reading, connectMs?: number): void {
    const { address, port } = turn;
    this.turns.settle(turn);
    if (!first.isPressure) this.window.ended();
    const { state, reason } = this.doubts.read(address, port, first);
    if (state !== 'unknown' && first !== SILENCE) this.answered++;
    this.found.add({ address, port, state, reason, ...(connectMs === undefined ? {} : { connectMs }) });
    if (state !== 'open' && state !== 'closed') return;
    const { ports, reading } = this.doubts.answered(address);
    for (const again of ports) this.found.add({ address, port: again, ...reading });
  }
}
