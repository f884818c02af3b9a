/*
 * Each kind of report that is asked for, with a thousand texts of an enemy in every place that others write: shown by a browser that
 * would run scripts and fetch whatever it is led to, it is built as with plain words, and does neither; printed, it has its pages.
 */
/// <reference lib="dom" />
import { PDF } from '@libpdf/core';
import fc from 'fast-check';
import type { BrowserContext, Page } from 'puppeteer';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LANGUAGES } from '../../src/domain/report/parameters.js';
import { renderDocument } from '../../src/reports/drawing/render-document.js';
import { wordsIn } from '../../src/reports/drawing/words.js';
import { type AskedSnapshot, readEvidence } from '../../src/reports/kinds/formats.js';
import { PdfPrinter } from '../../src/reports/printer/pdf-printer.js';
import { ofDay } from '../chaos/support/form.js';
import { attestationOf } from '../support/attestations.js';
import { complianceOf, factsOf } from '../support/compliance-facts.js';
import { registerOf } from '../support/exceptions-facts.js';
import { exposuresOf, narrowing, runs } from '../support/exposure-runs.js';
import { driftOf, histories, periods } from '../support/finding-histories.js';
import { hostileTexts } from '../support/hostile-texts.js';
import { openBrowser } from '../support/open-browser.js';
import { testChromium } from '../support/test-chromium.js';

const TEXTS = hostileTexts(1000);
/** What others write, by the names of its places. */
const WRITTEN = new Set(
  'host name service owner reason why requestedBy approvedBy by comment note statement title email because evidence advice tags audit path'.split(
    ' ',
  ),
);
/** Words of our own, under names that others write elsewhere. */
const OURS = new Set(['tool', 'bySeverity', 'byKind', 'repairBySeverity']);
const ROWS = 35;

const most = <T>(of: fc.Arbitrary<T>, size: (value: T) => number): T =>
  fc.sample(of, { numRuns: 40, seed: 7 }).reduce((best, one) => (size(one) > size(best) ? one : best));

const SNAPSHOTS: readonly AskedSnapshot[] = [
  exposuresOf(
    most(runs, (made) => made.length),
    fc.sample(narrowing, { numRuns: 1, seed: 7 })[0]!,
  ),
  driftOf(
    most(histories(6), (moved) => moved.length),
    fc.sample(periods, { numRuns: 1, seed: 7 })[0]!,
  ),
  complianceOf(factsOf({ framework: 'pci-dss-4.0.1' })),
  attestationOf(),
  registerOf({ declared: [{ host: 'web-1', ports: '22,80', expires: '2026-12-31' }] }),
];

/** With other texts where others write, and lists as long as may be; numbers are left as they are. */
function written(value: unknown, next: () => string, key = ''): unknown {
  if (typeof value === 'string') return WRITTEN.has(key) ? next() : value;
  if (Array.isArray(value)) {
    const rows = value.length > 0 && typeof value[0] === 'object';
    const long = rows
      ? Array.from({ length: Math.max(ROWS, value.length) }, (_, at) => value[at % value.length])
      : value;
    return long.map((one) => written(one, next, key));
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [name, OURS.has(name) ? one : written(one, next, name)]),
  );
}

let said = 0;
const enemy = (): string => TEXTS[said++ % TEXTS.length]!;
const plain = (): string => 'plain words';
const htmlOf = (
  snapshot: AskedSnapshot,
  next: () => string,
  language: (typeof LANGUAGES)[number],
): string => {
  const evidence = readEvidence(
    JSON.stringify({ ...(written(snapshot, next) as object), parameters: snapshot.parameters }),
  );
  if (evidence.of !== 'order') throw new Error('it is of a run');
  return renderDocument(evidence.document(wordsIn(language)), { language, evidenceSha256: 'ab'.repeat(32) });
};

let browser: BrowserContext;
let close: () => Promise<void>;
let page: Page;
const did: string[] = [];
const printer = new PdfPrinter({ executable: testChromium() });

beforeAll(async () => {
  ({ browser, close } = await openBrowser());
  page = await browser.newPage();
  page.on('dialog', (dialog) => {
    did.push(`a dialog says ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('request', (request) => {
    if (!/^(data|blob|about):/.test(request.url())) did.push(`asked for ${request.url()}`);
  });
  page.on('popup', () => did.push('opened a window'));
});
afterAll(async () => {
  await close?.();
  await printer.close();
});

/** What it is built of: its elements, and what they are said to do. */
const builtOf = () =>
  page.evaluate(() =>
    Array.from(
      new Set(Array.from(document.querySelectorAll('*'), (one) => one.tagName.toLowerCase())),
    ).sort(),
  );

describe.each(SNAPSHOTS.map((snapshot) => [snapshot.format, snapshot] as const))('%s', (format, snapshot) => {
  it.each(ofDay(LANGUAGES))('in %s is what it is with plain words, and does nothing', async (language) => {
    await page.setContent(htmlOf(snapshot, plain, language), { waitUntil: 'load' });
    const wanted = await builtOf();
    const before = said;
    await page.setContent(htmlOf(snapshot, enemy, language), { waitUntil: 'load' });
    expect(said - before, format).toBeGreaterThan(50);
    expect((await builtOf()).filter((tag) => !wanted.includes(tag))).toEqual([]);
    const armed = await page.evaluate(() =>
      Array.from(document.querySelectorAll('*')).flatMap((one) =>
        Array.from(one.attributes)
          .filter(
            ({ name, value }) =>
              /^on/.test(name) || (/^(href|src|action)$/.test(name) && !/^(#|data:)/.test(value)),
          )
          .map(({ name, value }) => `${one.tagName} ${name}=${value}`),
      ),
    );
    expect(armed).toEqual([]);
    expect(did).toEqual([]);
  });

  it('is printed, on pages of one size, with its words', async () => {
    const pdf = await PDF.load(await printer.printPdf(htmlOf(snapshot, enemy, 'en')));
    const pages = pdf.getPages();
    expect(pages.length).toBeGreaterThan(2);
    expect(
      new Set(pages.map(({ width, height }) => `${Math.round(width)} x ${Math.round(height)}`)).size,
    ).toBe(1);
    for (const [at, one] of pages.entries()) expect(one.extractText().text, `page ${at + 1}`).toMatch(/\S/);
  });
});

it('all of the texts were there', () => expect(said).toBeGreaterThan(TEXTS.length));
