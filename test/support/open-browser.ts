/*
 * A browser as somebody opens it who was never here before: a context of the one that page-browser-setup.ts has started, with its own
 * cookies, which closes with its pages.
 */
import puppeteer, { type BrowserContext } from 'puppeteer';

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
