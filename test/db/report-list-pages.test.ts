/*
 * The list of reports over HTTP, what was let go of, and what Prometheus is told of those that wait.
 */
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Metrics } from '../../src/platform/metrics.js';
import { ReportsService } from '../../src/reports/reports.service.js';
import { AccessRooms } from '../support/access-rooms.js';
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

// biome-ignore lint/suspicious/noExplicitAny: an answer of the API
type Answer = Record<string, any>;

describe('reports that are there', () => {
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

  const post = async (who: Visitor, body: unknown, headers = {}) => {
    const { status, html } = await who.json('POST', '/api/v1/reports', body, headers);
    return { status, answer: JSON.parse(html) as Answer };
  };
  const get = async (who: Visitor, path: string): Promise<Answer> =>
    JSON.parse((await who.json('GET', path)).html);

  it('the list is of a kind, an audit, an owner, and goes on where it ended', async () => {
    for (const body of [
      { kind: 'exposure', owner: 'shop' },
      { kind: 'exposure', audits: ['nightly'] },
      { kind: 'drift', from: '2026-06-01' },
    ])
      await post(ada, body);
    await makeAllOf(here.rooms);
    const of = async (query: string) =>
      ((await get(ada, `/api/v1/reports${query}`)).reports as Answer[]).map(({ kind, run, parameters }) => [
        kind,
        run !== null,
        parameters?.owner ?? null,
      ]);
    expect(await of('?kind=drift')).toEqual([['drift', false, null]]);
    expect(await of('?owner=shop')).toEqual([['exposure', false, 'shop']]);
    expect(await of('?audit=nightly')).toEqual([
      ['exposure', false, null],
      ['exposure', true, null],
    ]);
    expect(await of('?audit=weekly')).toEqual([]);
    expect(await of('?kind=exposure&audit=nightly&owner=shop')).toEqual([]);
    expect((await ada.json('GET', '/api/v1/reports?kind=nonsense')).status).toBe(400);
    expect((await ada.get('/reports?kind=drift&owner=nobody')).html).toContain('Nothing matches');
    await here.rooms.query(
      `insert into report (kind, parameters, made_at, snapshot, snapshot_sha256)
       select 'drift', '{"kind":"drift","title":null,"audits":["weekly"],"scope":null,"owner":null,"tags":[],"from":null,"to":null,"framework":null,"language":"en","paper":"A4"}', now(), '{}', 'x' from generate_series(1, 120)`,
    );
    const first = await get(ada, '/api/v1/reports?audit=weekly');
    const second = await get(ada, `/api/v1/reports?audit=weekly&after=${first.next}`);
    expect([first.reports.length, second.reports.length, second.next]).toEqual([100, 20, null]);
    expect((await ada.json('GET', `/api/v1/reports?after=${first.next}`)).status).toBe(400);
    const page = (await ada.get('/reports?audit=weekly')).html;
    const older = /href="([^"]+)" rel="next"/
      .exec(page)![1]!
      .replaceAll('&amp;', '&')
      .replaceAll('&#x3D;', '=');
    expect((await ada.get(older)).html).toContain('Newest');
  });

  it('what was let go of says so, to people and to programs', async () => {
    await post(ada, { kind: 'exposure' });
    await makeAllOf(here.rooms);
    const [asked, ofRun] = (await get(ada, '/api/v1/reports')).reports as Answer[];
    await here.rooms.app.get(ReportsService).letGo([asked!.id, ofRun!.id]);
    const told = await get(ada, `/api/v1/reports/${asked!.id}`);
    expect(told).toMatchObject({
      pdf: null,
      restsOn: null,
      letGoAt: here.clock().toISOString(),
      pdfSha256: asked!.pdf.sha256,
    });
    expect((await ada.get(`/reports/${asked!.id}`)).html).toContain('This report was let go of');
    expect((await ada.get('/reports')).html).toContain('let go now');
    expect(await ada.status('GET', `/reports/${asked!.id}/report.pdf`)).toBe(404);
    const page = (await ada.get(`/runs/${ofRun!.run}`)).html;
    expect(page).toContain('is not kept any more');
    expect(page).not.toContain('Nothing contradicts the inventory');
    expect(page).not.toContain('report.pdf');
  });

  it('Prometheus is told how many wait, since when, and how others ended', async () => {
    await post(ada, { kind: 'exposure', audits: ['no such'] });
    await makeAllOf(here.rooms);
    await post(ada, { kind: 'exposure' });
    here.clock.pass(90_000);
    const text = await here.rooms.app.get(Metrics).text();
    expect(text).toContain('portolan_report_orders_ended{outcome="refused"} 1');
    expect(text).toContain('portolan_report_orders_ended{outcome="made"} 0');
    expect(text).toContain('portolan_report_orders_waiting 1');
    expect(text).toContain('portolan_report_orders_oldest_waiting_seconds 90');
  });
});
