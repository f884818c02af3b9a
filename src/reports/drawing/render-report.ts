/*
 * Draws the report of one run as one HTML document, out of its snapshot alone: the same snapshot, in the same language and on the same
 * paper, gives the same bytes.
 */
import type { ReportSnapshot } from '../../domain/report/exposure/exposure.js';
import { reportView } from '../kinds/exposure-view.js';
import { drawSheets, type RenderOptions, wordsFor } from './draw-sheets.js';

export function renderReport(snapshot: ReportSnapshot, options: RenderOptions = {}): string {
  const words = wordsFor(options);
  const view = reportView(snapshot, words, options.title ?? undefined);
  const verdict = words.say(`verdict.${snapshot.verdict}`);
  const running = {
    title: `${view.title}: ${snapshot.audit}`,
    verdict: words.say('run.running.verdict', { verdict }),
    run: words.say('run.running.run', { run: snapshot.run }),
    day: view.scan.finished,
  };
  return drawSheets({ template: 'report/report', styles: [], view, running }, options);
}
