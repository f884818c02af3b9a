/*
 * A few worker threads that serve one scan, and what they say, as one stream in the order of arrival.
 *
 * A worker that throws, or leaves before it was told to, ends the stream with its error: a broken scan never looks like
 * a finished one. `stop` asks by shared memory (each worker looks at the flag many times a second), waits, and ends what
 * does not listen. The trap is the entry's extension: the workers exist only in compiled form.
 */
import { type TransferListItem, Worker } from 'node:worker_threads';
import { isLoaded, type Loaded } from './worker-work.js';
import { takeEarlyWorker, type WorkerName, workerEntry } from './workers.js';

/** How long a worker may take to leave by itself. */
const FAREWELL_MS = 900;

export class WorkerTeam<Message> {
  private readonly workers: Worker[] = [];
  private readonly queue: Message[] = [];
  private failure: Error | null = null;
  private left = 0;
  private isStopping = false;
  private wake: () => void = () => undefined;

  /** @param stopFlag `stopFlag[0]` turns 1 when the workers have to leave */
  constructor(private readonly stopFlag: Int32Array) {}

  /** Starts a worker of the engine's, or takes one that was started early, and counts on it. */
  hire(name: WorkerName, work: unknown, transferList: readonly TransferListItem[] = []): void {
    const early = takeEarlyWorker(name);
    const entry = workerEntry(name);
    if (early) {
      this.countOn(early);
      early.postMessage(work, [...transferList]);
    } else if (entry) this.add(entry, work, transferList);
    else throw new Error(`the worker '${name}' is not built; expected it beside the compiled engine`);
  }

  /** Starts a worker, and counts on it. */
  add(entry: URL, workerData: unknown, transferList: readonly TransferListItem[] = []): Worker {
    const worker = new Worker(entry, { workerData, transferList: [...transferList] });
    this.countOn(worker);
    return worker;
  }

  private countOn(worker: Worker): void {
    this.workers.push(worker);
    worker.on('message', (message: Message | Loaded) => {
      if (isLoaded(message)) return;
      this.queue.push(message);
      this.wake();
    });
    // What it said before may come after its error, which has a way of its own, and never after its exit.
    let thrown: Error | null = null;
    worker.on('error', (error: Error) => {
      thrown = error;
    });
    worker.on('exit', (code) => {
      this.left++;
      if (thrown) this.fail(thrown);
      else if (code !== 0 && !this.isStopping)
        this.fail(new Error(`a scanning thread ended with code ${code}`));
      this.wake();
    });
  }

  /** Everything that the workers say until all of them have left. Throws what one of them threw. */
  async *messages(): AsyncGenerator<Message, void, undefined> {
    for (;;) {
      while (this.queue.length > 0) yield this.queue.shift()!;
      if (this.failure) throw this.failure;
      if (this.left === this.workers.length) return;
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
  }

  /** Resolves when all of them have left. */
  async stop(): Promise<void> {
    this.askToStop();
    const deadlineMs = performance.now() + FAREWELL_MS;
    while (this.left < this.workers.length && performance.now() < deadlineMs) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await Promise.all(this.workers.map((worker) => worker.terminate()));
  }

  /** Tells the workers to leave, and waits for nothing: what they still say can be read. */
  askToStop(): void {
    this.isStopping = true;
    Atomics.store(this.stopFlag, 0, 1);
    Atomics.notify(this.stopFlag, 0);
  }

  private fail(error: Error): void {
    this.failure ??= error;
    this.wake();
  }
}
