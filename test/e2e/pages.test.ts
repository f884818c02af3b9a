/*
 * The pages as a person with a browser sees them: the real service on the embedded database, real listeners on 127.x,
 * a real scan, a real browser.
 */
/// <reference lib="dom" />
import type { BrowserContext, Page } from 'puppeteer';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBrowser } from '../support/open-browser.js';
import { HOSTILE, HOSTILE_SERVICE, openPageHarbour, type PageHarbour } from '../support/page-harbour.js';

let harbour: PageHarbour;
let browser: BrowserContext;
let closeBrowser: () => Promise<void>;
/** What the browser complained of, on any page of any test. */
const complaints: string[] = [];

async function openPage(path: string): Promise<Page> {
  const page = await browser.newPage();
  page.on('pageerror', (error) => complaints.push(`${path}: ${String(error)}`));
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warn')
      complaints.push(`${path}: ${message.text()}`);
  });
  page.on('dialog', (dialog) => {
    complaints.push(`${path}: a dialog says ${dialog.message()}`);
    void dialog.dismiss();
  });
  await page.goto(harbour.url + path, { waitUntil: 'load' });
  return page;
}

beforeAll(async () => {
  harbour = await openPageHarbour({ inventory: true });
  ({ browser, close: closeBrowser } = await openBrowser());
});

afterAll(async () => {
  await closeBrowser?.();
  await harbour?.close();
});

describe('before the first run', () => {
  it.each([
    ['/', 'No runs yet'],
    ['/findings', 'No findings yet'],
    ['/reports', 'No reports yet'],
  ])('%s says that there is nothing yet, and what to do', async (path, says) => {
    const { status, html } = await harbour.fetchPage(path);
    expect(status).toBe(200);
    expect(html).toContain(says);
    expect(html).not.toContain('undefined');
  });
});

describe('a run, watched in a browser', () => {
  it('starts by the button, moves its bar, and shows its end without a reload', async () => {
    const page = await openPage('/');
    await page.click('form[action="/audits/slow/run"] button');
    await page.waitForSelector('h1 ::-p-text(Under way)');
    await page.evaluate(() => {
      const seen: number[] = [];
      Object.assign(window, { seen });
      const note = (): void => {
        const bar = document.querySelector('progress');
        if (bar && seen.at(-1) !== bar.value) seen.push(bar.value);
      };
      new MutationObserver(note).observe(document.body, { subtree: true, childList: true, attributes: true });
    });
    await page.waitForSelector('h1 ::-p-text(Clean)', { timeout: 60_000 });
    const seen = await page.evaluate(() => (window as unknown as { seen: number[] }).seen);
    expect(seen.length).toBeGreaterThan(2);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    expect(seen.at(-1)).toBeLessThanOrEqual(6000);
    expect(await page.title()).toContain('clean');
    expect(await page.$eval('#eastern link', (link) => (link as HTMLLinkElement).href)).toContain('fonts-zh');
    await page.waitForSelector('a[href$="/report.pdf"]', { timeout: 60_000 });
    await page.close();
  });

  it('shows up on an overview that is open, with its bar, and then its verdict', async () => {
    const page = await openPage('/');
    await page.evaluate(() => Object.assign(window, { notReloaded: true }));
    const path = (await harbour.post('/audits/slow/run')).headers.get('location')!;
    const row = `table.runs tr:has(a[href="${path}"])`;
    await page.waitForSelector(`${row} progress`, { timeout: 30_000 });
    await page.waitForSelector(`${row} .v-clean`, { timeout: 60_000 });
    expect(await page.evaluate(() => 'notReloaded' in window)).toBe(true);
    await page.close();
  });
});

describe('what came of a run', () => {
  let run: string;
  beforeAll(async () => {
    run = await harbour.runToItsEnd('quick');
  });

  it('is on its page: verdict, coverage that ties out, findings, every host, the inventory’s hash', async () => {
    const { html } = await harbour.fetchPage(run);
    expect(html).toMatch(/<h1>Drift<\/h1>/);
    const numbers = Array.from(html.matchAll(/<dd>(\d+)(?: <small>|<\/dd>)/g), (match) => Number(match[1]));
    expect(numbers).toHaveLength(4);
    expect(numbers[0]).toBe(numbers[1]! + numbers[2]! + numbers[3]!);
    expect(html).toContain('unexpected-open');
    expect(html).toContain('127.0.0.23');
    expect(html).toContain('as declared');
    expect(html).toMatch(/[0-9a-f]{64}/);
  });

  it('shows hostile names as text, and nothing of them as markup', async () => {
    const page = await openPage(run);
    expect(await page.$$('main img, main script')).toEqual([]);
    expect(await page.$eval('main', (main) => main.textContent)).toContain(HOSTILE);
    await page.goto(`${harbour.url}/findings?q=onerror`);
    expect(await page.$eval('#results', (main) => main.textContent)).toContain(HOSTILE);
    await page.click('a.kind');
    await page.waitForSelector('.timeline');
    expect(await page.$$('main img, main script')).toEqual([]);
    await page.goto(`${harbour.url}/findings?kind=unexpected-open`);
    await page.click('a.kind');
    await page.waitForSelector('.timeline');
    expect(await page.$eval('main', (main) => main.textContent)).toContain(HOSTILE_SERVICE);
    expect(await page.title()).toContain('unexpected-open');
    await page.close();
  });

  it('is in the finding’s history, with who and why, and a link to the run', async () => {
    const { html } = await harbour.fetchPage('/findings?kind=unexpected-open');
    const { html: one } = await harbour.fetchPage(/href="(\/findings\/\d+)"/.exec(html)![1]!);
    for (const said of [
      'Declared',
      'Observed',
      'Why high',
      'What to do',
      'shop@example.test',
      `href="${run}"`,
    ]) {
      expect(one).toContain(said);
    }
    expect(one).toContain('first sight, to be confirmed');
    expect(one).toContain('confirmed by 1 fresh look');
  });

  it('is a PDF to download, named and tagged by its own hash', async () => {
    const answer = await untilPrinted(`${run}/report.pdf`);
    const pdf = Buffer.from(await answer.arrayBuffer());
    expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
    expect(answer.headers.get('content-type')).toBe('application/pdf');
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    expect(answer.headers.get('content-disposition')).toMatch(
      /^attachment; filename="portolan-quick-run-\d+-\d{4}-\d\d-\d\d\.pdf"$/,
    );
    const etag = answer.headers.get('etag')!;
    expect(etag).toMatch(/^"[0-9a-f]{64}"$/);
    const again = await fetch(`${harbour.url}${run}/report.pdf`, { headers: { 'if-none-match': etag } });
    expect(again.status).toBe(304);
    expect((await harbour.fetchPage('/reports')).html).toContain(etag.slice(1, -1));
  });

  it('can be filtered, and the filter stands in the URL', async () => {
    const page = await openPage('/findings');
    const all = (await page.$$('#results tbody tr')).length;
    await page.select('select[name=severity]', 'high');
    await page.waitForFunction(() => location.search.includes('severity=high'));
    await page.waitForFunction(
      (count) => document.querySelectorAll('#results tbody tr').length < count,
      {},
      all,
    );
    const shown = await page.$$eval('#results tbody tr', (rows) => rows.map((row) => row.textContent ?? ''));
    expect(shown.length).toBeGreaterThan(0);
    for (const row of shown) expect(row).toContain('high');
    await page.reload();
    expect(await page.$eval('select[name=severity]', (select) => select.value)).toBe('high');
    expect((await page.$$('#results tbody tr')).length).toBe(shown.length);
    await page.type('input[name=q]', 'no such thing');
    await page.waitForSelector('#results ::-p-text(Nothing matches)');
    await page.close();
  });
});

/** The press works beside the run: its report may come a moment later. */
async function untilPrinted(path: string): Promise<Response> {
  const page = await openPage(path.replace('/report.pdf', ''));
  await page.waitForSelector(`a[href="${path}"]`, { timeout: 60_000 });
  await page.close();
  return fetch(harbour.url + path);
}

describe('what makes markup of text', () => {
  it('is htmx alone, and it brings no script along', async () => {
    const page = await browser.newPage();
    await page.goto(`${harbour.url}/findings`, { waitUntil: 'load' });
    const tried = await page.evaluate(() => {
      const refused = (work: () => unknown): string => {
        try {
          work();
          return 'done';
        } catch (error) {
          return (error as Error).name;
        }
      };
      const script = document.createElement('script');
      const types = (
        window as unknown as { trustedTypes: { createPolicy(name: string, rules: object): object } }
      ).trustedTypes;
      return [
        refused(() => document.querySelector('main')!.insertAdjacentHTML('beforeend', '<b>x</b>')),
        refused(() => new DOMParser().parseFromString('<b>x</b>', 'text/html')),
        refused(() => Object.assign(script, { src: '/assets/x.js' })),
        refused(() => Object.assign(script, { text: 'document.title = "taken"' })),
        refused(() => types.createPolicy('another', { createHTML: (text: string) => text })),
        refused(() => types.createPolicy('portolan', { createHTML: (text: string) => text })),
      ];
    });
    expect(new Set(tried)).toEqual(new Set(['TypeError']));
    // An answer of ours that had a script in it, whoever has put it there: its markup comes, and the script is empty.
    await page.setRequestInterception(true);
    page.on('request', (request) => {
      if (!request.url().includes('q=planted')) return void request.continue();
      const nonce = `nonce="${'x'.repeat(24)}"`;
      const body = `<div id="results"><b id="came">x</b><script ${nonce}>document.title = 'taken'</script></div>`;
      void request.respond({ contentType: 'text/html', body });
    });
    await page.type('input[name=q]', 'planted');
    await page.waitForSelector('#came');
    expect(await page.$eval('#results script', (planted) => planted.textContent)).toBe('');
    expect(await page.title()).toBe('Findings · Portolan');
    await page.close();
  });
});

describe('the whole of it', () => {
  it('runs no inline script or style, and the browser complains of nothing', async () => {
    const { headers } = await harbour.fetchPage('/');
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    for (const path of [
      '/',
      '/findings',
      '/findings/1',
      '/reports',
      '/reports/schedules',
      '/runs/1',
      '/runs?audit=quick',
      '/audits',
      '/audits/quick',
      '/windows',
      '/runs/1/difference?with=1',
      '/findings?state=all',
    ]) {
      const page = await openPage(path);
      expect(
        await page.evaluate(() => document.querySelectorAll('[style], style, script:not([src])').length),
      ).toBe(0);
      for (const width of [1280, 390]) {
        await page.setViewport({ width, height: 800 });
        expect(
          await page.evaluate(() => document.documentElement.scrollWidth - innerWidth),
        ).toBeLessThanOrEqual(0);
      }
      await page.close();
    }
    expect(complaints).toEqual([]);
  });
});
