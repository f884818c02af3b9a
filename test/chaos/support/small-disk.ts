/*
 * A small disk of our own, a tmpfs, that a test fills up by one big file and empties again. It needs root; where it can't
 * be mounted, the tests are skipped and their name says why.
 *
 * What a killed process has left mounted is taken away by the next one.
 */
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  rmSync,
  statfsSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe } from 'vitest';

const MIB = 1024 * 1024;
const PREFIX = 'portolan-disk-';
const env = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` };

export interface SmallDisk {
  readonly folder: string;
  left(): number;
  /** Takes all that is left, but for so many bytes. */
  fill(but?: number): void;
  empty(): void;
  remove(): void;
}

function run(command: string, ...args: string[]): string | null {
  const { status, error, stderr } = spawnSync(command, args, { env, encoding: 'utf8' });
  return status === 0 ? null : (error?.message ?? stderr.trim());
}

/** Why there can be no small disk here; null where there can. */
function missingForDisk(): string | null {
  if (process.platform !== 'linux') return 'needs Linux';
  if (process.getuid?.() !== 0) return 'needs root';
  try {
    smallDisk(1).remove();
    return null;
  } catch (error) {
    return `no tmpfs can be mounted: ${(error as Error).message}`;
  }
}

const missing = missingForDisk();

export function describeOnDisk(name: string, tests: () => void): void {
  // Skipped where no tmpfs can be mounted: the name says why.
  describe.skipIf(missing !== null)(missing === null ? name : `${name} [${missing}]`, tests);
}

export function smallDisk(mib: number): SmallDisk {
  sweep();
  const place = mkdtempSync(join(tmpdir(), `${PREFIX}${process.pid}-`));
  // The user that PostgreSQL is given to has to get in.
  chmodSync(place, 0o755);
  const folder = join(place, 'disk');
  mkdirSync(folder);
  const problem = run('mount', '-t', 'tmpfs', '-o', `size=${mib}m,mode=0755`, 'portolan', folder);
  if (problem !== null) {
    rmSync(place, { recursive: true });
    throw new Error(problem);
  }
  const ballast = join(folder, 'ballast');
  const left = (): number => {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  };
  return {
    folder,
    left,
    fill(but = 0) {
      const file = openSync(ballast, 'a');
      try {
        while (left() > but) writeSync(file, Buffer.alloc(Math.min(MIB, left() - but)));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
      } finally {
        closeSync(file);
      }
    },
    empty: () => rmSync(ballast, { force: true }),
    remove: () => take(place),
  };
}

function take(place: string): void {
  run('umount', '--lazy', join(place, 'disk'));
  // Only what was made here: never what is still mounted.
  rmSync(join(place, 'disk'), { recursive: true, force: true });
  rmSync(place, { recursive: true, force: true });
}

function sweep(): void {
  for (const name of readdirSync(tmpdir())) {
    const pid = Number(new RegExp(`^${PREFIX}(\\d+)-`).exec(name)?.[1] ?? process.pid);
    try {
      process.kill(pid, 0);
    } catch {
      take(join(tmpdir(), name));
    }
  }
}
