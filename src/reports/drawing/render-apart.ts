/*
 * Draws a report without keeping the service waiting. Drawing a hundred thousand findings takes many seconds, in which nobody would
 * be given a page: a large one is drawn by a thread of its own, which hands over part after part as they are asked for, and whose
 * memory goes when it ends. A small one is drawn at once.
 *
 * The thread runs in compiled form only: where there is none, a large report is drawn here too.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT_ROOT } from '../../platform/project-root.js';
import { Thread } from '../../platform/thread.js';
import { type HtmlPart, PART_LENGTH } from './cut-html.js';
import type { RenderOptions } from './draw-sheets.js';
import { drawText } from './draw-text.js';

/** Characters: some 250 findings, and a twentieth of a second. */
const LARGE = 150_000;
const THREAD = join(PROJECT_ROOT, 'dist/src/reports/drawing/render-worker.js');

export interface ApartOptions extends RenderOptions {
  readonly signal?: AbortSignal;
  readonly large?: number;
  readonly partLength?: number;
}

/**
 * Part after part, one where it is not long.
 * @param text a snapshot, as it is stored. Throws what is wrong with it; an AbortError where the signal ends it.
 */
export async function* drawParts(text: string, apart: ApartOptions = {}): AsyncGenerator<HtmlPart> {
  const { signal, large = LARGE, partLength = PART_LENGTH, ...options } = apart;
  if (text.length < large || !existsSync(THREAD)) {
    const { parts, part } = drawText(text, options, partLength);
    for (let index = 0; index < parts; index++) yield { html: part(index), part: index, parts };
    return;
  }
  signal?.throwIfAborted();
  const thread = new Thread<number, HtmlPart>(THREAD, { text, options, partLength });
  const stop = (): void => void thread.end();
  signal?.addEventListener('abort', stop);
  try {
    for (let index = 0, parts = 1; index < parts; index++) {
      const drawn = await thread.ask(index);
      parts = drawn.parts;
      yield drawn;
    }
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener('abort', stop);
    await thread.end();
  }
}

/** In one piece, however long. */
export async function renderApart(text: string, options: ApartOptions = {}): Promise<string> {
  for await (const { html } of drawParts(text, { ...options, partLength: Number.POSITIVE_INFINITY }))
    return html;
  throw new Error('nothing was drawn');
}
