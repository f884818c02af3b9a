/*
 * Gathers the evidence of a report without keeping the service waiting: with ten thousand hosts it takes many seconds, which a thread of
 * its own spends, and whose memory goes when it ends. The thread has no database: it asks here for rows, and is told them as texts, some
 * thousands at a time.
 *
 * The thread runs in compiled form only: where this file is not compiled, it is done here.
 */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import type { DataSource } from 'typeorm';
import { Refusal } from '../../platform/refusal.js';
import { answering, Thread } from '../../platform/thread.js';
import { type Asked, type Gathered, gather, type Refused } from './gather.js';
import { type DeskQuestion, readingAt } from './reading.js';
import { StoreDesk } from './store-desk.js';

const THREAD = fileURLToPath(new URL('./gather-worker.js', import.meta.url));

/** Rows come and go by the million: in a nursery of the usual size most of the time would be spent clearing it. */
const LIMITS = { maxYoungGenerationSizeMb: 96 };

/** What the thread is given; `desk` is where it asks for rows. */
export interface GatherTask {
  readonly desk: MessagePort;
}

/** Throws a Refusal where it can't be had, an AbortError where the signal ends it, and what the database fails with. */
export async function gatherApart(
  asked: Asked,
  database: Pick<DataSource, 'query' | 'createQueryRunner'>,
  { signal, thread: file = THREAD }: { signal?: AbortSignal; thread?: string } = {},
): Promise<Gathered> {
  const desk = new StoreDesk(database);
  if (!existsSync(file)) return gather(asked, readingAt(desk)).finally(() => desk.close());
  signal?.throwIfAborted();
  const { port1, port2 } = new MessageChannel();
  answering<DeskQuestion, string>(port1, (question) => desk.answer(question));
  const task: GatherTask = { desk: port2 };
  const thread = new Thread<Asked, Gathered | Refused>(file, task, [port2], LIMITS);
  const stop = (): void => void thread.end();
  signal?.addEventListener('abort', stop);
  try {
    const said = await thread.ask(asked);
    if ('refused' in said) throw new Refusal(said.refused.code, said.refused.message);
    return said;
  } catch (error) {
    signal?.throwIfAborted();
    throw error instanceof Refusal ? error : (desk.failure ?? error);
  } finally {
    signal?.removeEventListener('abort', stop);
    port1.close();
    await thread.end();
    await desk.close();
  }
}
