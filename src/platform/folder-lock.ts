/*
 * Holds the embedded database's folder for one process: PGlite takes no lock of its own, and two processes on one
 * folder would ruin it.
 *
 * The lock is a file that names its holder by process id and start time, made by link(2), which fails where the file
 * is there. A holder that was killed leaves it behind; whether it still lives is asked of the system, and the start
 * time tells it from a stranger who got the same id later.
 *
 * The trap: of two that find the same dead holder, the slower one must not take away the lock that the quicker one
 * has made meanwhile.
 */
import { createHash } from 'node:crypto';
import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Refusal } from './refusal.js';

interface Holder {
  readonly pid: number;
  /** Field 22 of /proc/PID/stat (proc(5)), in clock ticks since boot; null where there is no /proc. */
  readonly started: string | null;
}

export function lockFolder(folder: string): { release(): void } {
  const lock = join(folder, 'portolan.lock');
  const mine = `${lock}.${process.pid}`;
  const me = JSON.stringify({ pid: process.pid, started: startOf(process.pid) } satisfies Holder);
  try {
    writeFileSync(mine, me);
    for (let tries = 0; tries < 3; tries++) {
      if (linked(mine, lock)) return { release: () => releaseMine(lock, me) };
      const text = readText(lock);
      if (text === null) continue; // Its holder has let go of it just now.
      const holder = holderIn(text);
      if (holder && isAlive(holder)) {
        throw new Refusal(
          'conflict',
          `the data folder ${folder} is in use by process ${holder.pid}; stop that one, or give this one its own folder with PORTOLAN_DATA`,
        );
      }
      removeStale(lock, text);
    }
    throw new Refusal(
      'conflict',
      `the lock ${lock} of a dead process can't be taken over; another process is at it, or remove ${lock}* by hand`,
    );
  } finally {
    rmSync(mine, { force: true });
  }
}

function linked(mine: string, lock: string): boolean {
  try {
    linkSync(mine, lock);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/**
 * Removes a dead holder's lock. Whoever makes the second name of that very lock may, and nobody else: link(2) makes it
 * for one, and what it then leads to shows whether the lock was still the one that was read.
 */
function removeStale(lock: string, text: string): void {
  const second = `${lock}.stale-${createHash('sha256').update(text).digest('hex').slice(0, 16)}`;
  try {
    linkSync(lock, second);
  } catch {
    return; // Another taker is at it, or done.
  }
  try {
    if (readText(second) === text) rmSync(lock, { force: true });
  } finally {
    rmSync(second, { force: true });
  }
}

function readText(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}

/** null where the file says nothing, as after a power cut. */
function holderIn(text: string): Holder | null {
  try {
    const { pid, started } = JSON.parse(text) as Holder;
    return Number.isInteger(pid) && pid > 0 ? { pid, started } : null;
  } catch {
    return null;
  }
}

function isAlive({ pid, started }: Holder): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  return started === null || startOf(pid) === started;
}

function startOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch {
    return null;
  }
}

function releaseMine(lock: string, me: string): void {
  if (readText(lock) === me) rmSync(lock, { force: true });
}
