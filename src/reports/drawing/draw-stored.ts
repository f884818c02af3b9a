/*
 * Draws a report out of the text that is stored, by what its snapshot is: the pages of one run, or a document of blocks in the language
 * and for the paper that it was asked for with. Whoever draws, here or in a thread, draws by this.
 */
import { ReportSnapshot } from '../../domain/report/exposure.js';
import { documentOf } from '../kinds/document-of.js';
import type { RenderOptions } from './draw-sheets.js';
import { renderDocument } from './render-document.js';
import { renderReport } from './render-report.js';

/** Throws what is wrong with it. */
export function drawStored(text: string, options: RenderOptions): string {
  const snapshot: unknown = JSON.parse(text);
  const format = (snapshot as { format?: unknown } | null)?.format;
  if (format === undefined || format === ReportSnapshot.shape.format.value)
    return renderReport(ReportSnapshot.parse(snapshot), options);
  const { document, words, paper } = documentOf(snapshot);
  return renderDocument(document, { ...options, language: words.language, paper });
}
