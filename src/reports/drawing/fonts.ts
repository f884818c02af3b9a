/*
 * The report's typefaces, from npm packages on disk: no system font is asked for and none is needed.
 *
 * Source Serif, Sans and Code share one design and cover Latin, Greek and Cyrillic; Noto covers Chinese, Japanese
 * and Korean, cut by unicode-range into a hundred files each. A document gets only the cuts that hold one of its
 * characters, as data: URLs, so that the page that draws it needs no file and no network. Trap: an SVG's or CSS's
 * generated text is not seen unless it is handed over too.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

interface Cut {
  readonly family: string;
  readonly weight: string;
  readonly style: string;
  readonly file: string;
  /** First and last code point, in pairs. */
  readonly ranges: ReadonlyArray<readonly [number, number]>;
  readonly unicodeRange: string;
}

type Language = 'zh' | 'ja' | 'ko';

const WESTERN = [
  ['Report Serif', '@fontsource/source-serif-4/400.css'],
  ['Report Serif', '@fontsource/source-serif-4/600.css'],
  ['Report Serif', '@fontsource/source-serif-4/400-italic.css'],
  ['Report Sans', '@fontsource/source-sans-3/400.css'],
  ['Report Sans', '@fontsource/source-sans-3/600.css'],
  ['Report Mono', '@fontsource/source-code-pro/400.css'],
  ['Report Mono', '@fontsource/source-code-pro/600.css'],
] as const;

const EASTERN: ReadonlyArray<readonly [Language, string, string]> = [
  ['zh', 'Report SC', '@fontsource-variable/noto-sans-sc/wght.css'],
  ['ja', 'Report JP', '@fontsource-variable/noto-sans-jp/wght.css'],
  ['ko', 'Report KR', '@fontsource-variable/noto-sans-kr/wght.css'],
];

const require = createRequire(import.meta.url);
let western: Cut[] | null = null;
let eastern: ReadonlyArray<readonly [Language, Cut[]]> | null = null;
const encoded = new Map<string, string>();
const drawn = new Map<number, boolean>();

/** The `@font-face` rules for a piece of HTML. The same HTML gives the same rules. */
export function fontFaces(html: string): string {
  const cuts = westernCuts().filter(needs(codePoints(html)));
  for (const [lang, faces] of easternCuts()) {
    const marked = html.matchAll(new RegExp(`<span lang="${lang}">([^<]*)</span>`, 'g'));
    const wanted = codePoints(Array.from(marked, (match) => match[1]).join(''));
    if (wanted.length > 0) cuts.push(...faces.filter(needs(wanted)));
  }
  return cuts.map(faceRule).join('\n');
}

/** Is there a glyph for it in one of the families? By the packages' own unicode-ranges. */
export function isDrawn(codePoint: number): boolean {
  let is = drawn.get(codePoint);
  if (is === undefined) {
    const covers = needs([codePoint]);
    is = westernCuts().some(covers) || easternCuts().some(([, cuts]) => cuts.some(covers));
    drawn.set(codePoint, is);
  }
  return is;
}

function westernCuts(): Cut[] {
  western ??= WESTERN.flatMap(([family, css]) => readCuts(family, css));
  return western;
}

function easternCuts(): ReadonlyArray<readonly [Language, Cut[]]> {
  eastern ??= EASTERN.map(([lang, family, css]) => [lang, readCuts(family, css)] as const);
  return eastern;
}

/** Reads a package's style sheet: one `@font-face` a cut. */
function readCuts(family: string, css: string): Cut[] {
  const path = require.resolve(css);
  return Array.from(readFileSync(path, 'utf8').matchAll(/@font-face\s*{([^}]*)}/g), ([, rule]) => {
    const value = (pattern: RegExp) => pattern.exec(rule!)?.[1]?.trim() ?? '';
    const unicodeRange = value(/unicode-range:([^;]+)/);
    return {
      family,
      weight: value(/font-weight:([^;]+)/),
      style: value(/font-style:([^;]+)/),
      file: join(dirname(path), value(/url\(([^)]+\.woff2)\)/)),
      ranges: parseRanges(unicodeRange),
      unicodeRange,
    };
  });
}

function parseRanges(text: string): Array<readonly [number, number]> {
  return Array.from(text.matchAll(/U\+([0-9a-f]+)(?:-([0-9a-f]+))?/gi), ([, first, last]) => [
    Number.parseInt(first!, 16),
    Number.parseInt(last ?? first!, 16),
  ]);
}

const codePoints = (text: string): number[] => Array.from(new Set(text), (char) => char.codePointAt(0)!);

const needs = (wanted: readonly number[]) => (cut: Cut) =>
  cut.ranges.some(([first, last]) => wanted.some((point) => point >= first && point <= last));

function faceRule(cut: Cut): string {
  let base64 = encoded.get(cut.file);
  if (base64 === undefined) {
    base64 = readFileSync(cut.file).toString('base64');
    encoded.set(cut.file, base64);
  }
  const { family, style, weight, unicodeRange } = cut;
  return `@font-face{font-family:'${family}';font-style:${style};font-weight:${weight};font-display:block;src:url(data:font/woff2;base64,${base64}) format('woff2');unicode-range:${unicodeRange}}`;
}
