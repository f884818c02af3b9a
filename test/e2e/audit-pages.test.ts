/*
 * The overview, audits, runs and windows in a real browser: what one can do there, by day and by night, on a phone, without
 * scripts, and with nothing that axe finds.
 */
/// <reference lib="dom" />

import type { BrowserContext, Page } from 'puppeteer';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { turnsOfDay } from '../chaos/support/form.js';
import { openBrowser } from '../support/open-browser.js';
import { HOSTILE, ODD_AUDIT, openPageHarbour, type PageHarbour } from '../support/page-harbour.js';
import { troublesOf } from '../support/page-troubles.js';

const ODD_PATH = encodeURIComponent(ODD_AUDIT);
const SCHEDULED = `  - { name: patrol, hosts: all, ports: declared, schedule: "30 3 1 1 *", timezone: Europe/Berlin, jitter: 10m }
  - { name: crawl, hosts: { names: [quiet] }, ports: 20000-25999, ratePerSecond: 300, confirm: { times: 0, afterMs: 0 } }
windows:
  - { name: racks, kind: maintenance, hosts: { names: [quiet] }, from: "2026-01-01T00:00", until: "2199-01-01T00:00", why: ${JSON.stringify(HOSTILE)} }
  - { name: new-year, kind: blackout, audits: [patrol], schedule: "0 0 1 1 *", lasts: 12h, timezone: Europe/Berlin }
`;

let harbour: PageHarbour;
let browser: BrowserContext;
let closeBrowser: () => Promise<void>;
let page: Page;
let runs: string[] = [];
const complaints: string[] = [];

beforeAll(async () => {
  harbour = await openPageHarbour({ inventory: true, more: SCHEDULED });
  ({ browser, close: closeBrowser } = await openBrowser());
  page = await browser.newPage();
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warn') complaints.push(message.text());
  });
  runs = [
    await harbour.runToItsEnd('quick'),
    await harbour.runToItsEnd(ODD_PATH),
    await harbour.runToItsEnd('quick'),
  ];
});
afterAll(async () => {
  await closeBrowser?.();
  await harbour?.close();
});

const go = (path: string) => page.goto(harbour.url + path, { waitUntil: 'load' });
const words = (selector = 'main'): Promise<string> =>
  page.$eval(selector, (part) => (part.textContent ?? '').replace(/\s+/g, ' '));

describe('each page', () => {
  it.each(
    turnsOfDay(
      [
        '/',
        '/audits',
        '/audits/patrol',
        `/audits/${ODD_PATH}`,
        '/runs',
        '/runs?verdict=failed',
        '/windows',
        'a run',
        'a difference',
      ],
      2,
    ),
  )('%s has nothing that axe finds, and is no wider than its window', async (path) => {
    await go(path === 'a run' ? runs[0]! : path === 'a difference' ? `${runs[2]}/difference` : path);
    expect(await troublesOf(page)).toEqual([]);
    expect(await page.$$('main img, main script, main [style]')).toEqual([]);
  });

  it.each([
    ['/', 'Different from yesterday'],
    ['/audits', ODD_AUDIT],
    ['/audits/patrol', 'Europe/Berlin'],
    ['/runs', 'by hand'],
    ['/windows', HOSTILE],
  ])('%s can be read without scripts', async (path, says) => {
    const plain = await browser.newPage();
    await plain.setJavaScriptEnabled(false);
    await plain.goto(harbour.url + path);
    expect(await plain.$eval('main', (main) => main.textContent)).toContain(says);
    await plain.close();
  });
});

describe('the overview', () => {
  it('says the verdict of each audit, how findings stand, and what is new, with ways to them', async () => {
    await go('/');
    const said = await words();
    for (const word of ['Drift', 'Open findings', 'New drift', 'Next runs', 'saw', 'known ports'])
      expect(said).toContain(word);
    const open = Number(
      await page.$eval('.figures a[href="/findings?state=open"]', (link) => link.textContent),
    );
    await go('/findings?state=open');
    expect(Number(await page.$eval('.total b', (total) => total.textContent))).toBe(open);
    await go('/');
    await page.click('.moved a.kind');
    await page.waitForSelector('.timeline');
  });

  it('is the same for a program', async () => {
    const answer = await (await fetch(`${harbour.url}/api/v1/overview`)).json();
    await go('/');
    const open = Number(
      await page.$eval('.figures a[href="/findings?state=open"]', (link) => link.textContent),
    );
    const sum = (list: Array<{ open: number }>): number => list.reduce((all, one) => all + one.open, 0);
    expect([sum(answer.findings.bySeverity), sum(answer.findings.byOwner)]).toEqual([open, open]);
    expect(answer.audits.map(({ name }: { name: string }) => name)).toContain(ODD_AUDIT);
    expect(answer.scanner).toMatchObject({ sees: true, blindness: null });
  });
});

describe('an audit', () => {
  it('says when it is due, in its own zone too, and which blackout stands against it', async () => {
    await go('/audits/patrol');
    const due = await words('.due');
    expect(due).toContain('01-01 03:30');
    expect(due).toContain('left out: blackout new-year');
    const { due: slots, audit } = await (await fetch(`${harbour.url}/api/v1/audits/patrol`)).json();
    expect(slots).toHaveLength(10);
    expect(slots[0]).toMatchObject({ blackout: 'new-year' });
    expect(audit).toMatchObject({ paused: null, last: null, nextAt: null });
  });

  it('is paused with a reason, which is shown as it is, and resumed', async () => {
    await go('/audits/patrol');
    await page.waitForSelector('.pause input');
    await page.type('.pause input', HOSTILE);
    await Promise.all([page.waitForNavigation(), page.click('.pause button')]);
    expect(await words('.held')).toContain(HOSTILE);
    expect(await page.$$('main img')).toEqual([]);
    await go('/audits');
    await page.click('form[action$="/resume"] button');
    await page.waitForFunction(
      () => location.pathname === '/audits/patrol' && document.readyState === 'complete',
    );
    expect(await page.$('.held')).toBeNull();
  });

  it('of any name has a page, from which it runs', async () => {
    await go('/audits');
    await page.click(`a[href="/audits/${ODD_PATH}"]`);
    await page.waitForSelector('.audit-head');
    expect(await words('h1')).toBe(ODD_AUDIT);
    await Promise.all([page.waitForNavigation(), page.click('.audit-head form[action$="/run"] button')]);
    await page.waitForSelector('h1 ::-p-text(Clean)', { timeout: 60_000 });
  });
});

describe('runs', () => {
  it('are listed by audit and verdict, and the filter stands in the URL', async () => {
    await go('/runs');
    await page.select('select[name=audit]', 'quick');
    await page.select('select[name=verdict]', 'drift');
    await Promise.all([page.waitForNavigation(), page.click('.filter button')]);
    expect(new URL(page.url()).searchParams.get('audit')).toBe('quick');
    expect(await page.$$('.runs tbody tr')).toHaveLength(2);
    await go(`/runs?audit=${ODD_PATH}`);
    expect(await words('.runs')).toContain(ODD_AUDIT);
  });

  it('are held against each other: what opened, and what did not is not said to have closed', async () => {
    await go(runs[2]!);
    await page.click('.run-ways a[href*="difference?with"]');
    await page.waitForSelector('.two-runs');
    expect(await words()).toContain('Both saw the same');
    const [first, odd] = [runs[0]!, runs[1]!].map((path) => path.split('/').at(-1));
    await go(`${runs[0]}/difference?with=${odd}`);
    expect(await words('.counts')).toMatch(/closed0.*not comparable[1-9]/);
    const answer = await (await fetch(`${harbour.url}/api/v1/runs/${odd}/difference?with=${first}`)).json();
    expect(answer.before.id).toBe(first);
    expect(answer.counts).toMatchObject({ closed: 0, opened: 0 });
    expect(answer.counts.onlyBefore).toBeGreaterThan(0);
  });

  it('that is going is followed by several at once, shows its drift as a first sight, and is cancelled', async () => {
    const path = (await harbour.post('/audits/crawl/run')).headers.get('location')!;
    const others = await Promise.all(
      Array.from({ length: 5 }, () => fetch(`${harbour.url}${path}/progress`)),
    );
    const told = others.map(async (answer) => (await answer.text()).includes('Inconclusive'));
    await go(path);
    await page.waitForSelector('progress');
    const asked = async () => (await fetch(`${harbour.url}/api/v1${path}`)).json();
    await expect.poll(async () => (await asked()).progress?.probes, { timeout: 20_000 }).toBe(6000);
    expect((await asked()).run.verdict).toBeNull();
    const compared = await fetch(`${harbour.url}${path}/difference?with=${runs[0]!.split('/').at(-1)}`);
    expect(compared.status).toBe(409);
    await page.click('form[action$="/cancel"] button');
    // The page that is left and the one that comes have a heading each.
    const heading = () => words('h1').catch(String);
    await expect.poll(heading, { timeout: 30_000 }).toContain('Inconclusive');
    expect(await words('header.verdict')).toContain('cancelled by somebody at this machine');
    expect(await Promise.all(told)).toEqual([true, true, true, true, true]);
  });
});

describe('the form of an audit', () => {
  it('has nothing that axe finds, and can be read without scripts', async () => {
    await go('/new-audit');
    expect(await troublesOf(page)).toEqual([]);
    await go(`/audits/${ODD_PATH}/edit`);
    expect(await page.$eval('[name=names]', (field) => (field as HTMLInputElement).value)).toBe('quiet');
    expect(await troublesOf(page)).toEqual([]);
  });

  it('shows while it is filled in what the audit would do, and what is wrong, in the file’s words', async () => {
    await go('/new-audit');
    await page.type('[name=name]', 'evening');
    await page.type('[name=schedule]', '15 21 * * 1-5');
    await page.waitForSelector('#preview ::-p-text(Monday to Friday at 21:15)');
    expect(await page.$$('#preview .due tbody tr')).toHaveLength(10);
    expect(await words('#preview')).toMatch(/Probe 4 ports of 3 addresses/);
    await page.type('[name=timezone]', 'Atlantis');
    await page.waitForSelector('#preview ::-p-text(is no time zone)');
    await page.$eval('[name=timezone]', (field) => {
      (field as HTMLInputElement).value = '';
    });
    await page.type('[name=timezone]', 'Europe/Berlin');
    await page.waitForSelector('#preview ::-p-text(In its zone)');
    await page.type('[name=by]', HOSTILE);
    await Promise.all([page.waitForNavigation(), page.click('.audit-form > .buttons button:last-child')]);
    expect(new URL(page.url()).pathname).toBe('/audits/evening');
    expect(await words()).toContain('Monday to Friday at 21:15 (Europe/Berlin)');
  });

  const post = (path: string, fields: Record<string, string>): Promise<Response> =>
    fetch(harbour.url + path, {
      method: 'POST',
      redirect: 'manual',
      headers: { accept: 'text/html', 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams(fields).toString(),
    });

  it('works without scripts: a look first, then saved; what is refused is still in the form', async () => {
    const { html } = await harbour.fetchPage('/audits/slow/edit');
    const base = /name="base" value="(\d+)"/.exec(html)![1]!;
    const fields = {
      name: 'slow',
      names: 'quiet',
      ports: '20000-25999',
      kind: 'none',
      ratePerSecond: '1000',
      by: 'Ada',
      base,
    };
    const looked = await (await post('/audits/slow/edit/look', fields)).text();
    expect(looked).toContain('What it would do');
    expect(looked).toContain('6,000');
    const wrong = await post('/audits/slow/edit', { ...fields, ports: '1-99999' });
    expect(wrong.status).toBe(400);
    const refused = await wrong.text();
    expect(refused).toContain('value="1-99999"');
    expect(refused).toContain('out of range');
    const other = await post('/audits/slow/edit', { ...fields, name: 'quick' });
    expect([other.status, await other.text()]).toEqual([400, expect.stringContaining('keeps its name')]);
    expect((await post('/audits/slow/edit', fields)).status).toBe(303);
    const stale = await post('/audits/slow/edit', { ...fields, ratePerSecond: '1234' });
    expect(stale.status).toBe(412);
    const kept = await stale.text();
    expect(kept).toContain('value="1234"');
    expect(kept).toContain('has come meanwhile');
  });

  it('refuses a name that is taken, one that is not there, and nonsense', async () => {
    const fields = { all: 'yes', ports: 'declared', kind: 'none', by: 'Ada', base: '1' };
    const taken = await post('/new-audit', { ...fields, name: 'quick' });
    expect([taken.status, await taken.text()]).toEqual([400, expect.stringContaining('already')]);
    expect((await post('/new-audit', { ...fields, name: '' })).status).toBe(400);
    expect((await post('/new-audit', { ...fields, name: 'two words' })).status).toBe(400);
    expect((await post('/new-audit', { ...fields, name: 'x'.repeat(200_000) })).status).toBe(400);
    expect((await harbour.fetchPage('/audits/nobody/edit')).status).toBe(404);
    const hostile = await post('/new-audit/look', { ...fields, name: HOSTILE, addresses: HOSTILE });
    expect(await hostile.text()).not.toContain('<img');
  });
});

describe('windows', () => {
  it('say which hold now, for whom, and when the others come', async () => {
    await go('/windows');
    expect(await words('.holding')).toBe('1 of 2 holds now');
    expect(await words('.window.holds')).toContain('racks');
    const { windows } = await (await fetch(`${harbour.url}/api/v1/windows`)).json();
    expect(windows[0]).toMatchObject({ name: 'racks', kind: 'maintenance', hosts: 1, audits: [] });
    expect(windows[1]).toMatchObject({ name: 'new-year', now: null, audits: ['patrol'] });
    expect(windows[1].coming).toHaveLength(5);
  });
});

it('the browser complained of nothing', () => {
  expect(complaints).toEqual([]);
});
