/* Signing an attestation, over HTTP: an owner’s account signs for its own, whoever sees all for anybody, once, for the very evidence; the next attestation shows it. */
import { beforeEach, expect, it } from 'vitest';
import { ReportParameters } from '../../src/domain/report/parameters.js';
import { readingAt } from '../../src/reports/gathering/reading.js';
import { StoreDesk } from '../../src/reports/gathering/store-desk.js';
import { ATTESTATION } from '../../src/reports/kinds/attestation-kind.js';
import { AttestationSource } from '../../src/reports/kinds/attestation-source.js';
import { AccessRooms, PASSWORD, START } from '../support/access-rooms.js';
import { describeOnBothDatabases } from '../support/databases.js';
import { plantRuns } from '../support/planted-runs.js';
import type { Visitor } from '../support/visitor.js';

const INVENTORY = `version: 1
owners: { shop: { name: <b>The shop</b> }, ops: { name: Ops } }
hosts:
  - { name: web, address: 127.0.66.1, owner: shop, ports: [{ port: 443, expect: open }, { port: 22, expect: open, owner: ops }] }
audits: [{ name: watch, hosts: all, ports: declared }]
`;

describeOnBothDatabases('an attestation', (kind) => {
  const on = new AccessRooms(kind);
  let ada: Visitor;
  let planted = 0;

  beforeEach(async () => {
    await on.rooms.load(INVENTORY);
    ada = await on.administrator();
  });

  /** Kept as any report is; its number. */
  async function kept(snapshot: object, sha256 = 'e'.repeat(64)): Promise<string> {
    planted++;
    const finishedAt = new Date(new Date(START).getTime() + planted * 60_000);
    await plantRuns(on.rooms.source, [
      { id: String(9000 + planted), audit: 'watch', verdict: 'clean', finishedAt },
    ]);
    const [row] = await on.rooms.query(
      'insert into report (run_id, made_at, snapshot, snapshot_sha256) values ($1, $2, $3, $4) returning id::text',
      [9000 + planted, START, JSON.stringify(snapshot), sha256],
    );
    return row!.id;
  }

  const draw = (owner: string | null = null) =>
    new AttestationSource(readingAt(new StoreDesk(on.rooms.source))).draw(
      ReportParameters.parse({ kind: 'attestation', owner }),
      on.clock(),
    );

  async function enter(login: string, role: 'owner' | 'operator', owners: string[]): Promise<Visitor> {
    await on.account(login, role, owners);
    const who = on.visitor();
    await who.signIn(login, PASSWORD);
    await who.readCsrf();
    return who;
  }

  it('is signed on its page, for the evidence that it has, and once for each owner', async () => {
    const id = await kept(await draw());
    const page = `/reports/${id}/sign-off`;
    const before = await ada.get(page);
    expect([
      before.status,
      before.html.includes('&lt;b&gt;The shop&lt;/b&gt;'),
      before.html.includes('<b>The shop'),
    ]).toEqual([200, true, false]);
    const signed = await ada.post(page, { owner: 'shop', comment: '<i>all</i> well' });
    expect([signed.status, signed.headers.get('location')]).toEqual([303, page]);
    const after = (await ada.get(page)).html;
    expect(after).toContain('Signed by <b>Ada Lovelace</b>');
    expect(after).toContain('&lt;i&gt;all&lt;/i&gt; well');
    expect((await ada.post(page, { owner: 'shop' })).status).toBe(409);
    expect((await ada.post(page, { owner: 'nobody' })).status).toBe(404);
    expect(await on.rooms.query('select owner, by, snapshot_sha256 as sha256 from report_signoff')).toEqual([
      { owner: 'shop', by: 'Ada Lovelace', sha256: 'e'.repeat(64) },
    ]);
  });

  it('that is made later shows who signed before, and adds up', async () => {
    const id = await kept(await draw());
    await ada.post(`/reports/${id}/sign-off`, { owner: 'ops' });
    on.clock.pass(86_400_000);
    const next = await draw();
    expect(ATTESTATION.problem(next)).toBeNull();
    expect(next.signed).toMatchObject([
      { owner: 'ops', report: id, by: 'Ada Lovelace', snapshotSha256: 'e'.repeat(64) },
    ]);
    expect(next.signed[0]!.statement).toMatch(/^Ops: I have looked at what is listed here as of 1 July 2026/);
    expect((await draw('shop')).signed).toEqual([]);
  });

  it('is an owner’s to sign where it is about that owner alone; of others they know nothing', async () => {
    const [theirs, others, everybody] = [await draw('shop'), await draw('ops'), await draw()];
    const ids = [await kept(theirs), await kept(others), await kept(everybody)];
    const who = await enter('shop', 'owner', ['shop']);
    const pages = ids.map((id) => `/reports/${id}/sign-off`);
    for (const [at, page] of pages.entries()) {
      expect((await who.get(page)).status).toBe(at === 0 ? 200 : 404);
      expect((await who.post(page, { owner: 'shop' })).status).toBe(at === 0 ? 303 : 404);
    }
    expect(await on.rooms.query('select owner, by from report_signoff')).toEqual([
      { owner: 'shop', by: 'shop' },
    ]);
  });

  it('is not an operator’s to sign, and no other report is to be signed', async () => {
    const id = await kept(await draw());
    const who = await enter('olga', 'operator', []);
    expect((await who.post(`/reports/${id}/sign-off`, { owner: 'shop' })).status).toBe(403);
    const other = await kept({ format: 'portolan-report/1' });
    for (const none of [other, '0', '99999999999999999999', 'x', '%3Cb%3E'])
      expect((await ada.get(`/reports/${none}/sign-off`)).status).toBe(404);
  });

  it('once signed stays so: the record takes no change', async () => {
    const id = await kept(await draw());
    await ada.post(`/reports/${id}/sign-off`, { owner: 'shop' });
    for (const change of [`update report_signoff set by = 'Bob'`, 'delete from report_signoff'])
      await expect(on.rooms.query(change)).rejects.toThrow('append-only');
  });
});
