/*
 * Holds the embedded database's folder for one process: PGlite takes no lock of its own, and two processes on one
 * folder would ruin it.
 *
 * The lock is a file that names its holder by process id and start time, made by link(2), which fails where the file
 * is there. A holder that was killed leaves it behind; whether it still lives is asked of the system, and the start
 * time tells it from a stranger who got the same id later.
 */
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
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
  const me: Holder = { pid: process.pid, started: startOf(process.pid) };
  writeFileSync(mine, JSON.stringify(me));
  try {
    for (let tries = 0; tries < 3; tries++) {
      if (linked(mine, lock)) return { release: () => releaseMine(lock, me) };
      const holder = readHolder(lock);
      if (holder && isAlive(holder)) {
        throw new Refusal(
          'conflict',
          `the data folder ${folder} is in use by process ${holder.pid}; stop that one, or give this one its own folder with PORTOLAN_DATA`,
        );
      }
      setAside(lock, mine);
    }
    throw new Refusal('conflict', `the lock ${lock} can't be taken; other processes keep taking it`);
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

/** A dead holder's lock is moved away, which only one of several takers can do. */
function setAside(lock: string, mine: string): void {
  const aside = `${mine}.stale`;
  try {
    renameSync(lock, aside);
  } catch {
    return; // Another taker was quicker.
  }
  rmSync(aside, { force: true });
}

function readHolder(lock: string): Holder | null {
  try {
    return JSON.parse(readFileSync(lock, 'utf8')) as Holder;
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

function releaseMine(lock: string, me: Holder): void {
  const holder = readHolder(lock);
  if (holder?.pid === me.pid && holder.started === me.started) rmSync(lock, { force: true });
}
