/*
 * The pages as a program sees them: what is refused, and how it is said; what is served, and nothing else; and the end
 * of a service that somebody is looking at.
 */
import { get } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ODD_AUDIT, openPageHarbour, type PageHarbour } from '../support/page-harbour.js';

let harbour: PageHarbour;

beforeAll(async () => {
  harbour = await openPageHarbour({ inventory: true });
});

afterAll(() => harbour?.close());

describe('what is not there, or not allowed', () => {
  it.each([
    '/runs/999999',
    '/runs/abc',
    '/findings/999999',
    '/runs/999999/report.pdf',
    '/nowhere',
    '/assets/x/portolan.css',
  ])('%s is a page of status 404', async (path) => {
    const { status, html } = await harbour.fetchPage(path);
    expect(status).toBe(404);
    expect(html).toContain('Not on this chart');
    expect(html).toContain('href="/findings"');
  });

  it('a program is told in problem+json', async () => {
    const answer = await fetch(`${harbour.url}/runs/999999`, { headers: { accept: 'application/json' } });
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect(await answer.json()).toMatchObject({ status: 404, detail: 'There is no run 999999.' });
  });

  it('a filter that can’t be chosen is refused with those that can', async () => {
    const { status, html } = await harbour.fetchPage('/findings?severity=purple');
    expect(status).toBe(400);
    expect(html).toContain('severity must be one of critical, high, medium, low');
  });

  it('an audit that is not there can’t be run', async () => {
    expect((await harbour.post('/audits/nightly/run')).status).toBe(404);
  });

  it('an audit of any name can be run by the form on the page, and asked for its runs', async () => {
    const { html } = await harbour.fetchPage('/');
    const paths = Array.from(html.matchAll(/<form method="post" action="([^"]+)"/g), (match) => match[1]!);
    const path = paths.find((one) => one.includes('%2F'))!;
    const started = await harbour.post(path);
    expect(started.status).toBe(303);
    const run = await harbour.fetchPage(started.headers.get('location')!);
    expect(run.html).toContain('a/b?c%2Fd#e&amp;f&quot;g');
    const runs = await harbour.fetchPage(`/runs?audit=${encodeURIComponent(ODD_AUDIT)}`);
    expect(runs.html).toContain(started.headers.get('location')!);
  });

  it.each([
    ['/runs/999999', 404],
    ['/runs/one', 404],
    ['/runs/999999/difference?with=1', 404],
    ['/audits/nobody', 404],
    ['/api/v1/runs/999999', 404],
    ['/api/v1/audits/nobody', 404],
    ['/runs?verdict=purple', 400],
    ['/runs?from=yesterday', 400],
    ['/runs?from=0000-01-01', 400],
    ['/runs?after=7.forged', 400],
    ['/api/v1/runs?after=7', 400],
    ['/api/v1/runs?audit=a&audit=b', 400],
  ])('%s is refused with %i', async (path, status) => {
    expect((await harbour.fetchPage(path)).status).toBe(status);
  });

  it('a place in the list of runs is of its own filter, and nobody’s to make', async () => {
    const { html } = await harbour.fetchPage('/runs?verdict=going');
    expect(html).toContain('Clear the filter');
    for (const cursor of ['1', '1.', '1.AAAAAAAAAAAA', '99999999999999999999.x', '../1', '1 or 1=1']) {
      const answer = await harbour.fetchPage(`/runs?after=${encodeURIComponent(cursor)}`);
      expect([cursor, answer.status]).toEqual([cursor, 400]);
    }
  });

  it('a stream of a run that is not there is refused like its page', async () => {
    expect((await harbour.fetchPage('/runs/999999/progress')).status).toBe(404);
  });

  it('a zero byte in a text, which no database takes, is told to whoever sent it', async () => {
    const answer = await fetch(`${harbour.url}/api/v1/alerts/dry-run?audit=a%00b`);
    expect([answer.status, (await answer.json()).detail]).toEqual([
      400,
      'A text can’t have a zero byte in it.',
    ]);
  });

  it('a failure of our own says nothing of our inside', async () => {
    await harbour.query('alter table finding_count rename to away');
    try {
      const { status, html } = await harbour.fetchPage('/findings');
      expect(status).toBe(500);
      expect(html).toContain('Something broke on our side');
      expect(html).not.toMatch(/relation|select |node_modules/);
    } finally {
      await harbour.query('alter table away rename to finding_count');
    }
    expect((await harbour.fetchPage('/findings')).status).toBe(200);
  });

  it('a change from another origin is refused', async () => {
    expect((await harbour.post('/audits/quick/run', { origin: 'http://evil.example' })).status).toBe(403);
    expect((await harbour.post('/audits/quick/run', { 'sec-fetch-site': 'cross-site' })).status).toBe(403);
  });

  it('another host name is refused', async () => {
    const status = await new Promise((resolve, reject) => {
      get(harbour.url, { headers: { host: 'evil.example' } }, (answer) =>
        resolve(answer.resume().statusCode),
      ).on('error', reject);
    });
    expect(status).toBe(421);
  });

  it('only listed files are served, and those to keep for ever', async () => {
    const { html } = await harbour.fetchPage('/');
    const assets = /\/assets\/[0-9a-f]+\//.exec(html)![0];
    expect((await harbour.fetchPage(`${assets}portolan.css`)).headers.get('cache-control')).toContain(
      'immutable',
    );
    const font = await harbour.fetchPage(/\/assets[^"]+\.woff2/.exec(html)![0]);
    expect([font.status, font.headers.get('content-type')]).toEqual([200, 'font/woff2']);
    for (const path of [
      'package.json',
      '..%2f..%2fpackage.json',
      'fonts/..%2fpackage.json',
      'fonts/package.json',
    ]) {
      expect((await harbour.fetchPage(assets + path)).status).toBe(404);
    }
  });

  it('an audit that is still going can’t be run again, and htmx is told where to say so', async () => {
    await harbour.post('/audits/slow/run');
    expect((await harbour.post('/audits/slow/run')).status).toBe(409);
    const answer = await harbour.post('/audits/slow/run', { 'hx-request': 'true' });
    expect([answer.status, answer.headers.get('hx-retarget')]).toEqual([409, '#notice']);
    expect(await answer.text()).toMatch(/^<div class="refusal">.*still going/);
  });
});

describe('a service without an inventory', () => {
  let bare: PageHarbour;
  beforeAll(async () => {
    bare = await openPageHarbour({ inventory: false });
  });
  afterAll(() => bare?.close());

  it('says how to load one, and has nothing to run', async () => {
    expect((await bare.fetchPage('/')).html).toContain('No inventory is loaded');
    expect((await bare.post('/audits/quick/run')).status).toBe(404);
  });

  it('closes though somebody looks at it, and the stream ends', async () => {
    const { body } = await fetch(`${bare.url}/progress?since=`);
    const reader = body!.getReader();
    expect((await reader.read()).done).toBe(false);
    await bare.closeService();
    const ended = async (): Promise<boolean> => {
      while (!(await reader.read()).done);
      return true;
    };
    expect(await ended().catch(() => true)).toBe(true);
    await expect(fetch(bare.url)).rejects.toThrow();
  });
});
