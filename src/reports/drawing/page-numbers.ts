/*
 * The numbers of the pages of a report that was printed in parts. None of its parts knows how many pages there are: the browser prints
 * as many empty ones, in the same style, with nothing on them but the number, and each is laid over its page (joined-pdf.ts).
 *
 * The trap: thousands of empty pages at once take a browser more memory than a part of the report. It is given so many at a time, and then
 * it does not know the numbers: each page is told its own.
 */

import { LOADS_FONTS, PART_STYLE } from './cut-html.js';

/** Hides everything but the corner of the number. The cover has none, by its own style. */
const STYLE =
  '<style>@page{@top-left{content:none}@top-right{content:none}@bottom-left{content:none}}.leaf{height:1px;break-after:page}.leaf:last-child{break-after:auto}</style>';

/** Pages that are printed at once. */
const AT_ONCE = 500;

/** Documents that are printed one after the other. @param part the first of the parts: its head says how numbers are set */
export function* numbersHtml(part: string, pages: number, atOnce = AT_ONCE): Generator<string> {
  if (pages <= atOnce) return yield allNumbers(part, pages);
  const said = /--running-page:([^;}<]*)/.exec(part)?.[1] ?? 'counter(page)';
  const head = headOf(part).replace(PART_STYLE, () => STYLE);
  for (let from = 1; from <= pages; from += atOnce) {
    const leaves = Array.from({ length: Math.min(atOnce, pages - from + 1) }, (_, index) => from + index);
    const rules = leaves.map((page) => {
      const content = said.replace('counter(page)', `"${page}"`).replace('counter(pages)', `"${pages}"`);
      return `@page n${page}{@bottom-right{content:${page === 1 && hasCover(part) ? 'none' : content}}}.n${page}{page:n${page}}`;
    });
    const body = leaves.map((page) => `<p class="leaf n${page}"></p>`).join('');
    yield `${head}<style>${rules.join('')}</style>${LOADS_FONTS}<main>${body}</main></body></html>`;
  }
}

const headOf = (part: string): string =>
  part.slice(0, part.indexOf('>', part.indexOf('<body', part.indexOf('</head>'))) + 1);
const hasCover = (part: string): boolean => /<section class="cover\b/.test(part);

function allNumbers(part: string, pages: number): string {
  const cover = hasCover(part) ? '<section class="cover"></section>' : '';
  const leaves = '<p class="leaf"></p>'.repeat(cover ? pages - 1 : pages);
  return `${headOf(part).replace(PART_STYLE, () => STYLE)}${LOADS_FONTS}${cover}<main>${leaves}</main></body></html>`;
}
