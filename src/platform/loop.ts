/*
 * The only owner of timers: calls a room's `workOnce` again and again, at once while there is work, after a pause
 * while there is none. A room that throws is logged and tried again after a growing pause, so that a database that
 * is away for a while costs nothing but time. While its disk is full, rooms rest: they would only fail again.
 */
import { setMaxListeners } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import type { Logger } from 'pino';

export interface Room {
  readonly name: string;
  /** Does one piece of work and says how many it did; 0 means that there was nothing to do. */
  workOnce(signal: AbortSignal): Promise<number>;
  /** Whoever finds out when there is space again. */
  readonly worksOnFullDisk?: boolean;
}

/** Where failures are told, and what is known of the store that may be their reason. */
export interface Troubles {
  readonly isFull: boolean;
  failed(error: unknown, about: object, message: string): void;
}

/** For whoever has no store: each failure is told. */
export const toldTo = (log: Logger): Troubles => ({
  isFull: false,
  failed: (error, about, message) => log.error({ ...about, err: error }, message),
});

const IDLE_MS = 250;
const LONGEST_BACKOFF_MS = 10_000;

export class Loop {
  private readonly stop = new AbortController();
  private readonly running: Promise<void>[] = [];

  constructor(private readonly troubles: Troubles) {
    // Every room listens for the stop: from the eleventh on Node would take them for a leak, and say so on stderr.
    setMaxListeners(0, this.stop.signal);
  }

  start(room: Room): void {
    this.running.push(this.run(room));
  }

  /** Ends every room: what is under way is told by its signal, and waited for. */
  async close(): Promise<void> {
    this.stop.abort();
    await Promise.all(this.running);
  }

  private async run(room: Room): Promise<void> {
    const { signal } = this.stop;
    let failures = 0;
    while (!signal.aborted) {
      if (this.troubles.isFull && !room.worksOnFullDisk) {
        await pause(IDLE_MS, signal);
        continue;
      }
      try {
        const done = await room.workOnce(signal);
        failures = 0;
        if (done === 0) await pause(IDLE_MS, signal);
      } catch (error) {
        if (signal.aborted) return;
        failures++;
        const waitMs = Math.min(LONGEST_BACKOFF_MS, IDLE_MS * 2 ** failures);
        this.troubles.failed(error, { room: room.name, waitMs }, 'a room failed and will try again');
        // It rests above, and is not to wait on top of it.
        if (this.troubles.isFull) failures = 0;
        else await pause(waitMs, signal);
      }
    }
  }
}

/** Waits, or returns at once when the signal says stop. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end);
  });
}

/** Long work in pieces: between two of them everything else in the process has its turn. */
export async function letOthersIn(): Promise<void> {
  await setImmediate();
}
