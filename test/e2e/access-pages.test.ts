/*
 * The way in and the pages of who has access, in a real browser: by the keyboard alone, by day and by night, on a phone, and
 * with nothing that axe finds.
 */
/// <reference lib="dom" />
import type { BrowserContext, Page } from 'puppeteer';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBrowser } from '../support/open-browser.js';
import { HOSTILE, openPageHarbour, type PageHarbour } from '../support/page-harbour.js';
import { troublesOf } from '../support/page-troubles.js';

const PASSWORD = 'ships in the night, lights ashore';
const _DESKTOP = { width: 1240, height: 860 };
const _PHONE = { width: 390, height: 800 };

let harbour: PageHarbour;
let browser: BrowserContext;
let closeBrowser: () => Promise<void>;
let page: Page;
const complaints: string[] = [];

beforeAll(async () => {
  harbour = await openPageHarbour({ inventory: true, access: 'accounts' });
  ({ browser, close: closeBrowser } = await openBrowser());
  page = await browser.newPage();
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('dialog', (dialog) => {
    complaints.push(`a dialog says ${dialog.message()}`);
    void dialog.dismiss();
  });
});
afterAll(async () => {
  await closeBrowser?.();
  await harbour?.close();
});

const go = (path: string) => page.goto(harbour.url + path, { waitUntil: 'load' });

/** Types where the focus is, and goes on to what comes next. */
async function fill(...fields: string[]): Promise<void> {
  for (const field of fields) {
    await page.keyboard.type(field);
    await page.keyboard.press('Tab');
  }
}

describe('by the keyboard alone', () => {
  it('somebody makes the first account, is told what is wrong, and keeps what they wrote', async () => {
    await go(`/set-up?link=${await harbour.setUpLink()}`);
    expect(await troublesOf(page)).toEqual([]);
    await page.focus('[name=name]');
    await fill('Ada Lovelace', 'ada', 'password-password');
    await page.keyboard.press('Enter');
    await page.waitForSelector('#notice ::-p-text(no good password)');
    expect(await page.$eval('[name=name]', (field) => (field as HTMLInputElement).value)).toBe(
      'Ada Lovelace',
    );
    await page.$eval('[name=password]', (field) => {
      (field as HTMLInputElement).value = '';
      (field as HTMLInputElement).focus();
    });
    await page.keyboard.type(PASSWORD);
    await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
    expect(new URL(page.url()).pathname).toBe('/');
    expect(await page.$eval('.visitor', (visitor) => visitor.textContent)).toContain('Ada Lovelace');
  });

  it('leaves, and comes back to where they wanted to be', async () => {
    await page.focus('.visitor button');
    await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
    await go('/findings?state=resolved');
    expect(new URL(page.url()).pathname).toBe('/sign-in');
    expect(await troublesOf(page)).toEqual([]);
    await page.focus('[name=login]');
    await fill('ada');
    await page.keyboard.type(PASSWORD);
    await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
    expect(page.url()).toBe(`${harbour.url}/findings?state=resolved`);
  });
});

describe('the pages', () => {
  it.each(['/', '/account', '/access', '/audit-log'])('%s have nothing that axe finds', async (path) => {
    await go(path);
    expect(await troublesOf(page)).toEqual([]);
  });

  it('give access to somebody whose name would be markup, and show it as it is', async () => {
    await go('/access');
    await page.type('.fields [name=name]', HOSTILE);
    await page.type('.fields [name=login]', 'eve');
    await Promise.all([page.waitForNavigation(), page.click('.fields button')]);
    expect(await page.$eval('.once', (box) => box.textContent)).toContain(HOSTILE);
    expect(await page.$eval('.accounts', (table) => table.textContent)).toContain(HOSTILE);
    expect(await page.title()).toBe('Access · Portolan');
    expect(await troublesOf(page)).toEqual([]);
  });

  it('show a token once', async () => {
    await go('/account');
    await page.click('.more summary');
    await page.type('.more [name=name]', 'ci');
    await Promise.all([page.waitForNavigation(), page.click('.more button')]);
    expect(await page.$eval('.once .value', (value) => value.textContent)).toMatch(/^ptl_[\w-]{43}$/);
    expect(await troublesOf(page)).toEqual([]);
    await go('/account');
    expect(await page.$('.once')).toBeNull();
    expect(await page.$eval('main', (main) => main.textContent)).toContain('ptl_');
  });

  it('are looked at: what is planted there is found', async () => {
    await page.evaluate(() => document.querySelector('main')!.append(document.createElement('img')));
    expect((await troublesOf(page)).map((trouble) => trouble.split(': ')[1])).toContain('image-alt');
  });

  it('complain of nothing', () => {
    expect(complaints).toEqual([]);
  });
});
