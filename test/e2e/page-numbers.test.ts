/*
 * The numbers of the pages of a very long report: printed so many at a time, by a browser that is given no more memory than for a part,
 * and each is that of its page.
 */
import { afterAll, expect, it } from 'vitest';
import { drawText } from '../../src/reports/drawing/draw-text.js';
import { numbersHtml } from '../../src/reports/drawing/page-numbers.js';
import { WarmBrowser } from '../../src/reports/printer/warm-browser.js';
import { largeSnapshot } from '../fixtures/report-snapshots.js';
import { PdfReading } from '../support/pdf-tags.js';
import { testChromium } from '../support/test-chromium.js';

const browser = new WarmBrowser(
  { executable: testChromium() },
  { timeoutMs: 120_000, memoryBytes: 600_000_000 },
);
afterAll(() => browser.close());
const first = drawText(JSON.stringify(largeSnapshot(150)), { language: 'de' }, 45_000).part(0);

async function printedNumbers(pages: number, atOnce?: number): Promise<string[]> {
  const said: string[] = [];
  for (const html of numbersHtml(first, pages, atOnce)) {
    const { pages: printed } = await PdfReading.of(await browser.print(html, 'bare'));
    said.push(...printed.map((page) => page.extractText().text.trim()));
  }
  return said;
}

it('is the same, however many are printed at once; the cover has none', async () => {
  const atOnce = await printedNumbers(7);
  expect(atOnce).toEqual(['', ...[2, 3, 4, 5, 6, 7].map((page) => `Seite ${page} von 7`)]);
  expect(await printedNumbers(7, 3)).toEqual(atOnce);
});

it('is there for four thousand pages', async () => {
  const said = await printedNumbers(4000);
  expect(said).toHaveLength(4000);
  for (const page of [2, 500, 501, 4000]) expect(said[page - 1]).toBe(`Seite ${page} von 4000`);
});
