/*
 * From a snapshot, as the text that is stored, to HTML in parts: what a thread does for a large report, and everybody for a small one.
 */
import { type Cutting, cutHtml } from './cut-html.js';
import { drawReport } from './draw-report.js';
import type { RenderOptions } from './draw-sheets.js';

export function drawText(text: string, options: RenderOptions, partLength: number): Cutting {
  return cutHtml(drawReport(text, options), partLength);
}
