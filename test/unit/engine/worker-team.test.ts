import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { WorkerTeam } from '../../../src/engine/worker-team.js';
import { hasWorkers, type WorkerName, workerEntry } from '../../../src/engine/workers.js';

const SCRIPTS = {
  /** Says what it was given, number by number, and leaves. */
  counts: 'for (let i = 0; i < workerData.count; i++) parentPort.postMessage([workerData.name, i]);',
  throws: "parentPort.postMessage('before'); throw new Error('the net has a hole');",
  leaves: "parentPort.postMessage('before'); process.exit(7);",
  /** Looks at the flag, as it should. */
  listens: `parentPort.postMessage('here');
    Atomics.wait(workerData, 0, 0);
    parentPort.postMessage('farewell');`,
  /** Neither looks at the flag nor lets go. */
  deaf: "parentPort.postMessage('here'); for (;;);",
  echo: "parentPort.once('message', (text) => parentPort.postMessage(text + '!'));",
  transferred: 'parentPort.postMessage(new Uint8Array(workerData).length);',
};
type Script = keyof typeof SCRIPTS;

let folder: string;
const teams: WorkerTeam<unknown>[] = [];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'portolan-team-'));
  const opening = "import { parentPort, workerData } from 'node:worker_threads';\n";
  for (const [name, code] of Object.entries(SCRIPTS))
    writeFileSync(join(folder, `${name}.mjs`), opening + code);
});
afterEach(async () => {
  for (const team of teams.splice(0)) await team.stop();
});
afterAll(() => rmSync(folder, { recursive: true }));

const entry = (name: Script): URL => pathToFileURL(join(folder, `${name}.mjs`));

function team(): { team: WorkerTeam<unknown>; flag: Int32Array } {
  const flag = new Int32Array(new SharedArrayBuffer(16));
  const made = new WorkerTeam<unknown>(flag);
  teams.push(made);
  return { team: made, flag };
}

/** Everything that is said, and how it ended. */
async function heard(from: WorkerTeam<unknown>): Promise<{ said: unknown[]; error: string | null }> {
  const said: unknown[] = [];
  try {
    for await (const message of from.messages()) said.push(message);
    return { said, error: null };
  } catch (error) {
    return { said, error: (error as Error).message };
  }
}

describe('what workers say', () => {
  test('comes in each one’s order, all of it, until the last has left', async () => {
    const { team: crew } = team();
    for (const name of ['a', 'b', 'c']) crew.add(entry('counts'), { name, count: 500 });
    const { said, error } = await heard(crew);
    expect(error).toBeNull();
    expect(said.length).toBe(1500);
    for (const name of ['a', 'b', 'c']) {
      const own = (said as [string, number][]).filter(([by]) => by === name).map(([, number]) => number);
      expect(own).toEqual(Array.from({ length: 500 }, (_, number) => number));
    }
  });

  test('can be read late: nothing is lost that was said before', async () => {
    const { team: crew } = team();
    const left = Promise.all(
      ['a', 'b'].map((name) => {
        const worker = crew.add(entry('counts'), { name, count: 3 });
        return new Promise((resolve) => worker.once('exit', resolve));
      }),
    );
    await left;
    expect((await heard(crew)).said.length).toBe(6);
  });

  test('is nothing where there is nobody', async () => {
    expect(await heard(team().team)).toEqual({ said: [], error: null });
  });

  test('answers what they are told, with what was handed over to them', async () => {
    const { team: crew } = team();
    crew.add(entry('echo'), null).postMessage('ahoy');
    const bytes = new ArrayBuffer(12);
    crew.add(entry('transferred'), bytes, [bytes]);
    expect(bytes.byteLength).toBe(0);
    expect((await heard(crew)).said.sort()).toEqual([12, 'ahoy!']);
  });
});

describe('a worker that breaks', () => {
  test('by throwing ends the stream with its error, after what it had said, though another goes on', async () => {
    const { team: crew, flag } = team();
    crew.add(entry('listens'), flag);
    crew.add(entry('throws'), null);
    const { said, error } = await heard(crew);
    expect(error).toBe('the net has a hole');
    expect(said).toContain('before');
  });

  test('by leaving with a code ends the stream with an error that has it', async () => {
    const { team: crew, flag } = team();
    crew.add(entry('listens'), flag);
    crew.add(entry('leaves'), null);
    const { said, error } = await heard(crew);
    expect(error).toMatch(/thread ended with code 7/);
    expect(said).toContain('before');
  });

  test('ends the stream with the first error of several', async () => {
    const { team: crew } = team();
    const first = crew.add(entry('throws'), null);
    await new Promise((resolve) => first.once('exit', resolve));
    const second = crew.add(entry('leaves'), null);
    await new Promise((resolve) => second.once('exit', resolve));
    // What was said before either of them is heard first, though nobody was listening then.
    expect(await heard(crew)).toEqual({ said: ['before', 'before'], error: 'the net has a hole' });
  });

  test('because it cannot be loaded ends the stream too', async () => {
    const { team: crew } = team();
    crew.add(pathToFileURL(join(folder, 'nowhere.mjs')), null);
    expect((await heard(crew)).error).toMatch(/nowhere\.mjs/);
  });
});

describe('to stop', () => {
  test('asks by the flag, and lets those finish who listen; what they still say can be read', async () => {
    const { team: crew, flag } = team();
    crew.add(entry('listens'), flag);
    const messages = crew.messages();
    expect((await messages.next()).value).toBe('here');
    expect(flag[0]).toBe(0);
    crew.askToStop();
    expect(flag[0]).toBe(1);
    expect((await messages.next()).value).toBe('farewell');
    expect((await messages.next()).done).toBe(true);
  });

  test('ends one that does not listen, within about a second, and no error comes of it', async () => {
    const { team: crew } = team();
    const worker = crew.add(entry('deaf'), null);
    const isGone = new Promise((resolve) => worker.once('exit', resolve));
    const messages = crew.messages();
    expect((await messages.next()).value).toBe('here');
    const startedMs = performance.now();
    await crew.stop();
    const tookMs = performance.now() - startedMs;
    expect(tookMs).toBeGreaterThan(500); // it had its time to leave by itself
    expect(tookMs).toBeLessThan(5000);
    await isGone;
    expect((await messages.next()).done).toBe(true);
  });

  test('takes no longer than those who listen need, and can be asked for twice', async () => {
    const { team: crew, flag } = team();
    crew.add(entry('listens'), flag);
    const messages = crew.messages();
    await messages.next();
    const startedMs = performance.now();
    await Promise.all([crew.stop(), crew.stop()]);
    await crew.stop();
    expect(performance.now() - startedMs).toBeLessThan(800);
    expect((await messages.next()).value).toBe('farewell');
  });
});

test('where only the source is there, no worker is, and none is hired', () => {
  expect(['conductor', 'sender', 'connect'].map((name) => workerEntry(name as WorkerName))).toEqual([
    null,
    null,
    null,
  ]);
  expect([hasWorkers('syn'), hasWorkers('connect')]).toEqual([false, false]);
  expect(() => team().team.hire('sender', {})).toThrow(/'sender' is not built/);
});
