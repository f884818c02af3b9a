/*
 * What a worker is given to do: at its start, or later where it was started before there was any work.
 */
import { parentPort, workerData } from 'node:worker_threads';

export async function receiveWork<Work>(): Promise<Work> {
  if (workerData !== null && workerData !== undefined) return workerData as Work;
  return new Promise((resolve) => {
    parentPort!.once('message', resolve);
  });
}
