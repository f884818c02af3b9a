/*
 * Draws a report of blocks (document.ts) as one HTML document, in the look of the report of a run. The same document, in the same
 * language and on the same paper, gives the same bytes.
 */
import type { ReportDocument } from './document.js';
import { documentView } from './document-view.js';
import { drawSheets, type RenderOptions, wordsFor } from './draw-sheets.js';

export function renderDocument(document: ReportDocument, options: RenderOptions = {}): string {
  const { title, subject, word, facts } = document;
  const [first] = facts;
  const running = {
    title: `${title}: ${subject}`,
    verdict: word,
    run: first ? `${first.label}: ${first.main}` : '',
    day: first?.small ?? '',
  };
  const view = documentView(document, wordsFor(options));
  return drawSheets({ template: 'report/document', styles: ['document.css'], view, running }, options);
}
