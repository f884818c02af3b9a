/*
 * Importing an inventory by its pages: several files, with and without script, and files that were made to hurt.
 */
/// <reference lib="dom" />
import type { BrowserContext, Page } from 'puppeteer';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBrowser } from '../support/open-browser.js';
import { openPageHarbour, type PageHarbour } from '../support/page-harbour.js';

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
});
afterAll(async () => {
  await closeBrowser?.();
  await harbour?.close();
});

const go = (path: string) => page.goto(harbour.url + path, { waitUntil: 'load' });

describe('an import', () => {
  const file = (name: string, text: string) =>
    `file=${encodeURIComponent(name)}&text=${encodeURIComponent(text)}`;
  const send = async (path: string, body: string) => {
    const headers = { accept: 'text/html', 'content-type': 'application/x-www-form-urlencoded' };
    const answer = await fetch(harbour.url + path, { method: 'POST', redirect: 'manual', headers, body });
    return { status: answer.status, html: await answer.text(), location: answer.headers.get('location') };
  };

  it('of several files makes a folder, without any script', async () => {
    await page.setJavaScriptEnabled(false);
    const both = [
      file('a.yaml', 'version: 1\nowners:\r\n  x: { name: X }\r\n'),
      file('b.yaml', 'version: 1\nhosts:\n  - { name: b, address: 127.0.0.2, owner: x }\n'),
    ];
    const planned = await send('/inventory/edit/plan', `whole=yes&base=&${both.join('&')}`);
    expect(planned.html).toContain('host b');
    const base = /name="base" value="(\d+)"/.exec(planned.html)![1];
    const applied = await send('/inventory/edit/apply', `whole=yes&base=${base}&by=Ada&${both.join('&')}`);
    expect([applied.status, applied.location]).toEqual([
      303,
      expect.stringMatching(/^\/inventory\?applied=\d+$/),
    ]);
    await go('/inventory/edit?file=b.yaml');
    expect(await page.$eval('textarea', (area) => area.textContent)).toContain('127.0.0.2');
    expect(await (await fetch(`${harbour.url}/inventory/download?file=a.yaml`)).text()).toBe(
      'version: 1\nowners:\n  x: { name: X }\n',
    );
    await page.setJavaScriptEnabled(true);
  });

  it('of chosen files reads them in the browser', async () => {
    await go('/inventory/import');
    await page.evaluate(() => {
      const picker = document.querySelector<HTMLInputElement>('[data-fills]')!;
      const files = new DataTransfer();
      files.items.add(new File(['version: 1\n'], 'one.yaml'));
      files.items.add(new File(['version: 1\n# two\n'], 'two.yaml'));
      picker.files = files.files;
      picker.dispatchEvent(new Event('change', { bubbles: true }));
    });
    await page.waitForSelector('::-p-text(Read 2 files)');
    expect(await page.$$eval('textarea', (areas) => areas.map(({ value }) => value))).toEqual([
      'version: 1\n',
      'version: 1\n# two\n',
    ]);
    await page.evaluate(() => {
      const picker = document.querySelector<HTMLInputElement>('[data-fills]')!;
      const files = new DataTransfer();
      files.items.add(new File([new Uint8Array([0xff, 0xfe, 0x41])], 'bad.yaml'));
      picker.files = files.files;
      picker.dispatchEvent(new Event('change', { bubbles: true }));
    });
    await page.waitForSelector('::-p-text(not UTF-8)');
    expect(complaints).toEqual([]);
  });

  it('that was made to hurt is refused in a word, and quickly', async () => {
    const bomb = `version: 1\na: &a [x, x, x, x, x, x, x, x, x, x]\n${'bcdefghi'
      .split('')
      .map((name, at) => `${name}: &${name} [${Array(10).fill(`*${'abcdefgh'[at]}`).join(', ')}]`)
      .join('\n')}\n`;
    for (const [text, says] of [
      [bomb, 'aliases unfold'],
      ['[', 'inventory.yaml:1:'],
      [`version: 1\n${'['.repeat(20_000)}`, 'nested too deeply'],
      ['version: 1\nhosts: "<script>document.title=3</script>"\n', '&lt;script&gt;'],
      [`version: 1\n# ${'x'.repeat(2 * 1024 * 1024)}\n`, 'inventory.yaml'],
      ['version: 1\nowners: { "\u202e\0": 3 }', 'inventory.yaml:'],
    ] as const) {
      const began = performance.now();
      const { status, html } = await send(
        '/inventory/edit/plan',
        `whole=yes&base=&${file('inventory.yaml', text)}`,
      );
      expect([status, html.includes(says), html.includes('<script>document')]).toEqual([200, true, false]);
      expect(performance.now() - began).toBeLessThan(15_000);
    }
    for (const body of ['', 'file=a', 'file=a&text=b&text=c', 'file=a&file=a&text=b&text=c', 'text=a'])
      expect((await send('/inventory/edit/plan', body)).status).toBe(400);
    for (const body of [
      'change=nonsense',
      'change=constructor',
      'edits=x',
      'edits=%5B%7B%7D%5D',
      'change=port&host=nope&ports=1&expect=open',
      'change=port&host=b&ports=1&expect=ajar&why=',
    ])
      expect([200, 400]).toContain((await send('/inventory/change/plan', body)).status);
  });
});
