/*
 * Receivers, routes and secrets by their forms in a real browser, from the built program: by the keyboard, without a script, over a
 * version that has come meanwhile; by day and by night, on a phone, with nothing that axe finds.
 */
/// <reference lib="dom" />

import type { BrowserContext, Page } from 'puppeteer';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { turnsOfDay } from '../chaos/support/form.js';
import { openBrowser } from '../support/open-browser.js';
import { HOSTILE, openPageHarbour, type PageHarbour } from '../support/page-harbour.js';
import { troublesOf } from '../support/page-troubles.js';

let harbour: PageHarbour;
let browser: BrowserContext;
let closeBrowser: () => Promise<void>;
let page: Page;
const complaints: string[] = [];
const MORE = `receivers:
  - { name: boss, type: email, to: [boss@example.test] } # at night
  - { name: ${JSON.stringify(HOSTILE)}, type: slack, secret: odd }
routes:
  # wakes somebody
  - { match: { severity: [critical] }, to: [boss], routes: [{ match: { owner: [shop] }, to: [owner] }] }
  - { to: [owner] }
`;

beforeAll(async () => {
  harbour = await openPageHarbour({ inventory: true, more: MORE });
  await harbour.runToItsEnd('quick');
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

const go = (path: string, on = page) => on.goto(harbour.url + path, { waitUntil: 'load' });
const textOf = (selector: string, on = page) => on.$eval(selector, (one) => one.textContent ?? '');
const click = (selector: string, on = page) => Promise.all([on.waitForNavigation(), on.click(selector)]);
const written = async () => (await fetch(`${harbour.url}/inventory/download`)).text();

/** Presses Tab until what has the focus fits. */
async function tabTo(selector: string): Promise<void> {
  for (let pressed = 0; pressed < 200; pressed++) {
    await page.keyboard.press('Tab');
    if (await page.evaluate((wanted) => document.activeElement?.matches(wanted) ?? false, selector)) return;
  }
  throw new Error(`${selector} can't be reached by the keyboard`);
}
const press = async (key: 'Enter') => Promise.all([page.waitForNavigation(), page.keyboard.press(key)]);

describe('the pages', () => {
  it.each(
    turnsOfDay(
      [
        '/receivers',
        '/receivers/new',
        ...['email', 'slack', 'whatsapp', 'syslog', 'ntfy', 'matrix'].map(
          (type) => `/receivers/new?type=${type}`,
        ),
        '/receivers/change?name=boss',
        `/receivers/change?${new URLSearchParams({ name: HOSTILE })}`,
        '/receivers/route?where=end',
        '/receivers/secrets',
      ],
      2,
    ),
  )('%s have nothing that axe finds, and no markup of others', async (path) => {
    expect((await go(path))!.status()).toBe(200);
    expect(await troublesOf(page)).toEqual([]);
    expect(await page.$$('main img')).toEqual([]);
    expect(await textOf('main')).not.toMatch(/undefined|\[object/);
  });
});

describe('a receiver', () => {
  it('is added by its form, with its type first', async () => {
    await go('/receivers');
    await click('a[href="/receivers/new"]');
    await click('.channels a[href$="type=syslog"]');
    await page.type('[name=name]', 'logs');
    await page.type('[name=host]', 'logs.example.test');
    await page.select('[name=format]', 'cef');
    await click('.alert-form .buttons button');
    expect(await textOf('.changes')).toContain('receiver logs');
    expect(await textOf('.text-diff .l-new')).toContain(
      '{ name: logs, type: syslog, host: logs.example.test, format: cef }',
    );
    expect(await textOf('.notes')).toContain('nothing tells logs anything yet');
    expect(await troublesOf(page)).toEqual([]);
    await page.type('[name=by]', 'Ada');
    await click('.apply > button:not(.quiet)');
    expect(await textOf('.once')).toContain('Applied');
    expect(await textOf('.receivers')).toContain('logs.example.test:6514, cef by TLS');
    expect(await written()).toContain('# at night');
  });

  it('that can’t be is told so beside what was written', async () => {
    await go('/receivers/new?type=slack');
    await page.type('[name=name]', 'chat');
    await page.type('[name=vaultName]', 'https://hooks.example.test/T0/B0/x');
    await click('.alert-form .buttons button');
    expect(await textOf('.refusal')).toContain('looks like an address');
    expect(await page.$eval('[name=name]', (field) => (field as HTMLInputElement).value)).toBe('chat');
    expect(await page.$eval('[name=vaultName]', (field) => (field as HTMLInputElement).value)).toBe('');
    expect(await troublesOf(page)).toEqual([]);
    await page.type('[name=vaultName]', 'two words');
    await click('.alert-form .buttons button');
    expect(await textOf('.problems')).toContain("'two words' is no name");
    expect(await troublesOf(page)).toEqual([]);
  });

  it('is changed and removed without a script too', async () => {
    const still = await browser.newPage();
    await still.setJavaScriptEnabled(false);
    await go('/receivers', still);
    await click('[aria-label="Change logs"]', still);
    await still.select('.of-type [name=type]', 'ntfy');
    await click('.of-type button', still);
    await still.type('[name=url]', 'https://ntfy.example.test/x');
    await click('.alert-form .buttons button', still);
    expect(await textOf('.changes', still)).toContain('receiver logs');
    await still.type('[name=by]', 'Ada');
    await click('.apply > button:not(.quiet)', still);
    await click('[aria-label="Remove logs"]', still);
    await still.type('[name=by]', 'Ada');
    await click('.apply > button:not(.quiet)', still);
    expect(await textOf('.receivers', still)).not.toContain('logs');
    await still.close();
  });
});

describe('a route', () => {
  it('is added by the keyboard alone', async () => {
    await go('/receivers');
    await tabTo('a[href="/receivers/route?where=end"]');
    await press('Enter');
    await tabTo('[name=severity][value=high]');
    await page.keyboard.press('Space');
    await tabTo('[name=tag]');
    await page.keyboard.press('Space');
    await tabTo('[name=to][value=boss]');
    await page.keyboard.press('Space');
    await tabTo('[name=repeat]');
    await page.keyboard.type('12h');
    await tabTo('.alert-form .buttons button');
    await press('Enter');
    expect(await textOf('.changes')).toContain('route 3 (severity high, tag 港)');
    expect(await textOf('.warnings')).toContain('the route can never match');
    expect(await troublesOf(page)).toEqual([]);
    await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
    await tabTo('.apply [name=by]');
    await page.keyboard.type('Ada');
    await tabTo('.apply > button:not(.quiet)');
    await press('Enter');
    expect(await textOf('.once')).toContain('Applied');
    expect(await textOf('.tree')).toContain('again every 12 hours');
  });

  it('is moved before the one that takes everything, with its comment, and says who hears then', async () => {
    const [{ count }] = (await harbour.query("select count(*)::int from finding where state = 'open'")) as [
      { count: number },
    ];
    expect(count).toBeGreaterThan(0);
    await go('/receivers');
    await click('.tree > .route:nth-child(3) button[value="raise-route"]');
    expect(await textOf('.changes')).toContain('stands at 3');
    expect(await textOf('.hearing')).toMatch(/open findings? that were tried/);
    await page.type('[name=by]', 'Ada');
    await click('.apply > button:not(.quiet)');
    expect(await textOf('.tree > .route:nth-child(2)')).toContain('港');
    await go('/receivers');
    await click('.tree > .route:nth-child(1) > .rule a[href*="where=here"]');
    for (const value of ['high', 'medium', 'low']) await page.click(`[name=severity][value=${value}]`);
    await click('.alert-form .buttons button');
    // Nobody owns what the odd host has.
    expect(await textOf('.hearing tbody')).toMatch(/operators.*boss/);
    expect(await troublesOf(page)).toEqual([]);
  });

  it('of which somebody else has made another one is not changed, and the form can choose again', async () => {
    await go('/receivers');
    await click('.tree > .route:nth-child(1) > .rule a[href*="where=here"]');
    await page.type('[name=wait]', '77s');
    await click('.alert-form .buttons button');
    await page.type('[name=by]', 'Ada');
    const change = { edit: 'change', item: ['routes', 0], entry: { repeat: '2h' } };
    const other = await fetch(`${harbour.url}/api/v1/inventory/changes/apply`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ by: 'Grace', edits: [change] }),
    });
    expect(other.status).toBe(200);
    const [answer] = await click('.apply > button:not(.quiet)');
    expect(answer!.status()).toBe(412);
    expect(await textOf('main')).toContain('is not there any more');
    expect(await page.$eval('[name=wait]', (field) => (field as HTMLInputElement).value)).toBe('77s');
    expect(await troublesOf(page)).toEqual([]);
    await click('.alert-form .buttons button');
    await page.type('[name=by]', 'Ada');
    await click('.apply > button:not(.quiet)');
    expect(await textOf('.tree > .route:nth-child(1)')).toContain('waits 77 seconds');
    expect(await written()).toContain('# wakes somebody');
  });

  it('is removed with its branches, which are said', async () => {
    await go('/receivers');
    expect(await textOf('.tree > .route:nth-child(1) > .rule button[value="remove-route"]')).toBe(
      'Remove with 1 branch',
    );
    await click('.tree > .route:nth-child(1) > .rule button[value="remove-route"]');
    expect(await textOf('.notes')).toContain('its branch goes with it');
    await page.type('[name=by]', 'Ada');
    await click('.apply > button:not(.quiet)');
    expect(await page.$$('.tree > .route:not(.rest)')).toHaveLength(2);
  });
});

describe('a secret', () => {
  it('is set by its form and not shown again; what is refused keeps the form', async () => {
    await go('/receivers/secrets');
    expect(await textOf('.notes')).toContain('is not there');
    await page.type('.secret [name=name]', 'odd one');
    await page.type('.secret [name=value]', 'CANARY');
    await page.type('.secret [name=by]', 'Ada');
    await page.click('.secret button');
    await page.waitForSelector('#notice ::-p-text(no name of a secret)');
    await page.$eval('.secret [name=name]', (field) => {
      (field as HTMLInputElement).value = 'odd';
    });
    await click('.secret button');
    expect(await textOf('.outcome-box')).toContain('odd is set');
    expect(await page.content()).not.toContain('CANARY');
    expect(await troublesOf(page)).toEqual([]);
  });

  it('complains of nothing', () => {
    expect(complaints).toEqual([]);
  });
});
