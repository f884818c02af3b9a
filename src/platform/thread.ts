/*
 * A thread that is asked and answers, one question after the other: for work that would keep everybody else waiting. Bytes are handed
 * over, not copied, so that whoever asks must not use them any more.
 *
 * Trap: an error would lose its words on the way, so that it goes as words.
 */
import { parentPort, Worker } from 'node:worker_threads';

type Answer<Out> =
  | { readonly id: number; readonly answer: Out }
  | { readonly id: number; readonly problem: string };

export class Thread<In, Out> {
  private readonly worker: Worker;
  private readonly waiting = new Map<
    number,
    { readonly resolve: (answer: Out) => void; readonly reject: (error: Error) => void }
  >();
  private asked = 0;
  private ended: Error | null = null;

  constructor(file: string, workerData: unknown) {
    this.worker = new Worker(file, { workerData });
    this.worker.on('message', (said: Answer<Out>) => {
      const one = this.waiting.get(said.id);
      this.waiting.delete(said.id);
      if ('problem' in said) one?.reject(new Error(said.problem));
      else one?.resolve(said.answer);
    });
    this.worker.on('error', (error: Error) => this.fail(error));
    this.worker.on('exit', () => this.fail(new Error('the thread has ended')));
  }

  ask(question: In): Promise<Out> {
    return new Promise((resolve, reject) => {
      if (this.ended) return reject(this.ended);
      const id = this.asked++;
      this.waiting.set(id, { resolve, reject });
      this.worker.postMessage({ id, question }, handedOver(question));
    });
  }

  /** Who still waits for an answer is told that there is none. */
  async end(): Promise<void> {
    await this.worker.terminate();
  }

  private fail(error: Error): void {
    this.ended ??= error;
    for (const { reject } of this.waiting.values()) reject(error);
    this.waiting.clear();
  }
}

/** The thread's side: each question is answered before the next is looked at. */
export function answering<In, Out>(answer: (question: In) => Out | Promise<Out>): void {
  let turn: Promise<void> = Promise.resolve();
  parentPort!.on('message', ({ id, question }: { id: number; question: In }) => {
    turn = turn.then(async () => {
      try {
        const said = await answer(question);
        parentPort!.postMessage({ id, answer: said }, handedOver(said));
      } catch (error) {
        parentPort!.postMessage({ id, problem: error instanceof Error ? error.message : String(error) });
      }
    });
  });
}

/** The memory of each piece of bytes, where it is nobody else's. */
function handedOver(value: unknown): ArrayBuffer[] {
  const values = value instanceof Uint8Array ? [value] : Object.values((value ?? {}) as object);
  return values.flatMap((one: unknown) =>
    one instanceof Uint8Array && one.buffer instanceof ArrayBuffer && one.byteLength === one.buffer.byteLength
      ? [one.buffer]
      : [],
  );
}
