/*
 * How many sockets may be open at once: what the plan asks for, cut to the file descriptors that the process has.
 *
 * Where the kernel says that something has run out (EMFILE, EADDRNOTAVAIL, ENOBUFS), the window shrinks at once and
 * everything pauses, twice as long each time it happens in a row; it grows back slowly as probes succeed. The margin is
 * for the rest of the process: the database, the log, the pages.
 */
import { readdirSync, readFileSync } from 'node:fs';

const MARGIN = 32;
const FEWEST = 4;
const FIRST_PAUSE_MS = 20;
const LONGEST_PAUSE_MS = 640;
const ENDED_FOR_ONE_MORE = 8;

/** Sockets that this process can still open, with a margin; Infinity where the system doesn't say (proc_pid_limits(5)). */
export function descriptorBudget(): number {
  try {
    const limits = readFileSync('/proc/self/limits', 'utf8');
    const soft = Number(/^Max open files\s+(\d+)/m.exec(limits)?.[1] ?? Number.POSITIVE_INFINITY);
    const taken = readdirSync('/proc/self/fd').length;
    return Math.max(FEWEST, soft - taken - Math.min(MARGIN, Math.ceil(soft / 8)));
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}

export interface Window {
  /** How many sockets may be open at this time. */
  room(nowMs: number, openSockets: number): number;
  /** One probe came to an end without trouble of ours. */
  ended(): void;
  /** The kernel has run out of something. */
  pressed(nowMs: number, openSockets: number): void;
}

export function inFlightWindow(inFlight: number, budget: number): Window {
  const widest = Math.max(1, Math.min(inFlight, budget));
  let width = widest;
  let endedSince = 0;
  let pauseMs = FIRST_PAUSE_MS;
  let pausedUntilMs = 0;
  return {
    room: (nowMs, openSockets) => (nowMs < pausedUntilMs ? 0 : width - openSockets),
    ended() {
      pauseMs = FIRST_PAUSE_MS;
      if (width < widest && ++endedSince >= ENDED_FOR_ONE_MORE) {
        width++;
        endedSince = 0;
      }
    },
    pressed(nowMs, openSockets) {
      if (nowMs < pausedUntilMs) return;
      width = Math.max(Math.min(FEWEST, widest), Math.floor(Math.min(width, openSockets) * 0.75));
      pausedUntilMs = nowMs + pauseMs;
      pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 2);
    },
  };
}
