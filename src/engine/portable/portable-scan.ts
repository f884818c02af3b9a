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
import { formatAddress } from '../../domain/address-set.js';
import type { Observation } from '../../domain/observation.js';
import { probeIndex, type ScanPlan } from '../../domain/scan-plan.js';
import { doubts } from '../doubts.js';
import { type Reading, readErrno } from '../errno.js';
import { pacer } from '../pacer.js';
import { permutation } from '../permutation.js';
import { type Connection, type Outcome, openConnection } from './connection.js';
import { gathering } from './gathering.js';
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

/** One port's turn, over all of its attempts. */
interface Turn {
  readonly address: string;
  readonly port: number;
  silences: number;
  pressures: number;
  selfConnects: number;
}

interface Attempt {
  readonly turn: Turn;
  connection: Connection | null;
  /** When its answer must be in; after that, when the other side must have closed. */
  deadlineMs: number;
}

export async function* portableScan(
  plan: ScanPlan,
  signal: AbortSignal,
): AsyncGenerator<Observation, void, undefined> {
  const prober = new Prober(plan);
  const stop = (): void => prober.stop();
  signal.addEventListener('abort', stop);
  try {
    if (!signal.aborted) prober.start();
    for (;;) {
      const isOver = prober.isOver;
      yield* prober.take();
      if (isOver) return;
      await prober.news();
    }
  } finally {
    signal.removeEventListener('abort', stop);
    prober.stop();
  }
}

class Prober {
  private readonly turns: Iterator<Turn>;
  private readonly pace;
  private readonly window;
  private readonly found = gathering();
  private readonly doubts = doubts();
  /** Turns that need another attempt. Each left the window before it came here, so it is no longer than that. */
  private readonly again: Turn[] = [];
  /** In the order of their deadlines, as all wait equally long. */
  private readonly waiting = new Set<Attempt>();
  private readonly lingering = new Set<Attempt>();
  private openSockets = 0;
  private isExhausted = false;
  private isStopped = true;
  private isFillDue = false;
  private flushedAtMs = 0;
  private timer: NodeJS.Timeout | undefined;
  private wake: () => void = () => undefined;

  constructor(private readonly plan: ScanPlan) {
    this.turns = turnsOf(plan);
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
    const isDone = this.isExhausted && this.again.length === 0 && this.waiting.size === 0;
    return this.isStopped || (isDone && this.openSockets === 0);
  }

  take(): Observation[] {
    const nowMs = performance.now();
    if (!this.isOver && nowMs - this.flushedAtMs < FLUSH_MS) return this.found.takeOpen();
    this.flushedAtMs = nowMs;
    return this.found.takeAll();
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
    const isFlushDue = this.found.size > 0 && nowMs - this.flushedAtMs >= FLUSH_MS;
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
    while (started < Math.min(allowed, STARTS_PER_TURN)) {
      const turn = this.again.shift() ?? this.nextTurn();
      if (!turn) break;
      this.attempt(turn, nowMs);
      started++;
    }
    this.pace.spend(started);
    if (started > 0 && allowed > started) this.fillSoon();
  }

  private nextTurn(): Turn | null {
    if (this.isExhausted) return null;
    const next = this.turns.next();
    this.isExhausted = next.done === true;
    return next.done ? null : next.value;
  }

  private attempt(turn: Turn, nowMs: number): void {
    const attempt: Attempt = { turn, connection: null, deadlineMs: nowMs + this.plan.timeoutMs };
    this.waiting.add(attempt);
    this.openSockets++;
    attempt.connection = openConnection(
      turn.address,
      turn.port,
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
      if (++turn.selfConnects < SELF_CONNECT_TRIES) this.again.push(turn);
      else this.judge(turn, SELF_CONNECT);
    } else {
      const reading = readErrno(outcome.code, outcome.origin);
      if (!reading.isPressure) this.judge(turn, reading);
      else this.onPressure(turn, reading);
    }
  }

  private onSilence(turn: Turn): void {
    if (turn.silences++ < this.plan.retries) this.again.push(turn);
    else this.judge(turn, SILENCE);
  }

  private onPressure(turn: Turn, reading: Reading): void {
    this.window.pressed(performance.now(), this.openSockets);
    if (++turn.pressures < PRESSURE_TRIES) this.again.push(turn);
    else this.judge(turn, reading);
  }

  private judge({ address, port }: Turn, first: Reading, connectMs?: number): void {
    if (!first.isPressure) this.window.ended();
    const { state, reason } = this.doubts.read(address, port, first);
    this.found.add({ address, port, state, reason, ...(connectMs === undefined ? {} : { connectMs }) });
    if (state !== 'open' && state !== 'closed') return;
    const { ports, reading } = this.doubts.answered(address);
    for (const again of ports) this.found.add({ address, port: again, ...reading });
  }
}

/** The plan's part of the shuffled order, one turn at a time. */
function* turnsOf(plan: ScanPlan): Generator<Turn> {
  const { count, probeAt } = probeIndex(plan.targets);
  const indexAt = permutation(count, plan.seed);
  for (let position = plan.from; position < plan.to; position++) {
    const { address, port } = probeAt(indexAt(position));
    if (plan.allowed && !plan.allowed.has(address)) continue;
    yield { address: formatAddress(address), port, silences: 0, pressures: 0, selfConnects: 0 };
  }
}
