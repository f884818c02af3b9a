/*
 * A port, services and owners as a person with a browser sees them: pictures by day, by night, on a phone and on paper, with nothing that
 * axe finds, and whole without scripts.
 */
/// <reference lib="dom" />

import type { BrowserContext, Page } from 'puppeteer';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { turnsOfDay } from '../chaos/support/form.js';
import { openBrowser } from '../support/open-browser.js';
import { HOSTILE, HOSTILE_SERVICE, openPageHarbour, type PageHarbour } from '../support/page-harbour.js';
import { troublesOf } from '../support/page-troubles.js';
import { pastOf, writeFindings, writeHours, writeIntervals } from '../support/past.js';

const DESKTOP = { width: 1240, height: 860 };
const PHONE = { width: 390, height: 800 };
const HOUR_MS = 3_600_000;

let harbour: PageHarbour;
let browser: BrowserContext;
let closeBrowser: () => Promise<void>;
let page: Page;
let port: number;
let hostilePath: string;
const complaints: string[] = [];

beforeAll(async () => {
  harbour = await openPageHarbour({ inventory: true });
  ({ browser, close: closeBrowser } = await openBrowser());
  page = await browser.newPage();
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => {
    if (['error', 'warn'].includes(message.type())) complaints.push(`${page.url()}: ${message.text()}`);
  });
  page.on('dialog', (dialog) => {
    complaints.push(`a dialog says ${dialog.message()}`);
    void dialog.dismiss();
  });
  await remember();
});
afterAll(async () => {
  await closeBrowser?.();
  await harbour?.close();
});

/** A month of the ports that the harbour declares. */
async function remember(): Promise<void> {
  const [version] = (await harbour.query('select sources::text as text from inventory_version')) as Array<{
    text: string;
  }>;
  port = Number(/name: quiet[^}]*port: (\d+)/.exec(version!.text)![1]);
  const open = Number(/port: (\d+), service: \\*"ssh/.exec(version!.text)![1]);
  hostilePath = `/hosts/${encodeURIComponent(HOSTILE)}/ports/${port}`;
  const now = new Date(Math.floor(Date.now() / HOUR_MS) * HOUR_MS);
  const web = { host: 'web-1', owner: 'shop', address: '127.0.0.21' };
  const hostile = { host: HOSTILE, address: '127.0.0.22', port };
  await writeIntervals(harbour.query, [
    ...pastOf(hostile, now, [
      ['as-declared', 400],
      ['failing', 5],
      ['as-declared', 100],
      ['unknown', 40],
      ['as-declared', 100],
    ]),
    ...pastOf({ ...web, port: open, service: HOSTILE_SERVICE }, now, [['failing', 30]]),
  ]);
  await writeHours(
    harbour.query,
    hostile,
    Array.from({ length: 60 }, (_, i) => [new Date(now.getTime() - (i + 1) * HOUR_MS), 2 + (i % 7)] as const),
  );
  await writeFindings(harbour.query, [
    {
      ...{ kind: 'unexpected-open', host: 'web-1', address: '127.0.0.21', port: open, owner: 'shop' },
      ...{ severity: 'critical', state: 'open', openedAt: new Date(now.getTime() - 20 * 24 * HOUR_MS) },
    },
    {
      ...{ kind: 'unexpected-open', host: HOSTILE, address: '127.0.0.22', port, owner: null },
      ...{ severity: 'low', state: 'resolved', openedAt: now, resolvedAt: now },
    },
  ]);
}

const go = (path: string) => page.goto(harbour.url + path, { waitUntil: 'load' });

async function see(viewport: { width: number; height: number }, scheme: string): Promise<void> {
  await page.setViewport(viewport);
  await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
}

/** Which pictures a page shows, once they are there. */
const shown = (): Promise<string[]> =>
  page.$$eval('.graph img', async (images) => {
    const all = images as HTMLImageElement[];
    for (const image of all) image.loading = 'eager';
    await Promise.all(all.map((image) => image.decode()));
    return all.map(({ currentSrc, naturalWidth }) => {
      const { pathname, searchParams } = new URL(currentSrc);
      return `${pathname.split('/').at(-1)} ${searchParams.get('ink')} ${naturalWidth}`;
    });
  });

const GRAPHS = ['availability', 'response', 'incidents', 'hours'];
const inInk = (ink: string, width: number) => GRAPHS.map((name) => `${name}.svg ${ink} ${width}`);

describe('the page of a port', () => {
  it('shows its pictures in the ink of the day and of the night, for a desk and for a phone, and on paper by day', async () => {
    await see(DESKTOP, 'light');
    await go(hostilePath);
    expect(await shown()).toEqual(inInk('day', 1080));
    await see(DESKTOP, 'dark');
    await go(hostilePath);
    expect(await shown()).toEqual(inInk('night', 1080));
    await see(PHONE, 'light');
    await go(hostilePath);
    expect(await shown()).toEqual(inInk('day', 350));
    await see(DESKTOP, 'dark');
    await page.emulateMediaType('print');
    await go(hostilePath);
    expect(await shown()).toEqual(inInk('day', 1080));
    await page.emulateMediaType('screen');
  });

  it('shows names that would be markup as text, and nothing that axe finds', async () => {
    await go(hostilePath);
    expect(await page.$eval('h1', (title) => title.textContent)).toBe(`Port ${port} at ${HOSTILE}`);
    expect(await page.$$('main img:not(.graph img), main script')).toEqual([]);
    expect(await troublesOf(page)).toEqual([]);
  });

  it('goes to another period by a link and by a form, and says what was not looked at', async () => {
    await go(hostilePath);
    await Promise.all([page.waitForNavigation(), page.click('.choose a[href*="days=7"]')]);
    expect(await page.$eval('.choose [aria-current]', (link) => link.textContent)).toBe('7 days');
    expect(await page.$eval('.trace figcaption p', (said) => said.textContent)).toMatch(
      /2[34]\.\d\d % of the time not looked at/,
    );
    const day = new Date(Date.now() - 3 * 24 * HOUR_MS).toISOString().slice(0, 10);
    for (const name of ['from', 'to']) {
      const set = (field: Element, value: string): void => {
        (field as HTMLInputElement).value = value;
      };
      await page.$eval(`.choose [name=${name}]`, set, day);
    }
    await Promise.all([page.waitForNavigation(), page.click('.choose button')]);
    expect(await page.$eval('#over-time .source', (said) => said.textContent)).toContain(`${day} 00:00 to`);
    expect(await page.$('.choose [aria-current]')).toBeNull();
  });

  it('is whole without scripts', async () => {
    const still = await browser.newPage();
    await still.setJavaScriptEnabled(false);
    await still.goto(harbour.url + hostilePath, { waitUntil: 'networkidle0' });
    const text = await still.$eval('main', (main) => main.textContent);
    for (const said of ['Availability', 'Response time', 'Incidents', 'When it fails', 'The numbers'])
      expect(text).toContain(said);
    expect(await still.$$eval('.graph img', (images) => images.length)).toBe(4);
    await still.close();
  });
});

describe('services and owners', () => {
  it('are searched while one types, and lead to what they are about', async () => {
    await go('/services');
    expect(await page.$eval('table.services', (table) => table.textContent)).toContain(HOSTILE_SERVICE);
    await page.type('[name=q]', 'no such service');
    await page.waitForSelector('#results ::-p-text(Nothing matches)');
    await go('/services?q=ssh');
    await Promise.all([page.waitForNavigation(), page.click('table.services a')]);
    expect(await page.$eval('h1', (title) => title.textContent)).toBe(HOSTILE_SERVICE);
    expect(await page.$eval('main', (main) => main.textContent)).toContain('in drift');
    await go('/owners');
    await Promise.all([page.waitForNavigation(), page.click('table.owners a')]);
    const said = await page.$eval('main', (main) => main.textContent);
    for (const what of [
      'Shop & <b>checkout</b>',
      'shop@example.test',
      'overdue',
      'Find out what listens there',
    ])
      expect(said).toContain(what);
  });

  it.each(
    turnsOfDay(
      [
        '/services',
        '/services?q=nothing',
        '/owners',
        '/owners/shop',
        `/services/${encodeURIComponent(HOSTILE_SERVICE)}`,
      ],
      2,
    ),
  )('%s has nothing that axe finds', async (path) => {
    await go(path);
    expect(await page.$$('main img, main script')).toEqual([]);
    expect(await troublesOf(page)).toEqual([]);
  });

  it('complain of nothing', () => {
    expect(complaints).toEqual([]);
  });
});
