/*
 * Draws a report without keeping the service waiting. Drawing a hundred thousand findings takes many seconds, in which nobody would
 * be given a page: a large one is drawn by a thread of its own, whose memory goes when it ends. A small one is drawn at once.
 *
 * The thread runs in compiled form only: where there is none, a large report is drawn here too.
 */
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { PROJECT_ROOT } from '../../platform/project-root.js';
import type { RenderOptions } from './draw-sheets.js';
import { drawStored } from './draw-stored.js';

/** Characters: some 1,600 findings, and a few tenths of a second. */
const LARGE = 1_000_000;
const THREAD = join(PROJECT_ROOT, 'dist/src/reports/drawing/render-worker.js');

/** What the thread says. */
export type Drawn = { readonly html: string } | { readonly problem: string };

/** @param text a snapshot, as it is stored. Throws what is wrong with it; an AbortError where the signal ends it. */
export async function renderApart(
  text: string,
  { signal, large = LARGE, ...options }: RenderOptions & { signal?: AbortSignal; large?: number } = {},
): Promise<string> {
  if (text.length < large || !existsSync(THREAD)) return drawStored(text, options);
  const thread = new Worker(THREAD, { workerData: { text, options } });
  try {
    const [drawn] = (await once(thread, 'message', signal ? { signal } : {})) as [Drawn];
    if ('problem' in drawn) throw new Error(drawn.problem);
    return drawn.html;
  } finally {
    await thread.terminate();
  }
}
