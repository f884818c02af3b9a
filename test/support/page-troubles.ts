/*
 * What is wrong with a page as it stands in a browser: at each width, by day and by night, what axe finds, and whether it is wider
 * than its window.
 */
/// <reference lib="dom" />
import { AxePuppeteer } from '@axe-core/puppeteer';
import type { Page } from 'puppeteer';
import { ofDay } from '../chaos/support/form.js';

const DESKTOP = { width: 1240, height: 860 };
const PHONE = { width: 390, height: 800 };

/** Each width with each scheme; in the short form one of them, another each day. */
const SIGHTS = ofDay<readonly [typeof DESKTOP, 'light' | 'dark']>([
  [DESKTOP, 'dark'],
  [PHONE, 'light'],
  [DESKTOP, 'light'],
  [PHONE, 'dark'],
]);

export async function troublesOf(page: Page): Promise<string[]> {
  const found: string[] = [];
  for (const [viewport, scheme] of SIGHTS) {
    await page.setViewport(viewport);
    await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
    // In the page itself, which has no frames: the other way opens a page of its own each time.
    const { violations } = await new AxePuppeteer(page).setLegacyMode(true).analyze();
    const where = `${new URL(page.url()).pathname} at ${viewport.width}, ${scheme}`;
    for (const { id, nodes } of violations) found.push(`${where}: ${id}: ${nodes[0]?.html}`);
    const overflow = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    if (overflow > 0) found.push(`${where}: ${overflow} px too wide`);
  }
  await page.setViewport(DESKTOP);
  await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: 'light' }]);
  return found;
}
