/*
 * The chart in a real browser, made of a real run: hosts by ports, the list of hosts, and all ports of one host; by day and by
 * night, on a phone, by the keyboard alone, without script, and with names that would be markup.
 */
/// <reference lib="dom" />

import type { BrowserContext, Page } from 'puppeteer';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { turnsOfDay } from '../chaos/support/form.js';
import { openBrowser } from '../support/open-browser.js';
import { HOSTILE, HOSTILE_SERVICE, openPageHarbour, type PageHarbour } from '../support/page-harbour.js';
import { troublesOf } from '../support/page-troubles.js';

const _DESKTOP = { width: 1240, height: 860 };
const _PHONE = { width: 390, height: 800 };
const HOSTILE_PATH = `/hosts/${encodeURIComponent(HOSTILE)}`;

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
  page.on('dialog', (dialog) => {
    complaints.push(`a dialog says ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('console', (message) => {
    // A page that is not there is asked for on purpose.
    if (message.type() === 'error' && !message.text().includes('404')) complaints.push(message.text());
  });
});
afterAll(async () => {
  await closeBrowser?.();
  await harbour?.close();
});

/** What names would bring in, were they markup; our own pictures have an address of ours. */
const FOREIGN = 'main script, main img:not([src^="/graphs/"])';

const go = (path: string) => page.goto(harbour.url + path, { waitUntil: 'load' });
const textOf = (selector: string): Promise<string> =>
  page.$eval(selector, (element) => element.textContent ?? '');

describe('before a run has looked', () => {
  it('hosts are listed as not looked at, and none of their ports is said to be anything', async () => {
    await go('/hosts');
    expect(await textOf('table.hosts')).toContain('never');
    await go('/hosts/quiet');
    expect(await textOf('main')).toContain('never: nothing is known of it');
    expect(await page.$$('.stratum')).toEqual([]);
    expect(await textOf('.as-table')).toMatch(/unknown\s*65,536\s*0-65535/);
  });
});

describe('after a run', () => {
  let open: string;
  beforeAll(async () => {
    await harbour.runToItsEnd('quick');
    await go('/hosts/web-1');
    // The chart takes the run in a moment after its end.
    for (let turn = 0; turn < 100 && (await page.$('.host-record time')) === null; turn++)
      await go('/hosts/web-1');
    const [row] = (await harbour.query(`select port from finding where kind = 'unexpected-open'`)) as Array<{
      port: number;
    }>;
    open = String(row!.port);
  });

  it('the picture has a mark where something drifts, which leads to the port, and says what it is', async () => {
    const mark = await page.waitForSelector(`.plot a.st-drift[aria-label^="${open} "]`);
    expect(await mark!.evaluate((link) => link.getAttribute('href'))).toBe(`/hosts/web-1/ports/${open}`);
    await mark!.evaluate((link) => (link as unknown as SVGElement).focus());
    await page.waitForFunction(
      (port) => document.querySelector('[data-says-here]')?.textContent?.startsWith(`${port} `),
      {},
      open,
    );
    expect(await textOf('[data-says-here]')).toContain('declared closed, seen open; unexpected-open, ');
  });

  it('a row leads closer, until each port has a cell of its own', async () => {
    await page.$eval('.plot a.row[href*="from=8000"]', (row) =>
      (row as unknown as SVGAElement).dispatchEvent(new MouseEvent('click', { bubbles: true })),
    );
    await page.waitForSelector('.cells');
    expect(await page.$$eval('.cells a', (cells) => cells.length)).toBe(1000);
    expect(new URL(page.url()).searchParams.get('from')).toBe('8000');
    await go(`/hosts/web-1?from=${open}&to=${open}`);
    expect(await page.$eval('.cells a', (cell) => cell.className)).toContain('st-drift');
  });

  it('the keyboard alone looks closer', async () => {
    await go('/hosts/web-1');
    await page.focus('.plot-tools [name=from]');
    await page.keyboard.down('Control');
    await page.keyboard.press('a');
    await page.keyboard.up('Control');
    await page.keyboard.type('1');
    await page.keyboard.press('Tab');
    await page.keyboard.down('Control');
    await page.keyboard.press('a');
    await page.keyboard.up('Control');
    await page.keyboard.type('64');
    await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
    expect(await page.$$eval('.cells a', (cells) => cells.length)).toBe(64);
  });

  it('hosts by ports show the drift, and the filter stands in the URL', async () => {
    await go('/chart');
    expect(await page.$$('.matrix td.st-drift a')).not.toEqual([]);
    await page.select('.filter [name=state]', 'no-drift');
    await page.waitForFunction(() => location.search.includes('state=no-drift'));
    await page.waitForFunction(() => document.querySelectorAll('.matrix tbody tr').length === 1);
    expect(await textOf('.matrix tbody th')).toContain('quiet');
    await page.reload();
    expect(await page.$eval('.filter [name=state]', (field) => (field as HTMLSelectElement).value)).toBe(
      'no-drift',
    );
    await page.type('.filter [name=q]', 'no such thing');
    await page.waitForSelector('#results ::-p-text(Nothing matches)');
  });

  it('shows hostile names as text, and nothing of them as markup', async () => {
    for (const path of [
      '/hosts',
      '/chart',
      HOSTILE_PATH,
      '/hosts/web-1',
      `/hosts/web-1?from=${open}&to=${open}`,
    ]) {
      await go(path);
      expect(await page.$$(FOREIGN)).toEqual([]);
    }
    await go(HOSTILE_PATH);
    expect(await textOf('h1')).toBe(HOSTILE);
    await go('/hosts/web-1');
    expect(await textOf('main')).toContain(HOSTILE_SERVICE);
    await go(`/chart?q=${encodeURIComponent(HOSTILE)}&owner=${encodeURIComponent(HOSTILE)}`);
    expect(await page.$$(FOREIGN)).toEqual([]);
    expect(await page.title()).toBe('Chart · Portolan');
  });

  it('what is not there, or can’t be read, is refused in words', async () => {
    for (const [path, status, says] of [
      ['/hosts/nobody', 404, 'No host is known as nobody'],
      ['/hosts/%3Cb%3E', 404, 'No host is known as &lt;b&gt;'],
      ['/hosts/web-1?address=127.0.0.22', 404, 'is no address of web-1'],
      ['/hosts/web-1?from=99999', 400, 'expected a port'],
      ['/hosts?network=nowhere', 400, 'nowhere'],
      ['/chart?ports=1-65535', 400, 'at most 64 ports'],
      ['/chart?after=x', 400, 'no place in this list'],
    ] as const) {
      const answer = await harbour.fetchPage(path);
      expect([path, answer.status]).toEqual([path, status]);
      expect(answer.html).toContain(says);
    }
    const { status } = await harbour.fetchPage('/hosts/web-1?from=9000&to=8000');
    expect(status).toBe(200);
  });

  it('programs are told the same', async () => {
    const ask = async (path: string) => (await fetch(`${harbour.url}/api/v1/${path}`)).json();
    const { hosts, next } = await ask('hosts');
    expect(next).toBeNull();
    expect(hosts.map(({ name }: { name: string }) => name)).toEqual([HOSTILE, 'quiet', 'web-1']);
    expect(await ask('hosts/web-1')).toMatchObject({ drift: 2, worst: 'high', declared: true });
    expect((await ask('hosts/web-1/ports')).standing.drift.split(',')).toContain(open);
    expect((await ask(`chart?ports=${open}&q=web-1`)).hosts[0].cells).toMatchObject([{ standing: 'drift' }]);
  });

  it('works for reading without script', async () => {
    await page.setJavaScriptEnabled(false);
    await go('/hosts?q=web');
    expect(await page.$$eval('table.hosts tbody tr', (rows) => rows.length)).toBe(1);
    await Promise.all([page.waitForNavigation(), page.click('table.hosts tbody a')]);
    expect(await page.$$('.plot .stratum, .plot .at')).not.toEqual([]);
    await Promise.all([page.waitForNavigation(), page.click('.plot-tools nav a:nth-child(2)')]);
    expect(await page.$$eval('.cells a', (cells) => cells.length)).toBe(1024);
    await page.setJavaScriptEnabled(true);
  });

  it.each(
    turnsOfDay(
      [
        '/hosts',
        '/chart',
        '/hosts/web-1',
        '/hosts/web-1?from=8000&to=8063',
        HOSTILE_PATH,
        '/hosts?q=nothing',
      ],
      2,
    ),
  )('%s has nothing that axe finds', async (path) => {
    await go(path);
    await page.$$eval('details', (all) => {
      for (const one of all) one.open = true;
    });
    expect(await troublesOf(page)).toEqual([]);
    expect(await page.$$('[style], style, script:not([src])')).toEqual([]);
  });

  it('complains of nothing', () => {
    expect(complaints).toEqual([]);
  });
});
