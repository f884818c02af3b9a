/*
 * What a worker is given to do: at its start, or later where it was started before there was any work.
 *
 * No top-level await in a worker: its bundle is CommonJS, which spares the thread the loader of ES modules. What `work`
 * throws is the thread's error, as WorkerTeam expects it.
 */
import { parentPort, workerData } from 'node:worker_threads';

/** What a worker without work says once it has loaded. */
export type Loaded = typeof READY | typeof LOADED;

/** It can do what it is for, and has tried: the C library is there, and so is whatever needs a privilege. */
export const READY = 'ready';
export const LOADED = 'loaded';

export function isLoaded(message: unknown): message is Loaded {
  return message === READY || message === LOADED;
}

/** @param prepare does what can be done while there is no work yet; false where that failed, then `work` says why */
export function onWork<Work>(work: (given: Work) => void, prepare: () => boolean = () => true): void {
  if (workerData !== null && workerData !== undefined) {
    work(workerData as Work);
    return;
  }
  parentPort!.once('message', work);
  parentPort!.postMessage((prepare() ? READY : LOADED) satisfies Loaded);
}
