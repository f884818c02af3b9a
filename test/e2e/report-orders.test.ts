/*
 * Asking for a report in a real browser: from the form to its PDF, live and without scripts, and with nothing that axe finds on the way:
 * by day and by night, on a phone, while it waits, where it is refused, where there is none.
 */
/// <reference lib="dom" />
import type { BrowserContext, Page } from 'puppeteer';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ReportKinds } from '../../src/reports/kinds/report-kinds.js';
import { latestRun, plugTestKinds } from '../support/asked-reports.js';
import { openBrowser } from '../support/open-browser.js';
import { HOSTILE, openPageHarbour, type PageHarbour } from '../support/page-harbour.js';
import { troublesOf } from '../support/page-troubles.js';

let harbour: PageHarbour;
let browser: BrowserContext;
let closeBrowser: () => Promise<void>;
let page: Page;
const complaints: string[] = [];
/** While it is held, reports of drift are not drawn. */
let letGo = (): void => undefined;

beforeAll(async () => {
  harbour = await openPageHarbour({ inventory: true });
  const { query, app } = harbour;
  plugTestKinds({ query, app: app as never });
  const held = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  const honest = latestRun({ query });
  const slow = {
    draw: async (...asked: Parameters<typeof honest.draw>) => held.then(() => honest.draw(...asked)),
  };
  app.get(ReportKinds).plug('drift', slow, { problem: () => null });
  ({ browser, close: closeBrowser } = await openBrowser());
  page = await browser.newPage();
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warn') complaints.push(message.text());
  });
});
afterAll(async () => {
  letGo();
  await closeBrowser?.();
  await harbour?.close();
});

const go = (path: string) => page.goto(harbour.url + path, { waitUntil: 'load' });
const words = (selector = 'main'): Promise<string> =>
  page.$eval(selector, (part) => (part.textContent ?? '').replace(/\s+/g, ' '));
const says = (text: string) =>
  page.waitForFunction((wanted) => document.querySelector('main')?.textContent?.includes(wanted), {}, text);

async function fill(fields: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, value] of Object.entries(fields)) {
    const kind = await page.$eval(`.ask-form [name="${name}"]`, (field) => {
      const { tagName, type } = field as HTMLInputElement;
      return `${tagName} ${type}`;
    });
    if (kind.endsWith('radio')) await page.click(`.ask-form [name="${name}"][value="${value}"]`);
    else if (kind.startsWith('SELECT')) await page.select(`.ask-form [name="${name}"]`, value);
    else
      await page.$eval(
        `.ask-form [name="${name}"]`,
        (field, text) => {
          (field as HTMLInputElement).value = text;
        },
        value,
      );
  }
}
const send = () => Promise.all([page.waitForNavigation(), page.click('.ask-form button')]);

it('where there is none, it says how one comes to be', async () => {
  await go('/reports');
  expect(await words()).toContain('No reports yet');
  expect(await troublesOf(page)).toEqual([]);
});

it('one is asked for, comes live, and is the PDF that its page says', async () => {
  await harbour.runToItsEnd('quick');
  await go('/reports');
  await page.click('.reports-head a');
  await page.waitForSelector('.ask-form');
  expect(await troublesOf(page)).toEqual([]);
  await fill({ kind: 'exposure', title: HOSTILE, owner: 'shop', tags: 'web, pci', by: 'Ada' });
  await send();
  expect(page.url()).toMatch(/\/reports\/orders\/\d+$/);
  await says('It is printed.');
  expect(await page.$('[hx-trigger]')).toBeNull();
  expect(await troublesOf(page)).toEqual([]);
  await Promise.all([page.waitForNavigation(), page.click('.ways a:not(.button)')]);
  expect(await words('h1')).toBe(HOSTILE);
  expect(await words()).toContain('Nobody yet.');
  const path = await page.$eval('.ways .button', (link) => link.getAttribute('href')!);
  const sha256 = /SHA-256\s*([0-9a-f]{64})/.exec(await words('.hashes'))![1];
  const pdf = await fetch(harbour.url + path);
  expect(pdf.headers.get('content-type')).toBe('application/pdf');
  expect(pdf.headers.get('etag')).toBe(`"${sha256}"`);
  expect(
    Buffer.from(await pdf.arrayBuffer())
      .subarray(0, 5)
      .toString(),
  ).toBe('%PDF-');
  await page.reload();
  expect(await words('.fetches')).toContain('from the pages');
  expect(await page.$$('main img, main script, main [style]')).toEqual([]);
  expect(await troublesOf(page)).toEqual([]);
});

it('one that is being drawn, and those behind it, say so on their pages and in the list, and go on by themselves', async () => {
  const orders: string[] = [];
  for (const title of ['the first', 'the second']) {
    await go('/reports/new?kind=drift&period=last-month');
    await fill({ title, by: 'Ada' });
    await send();
    orders.push(page.url());
  }
  await says('1 report comes before it.');
  expect(await troublesOf(page)).toEqual([]);
  await page.goto(orders[0]!);
  expect(await words()).toContain('What is recorded is gathered');
  expect(await troublesOf(page)).toEqual([]);
  await go('/reports');
  expect(await words('#under-way')).toMatch(/Being drawn.*the first|the second.*Being drawn/);
  expect(await troublesOf(page)).toEqual([]);
  letGo();
  await page.waitForFunction(() => !document.querySelector('#under-way .asked-orders'));
  expect(await words('#under-way')).toBe(' ');
  await page.goto(orders[1]!);
  await says('It is printed.');
});

it('one that is refused says why, and is asked for otherwise from there', async () => {
  await go('/reports/new');
  await fill({ kind: 'exceptions', by: 'Ada' });
  await send();
  await says('its numbers do not add up');
  expect(await troublesOf(page)).toEqual([]);
  await Promise.all([page.waitForNavigation(), page.click('.ways .button')]);
  expect(await page.$eval('[name="kind"]:checked', (field) => (field as HTMLInputElement).value)).toBe(
    'exceptions',
  );
  await go('/reports?kind=drift');
  expect(await words('#under-way')).toContain('Refused');
  expect(await troublesOf(page)).toEqual([]);
});

it('without scripts a form is sent, and a page can be read', async () => {
  const plain = await browser.newPage();
  await plain.setJavaScriptEnabled(false);
  await plain.goto(`${harbour.url}/reports/new`);
  await plain.type('[name="by"]', 'Grace');
  await Promise.all([plain.waitForNavigation(), plain.click('.ask-form button')]);
  expect(plain.url()).toMatch(/\/reports\/orders\/\d+$/);
  expect(await plain.$eval('main', (main) => main.textContent)).toContain('By Grace');
  await plain.close();
});

it('nothing on the way was complained of', () => {
  expect(complaints).toEqual([]);
});
