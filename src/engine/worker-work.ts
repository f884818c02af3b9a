/*
 * What a worker is given to do: at its start, or later where it was started before there was any work.
 *
 * No top-level await in a worker: its bundle is CommonJS, which spares the thread the loader of ES modules. What `work`
 * throws is the thread's error, as WorkerTeam expects it.
 */
import { parentPort, workerData } from 'node:worker_threads';

/** What a worker without work says once it has loaded. */
export const LOADED = 'loaded';

/** @param prepare what can be done while there is no work yet; it must not fail */
export function onWork<Work>(work: (given: Work) => void, prepare?: () => void): void {
  if (workerData !== null && workerData !== undefined) {
    work(workerData as Work);
    return;
  }
  parentPort!.once('message', work);
  prepare?.();
  parentPort!.postMessage(LOADED);
}
