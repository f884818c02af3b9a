/*
 * Tells somebody outside, once a minute, that the service is at work, so that its silence is noticed: a GET of
 * PORTOLAN_HEARTBEAT_URL, and only while the service is ready.
 *
 * The clock alone decides when it is due, and one that is set back makes it due at once. A failure is logged once until the
 * heartbeat is heard again. The trap: the address often is a secret, so that the log names its host and nothing else.
 */
import { Inject, Injectable } from '@nestjs/common';
import type { Logger } from 'pino';
import { CONFIG, type Config } from '../config.js';
import { CLOCK, type Clock } from './clock.js';
import { LOGGER } from './log.js';
import type { Room } from './loop.js';
import { Readiness } from './readiness.js';
import { LATE, within } from './time-limit.js';

const EVERY_MS = 60_000;
/** How soon a service that is not ready is asked again. */
const UNREADY_MS = 5000;
const ANSWER_MS = 5000;

@Injectable()
export class Heartbeat implements Room {
  readonly name = 'heartbeat';
  private last: { readonly atMs: number; readonly restMs: number } | null = null;
  private isFailing = false;

  constructor(
    @Inject(CONFIG) private readonly config: Pick<Config, 'heartbeatUrl'>,
    @Inject(Readiness) private readonly readiness: Pick<Readiness, 'missing'>,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  async workOnce(signal: AbortSignal): Promise<number> {
    const { heartbeatUrl: url } = this.config;
    const nowMs = this.clock().getTime();
    if (url === null || !this.isDue(nowMs)) return 0;
    const isReady = (await this.readiness.missing()).length === 0;
    this.last = { atMs: nowMs, restMs: isReady ? EVERY_MS : UNREADY_MS };
    if (!isReady) return 0;
    const problem = await send(url, signal);
    // A stop in the middle is nobody's failure.
    if (!signal.aborted) this.tell(new URL(url).host, problem);
    return 1;
  }

  private isDue(nowMs: number): boolean {
    if (!this.last) return true;
    const sinceMs = nowMs - this.last.atMs;
    return sinceMs < 0 || sinceMs >= this.last.restMs;
  }

  private tell(host: string, problem: string | null): void {
    if (problem !== null && !this.isFailing) {
      this.log.warn({ host, problem }, 'the heartbeat is not heard; it is sent again every minute');
    } else if (problem === null && this.isFailing) this.log.info({ host }, 'the heartbeat is heard again');
    this.isFailing = problem !== null;
  }
}

/** Says why it was not heard; null where it was. Another place that the answer points at is not asked. */
async function send(url: string, signal: AbortSignal): Promise<string | null> {
  const over = new AbortController();
  try {
    const answer = await within(
      ANSWER_MS,
      fetch(url, { redirect: 'manual', signal: AbortSignal.any([signal, over.signal]) }),
    );
    if (answer === LATE) return `no answer within ${ANSWER_MS / 1000} s`;
    return answer.ok ? null : `the answer was ${answer.status}`;
  } catch (error) {
    // fetch's own message says 'fetch failed', and may repeat the address; the code says why.
    const { cause, name } = error as Error & { cause?: { code?: string } };
    return cause?.code ?? name;
  } finally {
    // Also lets go of an answer's body, which nobody reads.
    over.abort();
  }
}
