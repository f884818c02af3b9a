/*
 * What a report says can be read: each of its texts, on paper, in colour and in grey, stands out from what is behind it as WCAG 2.2 asks
 * (1.4.3, level AA): by 4.5, and by 3 where it is large.
 */
/// <reference lib="dom" />
import type { Page } from 'puppeteer';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ReportDocument } from '../../src/reports/drawing/document.js';
import type { RenderOptions } from '../../src/reports/drawing/draw-sheets.js';
import { renderDocument } from '../../src/reports/drawing/render-document.js';
import { renderReport } from '../../src/reports/drawing/render-report.js';
import { blockDocument } from '../fixtures/report-documents.js';
import {
  cleanSnapshot,
  driftSnapshot,
  failedSnapshot,
  inconclusiveSnapshot,
} from '../fixtures/report-snapshots.js';
import { type OpenBrowser, openBrowser } from '../support/open-browser.js';

const evidenceSha256 = 'ab'.repeat(32);
const bearings: ReadonlyArray<ReportDocument['bearing']> = ['clean', 'drift', 'inconclusive', 'failed'];
const documents: ReadonlyArray<readonly [string, (options: RenderOptions) => string]> = [
  ...[cleanSnapshot, driftSnapshot, inconclusiveSnapshot, failedSnapshot].map(
    (one) => [`a run: ${one.verdict}`, (options: RenderOptions) => renderReport(one, options)] as const,
  ),
  ...bearings.map(
    (bearing) =>
      [
        `blocks: ${bearing}`,
        (options: RenderOptions) => renderDocument({ ...blockDocument, bearing }, options),
      ] as const,
  ),
];

let opened: OpenBrowser;
let page: Page;

beforeAll(async () => {
  opened = await openBrowser();
  page = await opened.browser.newPage();
  await page.emulateMediaType('print');
});
afterAll(() => opened.close());

interface Shown {
  readonly text: string;
  readonly colour: string;
  readonly behind: string;
  readonly isLarge: boolean;
}

const shown = (): Promise<Shown[]> =>
  page.evaluate(() => {
    const isSeen = (element: Element): boolean =>
      element.getClientRects().length > 0 && !element.closest('style, script, title');
    const behind = (element: Element): string => {
      let at: Element | null = element;
      while (at && /, 0\)$/.test(getComputedStyle(at).backgroundColor)) at = at.parentElement;
      return at ? getComputedStyle(at).backgroundColor : 'rgb(255, 255, 255)';
    };
    const found: Shown[] = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const text = walker.currentNode.textContent!.trim();
      const element = walker.currentNode.parentElement!;
      if (text === '' || !isSeen(element)) continue;
      const { color, fill, fontSize, fontWeight } = getComputedStyle(element);
      const pixels = Number.parseFloat(fontSize);
      const isLarge = pixels >= 24 || (pixels >= 18.66 && Number(fontWeight) >= 700);
      const colour = element instanceof SVGElement ? fill : color;
      found.push({ text: text.slice(0, 60), colour, behind: behind(element), isLarge });
    }
    return found;
  });

/** WCAG 2.2, relative luminance. */
function luminance(colour: string): number {
  const [red, green, blue] = Array.from(colour.matchAll(/[\d.]+/g), ([number]) => {
    const share = Number(number) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
}

function standsOut({ colour, behind, isLarge }: Shown): boolean {
  const [dark, light] = [luminance(colour), luminance(behind)].sort((a, b) => a - b);
  return (light! + 0.05) / (dark! + 0.05) >= (isLarge ? 3 : 4.5);
}

it.each(documents)('%s', async (_, html) => {
  for (const theme of ['colour', 'grey'] as const) {
    await page.setContent(html({ language: 'en', paper: 'A4', theme, evidenceSha256 }));
    const texts = await shown();
    expect(texts.length).toBeGreaterThan(20);
    expect(
      texts.filter((one) => !standsOut(one)),
      theme,
    ).toEqual([]);
  }
});
