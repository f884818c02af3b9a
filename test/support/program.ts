/*
 * The built program as a process of its own: what it printed, how it ended. Nothing of the tests' own environment
 * configures it, there is no sign-in unless a test wants one, and a process that a test forgets dies with its time limit.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { testChromium } from './test-chromium.js';

const MAIN = fileURLToPath(new URL('../../dist/src/main.js', import.meta.url));
const ROOT = fileURLToPath(new URL('../..', import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Waits until what it prints matches; fails where it ends before. */
  printed(pattern: RegExp): Promise<RegExpExecArray>;
}

export interface How {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** For node itself. */
  readonly node?: readonly string[];
  /** A command that runs node, such as setpriv. */
  readonly by?: readonly string[];
}

const LIMIT_MS = 110_000;

export function start(
  args: readonly string[],
  { env = {}, cwd = ROOT, node = [], by = [] }: How = {},
): Running {
  const [command, ...rest] = [...by, process.execPath, ...node, MAIN, ...args];
  const child = spawn(command!, rest, {
    cwd,
    env: { ...cleanEnvironment(), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: LIMIT_MS,
    killSignal: 'SIGKILL',
  });
  const out = { stdout: '', stderr: '' };
  const listeners = new Set<() => void>();
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream]!.setEncoding('utf8').on('data', (text: string) => {
      out[stream] += text;
      for (const listener of listeners) listener();
    });
  }
  const ended = once(child, 'close').then(([code, signal]) => ({ code, signal, ...out }) as Ended);
  const printed = (pattern: RegExp): Promise<RegExpExecArray> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const match = pattern.exec(out.stdout + out.stderr);
        if (!match) return;
        listeners.delete(look);
        resolve(match);
      };
      listeners.add(look);
      look();
      void ended.then((end) =>
        reject(new Error(`ended before it printed ${pattern}: ${JSON.stringify(end)}`)),
      );
    });
  return { child, ended, printed };
}

export const portolan = (args: readonly string[], how?: How): Promise<Ended> => start(args, how).ended;

/** Asks it to stop, and sees how it ends. */
export async function stop({ child, ended }: Running, signal: NodeJS.Signals = 'SIGTERM'): Promise<Ended> {
  child.kill(signal);
  return ended;
}

function cleanEnvironment(): Record<string, string | undefined> {
  const ours = Object.entries(process.env).filter(
    ([name]) => !/^(PORTOLAN_|DATABASE_URL$|NODE_OPTIONS$|VITEST)/.test(name),
  );
  const chromium = testChromium();
  return {
    ...Object.fromEntries(ours),
    ...{ NO_COLOR: '1', PORTOLAN_ACCESS: 'open' },
    ...(chromium ? { PORTOLAN_CHROMIUM: chromium } : {}),
  };
}

/** A port of 127.0.0.1 that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
