/*
 * Draws a report's snapshot as one HTML document that needs nothing else: style, pictures and fonts are inside.
 *
 * Pure but for reading templates and fonts once; the same snapshot gives the same bytes. What the network or an
 * inventory wrote can become neither markup nor style: templates escape, and the running header's CSS strings
 * keep nothing but letters and digits unescaped.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ReportSnapshot } from '../../domain/report/exposure.js';
import { languageRuns, visibleText } from '../../domain/visible-text.js';
import { loadViews, templatesFolder, type Views } from '../../platform/views.js';
import { reportView } from '../kinds/exposure-view.js';
import { fontFaces, isDrawn } from './fonts.js';

export interface RenderOptions {
  /** `grey` draws the same report without any hue. */
  readonly theme?: 'colour' | 'grey';
  /** Of the evidence that the PDF will carry, for its record. */
  readonly evidenceSha256?: string;
}

let views: Views | null = null;
let style: string | null = null;

export function renderReport(snapshot: ReportSnapshot, options: RenderOptions = {}): string {
  views ??= loadViews({ isDrawn });
  style ??= readFileSync(join(templatesFolder, 'report/report.css'), 'utf8');
  const view = reportView(snapshot);
  const running = {
    '--running-title': `${snapshot.title}: ${snapshot.audit}`,
    '--running-run': `Run ${snapshot.run}`,
    '--running-verdict': `Verdict: ${view.verdict.word.toLowerCase()}`,
    '--running-day': view.scan.finished,
  };
  const strings = Object.entries(running).map(([name, text]) => `${name}:${cssString(clip(text))}`);
  const html = views.render('report/report', {
    ...view,
    theme: options.theme ?? 'colour',
    evidenceSha256: options.evidenceSha256 ?? null,
    style: `${style}\n:root{${strings.join(';')}}`,
  });
  const drawn = Object.values(running).flatMap((text) => languageRuns(clip(text)));
  const marked = drawn.map(({ text, lang }) => (lang ? `<span lang="${lang}">${text}</span>` : text));
  const faces = fontFaces(html + marked.join(''));
  return html.replace('/* fonts */', () => faces);
}

/** A running header is one line. */
function clip(text: string): string {
  const shown = Array.from(visibleText(text, isDrawn));
  return shown.length > 60 ? `${shown.slice(0, 59).join('')}…` : shown.join('');
}

/** A CSS string (CSS Syntax 3 §4.3.7): all but letters, digits and blanks as escapes, so that `</style>` can't end it. */
function cssString(text: string): string {
  const escaped = Array.from(text, (char) =>
    /[\p{L}\p{N} ]/u.test(char) ? char : `\\${char.codePointAt(0)!.toString(16)} `,
  );
  return `"${escaped.join('')}"`;
}
