/*
 * What all reports have in common as pages: one HTML document that needs nothing else, with style, pictures and fonts inside.
 *
 * Pure but for reading templates, words and fonts once; the same view gives the same bytes. What the network or an inventory wrote can
 * become neither markup nor style: templates escape, and the running header's CSS strings keep nothing but letters and digits unescaped.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Language, Paper } from '../../domain/report/parameters.js';
import { languageRuns, visibleText } from '../../domain/visible-text.js';
import { templatesFolder } from '../../platform/views.js';
import { chartFrame } from './chart-frame.js';
import { fontFaces, isDrawn } from './fonts.js';
import { reportViews } from './report-views.js';
import { type Catalogue, wordsIn } from './words.js';

export interface RenderOptions {
  readonly language?: Language;
  readonly paper?: Paper;
  /** Instead of the report's own; a document has its title already. */
  readonly title?: string | null;
  /** `grey` draws the same report without any hue. */
  readonly theme?: 'colour' | 'grey';
  /** Of the evidence that the PDF will carry, for its record. */
  readonly evidenceSha256?: string;
  readonly letterhead?: Letterhead;
}

/** Whose report it is, for the cover. */
export interface Letterhead {
  /** A picture as a `data:` URL: it is shown, and can do nothing else. */
  readonly logo: string | null;
  readonly organisation: string | null;
}

/** What stands at the four corners of each page but the cover; the last is the number of the page. */
export interface Running {
  readonly title: string;
  readonly verdict: string;
  readonly run: string;
  readonly day: string;
}

export const wordsFor = (options: RenderOptions): Catalogue => wordsIn(options.language ?? 'en');

export interface Sheets {
  readonly template: string;
  /** Files beside it, after report.css. */
  readonly styles: readonly string[];
  readonly view: object;
  readonly running: Running;
}

const styles = new Map<string, string>();

export function drawSheets({ template, view, running, ...sheets }: Sheets, options: RenderOptions): string {
  const words = wordsFor(options);
  const paper = options.paper ?? 'A4';
  const { logo = null, organisation = null } = options.letterhead ?? {};
  const style = ['report.css', ...sheets.styles].map(styleIn).join('\n');
  const strings = Object.entries(running).map(([name, text]) => `--running-${name}:${cssString(clip(text))}`);
  const [before = '', between = '', after = ''] = aroundNumbers(words);
  strings.push(
    `--running-page:${cssString(before)} counter(page) ${cssString(between)} counter(pages) ${cssString(after)}`,
  );
  const html = reportViews().render(template, {
    ...view,
    ...{ words, logo, organisation },
    sheet: { frame: chartFrame(paper), letter: paper === 'Letter' },
    theme: options.theme ?? 'colour',
    evidenceSha256: options.evidenceSha256 ?? null,
    style: `${style}\n${paper === 'A4' ? '' : `@page{size:${paper}}\n`}:root{${strings.join(';')}}`,
  });
  const drawn = [...Object.values(running).map(clip), before, between, after].flatMap(languageRuns);
  const marked = drawn.map(({ text, lang }) => (lang ? `<span lang="${lang}">${text}</span>` : text));
  const faces = fontFaces(html + marked.join(''));
  return html.replace('/* fonts */', () => faces);
}

function styleIn(file: string): string {
  const style = styles.get(file) ?? readFileSync(join(templatesFolder, 'report', file), 'utf8');
  styles.set(file, style);
  return style;
}

/** `page 3 of 9`: the browser knows the numbers, and puts them between these. */
function aroundNumbers(words: Catalogue): string[] {
  const [page, pages] = ['\u0001', '\u0002'];
  return words.say('running.page', { page, pages }).split(/[\u0001\u0002]/);
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
