/*
 * From a snapshot, as the text that is stored, to HTML in parts: what a thread does for a large report, and everybody for a small one.
 */
import { ReportSnapshot } from '../../domain/report/exposure.js';
import { type Cutting, cutHtml } from './cut-html.js';
import { type RenderOptions, renderReport } from './render-report.js';

export function drawText(text: string, options: RenderOptions, partLength: number): Cutting {
  return cutHtml(renderReport(ReportSnapshot.parse(JSON.parse(text)), options), partLength);
}
