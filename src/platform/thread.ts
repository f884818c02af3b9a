/*
 * A thread that is asked and answers, one question after the other: for work that would keep everybody else waiting. The bytes of a
 * question, and of an answer, are handed over where they are nobody else's: whoever sent them must not use them any more.
 *
 * Trap: an error would lose its words on the way, so that it goes as words.
 */
import { type MessagePort, type ResourceLimits, Worker } from 'node:worker_threads';

interface Port {
  postMessage(value: unknown, handedOver: ArrayBuffer[]): void;
  // biome-ignore lint/suspicious/noExplicitAny: ports and workers say it so
  on(event: 'message', listener: (value: any) => void): unknown;
}

type Answer<Out> =
  | { readonly id: number; readonly answer: Out }
  | { readonly id: number; readonly problem: string };
interface Waiting<Out> {
  readonly resolve: (answer: Out) => void;
  readonly reject: (error: Error) => void;
}

/** Asks whoever is at the other end of a port. */
export class Asker<In, Out> {
  private readonly waiting = new Map<number, Waiting<Out>>();
  private asked = 0;
  private ended: Error | null = null;

  constructor(private readonly port: Port) {
    port.on('message', (said: Answer<Out>) => {
      const one = this.waiting.get(said.id);
      this.waiting.delete(said.id);
      if ('problem' in said) one?.reject(new Error(said.problem));
      else one?.resolve(said.answer);
    });
  }

  ask(question: In): Promise<Out> {
    return new Promise((resolve, reject) => {
      if (this.ended) return reject(this.ended);
      const id = this.asked++;
      this.waiting.set(id, { resolve, reject });
      this.port.postMessage({ id, question }, handedOver(question));
    });
  }

  /** Nobody answers any more: whoever waits is told so. */
  fail(error: Error): void {
    this.ended ??= error;
    for (const { reject } of this.waiting.values()) reject(error);
    this.waiting.clear();
  }
}

/** Each question is answered before the next is looked at. */
export function answering<In, Out>(port: Port, answer: (question: In) => Out | Promise<Out>): void {
  let turn: Promise<void> = Promise.resolve();
  port.on('message', ({ id, question }: { id: number; question: In }) => {
    turn = turn.then(async () => {
      try {
        const said = await answer(question);
        port.postMessage({ id, answer: said }, handedOver(said));
      } catch (error) {
        const problem = error instanceof Error ? error.message : String(error);
        port.postMessage({ id, problem }, []);
      }
    });
  });
}

export class Thread<In, Out> {
  private readonly worker: Worker;
  private readonly asker: Asker<In, Out>;

  /** @param ports of what the thread is given, those that go over to it */
  constructor(file: string, given: unknown, ports: MessagePort[] = [], resourceLimits: ResourceLimits = {}) {
    this.worker = new Worker(file, { workerData: given, transferList: ports, resourceLimits });
    this.asker = new Asker(this.worker);
    this.worker.on('error', (error: Error) => this.asker.fail(error));
    this.worker.on('exit', () => this.asker.fail(new Error('the thread has ended')));
  }

  ask(question: In): Promise<Out> {
    return this.asker.ask(question);
  }

  async end(): Promise<void> {
    await this.worker.terminate();
  }
}

function handedOver(value: unknown): ArrayBuffer[] {
  // The values of a text would be its characters.
  if (typeof value !== 'object' || value === null) return [];
  const values: unknown[] = value instanceof Uint8Array ? [value] : Object.values(value);
  return values.flatMap((one) =>
    one instanceof Uint8Array && one.buffer instanceof ArrayBuffer && one.length === one.buffer.byteLength
      ? [one.buffer]
      : [],
  );
}
