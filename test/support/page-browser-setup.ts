/*
 * Runs once before the tests that look at pages: one browser for all of them, each with a context of its own (open-browser.ts). To unpack
 * and start one takes seconds, and fifteen files would.
 */
import { startBrowser } from '../../src/reports/printer/browser.js';
import { startPageBrowser } from './page-browser.mjs';

export async function setup(): Promise<() => Promise<void>> {
  const { browser, close } = await startPageBrowser(await startBrowser({ executable: null }), {
    pipe: false,
  });
  process.env.PORTOLAN_TEST_BROWSER = browser.wsEndpoint();
  return close;
}
