/*
 * Signing an attestation in a real browser: from its page to the signature, with a comment that would be markup, by day and by night, on a
 * phone, before and after; and with nothing that axe finds on the way. Then the next compliance report counts it as a review.
 */
/// <reference lib="dom" />
import type { BrowserContext, Page } from 'puppeteer';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { OrderClerk } from '../../src/reports/orders/order-clerk.js';
import { ReportOrdersService } from '../../src/reports/orders/report-orders.service.js';
import { askedFor } from '../support/asked-reports.js';
import { openBrowser } from '../support/open-browser.js';
import { HOSTILE, openPageHarbour, type PageHarbour } from '../support/page-harbour.js';
import { troublesOf } from '../support/page-troubles.js';

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
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warn') complaints.push(message.text());
  });
});
afterAll(async () => {
  await closeBrowser?.();
  await harbour?.close();
});

/** Its number, once the service has made it. */
async function made(some: Parameters<typeof askedFor>[0]): Promise<string> {
  const orders = harbour.app.get(ReportOrdersService);
  const { id } = await orders.ask({ parameters: askedFor(some), by: 'Ada' });
  for (;;) {
    await harbour.app.get(OrderClerk).workOnce();
    const { outcome, problem, reportId } = await orders.get(id);
    if (outcome === 'made') return reportId!;
    expect(problem).toBeNull();
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
const words = (selector = 'main'): Promise<string> =>
  page.$eval(selector, (part) => (part.textContent ?? '').replace(/\s+/g, ' '));

it('an attestation is read, signed for its owner, and shows who has', async () => {
  await harbour.runToItsEnd('quick');
  const id = await made({ kind: 'attestation' });
  await page.goto(`${harbour.url}/reports/${id}`);
  await page.waitForSelector('a[href$="/sign-off"]');
  await Promise.all([page.waitForNavigation(), page.click('a[href$="/sign-off"]')]);
  expect(await words('.signing-owners')).toContain('not yet');
  expect(await words('#owners + .source')).toBe('0 of 1 signed for');
  expect(await troublesOf(page)).toEqual([]);
  const list = await fetch(await page.$eval('.ways .button', (link) => (link as HTMLAnchorElement).href));
  expect([list.status, await list.text()]).toEqual([
    200,
    expect.stringContaining('Shop &amp; &lt;b&gt;checkout'),
  ]);
  await page.type('.sign-for [name="comment"]', HOSTILE);
  await page.type('.sign-for [name="by"]', 'Grace');
  await Promise.all([page.waitForNavigation(), page.click('.sign-for button')]);
  expect(await words('.outcome-box')).toContain(`Signed by Grace`);
  expect(await words('.outcome-box')).toContain(HOSTILE);
  expect(await words('#owners + .source')).toBe('1 of 1 signed for');
  expect(await page.$$('main img, main script, .sign-for form')).toEqual([]);
  expect(await troublesOf(page)).toEqual([]);
});

it('and counts as a review of what stood on it: of the owner’s service, and not of one that is nobody’s', async () => {
  const id = await made({ kind: 'compliance', framework: 'nist-800-53r5' });
  const { tallies, controls } = (await (await fetch(`${harbour.url}/reports/${id}/report.json`)).json()) as {
    tallies: { services: { open: number; owned: number }; reviews: { services: object } };
    controls: Array<{ id: string; conditions: Array<{ id: string; count: number; of: number }> }>;
  };
  expect(tallies.services).toMatchObject({ open: 2, owned: 1 });
  expect(tallies.reviews.services).toEqual({ inPeriod: 1, inLast184: 1 });
  const asked = controls.flatMap(({ conditions }) =>
    conditions.filter((one) => one.id === 'reviewed-in-period'),
  );
  expect(asked).toMatchObject([{ count: 1, of: 2 }]);
});

it('nothing on the way was complained of', () => {
  expect(complaints).toEqual([]);
});
