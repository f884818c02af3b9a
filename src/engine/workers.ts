/*
 * The threads of the fast engines: where they are, and those that were started before anybody knew what for. A thread takes
 * a tenth of a second to load, and so does the command that will want it; a WorkerTeam takes what waits here first.
 *
 * Early ones are a guess, and may only cost time when it was wrong: one that nobody takes keeps no process alive, one that
 * fails is forgotten. The trap is the bundle (rolldown.config.mjs): this module stays outside of it, so that the places
 * hold, and loads nothing of the engine itself.
 */
import { existsSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { READY } from './worker-work.js';

const PLACES = {
  conductor: ['../../bundle/syn-conductor.cjs', './syn/syn-conductor.js'],
  sender: ['../../bundle/syn-sender.cjs', './syn/syn-sender.js'],
  connect: ['../../bundle/connect-worker.cjs', './connect/connect-worker.js'],
} as const;

export type WorkerName = keyof typeof PLACES;

const OF_ENGINE = {
  syn: ['conductor', 'sender'],
  connect: ['connect', 'connect'],
} as const satisfies Record<string, readonly WorkerName[]>;

const CAP_NET_RAW = 13n;

interface Early {
  readonly worker: Worker;
  readonly onLoaded: (message: unknown) => void;
  /** Has it tried what it is for, and could? */
  readonly isReady: Promise<boolean>;
}

const waiting = new Map<WorkerName, Early[]>();

/** The bundle, or what it is made of; null where only the source is there, as they run in compiled form only. */
export function workerEntry(name: WorkerName): URL | null {
  const entries = PLACES[name].map((place) => new URL(place, import.meta.url));
  return entries.find((entry) => existsSync(fileURLToPath(entry))) ?? null;
}

export function hasWorkers(engine: keyof typeof OF_ENGINE): boolean {
  return OF_ENGINE[engine].every((name) => workerEntry(name) !== null);
}

/** @param engine as it was asked for @param isFast is it likely that no rate limits the scan? */
export function startLikelyWorkers(engine: string, isFast: boolean): void {
  if (process.platform !== 'linux' || engine === 'portable') return;
  const isSyn = engine === 'syn' || (engine === 'auto' && mayHaveRawSockets());
  const wanted = OF_ENGINE[isSyn ? 'syn' : 'connect'];
  for (const name of isFast && availableParallelism() > 1 ? wanted : wanted.slice(0, 1)) start(name);
}

/** One that still lives; it waits for its work as a message. */
export function takeEarlyWorker(name: WorkerName): Worker | null {
  const early = waiting.get(name) ?? [];
  for (let next = early.shift(); next; next = early.shift()) {
    const { worker, onLoaded } = next;
    // This one alone: `removeAllListeners` would take away what Node itself hears the worker by.
    worker.off('message', onLoaded);
    // A worker that has ended has no thread.
    if (worker.threadId < 0) continue;
    worker.ref();
    return worker;
  }
  return null;
}

/**
 * Does one wait that has loaded the C library, and tried what needs a privilege? Then nobody else has to try. False where
 * none was started, or it could not: what is wrong is for others to find out.
 */
export async function isEarlyWorkerReady(name: WorkerName): Promise<boolean> {
  return (await waiting.get(name)?.[0]?.isReady) ?? false;
}

function start(name: WorkerName): void {
  const entry = workerEntry(name);
  if (entry === null) return;
  const worker = new Worker(entry);
  worker.on('error', () => undefined);
  let settle: (isReady: boolean) => void;
  const isReady = new Promise<boolean>((resolve) => {
    settle = resolve;
  });
  // Whoever ends a thread while it loads a native addon takes the process down with it.
  const onLoaded = (message: unknown): void => {
    worker.unref();
    settle(message === READY);
  };
  worker.once('message', onLoaded);
  worker.once('exit', () => settle(false));
  waiting.set(name, [...(waiting.get(name) ?? []), { worker, onLoaded, isReady }]);
}

/** Capabilities in force (proc_pid_status(5)): enough for a guess, choose-engine.ts tries. */
function mayHaveRawSockets(): boolean {
  const effective = /^CapEff:\s*([\da-f]+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
  return effective !== undefined && ((BigInt(`0x${effective}`) >> CAP_NET_RAW) & 1n) === 1n;
}
