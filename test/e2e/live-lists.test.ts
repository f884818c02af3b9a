/*
 * The lists of audits and of runs, open in a real browser while something runs: they show it, without being loaded again.
 */
/// <reference lib="dom" />
import type { BrowserContext, Page } from 'puppeteer';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
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
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warn') complaints.push(message.text());
  });
});
afterAll(async () => {
  await closeBrowser?.();
  await harbour?.close();
});

const go = (path: string) => page.goto(harbour.url + path, { waitUntil: 'load' });

describe('a list that is open', () => {
  it.each([
    ['/audits', 'table.audits'],
    ['/runs', 'table.runs'],
    ['/runs?audit=slow', '#run-list'],
  ])('%s has a run that somebody begins, with its bar, and then its verdict', async (path, list) => {
    await go(path);
    await page.evaluate(() => Object.assign(window, { notReloaded: true }));
    const run = (await harbour.post('/audits/slow/run')).headers.get('location')!;
    const row = `${list} tr:has(a[href="${run}"])`;
    await page.waitForSelector(`${row} progress`, { timeout: 30_000 });
    const before = await page.$eval(`${row} progress`, (bar) => bar.value);
    await page.waitForFunction(
      (bar, was) => (document.querySelector<HTMLProgressElement>(`${bar} progress`)?.value ?? was) > was,
      { timeout: 30_000 },
      row,
      before,
    );
    await page.waitForSelector(`${row} .v-clean`, { timeout: 60_000 });
    expect(await troublesOf(page)).toEqual([]);
    expect(await page.evaluate(() => 'notReloaded' in window)).toBe(true);
  });

  it('of runs of another audit stays as it is', async () => {
    await harbour.runToItsEnd('quick');
    await go('/runs?audit=quick');
    const runs = () => page.$$eval('#run-list tbody tr', (rows) => rows.length);
    const before = await runs();
    const run = await harbour.runToItsEnd('slow');
    expect(await runs()).toBe(before);
    expect(await page.$(`a[href="${run}"]`)).toBeNull();
  });

  it('further back has no stream: what is there has ended', async () => {
    // As a list that goes on says it.
    await harbour.query(
      `insert into run (audit, due_at, trigger, inventory_version_id, vantage, state)
       select 'quick', now() - n * interval '1 minute', 'manual', 1, 'local', 'finished' from generate_series(1, 60) n`,
    );
    await go('/runs');
    const stream = '[hx-sse\\:connect^="/progress/runs"]';
    expect(await page.$(stream)).not.toBeNull();
    await Promise.all([page.waitForNavigation(), page.click('a[rel=next]')]);
    expect(await page.$$eval('table.runs tbody tr', (rows) => rows.length)).toBeGreaterThan(5);
    expect(await page.$(stream)).toBeNull();
  });
});

it('complains of nothing', () => {
  expect(complaints).toEqual([]);
});
