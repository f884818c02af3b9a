/*
 * The thread that draws one large report, hands over part after part, and ends: render-apart.ts.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { answering } from '../../platform/thread.js';
import type { Cutting, HtmlPart } from './cut-html.js';
import type { RenderOptions } from './draw-sheets.js';
import { drawText } from './draw-text.js';

const given = workerData as { text: string; readonly options: RenderOptions; readonly partLength: number };
let cutting: Cutting | null = null;

answering<number, HtmlPart>(parentPort!, (index) => {
  cutting ??= drawText(given.text, given.options, given.partLength);
  // Tens of megabytes that nobody needs any more.
  given.text = '';
  return { html: cutting.part(index), part: index, parts: cutting.parts };
});
