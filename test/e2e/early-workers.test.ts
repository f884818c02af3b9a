/*
 * Threads that are started before anybody knows what for: they exist only compiled, so they are taken from what was built.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

const built = (path: string): string => new URL(`../../dist/src/engine/${path}`, import.meta.url).href;
const workers: typeof import('../../src/engine/workers.js') = await import(built('workers.js'));
const { WorkerTeam }: typeof import('../../src/engine/worker-team.js') = await import(
  built('worker-team.js')
);

/** CAP_NET_RAW is the thirteenth capability. */
const mayOpenRawSockets = (): boolean => {
  const effective = /^CapEff:\s*(\w+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
  return ((BigInt(`0x${effective}`) >> 13n) & 1n) === 1n;
};

// Elsewhere none is started.
describe.skipIf(process.platform !== 'linux')('on Linux', () => {
  test('an early thread says that it is ready, is taken once, and its failure is heard by who took it', async () => {
    workers.startLikelyWorkers('connect', false);
    expect(await workers.isEarlyWorkerReady('connect')).toBe(true);
    const team = new WorkerTeam(new Int32Array(new SharedArrayBuffer(4)));
    // Not what it expects: it throws at once, and whoever reads it is told.
    team.hire('connect', { orders: null, worker: 0 });
    await expect(team.messages().next()).rejects.toThrow(/null/);
    await team.stop();
    expect(workers.takeEarlyWorker('connect')).toBeNull();
    expect(await workers.isEarlyWorkerReady('connect')).toBe(false);
  });

  test('a conductor is ready only where it got its ring', async () => {
    workers.startLikelyWorkers('syn', false);
    expect(await workers.isEarlyWorkerReady('conductor')).toBe(mayOpenRawSockets());
    await workers.takeEarlyWorker('conductor')?.terminate();
  });

  test('where none was started, nobody is ready', async () => {
    expect(await workers.isEarlyWorkerReady('sender')).toBe(false);
  });
});
