/*
 * Threads that are started before anybody knows what for: a thread takes a tenth of a second to load, and so does the
 * command that will want it. A WorkerTeam takes what is here before it starts one anew.
 *
 * They are a guess, and may only cost time when it was wrong: one that nobody takes keeps no process alive, one that fails
 * is forgotten. This module loads nothing of the engine itself.
 */
import { existsSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';

const CAP_NET_RAW = 13n;
/** The conductor, and the one that sends beside it. */
const SYN = ['./syn/syn-conductor.js', './syn/syn-sender.js'];
const CONNECT = ['./connect/connect-worker.js', './connect/connect-worker.js'];

const waiting = new Map<string, Worker[]>();

/** @param engine as it was asked for @param isFast is it likely that no rate limits the scan? */
export function startLikelyWorkers(engine: string, isFast: boolean): void {
  if (process.platform !== 'linux') return;
  const wanted = engine === 'syn' || (engine === 'auto' && mayHaveRawSockets()) ? SYN : CONNECT;
  if (engine === 'portable') return;
  const many = isFast && availableParallelism() > 1 ? wanted.length : 1;
  for (const name of wanted.slice(0, many)) start(new URL(name, import.meta.url));
}

/** One that has been started with this entry, if it still lives; it waits for its work as a message. */
export function takeEarlyWorker(entry: URL): Worker | null {
  const early = waiting.get(entry.href) ?? [];
  for (let worker = early.shift(); worker; worker = early.shift()) {
    // A worker that has ended has no thread.
    if (worker.threadId < 0) continue;
    worker.ref();
    return worker;
  }
  return null;
}

function start(entry: URL): void {
  // Only compiled ones run.
  if (!existsSync(fileURLToPath(entry))) return;
  const worker = new Worker(entry);
  worker.unref();
  worker.on('error', () => undefined);
  const early = waiting.get(entry.href);
  if (early) early.push(worker);
  else waiting.set(entry.href, [worker]);
}

/** Capabilities in force (proc_pid_status(5)): enough for a guess, choose-engine.ts tries. */
function mayHaveRawSockets(): boolean {
  const effective = /^CapEff:\s*([\da-f]+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
  return effective !== undefined && ((BigInt(`0x${effective}`) >> CAP_NET_RAW) & 1n) === 1n;
}
