/*
 * The numbers of the pages of a report that was printed in parts. None of its parts knows how many pages there are: the browser prints
 * as many empty ones, in the same style, with nothing on them but the number, and each is laid over its page (joined-pdf.ts).
 */

import { LOADS_FONTS, PART_STYLE } from './cut-html.js';

/** Hides everything but the corner of the number. The cover has none, by its own style. */
const STYLE =
  '<style>@page{@top-left{content:none}@top-right{content:none}@bottom-left{content:none}}.leaf{height:1px;break-after:page}.leaf:last-child{break-after:auto}</style>';

/** @param part the first of the parts: its head says how numbers are set */
export function numbersHtml(part: string, pages: number): string {
  const head = part.slice(0, part.indexOf('>', part.indexOf('<body', part.indexOf('</head>'))) + 1);
  const cover = /<section class="cover\b/.test(part) ? '<section class="cover"></section>' : '';
  const leaves = '<p class="leaf"></p>'.repeat(cover ? pages - 1 : pages);
  return `${head.replace(PART_STYLE, STYLE)}${LOADS_FONTS}${cover}<main>${leaves}</main></body></html>`;
}
