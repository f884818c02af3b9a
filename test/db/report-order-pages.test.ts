/*
 * Asking for reports over HTTP, by people and by programs: whose are whose, what is refused, what is written down of who fetched them, and
 * that what others wrote is text wherever it is shown.
 */
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AccessRooms, PASSWORD } from '../support/access-rooms.js';
import { makeAllOf, plugTestKinds } from '../support/asked-reports.js';
import { databases } from '../support/databases.js';
import { sail } from '../support/rooms.js';
import type { Visitor } from '../support/visitor.js';

const INVENTORY = `version: 1
owners: { shop: { name: Shop }, ops: { name: Ops } }
scopes: [{ name: harbour, allow: [127.0.68.0/24], authorisedBy: Ada, until: 2199-01-01 }]
hosts: [{ name: one, address: 127.0.68.9, owner: shop }]
audits: [{ name: nightly, hosts: all, ports: "7" }, { name: weekly, hosts: all, ports: "7" }]
`;
const MARKUP = '<b>"&Ada</b>\u202e';

const UNREADABLE: readonly unknown[] = [
  { kind: 'everything' },
  {},
  [],
  { kind: 'exposure', whatever: 1 },
  { kind: 'exposure', audits: 'nightly' },
  { kind: 'exposure', owner: 7 },
  { kind: 'exposure', title: '' },
  { kind: 'exposure', title: 'x'.repeat(201) },
  { kind: 'exposure', audits: Array.from({ length: 101 }, (_, at) => `a${at}`) },
  { kind: 'exposure', from: '2026-02-30' },
  { kind: 'exposure', from: '2026-06-30', to: '2026-06-01' },
  { kind: 'exposure', from: '2027-06-30' },
  { kind: 'exposure', owner: 'a\0b' },
  { kind: 'exposure', tags: ['half \ud83d'] },
  { kind: 'exposure', language: 'tlh' },
  { kind: 'drift' },
  { kind: 'exposure', framework: 'pci-dss' },
];

// biome-ignore lint/suspicious/noExplicitAny: an answer of the API
type Answer = Record<string, any>;

describe('reports, asked for over HTTP', () => {
  const here = new AccessRooms(databases.find(({ name }) => name === 'postgresql')!);
  let ada: Visitor;

  beforeAll(() => void plugTestKinds(here.rooms));
  beforeEach(async () => {
    await here.rooms.load(INVENTORY);
    await here.rooms.scheduler.runNow('nightly');
    await sail(here.rooms, here.clock);
    await here.rooms.reporter.workOnce();
    ada = await here.administrator();
  });

  async function signedIn(login: string, role: 'viewer' | 'operator' | 'owner', owners: string[] = []) {
    await here.account(login, role, owners);
    const visitor = here.visitor();
    expect((await visitor.signIn(login, PASSWORD)).status).toBe(303);
    return visitor;
  }

  const post = async (who: Visitor, body: unknown, headers = {}) => {
    const { status, html } = await who.json('POST', '/api/v1/reports', body, headers);
    return { status, answer: JSON.parse(html) as Answer };
  };
  const get = async (who: Visitor, path: string): Promise<Answer> =>
    JSON.parse((await who.json('GET', path)).html);
  const FORM = { kind: 'exposure', period: 'none', language: 'en', paper: 'A4' };

  it('a form is sent, waits on its page, and leads to a report with all that is known of it', async () => {
    const asked = await ada.post('/reports', {
      ...FORM,
      title: MARKUP,
      owner: 'shop',
      tags: 'a, b',
      audits: ['nightly'],
    });
    expect(asked.status).toBe(303);
    const page = asked.headers.get('location')!;
    expect(page).toMatch(/^\/reports\/orders\/\d+$/);
    const waiting = (await ada.get(page)).html;
    expect(waiting).toContain('It is the next to be drawn.');
    expect(waiting).toContain('every 1s');
    expect((await ada.get('/reports')).html).toContain(`href="${page}"`);
    await makeAllOf(here.rooms);
    const ready = (await ada.get(page)).html;
    expect(ready).not.toContain('every 1s');
    const report = /href="(\/reports\/\d+)"/.exec(ready)![1]!;
    const told = (await ada.get(report)).html;
    for (const html of [waiting, ready, told, (await ada.get('/reports')).html]) {
      expect(html).toContain('&lt;b&gt;&quot;&amp;Ada&lt;/b&gt;');
      expect(html).not.toContain('<b>"&Ada');
      expect(html).not.toContain('\u202e');
    }
    expect(told).toMatch(/Asked for by<\/dt><dd>Ada Lovelace/);
    expect(told).toContain('Nobody yet.');
    const [{ pdf_sha256: sha256 }] = (await here.rooms.query(
      'select pdf_sha256 from report where run_id is null',
    )) as [Answer];
    expect(told).toContain(sha256);
    expect((await ada.get(`${report}/report.pdf`)).headers.get('etag')).toBe(`"${sha256}"`);
    expect((await ada.get(report)).html).toMatch(/Ada Lovelace<\/td><td>from the pages<\/td><td>PDF/);
  });

  it('each fetch is written down, and what is not sent is none', async () => {
    await post(ada, { kind: 'exposure' });
    await makeAllOf(here.rooms);
    const { reports } = await get(ada, '/api/v1/reports');
    const [asked, ofRun] = reports as Answer[];
    expect(asked).toMatchObject({
      kind: 'exposure',
      run: null,
      askedBy: 'Ada Lovelace',
      parameters: { owner: null },
    });
    expect(ofRun).toMatchObject({
      kind: 'exposure',
      audit: 'nightly',
      parameters: null,
      askedBy: null,
      verdict: 'clean',
    });
    const pdf = await ada.get(`/reports/${asked!.id}/report.pdf`);
    const etag = pdf.headers.get('etag')!;
    expect(pdf.headers.get('content-disposition')).toMatch(
      /^attachment; filename="portolan-exposure-report-\d+-2026-07-01\.pdf"$/,
    );
    expect((await ada.get(`/reports/${asked!.id}/report.pdf`, { 'if-none-match': etag })).status).toBe(304);
    expect(await ada.status('HEAD', `/reports/${asked!.id}/report.pdf`)).toBe(200);
    for (const how of ['', '?how=cli'])
      expect(await ada.status('GET', `/api/v1/reports/${asked!.id}/report.pdf${how}`)).toBe(200);
    expect((await ada.json('GET', `/api/v1/reports/${asked!.id}/report.pdf?how=mail`)).status).toBe(400);
    expect((await ada.get(`/runs/${ofRun!.run}/report.pdf`)).status).toBe(200);
    const fetched = async (id: string) => (await get(ada, `/api/v1/reports/${id}`)).fetched;
    expect((await fetched(asked!.id)).latest.map(({ how }: Answer) => how)).toEqual(['cli', 'api', 'page']);
    expect(await fetched(ofRun!.id)).toMatchObject({
      total: 1,
      latest: [{ by: 'Ada Lovelace', how: 'page', form: 'pdf' }],
    });
  });

  it('a program asks, looks where it stands, and the same key asks once', async () => {
    const key = { 'idempotency-key': 'a-key-of-its-own-0001' };
    const body = { kind: 'drift', from: '2026-06-01', to: '2026-06-30', audits: ['nightly'] };
    const first = await post(ada, body, key);
    expect(first).toMatchObject({
      status: 202,
      answer: { kind: 'drift', state: 'waiting', ahead: 0, report: null, isSettled: false },
    });
    expect(await post(ada, body, key)).toEqual(first);
    expect((await post(ada, { ...body, to: '2026-06-29' }, key)).status).toBe(422);
    expect((await get(ada, '/api/v1/reports/orders')).orders).toHaveLength(1);
    await makeAllOf(here.rooms);
    const settled = await get(ada, `/api/v1/reports/orders/${first.answer.id}`);
    expect(settled).toMatchObject({ state: 'ready', isSettled: true, ahead: null, problem: null });
    expect(await get(ada, `/api/v1/reports/${settled.report}`)).toMatchObject({
      ...{ order: first.answer.id, kind: 'drift', restsOn: { total: 1, runs: [{ audit: 'nightly' }] } },
    });
  });

  it('what is refused is said, on the order’s page and to programs', async () => {
    const { answer } = await post(ada, { kind: 'exposure', audits: [MARKUP] });
    await makeAllOf(here.rooms);
    expect(await get(ada, `/api/v1/reports/orders/${answer.id}`)).toMatchObject({
      state: 'refused',
      report: null,
    });
    const html = (await ada.get(`/reports/orders/${answer.id}`)).html;
    expect(html).toContain('there is no run of &#x27;&lt;b&gt;&quot;&amp;Ada&lt;/b&gt;');
    expect(html).toContain('No report was made.');
    expect(html).toMatch(/href="\/reports\/new\?kind&#x3D;exposure&amp;audits&#x3D;/);
    expect((await ada.get('/reports')).html).toContain('Refused');
  });

  it('refuses what can’t be read or be had, and nothing waits', async () => {
    for (const body of UNREADABLE) {
      const { status, answer } = await post(ada, body);
      expect(status, JSON.stringify(body)).toBe(400);
      expect(answer.detail.length).toBeGreaterThan(20);
    }
    expect(await here.rooms.query('select from report_order')).toEqual([]);
    expect((await ada.get('/reports')).status).toBe(200);
  });

  it('an owner’s account has what is about its owners, and nothing else is there', async () => {
    const shop = await signedIn('sam', 'owner', ['shop']);
    const ops = await post(ada, { kind: 'exposure', owner: 'ops' });
    const all = await post(ada, { kind: 'exposure' });
    const own = await post(shop, { kind: 'exposure' });
    expect(own.answer.parameters.owner).toBe('shop');
    expect((await post(shop, { kind: 'exposure', owner: 'ops' })).status).toBe(400);
    expect((await shop.post('/reports', { ...FORM, owner: 'ops' })).status).toBe(400);
    await makeAllOf(here.rooms);
    const numberOf = async ({ answer }: { answer: Answer }) =>
      (await get(ada, `/api/v1/reports/orders/${answer.id}`)).report;
    const mine = await numberOf(own);
    const [theirs, everybodys] = [await numberOf(ops), await numberOf(all)];
    const [{ id: ofRun, run }] = (
      (await get(ada, '/api/v1/reports?audit=nightly')).reports as Answer[]
    ).filter((one) => one.run !== null) as [Answer];
    for (const path of [
      `/reports/${mine}`,
      `/reports/${mine}/report.pdf`,
      `/reports/orders/${own.answer.id}`,
      `/api/v1/reports/${mine}`,
    ])
      expect(await shop.status('GET', path), path).toBe(200);
    const hidden = [theirs, everybodys, ofRun].flatMap((id) => [
      `/reports/${id}`,
      `/reports/${id}/report.pdf`,
      `/api/v1/reports/${id}`,
      `/api/v1/reports/${id}/report.pdf`,
    ]);
    for (const path of [
      ...hidden,
      `/runs/${run}/report.pdf`,
      `/reports/orders/${ops.answer.id}`,
      `/api/v1/reports/orders/${all.answer.id}`,
      '/reports/999999',
      '/reports/nonsense',
      `/reports/${'9'.repeat(40)}`,
    ])
      expect(await shop.status('GET', path), path).toBe(404);
    expect(((await get(shop, '/api/v1/reports')).reports as Answer[]).map(({ id }) => id)).toEqual([mine]);
    expect(((await get(shop, '/api/v1/reports/orders')).orders as Answer[]).map(({ id }) => id)).toEqual([
      own.answer.id,
    ]);
    const page = (await shop.get('/reports')).html;
    expect(page).toContain(`href="/reports/${mine}"`);
    for (const id of [theirs, everybodys, ofRun]) expect(page).not.toContain(`href="/reports/${id}"`);
    const form = (await shop.get('/reports/new')).html;
    expect(form).toContain('<option value="shop"');
    expect(form).not.toContain('<option value="ops"');
    expect(
      await here.rooms.query('select from report_fetch where report_id = any ($1)', [
        [theirs, everybodys, ofRun],
      ]),
    ).toEqual([]);
  });

  it('who may only look asks for none', async () => {
    const viewer = await signedIn('vera', 'viewer');
    expect((await post(viewer, { kind: 'exposure' })).status).toBe(403);
    expect(await viewer.status('GET', '/reports/new')).toBe(403);
    const page = await viewer.get('/reports');
    expect(page.status).toBe(200);
    expect(page.html).not.toContain('/reports/new');
  });
});
