/*
 * Forms about windows, exceptions and the rest of the inventory in a real browser, from the built program: their main paths, one by
 * the keyboard alone, by day and by night, on a phone, with nothing that axe finds.
 */
/// <reference lib="dom" />

import type { BrowserContext, Page } from 'puppeteer';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { turnsOfDay } from '../chaos/support/form.js';
import { openBrowser } from '../support/open-browser.js';
import { HOSTILE, openPageHarbour, type PageHarbour } from '../support/page-harbour.js';
import { troublesOf } from '../support/page-troubles.js';

const MORE = `windows:
  - { name: new-year, kind: blackout, audits: [quick], schedule: "0 0 1 1 *", lasts: 12h, timezone: Europe/Berlin }
exceptions:
  # until the move is over
  - { host: quiet, ports: [8443], reason: ${JSON.stringify(HOSTILE)}, approvedBy: CISO, expires: 2199-01-01 } # by letter
groups:
  - { match: { tags: [港] }, ports: [{ port: 80, expect: closed }] }
scopes:
  - { name: quay, allow: [127.0.0.0/8], authorisedBy: CISO }
`;

let harbour: PageHarbour;
let browser: BrowserContext;
let closeBrowser: () => Promise<void>;
let page: Page;
const complaints: string[] = [];

beforeAll(async () => {
  harbour = await openPageHarbour({ inventory: true, more: MORE });
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
const textOf = (selector: string) => page.$eval(selector, (one) => one.textContent ?? '');
const click = (selector: string) => Promise.all([page.waitForNavigation(), page.click(selector)]);
const path = () => new URL(page.url()).pathname;
const isSeen = (selector: string) => page.$eval(selector, (one) => one.checkVisibility());
const written = (selector: string) => page.$eval(selector, (one) => (one as HTMLInputElement).value);
const download = async () => (await fetch(`${harbour.url}/inventory/download`)).text();

/** As somebody who writes over what stands there. */
async function write(selector: string, text: string): Promise<void> {
  await page.$eval(selector, (one) => {
    (one as HTMLInputElement).value = '';
  });
  await page.type(selector, text);
}

describe('each form', () => {
  it.each(
    turnsOfDay(
      [
        '/inventory/entries/owners?subject=shop',
        '/inventory/entries/scopes?subject=quay',
        '/inventory/entries/vantages?subject=local',
        '/inventory/entries/groups?at=0',
        '/inventory/entries/windows?subject=new-year',
        '/inventory/entries/exceptions?at=0',
        '/inventory/entries/reports',
        '/inventory/entries/policy',
        '/inventory',
        '/inventory/edit',
        '/windows',
        '/exceptions',
        '/reports/schedules',
      ],
      2,
    ),
  )('%s has nothing that axe finds, and is no wider than its window', async (where) => {
    expect((await go(where))!.status()).toBe(200);
    expect(await troublesOf(page)).toEqual([]);
    expect(await page.$$('main img, main script, main [style]')).toEqual([]);
  });
});

describe('a window', () => {
  it('that repeats is added from the page of windows', async () => {
    await go('/windows');
    await click('a[href="/inventory/entries/windows"]');
    expect(await isSeen('.for-once')).toBe(true);
    expect(await isSeen('.for-repeated')).toBe(false);
    await page.type('[name=name]', 'sunday');
    await page.select('[name=time]', 'repeated');
    expect(await isSeen('.for-once')).toBe(false);
    await page.type('[name=schedule]', '0 4 * * 0');
    await page.type('[name=lasts]', '2h');
    await page.type('[name=timezone]', 'Europe/Berlin');
    await page.select('[name=whom]', 'some');
    await page.type('[name=names]', 'quiet');
    await click('.buttons [value=save]');
    expect(await textOf('.changes')).toContain('window sunday');
    expect(await textOf('.text-diff .l-new')).toContain('sunday');
    expect(await troublesOf(page)).toEqual([]);
    await page.type('[name=by]', 'Ada');
    await click('.apply button');
    expect(path()).toBe('/windows');
    expect(await textOf('.window-cards')).toContain('sunday');
  });

  it('is changed to one that comes once, refused, mended, and applied', async () => {
    await go('/windows');
    await click('[aria-label="Change the window sunday"]');
    await page.select('[name=time]', 'once');
    for (const [name, time] of [
      ['from', '2198-12-06T04:00'],
      ['until', '2198-12-05T06:00'],
    ] as const)
      await page.$eval(
        `[name=${name}]`,
        (one, value) => {
          (one as HTMLInputElement).value = value;
        },
        time,
      );
    await click('.buttons [value=save]');
    expect(await textOf('.problems')).toContain('ends before it begins');
    expect(await written('[name=until]')).toBe('2198-12-05T06:00');
    expect(await written('[name=schedule]')).toBe('0 4 * * 0');
    expect(await page.$('.apply')).toBeNull();
    expect(await troublesOf(page)).toEqual([]);
    await page.$eval('[name=until]', (one) => {
      (one as HTMLInputElement).value = '2198-12-06T06:00';
    });
    await click('.buttons [value=save]');
    await page.type('[name=by]', 'Ada');
    await click('.apply button');
    expect(await download()).toMatch(
      /name: sunday[\s\S]*from: 2198-12-06T04:00[\s\S]*until: 2198-12-06T06:00/,
    );
    expect(await download()).not.toContain('0 4 * * 0');
  });

  it('is removed', async () => {
    await go('/windows');
    await click('[aria-label="Remove the window sunday"]');
    expect(await textOf('.changes')).toContain('window sunday');
    expect(await textOf('.apply button')).toBe('Remove it');
    expect(await troublesOf(page)).toEqual([]);
    await page.type('[name=by]', 'Ada');
    await click('.apply button');
    expect(await textOf('.window-cards')).not.toContain('sunday');
  });
});

describe('an exception', () => {
  it('is renewed by the keyboard alone', async () => {
    await go('/exceptions');
    const focusOn = async (wanted: string): Promise<void> => {
      for (let steps = 0; steps < 200; steps++) {
        if (await page.evaluate((one) => document.activeElement?.matches(one) ?? false, wanted)) return;
        await page.keyboard.press('Tab');
      }
      throw new Error(`${wanted} can't be reached by Tab`);
    };
    const enter = () => Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
    await focusOn('[aria-label^="Renew or change the exception for 8443"]');
    await enter();
    await focusOn('[name=requestedBy]');
    await page.keyboard.type('Bob');
    await focusOn('[name=approvedBy]');
    await page.keyboard.type('Grace');
    await focusOn('[name=expires]');
    await page.keyboard.type('01022198');
    await focusOn('.buttons [value=save]');
    await enter();
    expect(await textOf('.changes')).toContain('by Grace until 2198-01-02');
    await focusOn('[name=by]');
    await page.keyboard.type('Ada');
    await focusOn('.apply button');
    await enter();
    expect(path()).toBe('/exceptions');
    const text = await download();
    expect(text).toMatch(
      /# until the move is over\n {2}- \{ host: quiet, .*approvedBy: Grace, expires: 2198-01-02 \} # by letter/,
    );
  });

  it('over a version that has come meanwhile is refused with the difference, and loses no word', async () => {
    await go('/exceptions');
    await click('[aria-label^="Renew or change the exception for 8443"]');
    await page.type('[name=requestedBy]', 'Bob');
    await write('[name=approvedBy]', 'Zoe');
    await click('.buttons [value=save]');
    await page.type('[name=by]', 'Ada');
    await page.type('[name=note]', 'my words');
    const edit = { edit: 'put', section: 'owners', name: 'late', entry: { name: 'Late' } };
    const other = await fetch(`${harbour.url}/api/v1/inventory/changes/apply`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ by: 'Grace', edits: [edit] }),
    });
    expect(other.status).toBe(200);
    const [answer] = await click('.apply button');
    expect(answer!.status()).toBe(412);
    expect(await textOf('.refusal')).toContain('owner late');
    expect([await written('[name=note]'), await written('[name=approvedBy]')]).toEqual(['my words', 'Zoe']);
    expect(await troublesOf(page)).toEqual([]);
    await click('.apply button');
    expect(await download()).toContain('approvedBy: Zoe');
  });

  it('is added, and removed', async () => {
    await go('/exceptions');
    await click('a[href="/inventory/entries/exceptions"]');
    await page.type('[name=host]', 'web-1');
    await page.type('[name=ports]', '9000-9009');
    await page.type('[name=reason]', HOSTILE);
    await page.type('[name=requestedBy]', 'Bob');
    await page.type('[name=approvedBy]', 'Grace');
    await page.type('[name=expires]', '01022198');
    await click('.buttons [value=save]');
    await page.type('[name=by]', 'Ada');
    await click('.apply button');
    expect(await textOf('table.exceptions')).toContain(HOSTILE);
    await click('[aria-label="Remove the exception for 9000-9009 of web-1"]');
    expect(await textOf('.changes')).toContain('exception for 9000-9009');
    await page.type('[name=by]', 'Ada');
    await click('.apply button');
    expect(await textOf('table.exceptions')).not.toContain('web-1');
  });
});

it('a group’s ports are changed, added and taken away in one form', async () => {
  await go('/inventory');
  await click('[aria-label^="Change the group of"]');
  await write('[name=ports-0]', '80-81');
  await page.type('[name=ports-1]', '25');
  await page.type('[name=service-1]', 'smtp');
  await click('.buttons [value=save]');
  expect(await textOf('.changes')).toContain('port 25 of group');
  expect(await page.$$eval('.row', (rows) => rows.length)).toBe(4);
  expect(await troublesOf(page)).toEqual([]);
  await write('[name=ports-0]', '');
  await page.type('[name=by]', 'Ada');
  await click('.apply button');
  // It is not what was shown: it is shown first.
  expect(await textOf('.refusal')).toContain('Not applied yet');
  await click('.apply button');
  expect(path()).toBe('/inventory');
  expect(await textOf('#groups')).toBe('Groups');
  expect(await download()).toMatch(/ports: \[ ?\{ port: 25, expect: open, service: smtp \} ?\]/);
});

it('nothing that others wrote was run, and the browser complained of nothing', () => {
  expect(complaints).toEqual([]);
});
