/*
 * The built service as a process, for as long as a scenario wants it: killed without a word, started again, waited for.
 * It ends with the test that forgets it, by its own time limit, and with this process (setpriv --pdeathsig) at the latest.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../../dist/src/main.js', import.meta.url));
const READY = /"url":"(http:[^"]+)"/;
/** The end of what it printed is enough to see why it ended. */
const KEPT_CHARACTERS = 1 << 20;
const LEASH = spawnSync('setpriv', ['--version']).status === 0 ? ['setpriv', '--pdeathsig', 'KILL'] : [];
/** A print takes a browser and seconds of a core; where the report is not what a scenario is about, it has none. */
export const NO_BROWSER = { PORTOLAN_CHROMIUM: '/bin/false' };

export interface Serving {
  readonly child: ChildProcess;
  /** By the clock that the service has, too. */
  readonly startedMs: number;
  /** Where its pages are; fails where it ends before they are there. */
  readonly url: Promise<string>;
  readonly printed: () => string;
  readonly isAlive: () => boolean;
  /** Signals it, and waits for its end: its exit code, or the signal. */
  end(signal: NodeJS.Signals): Promise<number | string>;
}

const serving = new Set<Serving>();

export function serve(env: Readonly<Record<string, string>>, lifeMs: number): Serving {
  const [command, ...args] = [...LEASH, process.execPath, MAIN, 'serve'];
  const startedMs = Date.now();
  const child = spawn(command!, args, {
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      PORTOLAN_LISTEN: '127.0.0.1:0',
      PORTOLAN_ACCESS: 'open',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: lifeMs,
    killSignal: 'SIGKILL',
  });
  let text = '';
  const url = new Promise<string>((resolve, reject) => {
    const take = (chunk: string): void => {
      text = (text + chunk).slice(-KEPT_CHARACTERS);
      const ready = READY.exec(text);
      if (ready) resolve(ready[1]!);
    };
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', take);
    child.once('error', reject);
    child.once('close', (code, signal) =>
      reject(new Error(`the service ended (${code ?? signal}) before it listened: ${text.slice(-4000)}`)),
    );
  });
  // Whoever kills it before it listens does not ask where.
  url.catch(() => undefined);
  const ended = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>;
  const one: Serving = {
    child,
    startedMs,
    url,
    printed: () => text,
    isAlive: () => child.exitCode === null && child.signalCode === null,
    async end(signal) {
      child.kill(signal);
      const [code, by] = await ended;
      serving.delete(one);
      return code ?? by ?? 'unknown';
    },
  };
  serving.add(one);
  return one;
}

/** For `afterAll`: what a failed test has left. */
export async function endAll(): Promise<void> {
  await Promise.all(Array.from(serving, (one) => one.end('SIGKILL')));
}

/** Asks for a run as its button does: the answer's status; null where nobody answers. */
export async function askForRun(url: string, audit: string): Promise<number | null> {
  try {
    const answer = await fetch(`${url}/audits/${audit}/run`, { method: 'POST', redirect: 'manual' });
    await answer.arrayBuffer();
    return answer.status;
  } catch {
    return null;
  }
}

export async function healthOf(url: string): Promise<number | null> {
  try {
    const answer = await fetch(`${url}/health`);
    await answer.arrayBuffer();
    return answer.status;
  } catch {
    return null;
  }
}
