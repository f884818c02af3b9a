/*
 * The API's page in a real browser: by day and by night, on a phone, with nothing that axe finds; and an operation that is tried out
 * there as whoever has signed in, and as nobody.
 */
/// <reference lib="dom" />
import type { BrowserContext, Page } from 'puppeteer';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openBrowser } from '../support/open-browser.js';
import { openPageHarbour, type PageHarbour } from '../support/page-harbour.js';
import { troublesOf } from '../support/page-troubles.js';

let harbour: PageHarbour;
let browser: BrowserContext;
let closeBrowser: () => Promise<void>;
let page: Page;
const complaints: string[] = [];

beforeAll(async () => {
  harbour = await openPageHarbour({ inventory: true });
  ({ browser, close: closeBrowser } = await openBrowser());
  page = await browser.newPage();
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (line) => {
    if (line.type() === 'error' && !/status of 4/.test(line.text())) complaints.push(line.text());
  });
});
afterAll(async () => {
  await closeBrowser?.();
  await harbour?.close();
});

const open = (id: string) => page.goto(`${harbour.url}/api#op-${id}`, { waitUntil: 'load' });

it('is read at any width, by day and by night', async () => {
  await open('silencesBegin');
  expect(await troublesOf(page)).toEqual([]);
});

it('opens what a link leads to, and tries it out', async () => {
  await page.setViewport({ width: 1240, height: 860 });
  await open('accessList');
  expect(await page.$eval('#op-accessList', (one) => (one as HTMLDetailsElement).open)).toBe(true);
  await page.click('#op-accessList .api-try button');
  await page.waitForSelector('#op-accessList .api-answer pre');
  const said = await page.$eval('#op-accessList .api-answer', (one) => one.textContent);
  expect(said).toMatch(/^200/);
  expect(said).toContain('"accounts": []');
});

it('shows what is refused as it is, and takes it for no markup', async () => {
  await page.goto('about:blank');
  await open('explainExplain');
  await page.type('#op-explainExplain [name=endpoint]', '<img src=x>');
  await page.click('#op-explainExplain .api-try button');
  await page.waitForSelector('#op-explainExplain .api-answer pre');
  const said = await page.$eval('#op-explainExplain .api-answer', (one) => one.textContent);
  expect(said).toMatch(/^400/);
  expect(said).toContain('<img src=x>');
  expect(await page.$('#op-explainExplain .api-answer img')).toBeNull();
});

it('is read without a script, and then has nothing to press', async () => {
  const plain = await browser.newPage();
  await plain.setJavaScriptEnabled(false);
  await plain.goto(`${harbour.url}/api`, { waitUntil: 'load' });
  expect(await plain.$eval('#op-silencesBegin summary', (one) => one.textContent)).toContain(
    'Begins a silence',
  );
  await plain.click('#op-silencesBegin summary');
  expect(await plain.$eval('#op-silencesBegin .api-try', (one) => (one as HTMLElement).hidden)).toBe(true);
  await plain.close();
});

it('has nothing to complain of', () => expect(complaints).toEqual([]));
