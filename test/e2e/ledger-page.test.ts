/*
 * The page of the ledger in a real browser: by day and by night, on a phone, with a check that does not hold and several keys; all of it
 * is checked at the press of a button, and the key is changed there.
 */
/// <reference lib="dom" />
import type { BrowserContext, Page } from 'puppeteer';
import { beforeAll, expect, it } from 'vitest';
import { LedgerChecker } from '../../src/ledger/ledger-checker.js';
import { databases } from '../support/databases.js';
import { byHand, keep, plantAll } from '../support/ledger-rooms.js';
import { openBrowser } from '../support/open-browser.js';
import { troublesOf } from '../support/page-troubles.js';
import { openRoomsOn, type Rooms, standingClock } from '../support/rooms.js';
import { listenStill } from '../support/still-pages.js';

const clock = standingClock('2026-07-01T12:00:00Z');
let rooms: Rooms;
let url: string;
let browser: BrowserContext;
let page: Page;

beforeAll(async () => {
  rooms = await openRoomsOn(databases.find(({ name }) => name === 'postgresql')!, clock);
  url = await listenStill(rooms);
  const opened = await openBrowser();
  browser = opened.browser;
  page = await browser.newPage();
  await plantAll(rooms);
  await keep(rooms);
  return async () => {
    await opened.close();
    await rooms.close();
  };
});

const open = () => page.goto(`${url}/ledger`, { waitUntil: 'load' });
const text = () => page.$eval('main', (one) => one.textContent);
async function check(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) {
    await rooms.app.get(LedgerChecker).workOnce();
    clock.pass(3000);
  }
}

it('checks all of it at the press of a button, and says what came of it', async () => {
  await open();
  await page.click('form[action="/ledger/checks"] button');
  await page.waitForFunction(() => document.querySelector('main')?.textContent?.includes('under way'));
  await check();
  await open();
  expect(await text()).toContain('it holds');
  await byHand(rooms, `update finding_event set why = 'never'`);
  await page.click('form[action="/ledger/checks"] button');
  await page.waitForFunction(() => document.querySelector('main')?.textContent?.includes('under way'));
  await check();
  await open();
  expect(await text()).toMatch(/it does not hold.*were altered/s);
});

it('changes the key, and shows which introduced which', async () => {
  await open();
  await page.click('.change-key summary');
  await page.type('.change-key [name=by]', 'Ada');
  await page.type('.change-key [name=why]', 'a year has passed');
  await page.click('.change-key button');
  await page.waitForFunction(() =>
    document.querySelector('main')?.textContent?.includes('introduced by the one before it'),
  );
  expect(await rooms.query('select by, why from ledger_key_change')).toEqual([
    { by: 'Ada', why: 'a year has passed' },
  ]);
});

it('is read at any width, by day and by night', async () => {
  await open();
  await page.click('.change-key summary');
  expect(await troublesOf(page)).toEqual([]);
});
