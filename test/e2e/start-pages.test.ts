/*
 * The guided start in a real browser: from the link that makes the administrator to the first PDF, with axe on each step, and the
 * pages of a service that has no inventory.
 */
/// <reference lib="dom" />
import { createServer, type Server } from 'node:net';
import type { BrowserContext, Page } from 'puppeteer';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBrowser } from '../support/open-browser.js';
import { openPageHarbour, type PageHarbour } from '../support/page-harbour.js';
import { troublesOf } from '../support/page-troubles.js';

const _DESKTOP = { width: 1240, height: 860 };
const _PHONE = { width: 390, height: 800 };
const ADDRESS = '127.0.0.61';

let harbour: PageHarbour;
let browser: BrowserContext;
let closeBrowser: () => Promise<void>;
let page: Page;
let listeners: Server[];
let ports: number[];
const complaints: string[] = [];

const listening = (): Promise<Server> =>
  new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.on('error', () => undefined).end());
    server.once('error', reject).listen(0, ADDRESS, () => resolve(server));
  });

beforeAll(async () => {
  listeners = [await listening(), await listening()];
  ports = listeners.map((server) => (server.address() as { port: number }).port).sort((a, b) => a - b);
  harbour = await openPageHarbour({ inventory: false, access: 'accounts' });
  ({ browser, close: closeBrowser } = await openBrowser());
  page = await browser.newPage();
  page.on('pageerror', (error) => complaints.push(String(error)));
});
afterAll(async () => {
  await closeBrowser?.();
  await harbour?.close();
  for (const listener of listeners ?? []) listener.close();
});

const go = (path: string) => page.goto(harbour.url + path, { waitUntil: 'load' });
const submit = (selector: string) => Promise.all([page.waitForNavigation(), page.click(selector)]);

describe('the guided start', () => {
  it('is where whoever sets the service up comes out', async () => {
    await go(`/set-up?link=${await harbour.setUpLink()}`);
    await page.type('[name=name]', 'Ada Lovelace');
    await page.type('[name=login]', 'ada');
    await page.type('[name=password]', 'ships in the night, lights ashore');
    await submit('main form button');
    await page.waitForSelector('#voyage');
    expect(new URL(page.url()).pathname).toBe('/start');
    expect(await troublesOf(page)).toEqual([]);
  });

  it('is shown the way to where there is no inventory', async () => {
    await go('/');
    expect(await page.$('.empty a[href="/start"]')).not.toBeNull();
    expect(await troublesOf(page)).toEqual([]);
    for (const path of ['/inventory', '/inventory/edit', '/inventory/import', '/inventory/versions']) {
      expect((await go(path))!.status()).toBe(200);
      expect(await troublesOf(page)).toEqual([]);
    }
  });

  it('says why it does not look where that is too much, or no address', async () => {
    await go('/start');
    await page.type('[name=authorisedBy]', 'CISO');
    for (const [addresses, says] of [
      ['shop.example.test', 'a name alone is no leave to scan'],
      ['127.0.0.0/8', 'expected at most'],
      ['127.0.0.1\n127.0.0.300', "line 2: '127.0.0.300' is no address"],
    ]) {
      await page.$eval('[name=addresses]', (field) => {
        (field as HTMLTextAreaElement).value = '';
      });
      await page.type('[name=addresses]', addresses!);
      await page.click('.voyage-form .buttons button');
      await page.waitForFunction(
        (wanted) => document.querySelector('#notice')?.textContent?.toLowerCase().includes(wanted),
        {},
        says!,
      );
      expect(await page.$eval('[name=authorisedBy]', (field) => (field as HTMLInputElement).value)).toBe(
        'CISO',
      );
      await page.$eval('#notice', (notice) => {
        notice.textContent = '';
      });
    }
    expect(await harbour.query('select from inventory_version')).toEqual([]);
  });

  it('looks, and lists what answered', async () => {
    await go('/start');
    await page.type('[name=addresses]', ADDRESS);
    await page.type('[name=authorisedBy]', 'CISO');
    await page.click('[name=preset][value=some]');
    await page.type('[name=some]', `${ports.join(',')},1-50`);
    await submit('.voyage-form .buttons button');
    // One may leave, and come back: it is where it was.
    await go('/findings');
    await go('/start');
    await page.waitForSelector('.found-hosts', { timeout: 120_000 });
    const ticks = await page.$$eval('[name=port]', (boxes) =>
      boxes.map((box) => (box as HTMLInputElement).value),
    );
    expect(ticks).toEqual(ports.map((port) => `${ADDRESS} ${port}`));
    expect(await troublesOf(page)).toEqual([]);
  });

  it('declares what is ticked, looks again, and ends with the first PDF', async () => {
    await page.click('[name=port]');
    await page.type('[name=ownerId]', 'platform');
    await page.type('[name=ownerName]', 'Platform <b>team</b>');
    await page.type('[name=why]', 'It serves the tests');
    await submit('.voyage-form .buttons button');
    const link = await page.waitForSelector('.arrived a[href$=".pdf"]', { timeout: 180_000 });
    expect(await page.$eval('.arrived', (box) => box.textContent)).toMatch(/differ/);
    expect(await troublesOf(page)).toEqual([]);
    const pdf = await page.evaluate(
      async (href) => {
        const answer = await fetch(href!);
        return { type: answer.headers.get('content-type'), bytes: (await answer.arrayBuffer()).byteLength };
      },
      await link!.evaluate((one) => one.getAttribute('href')),
    );
    expect(pdf.type).toBe('application/pdf');
    expect(pdf.bytes).toBeGreaterThan(10_000);
    await go('/inventory');
    expect(await page.$eval('.declared-hosts', (table) => table.textContent)).toContain(
      'Platform <b>team</b>',
    );
    const states = (await harbour.query(
      "select port from finding where state = 'open' and kind = 'unexpected-open' order by port",
    )) as Array<{ port: number }>;
    expect(states.map(({ port }) => port)).toEqual([ports[1]]);
    expect(complaints).toEqual([]);
  });
});
