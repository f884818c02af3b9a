/*
 * The five main paths by the keyboard alone: in and out, an audit made and watched, a finding found and acknowledged, the inventory
 * changed, a host's chart read. And of each page: the way past the navigation comes first, every stop can be seen, comes in the order
 * of the page, and lets go again.
 */
/// <reference lib="dom" />
import type { BrowserContext, Page } from 'puppeteer';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Keyboard } from '../support/keyboard.js';
import { openBrowser } from '../support/open-browser.js';
import { openPageHarbour, type PageHarbour } from '../support/page-harbour.js';

const PASSWORD = 'ships in the night, lights ashore';

let harbour: PageHarbour;
let browser: BrowserContext;
let closeBrowser: () => Promise<void>;
let page: Page;
let keys: Keyboard;
const complaints: string[] = [];

beforeAll(async () => {
  harbour = await openPageHarbour({ inventory: true, access: 'accounts' });
  ({ browser, close: closeBrowser } = await openBrowser());
  page = await browser.newPage();
  await page.setViewport({ width: 1240, height: 860 });
  keys = new Keyboard(page);
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => {
    // A password that is wrong is tried on purpose.
    if (message.text().includes('403')) return;
    if (message.type() === 'error' || message.type() === 'warn') complaints.push(message.text());
  });
});
afterAll(async () => {
  await closeBrowser?.();
  await harbour?.close();
});

const path = (): string => new URL(page.url()).pathname;
const words = (selector: string): Promise<string> =>
  page.$eval(selector, (part) => (part.textContent ?? '').replace(/\s+/g, ' ').trim());

/** By the navigation, as it stands on every page. */
async function turnTo(way: string): Promise<void> {
  await keys.reach(`nav a[href="${way}"]`);
  await keys.follow();
  expect(path()).toBe(way);
}

describe('by the keyboard alone', () => {
  it('somebody makes the first account, leaves, and comes in again', async () => {
    await page.goto(`${harbour.url}/set-up?link=${await harbour.setUpLink()}`, { waitUntil: 'load' });
    // Whoever comes here wants to write: the first field has the focus.
    await page.waitForFunction(() => (document.activeElement as HTMLInputElement).name === 'name');
    await keys.write('Ada Lovelace');
    await keys.reach('[name=login]');
    await keys.write('ada');
    await keys.reach('[name=password]');
    await keys.write(PASSWORD);
    await keys.reach('.door button');
    await keys.follow();
    expect(path()).toBe('/');
    await keys.reach('.visitor button');
    await keys.follow();
    expect(path()).toBe('/sign-in');
    await page.waitForFunction(() => (document.activeElement as HTMLInputElement).name === 'login');
    await keys.write('ada');
    await keys.reach('[name=password]');
    await keys.write('not my password at all');
    await keys.enter();
    await page.waitForSelector('#notice .refusal');
    // What was wrong stands there, and one is still where one was.
    expect(await page.evaluate(() => (document.activeElement as HTMLInputElement).name)).toBe('password');
    await page.keyboard.down('Shift');
    await page.keyboard.press('Tab');
    await page.keyboard.up('Shift');
    await keys.reach('[name=password]');
    await keys.write(PASSWORD);
    await keys.follow();
    expect([path(), await words('.visitor a')]).toEqual(['/', 'Ada Lovelace']);
  });

  it('somebody goes past the navigation', async () => {
    await page.goto(`${harbour.url}/findings`, { waitUntil: 'load' });
    await keys.tab();
    expect(await page.evaluate(() => document.activeElement?.className)).toBe('skip');
    await keys.enter();
    await keys.tab();
    expect(await page.evaluate(() => document.activeElement?.closest('main') !== null)).toBe(true);
  });

  it('somebody makes an audit, runs it now, and watches it end', async () => {
    await turnTo('/audits');
    await keys.reach('a[href="/new-audit"]');
    await keys.follow();
    await keys.reach('[name=name]');
    await keys.write('rounds');
    await keys.reach('[name=all]:checked');
    await keys.reach('[name=ports]');
    await keys.write('declared');
    await page.waitForSelector('#preview ::-p-text(What it would do)');
    await keys.reach('.audit-form summary');
    await keys.enter();
    await keys.reach('[name=times]');
    await keys.write('0');
    await page.waitForFunction(() => document.querySelector('#preview')?.textContent?.includes('times: 0'));
    await keys.reach('.audit-form .buttons button:not([formaction])');
    await keys.follow();
    expect([path(), await words('h1')]).toEqual(['/audits/rounds', 'rounds']);
    await keys.reach('form[action="/audits/rounds/run"] button');
    await keys.follow();
    expect(path()).toMatch(/^\/runs\/\d+$/);
    await page.waitForSelector('h1 ::-p-text(Drift)', { timeout: 60_000 });
    // The page has changed under their hands, and goes on from there.
    await keys.reach('#findings ~ * a.kind, section[aria-labelledby=findings] a.kind');
  });

  it('somebody finds a finding by the filter, and acknowledges it', async () => {
    await turnTo('/findings');
    const all = (await page.$$('#results tbody tr')).length;
    await keys.reach('.filter [name=q]');
    await keys.write('127.0.0.21');
    await page.waitForFunction(
      (before) => {
        const rows = document.querySelectorAll('#results tbody tr').length;
        return location.search.includes('q=') && rows > 0 && rows < before;
      },
      {},
      all,
    );
    // The list is another one, and they are still in the field.
    expect(await page.evaluate(() => (document.activeElement as HTMLInputElement).name)).toBe('q');
    await keys.reach('.filter [name=kind]');
    await keys.choose('unexpected-open');
    await page.waitForFunction(() => location.search.includes('kind=unexpected-open'));
    await page.waitForFunction(() => document.querySelectorAll('#results tbody tr').length === 1);
    await keys.reach('#results a.kind');
    await keys.follow();
    expect(path()).toMatch(/^\/findings\/\d+$/);
    await keys.reach('.acts summary');
    await keys.enter();
    await keys.reach('.acts details[open] [name=why]');
    await keys.write('on it');
    await keys.follow();
    expect(await words('.state')).toBe('acknowledged');
    expect(await words('.timeline')).toContain('on it');
  });

  it('somebody ticks several findings, and comments on them', async () => {
    await turnTo('/findings');
    await keys.reach('.deed [name=all]');
    await page.keyboard.press('Space');
    await keys.reach('.deed [name=do]');
    await keys.choose('comment');
    await keys.reach('.deed [name=why]');
    await keys.write('seen');
    await keys.reach('.deed button');
    await keys.follow();
    expect(path()).toMatch(/^\/findings\/deeds\//);
    expect(await words('h1')).toMatch(/^\d+ findings? noted$/);
  });

  it('somebody declares a port, sees what would change, and applies it', async () => {
    await turnTo('/inventory');
    await keys.reach('a[href="/inventory/hosts/quiet"]');
    await keys.follow();
    await keys.reach('.acts summary');
    await keys.enter();
    await keys.reach('.acts details[open] [name=ports]');
    await keys.write('4443');
    await keys.reach('.acts details[open] [name=expect]');
    await keys.choose('closed');
    await keys.reach('.acts details[open] [name=why]');
    await keys.write('nothing is there');
    await keys.follow();
    expect(await words('h1')).toBe('What would change');
    await keys.reach('form.apply button');
    await keys.follow();
    expect(await words('.once')).toContain('Applied.');
    const { text } = await page.evaluate(async () => {
      const { sources } = await (await fetch('/api/v1/inventory/text')).json();
      return { text: sources.map((one: { text: string }) => one.text).join() };
    });
    expect(text).toContain('4443');
  });

  it('somebody reads a host’s chart, and goes from a port to its finding', async () => {
    await turnTo('/chart');
    await turnTo('/hosts');
    // The chart takes a run in a moment after its end.
    for (let turn = 0; turn < 100 && (await page.$('table.hosts .mark')) === null; turn++)
      await page.reload();
    await keys.reach('table.hosts a[href="/hosts/web-1"]');
    await keys.follow();
    await keys.reach('.plot a.st-drift');
    const said = await words('[data-says-here]');
    expect(said).toMatch(/^\d+ .*, seen (open|closed)/);
    await keys.follow();
    expect(path()).toBe(`/hosts/web-1/ports/${said.split(' ')[0]}`);
    await keys.reach('main a[href^="/findings/"]');
    await keys.follow();
    expect(await page.$('.timeline')).not.toBeNull();
  });
});

describe('a page', () => {
  it.each([
    '/',
    '/audits',
    '/audits/rounds',
    '/new-audit',
    '/runs',
    '/runs/1',
    '/findings',
    '/findings/1',
    '/exceptions',
    '/inventory',
    '/inventory/hosts/quiet',
    '/inventory/edit',
    '/inventory/import',
    '/hosts',
    '/hosts/web-1',
    '/chart',
    '/owners/shop',
    '/receivers',
    '/silences',
    '/account',
    '/access',
  ])('%s has its stops in its order, the way past the navigation first, and none twice', async (at) => {
    await page.goto(harbour.url + at, { waitUntil: 'load' });
    // Some pages begin in their first field.
    await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
    const stops = await keys.round();
    expect(stops[0]?.what).toBe('a "To the content"');
    const places = stops.map(({ place }) => place);
    expect(places).toEqual([...places].sort((a, b) => a - b));
    const wanted = await keys.wanted();
    expect(wanted.length).toBeGreaterThan(5);
    expect(wanted.filter((one) => !places.includes(Number(one)))).toEqual([]);
  });

  it('shows at each stop where one is', () => {
    expect(keys.troubles).toEqual([]);
  });

  it('complains of nothing', () => {
    expect(complaints).toEqual([]);
  });
});
