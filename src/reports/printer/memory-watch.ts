/*
 * How much memory a browser takes with all its processes, looked at again and again while it prints: on Linux what it would leave free
 * if it ended (PSS: what processes share is counted once). Other systems don't say, and there it is not watched: `canWatchMemory`.
 *
 * Trap: a process behind its own sandbox may keep its pages to itself; of that one counts what it does not share.
 */
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';

const LOOK_MS = 150;
/** Processes that came are found at each so many looks. */
const FAMILY_EVERY = 4;
const PAGE_BYTES = 4096;

export const canWatchMemory = existsSync('/proc/self/smaps_rollup');

export class MemoryWatch {
  peakBytes = 0;
  private isOver = false;
  private looking: Promise<void> | null = null;

  constructor(
    private readonly pid: number,
    private readonly mostBytes: number,
  ) {}

  /** Ends with what it took when it was too much; not at all while it is not. `stop()` must be called. */
  start(): Promise<number> {
    return new Promise((resolve, reject) => {
      this.looking = this.look(resolve).catch(reject);
    });
  }

  async stop(): Promise<void> {
    this.isOver = true;
    await this.looking;
  }

  private async look(tell: (bytes: number) => void): Promise<void> {
    if (!canWatchMemory) return;
    let family: number[] = [];
    for (let looks = 0; !this.isOver; looks++) {
      if (looks % FAMILY_EVERY === 0) family = await familyOf(this.pid);
      const bytes = await takenBy(family);
      this.peakBytes = Math.max(this.peakBytes, bytes);
      if (bytes > this.mostBytes) return tell(bytes);
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  }
}

/** Of a process and all that came of it, as of now. */
export async function memoryOf(pid: number): Promise<number> {
  return takenBy(await familyOf(pid));
}

async function takenBy(pids: readonly number[]): Promise<number> {
  const each = await Promise.all(pids.map(taken));
  return each.reduce((sum, bytes) => sum + bytes, 0);
}

async function taken(pid: number): Promise<number> {
  const rollup = await text(`/proc/${pid}/smaps_rollup`);
  const pss = /^Pss:\s+(\d+) kB$/m.exec(rollup)?.[1];
  if (pss !== undefined) return Number(pss) * 1024;
  const [, resident = 0, shared = 0] = (await text(`/proc/${pid}/statm`)).split(' ').map(Number);
  return (resident - shared) * PAGE_BYTES;
}

/** Each thread has its own list of the processes that it has started. */
async function familyOf(pid: number): Promise<number[]> {
  const threads = await readdir(`/proc/${pid}/task`).catch(() => []);
  const lists = await Promise.all(threads.map((thread) => text(`/proc/${pid}/task/${thread}/children`)));
  const children = lists.join(' ').split(' ').filter(Boolean).map(Number);
  const families = await Promise.all(children.map(familyOf));
  return [pid, ...families.flat()];
}

/** A process that has ended meanwhile has nothing. */
const text = (path: string): Promise<string> => readFile(path, 'utf8').catch(() => '');
