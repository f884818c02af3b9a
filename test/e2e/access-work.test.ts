/*
 * In a real browser: passkeys, by an authenticator that Chromium plays; work that outlives its session, with a script and without; and
 * what is planted in a page does not run. By the name localhost, for a passkey is bound to a name.
 */
/// <reference lib="dom" />
import type { BrowserContext, HTTPRequest, Page } from 'puppeteer';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openOwnBrowser } from '../support/open-browser.js';
import { openPageHarbour, type PageHarbour } from '../support/page-harbour.js';
import { troublesOf } from '../support/page-troubles.js';

const PASSWORD = 'ships in the night, lights ashore';

let harbour: PageHarbour;
let browser: BrowserContext;
let closeBrowser: () => Promise<void>;
let page: Page;
let url: string;

beforeAll(async () => {
  harbour = await openPageHarbour({ inventory: true, access: 'accounts' });
  url = harbour.url.replace('127.0.0.1', 'localhost');
  ({ browser, close: closeBrowser } = await openOwnBrowser());
  page = await browser.newPage();
  const devtools = await page.createCDPSession();
  await devtools.send('WebAuthn.enable');
  await devtools.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      ...{ protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true },
      ...{ isUserVerified: true, automaticPresenceSimulation: true },
    },
  });
  await go(`/set-up?link=${await harbour.setUpLink()}`);
  await page.type('[name=name]', 'Ada');
  await page.type('[name=login]', 'ada');
  await page.type('[name=password]', PASSWORD);
  await pressed('form.fields button');
});
afterAll(async () => {
  await closeBrowser?.();
  await harbour?.close();
});

const go = (path: string, on = page) => on.goto(url + path, { waitUntil: 'load' });
const pressed = (button: string, on = page) => Promise.all([on.waitForNavigation(), on.click(button)]);
const here = (on = page): string => new URL(on.url()).pathname;
const signOut = (): Promise<unknown> => harbour.query('delete from session');

describe('a passkey', () => {
  const ADD = 'form[data-passkey="/account/passkeys"]';

  it('is added by whoever knows the password, and named', async () => {
    await go('/account');
    await page.type(`${ADD} [name=name]`, 'My <b>phone</b>');
    await page.type(`${ADD} [name=password]`, 'not the password at all');
    await page.click(`${ADD} button`);
    await page.waitForSelector('#notice ::-p-text(not your password)');
    await page.$eval(`${ADD} [name=password]`, (field) => {
      (field as HTMLInputElement).value = '';
    });
    await page.type(`${ADD} [name=password]`, PASSWORD);
    await pressed(`${ADD} button`);
    expect(await page.$eval('main', (main) => main.textContent)).toContain('My <b>phone</b>');
    expect(await troublesOf(page)).toEqual([]);
  });

  it('is asked for after the password, and is enough in its place', async () => {
    await signOut();
    await go('/findings');
    await page.type('[name=login]', 'ada');
    await page.type('[name=password]', PASSWORD);
    await pressed('form.fields button');
    expect(here()).toBe('/sign-in/code');
    expect(await page.$('[name=code]')).toBeNull();
    expect(await troublesOf(page)).toEqual([]);
    await pressed('form[data-passkey] button');
    expect(here()).toBe('/findings');

    await signOut();
    await go('/account');
    await pressed('form[data-passkey] button');
    expect(here()).toBe('/account');
    expect(
      await harbour.query('select counter > 0 as counts, used_at is not null as used from passkey'),
    ).toEqual([{ counts: true, used: true }]);
    expect(await harbour.query('select count(*)::int as n from spent_challenge')).toEqual([{ n: 3 }]);
  });

  it('that was copied is refused: its counter has gone back', async () => {
    await harbour.query('update passkey set counter = 1000');
    await signOut();
    await go('/sign-in');
    await page.click('form[data-passkey] button');
    await page.waitForSelector('#notice ::-p-text(no passkey of an account here)');
    await harbour.query('update passkey set counter = 0');
    await pressed('form[data-passkey] button');
  });

  it('is removed, and is of no use from then on', async () => {
    await go('/account');
    await pressed('[aria-label^="Remove My"]');
    await signOut();
    await go('/sign-in');
    await page.click('form[data-passkey] button');
    await page.waitForSelector('#notice ::-p-text(no passkey of an account here)');
  });
});

describe('work whose session has ended', () => {
  const signIn = async (on: Page): Promise<void> => {
    await on.type('[name=login]', 'ada');
    await on.type('[name=password]', PASSWORD);
    await pressed('form.fields button', on);
  };

  it('stays on the page, and is sent after a sign-in in another tab', async () => {
    await go('/sign-in?next=/access');
    await signIn(page);
    await page.evaluate(() => {
      const form = document.querySelector('.accounts form.inline') as HTMLFormElement;
      (form.elements.namedItem('owners') as HTMLInputElement).value = 'written before';
    });
    await signOut();
    await page.click('.accounts form.inline button');
    await page.waitForSelector('#notice [data-session=ended]');
    const other = await browser.newPage();
    await go('/sign-in?next=/signed-in', other);
    await signIn(other);
    expect(here(other)).toBe('/signed-in');
    await other.close();
    await page.bringToFront();
    await page.evaluate(() => window.dispatchEvent(new Event('focus')));
    await page.waitForSelector('#notice ::-p-text(signed in again, as Ada)');
    await pressed('.accounts form.inline button');
    expect(await harbour.query(`select owners from account where login = 'ada'`)).toEqual([
      { owners: ['written', 'before'] },
    ]);
  });

  it('is kept by the answer where there is no script, shown as it is, and sent by a button', async () => {
    const plain = await browser.newPage();
    await plain.setJavaScriptEnabled(false);
    await go('/sign-in?next=/audits', plain);
    await signIn(plain);
    const why = '<img src=x onerror=alert(1)> & "more"';
    await plain.setJavaScriptEnabled(true);
    await plain.evaluate((text) => {
      const form = document.createElement('form');
      form.method = 'post';
      form.action = '/audits/quick/run';
      for (const [name, value] of [
        ['why', text],
        ['password', 'hunter2'],
      ]) {
        const field = form.appendChild(document.createElement('input'));
        field.name = name!;
        field.value = value!;
      }
      form.append(document.createElement('button'));
      form.id = 'planted';
      document.body.append(form);
    }, why);
    await plain.setJavaScriptEnabled(false);
    await signOut();
    await pressed('#planted button', plain);
    expect(await plain.$eval('h1', (title) => title.textContent)).toBe('Your session has ended');
    expect(await plain.content()).not.toContain('hunter2');
    expect(await plain.$eval('.kept', (list) => list.textContent)).toContain(why);
    await pressed('.steps button', plain);
    expect(await plain.$eval('h1', (title) => title.textContent)).toBe('Your session has ended');
    const other = await browser.newPage();
    await go('/sign-in?next=/signed-in', other);
    await signIn(other);
    await other.close();
    await pressed('.steps button', plain);
    expect(await plain.$eval('h1', (title) => title.textContent)).toBe('Send it again');
    await pressed('main form button', plain);
    expect(here(plain)).toMatch(/^\/runs\/\d+$/);
    await plain.close();
  });
});

describe('every page', () => {
  it.each(['/about', '/signed-out', '/signed-in', '/account', '/access'])(
    '%s has nothing that axe finds',
    async (path) => {
      await go(path);
      expect(here()).toBe(path);
      expect(await troublesOf(page)).toEqual([]);
    },
  );

  it('names a nonce in its policy, and runs nothing that has none', async () => {
    for (const path of ['/', '/findings', '/account', '/nowhere']) {
      const answer = await go(path);
      const [, nonce] = /script-src 'nonce-([^']+)'/.exec(answer!.headers()['content-security-policy']!)!;
      expect(await page.$$eval('script', (all) => all.map((one) => one.nonce))).toEqual(
        expect.arrayContaining([nonce]),
      );
      expect(new Set(await page.$$eval('script', (all) => all.map((one) => one.nonce)))).toEqual(
        new Set([nonce]),
      );
    }
    // No script of the page's own can make another one of a text (Trusted Types).
    const refused = await page.evaluate(() => {
      const inline = document.createElement('script');
      const tries = [
        () => Object.assign(inline, { textContent: 'window.planted = 1' }),
        () =>
          Object.assign(inline, { src: (document.querySelector('script[src]') as HTMLScriptElement).src }),
        () =>
          document.body.insertAdjacentHTML('beforeend', '<img src="/nowhere" onerror="window.planted = 2">'),
      ];
      return tries.map((attempt) => {
        try {
          attempt();
          return 'done';
        } catch (error) {
          return (error as Error).name;
        }
      });
    });
    expect(refused).toEqual(['TypeError', 'TypeError', 'TypeError']);
  });

  it('runs nothing that was planted in its text', async () => {
    const answer = (await go('/'))!;
    const [html, headers] = [await answer.text(), answer.headers()];
    const planted =
      '<script>window.planted = 1</script><img id="bait" src="/nowhere" onerror="window.planted = 2">';
    const answerInstead = (request: HTTPRequest): void => {
      if (new URL(request.url()).pathname !== '/planted') return void request.continue();
      const { 'content-security-policy': policy } = headers;
      const body = html.replace('</body>', `${planted}</body>`);
      void request.respond({
        status: 200,
        headers: { 'content-security-policy': policy!, 'content-type': 'text/html; charset=utf-8' },
        body,
      });
    };
    await page.setRequestInterception(true);
    page.on('request', answerInstead);
    try {
      await go('/planted');
      // The picture's own error has come by then: its handler would have run.
      await page.waitForFunction(() => (document.querySelector('#bait') as HTMLImageElement).complete);
      expect(await page.evaluate(() => (window as { planted?: number }).planted ?? null)).toBeNull();
    } finally {
      page.off('request', answerInstead);
      await page.setRequestInterception(false);
    }
  });
});
