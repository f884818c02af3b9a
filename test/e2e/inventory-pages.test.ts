/*
 * The inventory's pages in a real browser, from the built program: browsing, the small forms, the whole text, a version that has come
 * meanwhile, taking over what answers, and going back; by day and by night, on a phone, with nothing that axe finds.
 */
/// <reference lib="dom" />

import type { BrowserContext, Page } from 'puppeteer';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { turnsOfDay } from '../chaos/support/form.js';
import { openBrowser } from '../support/open-browser.js';
import { HOSTILE, openPageHarbour, type PageHarbour } from '../support/page-harbour.js';
import { troublesOf } from '../support/page-troubles.js';

const _DESKTOP = { width: 1240, height: 860 };
const _PHONE = { width: 390, height: 800 };

let harbour: PageHarbour;
let browser: BrowserContext;
let closeBrowser: () => Promise<void>;
let page: Page;
const complaints: string[] = [];

beforeAll(async () => {
  harbour = await openPageHarbour({ inventory: true });
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

const go = (path: string) => page.goto(harbour.url + path, { waitUntil: 'load' });
const textOf = (selector: string) => page.$eval(selector, (one) => one.textContent ?? '');
const click = (selector: string) => Promise.all([page.waitForNavigation(), page.click(selector)]);
const versions = () =>
  harbour.query('select id::text, applied_by, note from inventory_version order by id desc') as Promise<
    Array<{ id: string; applied_by: string | null; note: string | null }>
  >;

/** Puts a changed text where somebody would have typed it. */
async function write(change: (text: string) => string): Promise<void> {
  const before = await (await fetch(`${harbour.url}/inventory/download`)).text();
  await page.$eval(
    'textarea',
    (area, text) => {
      area.value = text;
    },
    change(before),
  );
}

describe('the pages', () => {
  it.each(
    turnsOfDay(
      [
        '/inventory',
        '/inventory/hosts/web-1',
        '/inventory/edit',
        '/inventory/import',
        '/inventory/versions',
        '/inventory/versions/1',
        '/inventory/adopt?host=web-1',
      ],
      2,
    ),
  )('%s have nothing that axe finds', async (path) => {
    expect((await go(path))!.status()).toBe(200);
    expect(await troublesOf(page)).toEqual([]);
  });

  it('show what others wrote as text', async () => {
    await go('/inventory');
    expect(await textOf('.declared-hosts')).toContain(HOSTILE);
    expect(await textOf('main')).toContain('Shop & <b>checkout</b>');
    await go(`/inventory/hosts/${encodeURIComponent(HOSTILE)}`);
    expect(await textOf('h1')).toBe(HOSTILE);
    expect(await page.title()).toContain('Inventory');
    expect(complaints).toEqual([]);
  });

  it('find a host by name, address, port, service, owner and tag', async () => {
    for (const [query, host] of [
      ['q=web-1', 'web-1'],
      ['q=127.0.0.23', 'quiet'],
      ['q=https', 'web-1'],
      [`tag=${encodeURIComponent('港')}`, 'quiet'],
      ['owner=shop&q=quiet', 'quiet'],
      ['wants=owner', HOSTILE],
    ]) {
      await go(`/inventory?${query}`);
      expect(await page.$$eval('.declared-hosts tbody tr', (rows) => rows.length)).toBe(1);
      expect(await textOf('.declared-hosts tbody')).toContain(host);
    }
    await go('/inventory?q=%00%F0%9F%9A%A2&page=99999999&wants=nonsense');
    expect(await textOf('#hosts')).toContain('No host fits');
  });

  it('say nothing of what is not there', async () => {
    for (const path of [
      '/inventory/hosts/nope',
      '/inventory/versions/999',
      '/inventory/versions/x',
      '/inventory/adopt?finding=999999',
      '/inventory/adopt',
      '/inventory/download?file=/etc/passwd',
    ])
      expect((await go(path))!.status()).toBe(404);
  });
});

describe('a change', () => {
  it('by a small form is planned, shown, and applied, and keeps the comments of the file', async () => {
    await go('/inventory/edit#add-owner');
    await page.waitForSelector('#add-owner[open]');
    await page.type('#add-owner [name=id]', 'platform');
    await page.type('#add-owner [name=name]', 'Platform team');
    await click('#add-owner button');
    expect(await textOf('.changes')).toContain('owner platform');
    expect(await textOf('.text-diff .l-new')).toContain('platform: { name: Platform team }');
    expect(await troublesOf(page)).toEqual([]);
    await page.type('[name=by]', 'Ada');
    await page.type('[name=note]', 'somebody has to');
    await click('.apply button');
    expect(await textOf('.once')).toContain('Applied');
    expect((await versions())[0]).toMatchObject({ applied_by: 'Ada', note: 'somebody has to' });
  });

  it('that is not sound is refused beside the text, with line, column and what was expected', async () => {
    await go('/inventory/edit');
    await write((text) => text.replace('criticality: high', 'criticality: hihg'));
    await click('.whole .buttons button');
    expect(await textOf('.problems')).toMatch(
      /inventory\.yaml:\d+:\d+ 'hihg' is not known; expected low, medium or high/,
    );
    expect(await page.$eval('textarea', (area) => (area as HTMLTextAreaElement).value)).toContain('hihg');
    expect(await page.$('.apply')).toBeNull();
    await page.click('.problems button.place');
    const chosen = await page.$eval('textarea', (one) => {
      const area = one as HTMLTextAreaElement;
      return area.value.slice(area.selectionStart, area.selectionEnd);
    });
    expect(chosen).toBe('hihg');
    expect(await troublesOf(page)).toEqual([]);
  });

  it('by the whole text is planned and applied', async () => {
    await go('/inventory/edit');
    await write((text) => text.replace('criticality: high', 'criticality: low # rack 4'));
    await click('.whole .buttons button');
    expect(await textOf('.changes')).toContain('host web-1');
    await page.type('[name=by]', 'Grace');
    await click('.apply button');
    expect(await textOf('.once')).toContain('Applied');
    expect(await (await fetch(`${harbour.url}/inventory/download`)).text()).toContain(
      'criticality: low # rack 4\n',
    );
  });

  it('over a version that has come meanwhile is refused with the difference, and loses no word', async () => {
    await go('/inventory/edit');
    await write((text) =>
      text.replace('# rack 4', '# rack 5, by me').replace('criticality: low', 'criticality: medium'),
    );
    await click('.whole .buttons button');
    await page.type('[name=by]', 'Ada');
    await page.type('[name=note]', 'my words');
    const other = await fetch(`${harbour.url}/api/v1/inventory/changes/apply`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        by: 'Grace',
        edits: [{ edit: 'put', section: 'owners', name: 'late', entry: { name: 'Late' } }],
      }),
    });
    expect(other.status).toBe(200);
    const [answer] = await click('.apply button');
    expect(answer!.status()).toBe(412);
    expect(await textOf('.refusal')).toContain('owner late');
    expect(await page.$eval('textarea', (area) => (area as HTMLTextAreaElement).value)).toContain(
      '# rack 5, by me',
    );
    expect(await page.$eval('[name=note]', (field) => (field as HTMLInputElement).value)).toBe('my words');
    // What it would do now is said: it would take the other's owner away.
    expect(await textOf('.proposal .changes')).toContain('owner late');
    expect(await troublesOf(page)).toEqual([]);
  });

  it('brings an old version back', async () => {
    await go('/inventory/versions/1');
    expect(await textOf('#back ~ .changes, section:last-of-type .changes')).toContain('owner platform');
    await page.type('[name=by]', 'Ada');
    await click('.apply button');
    const [latest] = await versions();
    expect(latest).toMatchObject({ applied_by: 'Ada', note: 'version 1 again' });
    await go('/inventory/versions');
    expect(await textOf('tbody')).toContain('owner platform removed');
  });
});

describe('what answers without being declared', () => {
  it('has its form at once where the inventory is long, and what would change behind it', async () => {
    const again = (text: string) => `insert into inventory_version (path, sha256, sources, loaded_at)
      select path, sha256, jsonb_set(sources, '{0,text}', to_jsonb(${text})), now() from inventory_version order by id desc limit 1`;
    await harbour.query(again(`concat(sources->0->>'text', '# ', repeat('x', 300000), E'\\n')`));
    const [finding] = (await harbour.query(
      "select id::text, port from finding where kind = 'unexpected-open'",
    )) as Array<{ id: string; port: number }>;
    const path = `/inventory/adopt?finding=${finding!.id}`;
    expect(await (await fetch(harbour.url + path)).text()).toContain('takes some seconds to work out');
    await go(path);
    await page.waitForFunction(
      (wanted) => document.querySelector('#proposal')?.textContent?.includes(wanted),
      {},
      `port ${finding!.port} of host web-1`,
    );
    await harbour.query(again(`regexp_replace(sources->0->>'text', '# x+\\n', '')`));
  });

  it('is declared from its finding in two clicks', async () => {
    const [finding] = (await harbour.query(
      "select id::text, port from finding where kind = 'unexpected-open'",
    )) as Array<{ id: string; port: number }>;
    await go(`/findings/${finding!.id}`);
    await click('.adopt-it a');
    expect(await textOf('#proposal')).toContain(`port ${finding!.port} of host web-1`);
    await page.type('[name=why]', 'It is meant to answer');
    await page.type('[name=by]', 'Ada');
    await page.waitForFunction(() =>
      document.querySelector('#proposal')?.textContent?.includes('It is meant to answer'),
    );
    expect(await textOf('#proposal .foreseen')).toContain('unexpected-open');
    expect(await troublesOf(page)).toEqual([]);
    await click('.adopt .buttons button');
    expect(new URL(page.url()).pathname).toBe('/inventory/hosts/web-1');
    expect(await textOf('main')).toContain('It is meant to answer');
    await harbour.runToItsEnd('quick');
    const [after] = (await harbour.query(`select state from finding where id = ${finding!.id}`)) as Array<{
      state: string;
    }>;
    expect(after!.state).toBe('resolved');
  });
});
