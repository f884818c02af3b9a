/*
 * A browser as somebody opens it who was never here before: a context of the one that page-browser-setup.ts has started, with its own
 * cookies, which closes with its pages.
 */
import puppeteer, { type BrowserContext } from 'puppeteer';
import { startBrowser } from '../../src/reports/printer/browser.js';
import { startPageBrowser } from './page-browser.mjs';
import { testChromium } from './test-chromium.js';

export interface OpenBrowser {
  readonly browser: BrowserContext;
  close(): Promise<void>;
}

export async function openBrowser(): Promise<OpenBrowser> {
  const connected = await puppeteer.connect({ browserWSEndpoint: process.env.PORTOLAN_TEST_BROWSER! });
  const browser = await connected.createBrowserContext();
  const close = async (): Promise<void> => {
    await browser.close();
    await connected.disconnect();
  };
  return { browser, close };
}

/** One of one's own, for what a browser lets happen in one window at a time, such as a passkey's signature. */
export async function openOwnBrowser(): Promise<OpenBrowser> {
  const { browser, close } = await startPageBrowser(await startBrowser({ executable: testChromium() }));
  return { browser: browser.defaultBrowserContext(), close };
}
