/*
 * Draws the report of one run as one HTML document, out of its snapshot alone: the same snapshot, in the same language and on the same
 * paper, gives the same bytes.
 */
import type { ReportSnapshot } from '../../domain/report/exposure.js';
import { reportView } from '../kinds/exposure-view.js';
import { drawSheets, type RenderOptions } from './draw-sheets.js';

export type { RenderOptions } from './draw-sheets.js';

export function renderReport(snapshot: ReportSnapshot, options: RenderOptions = {}): string {
  const view = reportView(snapshot);
  const running = {
    title: `${snapshot.title}: ${snapshot.audit}`,
    verdict: `Verdict: ${view.verdict.word.toLowerCase()}`,
    run: `Run ${snapshot.run}`,
    day: view.scan.finished,
  };
  return drawSheets({ template: 'report/report', styles: [], view, running }, options);
}
