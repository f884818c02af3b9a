/*
 * Findings in numbers, exceptions, messages, receivers and silences in a real browser: by the keyboard, without a script, by day
 * and by night, on a phone, and with nothing that axe finds.
 */
/// <reference lib="dom" />

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BrowserContext, Page } from 'puppeteer';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { turnsOfDay } from '../chaos/support/form.js';
import { openBrowser } from '../support/open-browser.js';
import { HOSTILE, openPageHarbour, type PageHarbour } from '../support/page-harbour.js';
import { troublesOf } from '../support/page-troubles.js';
import { manyFindings, plantFindings } from '../support/planted-findings.js';

let harbour: PageHarbour;
let browser: BrowserContext;
let closeBrowser: () => Promise<void>;
let page: Page;
const complaints: string[] = [];
const others = { host: HOSTILE, service: HOSTILE, assignee: HOSTILE };

beforeAll(async () => {
  harbour = await openPageHarbour({ inventory: true });
  ({ browser, close: closeBrowser } = await openBrowser());
  page = await browser.newPage();
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('dialog', (dialog) => {
    complaints.push(`a dialog says ${dialog.message()}`);
    void dialog.dismiss();
  });
  await plantFindings({ query: harbour.query }, [
    // Where an audit looks: what none does would soon be over.
    ...manyFindings(60, { host: 'bulk', address: '127.0.0.23' }, 20_000),
    ...manyFindings(2, { ...others, address: '127.0.0.23', owner: null }, 21_000),
  ]);
});
afterAll(async () => {
  await closeBrowser?.();
  await harbour?.close();
});

const go = (path: string) => page.goto(harbour.url + path, { waitUntil: 'load' });
const textOf = (selector: string) => page.$eval(selector, (element) => element.textContent ?? '');
const submit = (selector: string) => Promise.all([page.waitForNavigation(), page.click(selector)]);

describe('many findings at once', () => {
  it('are acknowledged by the keyboard alone: all that match, more than a page shows', async () => {
    await go('/findings?host=bulk');
    expect(await page.$eval('.deed .fields', (fields) => getComputedStyle(fields).display)).toBe('none');
    await page.focus('[name=all]');
    await page.keyboard.press('Space');
    await page.focus('.deed [name=why]');
    await page.keyboard.type('we are on it');
    await page.focus('.deed [name=by]');
    await page.keyboard.type('Ada');
    await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
    expect(await textOf('h1')).toBe('60 findings acknowledged');
    expect(await troublesOf(page)).toEqual([]);
  });

  it('are ticked all at once, and what may not be is left with the reason', async () => {
    await go('/findings?host=bulk');
    await page.click('[data-tick-all] input');
    expect((await page.$$('[name=ids]:checked')).length).toBe(50);
    await page.focus('.deed [name=why]');
    await page.keyboard.type('again');
    await page.type('.deed [name=by]', 'Ada');
    await submit('.deed button');
    expect(await textOf('h1')).toContain('0 findings acknowledged, 50 left as they were');
    expect(await textOf('section h2')).toContain(
      "50 left: a finding that is acknowledged can't be acknowledged",
    );
    expect(await troublesOf(page)).toEqual([]);
  });

  it('say what is missing beside the form, which keeps what was written', async () => {
    await go('/findings?host=bulk');
    await page.click('[name=ids]');
    await page.select('.deed [name=do]', 'accept');
    await page.type('.deed [name=why]', 'it moves');
    await page.click('.deed button');
    await page.waitForSelector('#notice ::-p-text(who approves it)');
    expect(await page.$eval('.deed [name=why]', (field) => (field as HTMLInputElement).value)).toBe(
      'it moves',
    );
    expect(await troublesOf(page)).toEqual([]);
  });

  it('are acted on without a script too', async () => {
    const still = await browser.newPage();
    await still.setJavaScriptEnabled(false);
    await still.goto(`${harbour.url}/findings?host=bulk&port=20000-20001`);
    for (const row of await still.$$('[name=ids]')) await row.click();
    await still.select('.deed [name=do]', 'assign');
    await still.type('.deed [name=to]', 'Grace');
    await still.type('.deed [name=by]', 'Ada');
    await Promise.all([still.waitForNavigation(), still.click('.deed button')]);
    expect(await still.$eval('h1', (title) => title.textContent)).toBe('2 findings assigned');
    await still.close();
  });

  it('are taken away by the link that the page has, as many as it says', async () => {
    await go('/findings?host=bulk&sort=host');
    const href = await page.$eval('.files a', (link) => (link as HTMLAnchorElement).href);
    const csv = await (await fetch(href)).text();
    expect(csv.trim().split('\r\n')).toHaveLength(61);
    expect(csv).toContain('acknowledged');
  });

  it('are filtered and sorted in the URL, also by what is asked seldom', async () => {
    await go('/findings');
    await page.click('.more-filters summary');
    await page.type('[name=port]', '20010-20019');
    await page.waitForFunction(() => location.search.includes('port=20010-20019'));
    await page.waitForSelector('.tally ::-p-text(10)');
    await submit('.orders a:last-child');
    expect(new URL(page.url()).searchParams.get('sort')).toBe('host');
    expect(await textOf('.total')).toContain('10 findings');
  });
});

describe('alerts', () => {
  it('test a receiver by its button: the mail lies in the folder', async () => {
    await go('/receivers');
    await submit('[aria-label="Test e-mail of shop"]');
    expect(await textOf('.outcome-box')).toContain('e-mail of shop was reached');
    const folder = join(harbour.dataDir, 'mail');
    const mails = await Promise.all(
      (await readdir(folder)).map((name) => readFile(join(folder, name), 'utf8')),
    );
    expect(mails.some((mail) => mail.includes('shop@example.test'))).toBe(true);
    await go('/alerts');
  });

  it('begin a silence after a look at what it would mute, and end it', async () => {
    await go('/silences');
    await page.click('.begin summary');
    await page.type('[name=hosts]', 'bulk');
    await submit('[formaction="/silences/preview"]');
    expect(await textOf('.outcome-box')).toContain('It would mute 60 findings');
    await page.type('[name=why]', HOSTILE);
    await page.type('.begin [name=by]', 'Ada');
    await submit('.begin button:not([formaction])');
    expect(await textOf('.silences')).toContain(HOSTILE);
    await page.type('form.end [name=by]', 'Ada');
    await submit('form.end button');
    expect(await textOf('main')).toContain('ended by Ada');
    expect(await page.$('form.end')).toBeNull();
  });
});

describe('the pages', () => {
  beforeAll(async () => {
    await harbour.query(
      `update finding set state = 'accepted', accepted_by = 'Grace', accepted_until = current_date + 5 where port in (20000, 20001)`,
    );
    await harbour.query(
      `insert into alert_delivery (key, receiver, thread, cause, because, alert, made_at, state, attempts, problem, ended_at)
       select 'k' || state, 'e-mail of shop', 't', 'opened', 'a route <b>', '{"title": "A <b>title</b>", "total": 1, "audit": null, "findings":
         [{"id": "1", "kind": "host-down", "severity": "high", "state": "open", "host": "<i>h</i>", "address": null, "port": null}]}',
         now(), state, 2, 'no <b>answer</b>', case when state = 'dead' then now() end
       from unnest(array['waiting', 'dead']) as state`,
    );
    await harbour.query(
      `insert into alert_lane (receiver, failures, since, next_at, problem) values ('e-mail of shop', 3, now(), now() + interval '1 hour', 'no <b>answer</b>')`,
    );
    await harbour.query(
      `insert into alert_delivery_finding (finding_id, delivery_id) select 1, id from alert_delivery where key like 'k%'`,
    );
  });

  it.each(
    turnsOfDay(
      [
        '/findings',
        '/findings?state=all&port=1-30000&age=1',
        '/findings?q=nothing-like-it',
        '/findings/1',
        '/exceptions',
        '/alerts',
        '/alerts/1',
        '/alerts?state=dead',
        '/receivers?ask=yes&host=web-1&severity=critical',
        '/silences?hosts=bulk',
      ],
      2,
    ),
  )('%s have nothing that axe finds, and no markup of others', async (path) => {
    await go(path);
    await page.$$eval('details', (all) => {
      for (const one of all) one.open = true;
    });
    expect(await troublesOf(page)).toEqual([]);
    expect(await page.$$('main img, main td i, main td b b, h1 b')).toEqual([]);
    expect(await textOf('main')).not.toMatch(/undefined|\[object/);
  });

  it('complain of nothing', () => {
    expect(complaints).toEqual([]);
  });
});
