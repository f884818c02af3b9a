/*
 * Many processes that start at once over a dead one's lock: exactly one of them gets the folder. Needs the built
 * program, as each is a process of its own.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

const LOCK_MODULE = new URL('../../dist/src/platform/folder-lock.js', import.meta.url).href;
const TAKERS = 4;
const ROUNDS = 40;

/** Takes the lock of the folder that it is told, says whether it has it, and lets go when it is told so. */
const TAKER = `
import { lockFolder } from ${JSON.stringify(LOCK_MODULE)};
let held;
process.on('message', ({ take, release }) => {
  if (release) held?.release();
  held = undefined;
  if (!take) return process.send('released');
  try {
    held = lockFolder(take);
    process.send('taken');
  } catch (error) {
    process.send(error.code === 'conflict' ? 'refused' : String(error.stack));
  }
});
process.send('ready');
`;

let folder: string;
const takers: ChildProcess[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'portolan-lock-'));
  for (let i = 0; i < TAKERS; i++) {
    const stdio = ['ignore', 'inherit', 'inherit', 'ipc'] as const;
    takers.push(
      spawn(process.execPath, ['--input-type=module', '-e', TAKER], { stdio: [...stdio], timeout: 60_000 }),
    );
  }
  await Promise.all(takers.map((taker) => once(taker, 'message')));
});
afterEach(async () => {
  for (const taker of takers.splice(0)) taker.kill('SIGKILL');
  await rm(folder, { recursive: true, force: true });
});

async function ask(message: object): Promise<string[]> {
  const answers = takers.map(async (taker) => String((await once(taker, 'message'))[0]));
  for (const taker of takers) taker.send(message);
  return Promise.all(answers);
}

test('of those that start at once over a stale lock, one has the folder', async () => {
  for (let round = 0; round < ROUNDS; round++) {
    // A process id that no system gives, so that its holder is dead for sure.
    await writeFile(
      join(folder, 'portolan.lock'),
      JSON.stringify({ pid: 2 ** 22 + round + 1, started: '1' }),
    );
    const answers = await ask({ take: folder });
    expect([round, answers.sort()]).toEqual([round, [...Array(TAKERS - 1).fill('refused'), 'taken']]);
    expect(await ask({ release: true })).toEqual(Array(TAKERS).fill('released'));
    expect([round, await readdir(folder)]).toEqual([round, []]);
  }
});
