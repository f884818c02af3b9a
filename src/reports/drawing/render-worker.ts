/*
 * The thread that draws one large report, and ends: render-apart.ts.
 */
import { parentPort, workerData } from 'node:worker_threads';
import type { RenderOptions } from './draw-sheets.js';
import { drawStored } from './draw-stored.js';
import type { Drawn } from './render-apart.js';

const { text, options } = workerData as { readonly text: string; readonly options: RenderOptions };
parentPort!.postMessage(drawn());

/** An error would lose its words on the way. */
function drawn(): Drawn {
  try {
    return { html: drawStored(text, options) };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}
