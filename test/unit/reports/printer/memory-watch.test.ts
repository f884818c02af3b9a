/* What a process and all that came of it take, on Linux; elsewhere nobody says. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { canWatchMemory, MemoryWatch, memoryOf } from '../../../../src/reports/printer/memory-watch.js';

it('tells what is too much, and keeps quiet about what is not', async (context) => {
  context.skip(!canWatchMemory, 'this system does not tell what a process takes');
  const narrow = new MemoryWatch(process.pid, 1_000_000);
  expect(await narrow.start()).toBeGreaterThan(10_000_000);
  await narrow.stop();
  const wide = new MemoryWatch(process.pid, Number.MAX_SAFE_INTEGER);
  let isTold = false;
  void wide.start().then(() => {
    isTold = true;
  });
  await wide.stop();
  expect(isTold).toBe(false);
  expect(wide.peakBytes).toBeGreaterThan(10_000_000);
});

it('counts processes that a process has started, and nothing for one that has ended', async (context) => {
  context.skip(!canWatchMemory, 'this system does not tell what a process takes');
  const program = `const a = Buffer.alloc(64_000_000, 1); const { spawn } = require('child_process');
    spawn(process.execPath, ['-e', 'const a = Buffer.alloc(64_000_000, 1); console.log("up"); setInterval(() => a, 1000)'], { stdio: 'inherit' });`;
  const child = spawn(process.execPath, ['-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  try {
    await once(child.stdout, 'data');
    expect(await memoryOf(child.pid!)).toBeGreaterThan(128_000_000);
  } finally {
    const ended = once(child, 'exit');
    process.kill(-child.pid!, 'SIGKILL');
    await ended;
  }
  expect(await memoryOf(child.pid!)).toBe(0);
});
