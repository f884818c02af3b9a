/*
 * What a browser that has never been here loads for a page, in bytes on the wire.
 */
import { startBrowser } from '../../../dist/src/reports/printer/browser.js';
import { startPageBrowser } from '../../support/page-browser.mjs';

/** @returns kilobytes as sent, compressed; how many requests; when something was first painted */
export async function firstVisit(url) {
  const { browser, close } = await startPageBrowser(await startBrowser({ executable: null }));
  try {
    const page = await browser.newPage();
    const network = await page.createCDPSession();
    await network.send('Network.enable');
    await network.send('Network.setCacheDisabled', { cacheDisabled: true });
    let bytes = 0;
    let requests = 0;
    network.on('Network.loadingFinished', ({ encodedDataLength }) => {
      bytes += encodedDataLength;
      requests++;
    });
    // A live page never falls silent: its stream stays open.
    await page.goto(url, { waitUntil: 'load' });
    await page.evaluate(() => document.fonts.ready.then(() => undefined));
    // It is told a moment after it was painted.
    const painted = await page.waitForFunction(
      () => performance.getEntriesByName('first-contentful-paint')[0]?.startTime,
    );
    const paintedMs = await painted.jsonValue();
    return { kilobytes: bytes / 1024, requests, paintedMs };
  } finally {
    await close();
  }
}
