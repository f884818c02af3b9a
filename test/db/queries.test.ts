/* What pages ask of the database, on both kinds of it: order, paging, filters, and numbers that agree with the report's. */
import { createServer, type Server } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { EVERY_FINDING, type FindingFilter } from '../../src/findings/finding-conditions.js';
import { FindingLists } from '../../src/findings/finding-lists.queries.js';
import { FindingsQueries } from '../../src/findings/findings.queries.js';
import { ReportsQueries } from '../../src/reports/reports.queries.js';
import { ReportsService } from '../../src/reports/reports.service.js';
import { ReportedQueries } from '../../src/scans/reported.queries.js';
import { RunPairQueries } from '../../src/scans/run-pair.queries.js';
import { ScansQueries } from '../../src/scans/scans.queries.js';
import { describeOnBothDatabases, type TestDatabase } from '../support/databases.js';
import { openRooms, type Rooms, sail, standingClock } from '../support/rooms.js';

const EVERY = EVERY_FINDING;
const WHOLE = { offset: 0, limit: 100 };

function tally(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

const inventory = (open: number): string => `version: 1
owners:
  shop: { name: The shop }
hosts:
  - { name: web_1, address: 127.0.61.1, owner: shop, criticality: high, ports: [{ port: ${open}, expect: closed }, { port: 1, expect: open }] }
  - { name: web-2, address: 127.0.61.2, ports: [{ port: 1, service: "100%", expect: open }] }
  - { name: calm, address: 127.0.61.3, owner: shop, criticality: low, ports: [{ port: 1, expect: closed }] }
audits:
  - { name: watch, hosts: all, ports: declared, timeoutMs: 300, confirm: { times: 1, afterMs: 100 } }
`;

describeOnBothDatabases('what the pages ask', (kind) => {
  const clock = standingClock('2026-07-01T12:00:00Z');
  let on: TestDatabase;
  let rooms: Rooms;
  let listener: Server | null;
  let runs: ScansQueries;
  let reported: ReportedQueries;
  let findings: FindingsQueries;
  let lists: FindingLists;
  const ids: string[] = [];

  const shut = (): Promise<void> =>
    new Promise((resolve) => {
      if (listener) listener.close(() => resolve());
      else resolve();
      listener = null;
    });

  async function runOnce(): Promise<string> {
    clock.pass(60_000);
    const id = await rooms.scheduler.runNow('watch');
    await sail(rooms, clock);
    while ((await rooms.reporter.workOnce()) > 0);
    ids.push(id);
    return id;
  }

  beforeAll(async () => {
    on = await kind.open();
    rooms = await openRooms(on, clock);
    runs = rooms.app.get(ScansQueries);
    reported = rooms.app.get(ReportedQueries);
    findings = rooms.app.get(FindingsQueries);
    lists = rooms.app.get(FindingLists);
    listener = createServer((socket) => socket.on('error', () => undefined).end());
    await new Promise<void>((resolve) => listener!.listen(0, '127.0.61.1', resolve));
    await rooms.load(inventory((listener.address() as { port: number }).port));
    await runOnce();
    await shut();
    await runOnce();
    await runOnce();
  });

  afterAll(async () => {
    await shut();
    await rooms.close();
    await on.drop();
  });

  it('runs come newest first, and page by page without a gap or a repeat', async () => {
    const all = await runs.runs({ before: null, audit: null, limit: 10 });
    expect(all.map(({ id }) => id)).toEqual([...ids].reverse());
    const first = await runs.runs({ before: null, audit: null, limit: 2 });
    const second = await runs.runs({ before: first.at(-1)!.id, audit: null, limit: 2 });
    expect([...first, ...second]).toEqual(all);
    expect(await runs.runs({ before: null, audit: 'other', limit: 10 })).toEqual([]);
  });

  it('counts what a run brought and resolved as the report does', async () => {
    for (const id of ids) {
      const run = (await runs.run(id))!;
      const report = (await rooms.app.get(ReportsService).ofRun(id))!;
      const snapshot = JSON.parse(report.snapshot!) as {
        findings: Array<{ isNew: boolean }>;
        resolved: unknown[];
      };
      expect(run.fresh).toBe(snapshot.findings.filter(({ isNew }) => isNew).length);
      expect(run.resolved).toBe(snapshot.resolved.length);
    }
    expect((await runs.run(ids[0]!))!.fresh).toBeGreaterThan(2);
    expect((await runs.run(ids[1]!))!.resolved).toBe(1);
    expect(await runs.run(ids[2]!)).toMatchObject({ fresh: 0, resolved: 0, verdict: 'drift' });
  });

  it('a run’s findings and hosts are those of its report, and its findings lead to those that live on', async () => {
    const first = await reported.of(ids[0]!, 1);
    for (const { id, kind: kindOf, host } of first.findings)
      expect(await findings.finding(id!, null)).toMatchObject({ kind: kindOf, host });
    expect([first.hosts.map(({ host }) => host), first.total]).toEqual([['web_1', 'web-2', 'calm'], 3]);
    expect((await reported.of(ids[0]!, 2)).hosts).toEqual([]);
    expect(first.owners).toEqual(new Map([['shop', 'The shop']]));
    expect((await reported.of(ids[1]!, 1)).resolved.map(({ kind: name }) => name)).toEqual([
      'unexpected-open',
    ]);
    expect(await reported.of('999999', 1)).toMatchObject({ findings: [], hosts: [], total: 0 });
  });

  it('a report of an earlier version, which has no pages, says the same of its run', async () => {
    const read = async () => [
      ...(await Promise.all(ids.map((id) => reported.of(id, 1)))),
      await rooms.app.get(RunPairQueries).reported(ids[0]!),
    ];
    const inPages = await read();
    await rooms.query('delete from report_page');
    expect(await read()).toEqual(inPages);
    expect(inPages[0]).toMatchObject({ total: 3 });
  });

  it('the progress of a run that is over is whole, look by look', async () => {
    const looks = await runs.progress(ids[0]!);
    expect(looks.map(({ round }) => round)).toEqual([0, 1]);
    for (const look of looks) expect(look.probed).toBe(look.probes);
  });

  it('the overview changes its version when a run begins, and not by itself', async () => {
    const before = await runs.overviewVersion();
    expect(await runs.overviewVersion()).toBe(before);
    expect((await runs.latestRuns()).map(({ id }) => id)).toEqual([ids[2]]);
  });

  it('findings come by severity, then by what was seen last', async () => {
    const rank = ['critical', 'high', 'medium', 'low'];
    const { findings: listed } = await lists.page(EVERY, WHOLE);
    const keys = listed.map(({ severity, lastSeen }) => rank.indexOf(severity) * 1e15 - lastSeen.getTime());
    expect(keys.length).toBeGreaterThan(2);
    expect(keys).toEqual([...keys].sort((a, b) => a - b));
  });

  it('every filter leaves what it says, and the counts tie out with the list', async () => {
    const { findings: every } = await lists.page(EVERY, WHOLE);
    const wanted: Array<[Partial<FindingFilter>, (one: (typeof every)[number]) => boolean]> = [
      [{}, () => true],
      [{ state: 'open', severity: 'medium' }, (one) => one.state === 'open' && one.severity === 'medium'],
      [{ severity: 'high', text: 'web' }, (one) => one.severity === 'high' && one.host.startsWith('web')],
      [{ owner: 'shop', state: 'resolved' }, (one) => one.owner === 'shop' && one.state === 'resolved'],
      [{ state: 'active' }, (one) => one.state !== 'resolved'],
      [{ state: 'to-do' }, (one) => one.state === 'open' || one.state === 'acknowledged'],
      [{ state: 'resolved' }, (one) => one.state === 'resolved'],
      [{ severity: 'high' }, (one) => one.severity === 'high'],
      [{ kind: 'unexpected-closed' }, (one) => one.kind === 'unexpected-closed'],
      [{ owner: 'shop' }, (one) => one.owner === 'shop'],
      [{ owner: '' }, (one) => one.owner === null],
      [{ host: 'WEB_1' }, (one) => one.host === 'web_1'],
      [{ host: '61.2' }, (one) => one.address === '127.0.61.2'],
      [{ text: '127.0.61.2:1' }, (one) => one.address === '127.0.61.2' && one.port === 1],
      [{ text: '100%' }, (one) => one.service === '100%'],
      [{ text: '%' }, (one) => one.service === '100%'],
      [{ text: 'no such thing' }, () => false],
      [{ text: '127', state: 'active' }, (one) => one.state !== 'resolved' && one.address !== null],
      [{ text: 'WEB_1', state: 'open' }, (one) => one.state === 'open' && one.host === 'web_1'],
      [{ text: '127', state: 'resolved' }, (one) => one.state === 'resolved'],
    ];
    for (const [part, holds] of wanted) {
      const filter = { ...EVERY, ...part };
      const { findings: listed, total, bySeverity } = await lists.page(filter, WHOLE);
      expect(listed.map(({ id }) => id)).toEqual(every.filter(holds).map(({ id }) => id));
      expect(total).toBe(listed.length);
      const loose = await lists.page({ ...filter, severity: null }, WHOLE);
      expect(Object.fromEntries(bySeverity)).toEqual(tally(loose.findings.map(({ severity }) => severity)));
      expect(await lists.ids(filter)).toEqual(
        listed.map(({ id }) => id).sort((a, b) => Number(a) - Number(b)),
      );
    }
    expect(every.some((one) => one.state === 'resolved')).toBe(true);
  });

  it('the list is cut into pages without a gap or a repeat, with words to look for and without', async () => {
    for (const filter of [EVERY, { ...EVERY, text: '127' }]) {
      const { findings: every, total } = await lists.page(filter, WHOLE);
      const pages: unknown[] = [];
      for (let offset = 0; offset < total; offset += 2)
        pages.push(...(await lists.page(filter, { offset, limit: 2 })).findings);
      expect(pages).toEqual(every);
      expect((await lists.page(filter, { offset: total, limit: 2 })).findings).toEqual([]);
    }
  });

  it('what is kept counted is what counting would say, whatever became of the findings', async () => {
    const counted = 'select state, severity, kind, owner, findings from finding_count order by 1, 2, 3, 4';
    const count = `select state, severity, kind, coalesce(owner, '') as owner, count(*)::int as findings from finding
      group by 1, 2, 3, 4 order by 1, 2, 3, 4`;
    const before = await rooms.query(counted);
    expect(before).toEqual(await rooms.query(count));
    await rooms.query(`update finding set state = 'acknowledged' where state = 'open'`);
    const moved = await rooms.query(counted);
    expect(moved).not.toEqual(before);
    expect(moved).toEqual(await rooms.query(count));
    await rooms.query(`update finding set state = 'open' where state = 'acknowledged'`);
    expect(await rooms.query(counted)).toEqual(before);
    const { kinds, owners, unowned } = await findings.choices(null);
    expect([new Set(kinds), owners, unowned]).toEqual([
      new Set(before.map(({ kind: name }) => name)),
      ['shop'],
      true,
    ]);
  });

  it('a finding’s history tells its steps, the newest first, and which run took them', async () => {
    const {
      findings: [gone],
    } = await lists.page({ ...EVERY, state: 'resolved' }, WHOLE);
    const steps = await findings.steps(gone!.id);
    expect(steps.map(({ toState }) => toState)).toEqual(['resolved', 'open', 'suspected']);
    expect(steps.map(({ runId }) => runId)).toEqual([ids[1], ids[0], ids[0]]);
    expect(steps[0]).toMatchObject({ audit: 'watch', actor: `run ${ids[1]}`, fromState: 'open' });
  });

  it('reports come newest first, without their PDF', async () => {
    const all = { kind: null, audit: null, owner: null, seen: null };
    const list = (before: string | null) => rooms.app.get(ReportsQueries).list(all, { before, limit: 10 });
    const listed = await list(null);
    expect(listed.map(({ run }) => run!.id)).toEqual([...ids].reverse());
    expect(listed[0]).toMatchObject({ run: { audit: 'watch', hosts: 3 }, pdfSha256: null, pdfBytes: null });
    expect(listed.map(({ run }) => run!.findings)).toEqual(
      await Promise.all([...ids].reverse().map(async (id) => (await reported.of(id, 1)).findings.length)),
    );
    expect(await list(listed.at(-1)!.id)).toEqual([]);
  });

  it('the words that are searched are those of what is not resolved, whatever became of it', async () => {
    const kept = 'select finding_id::text as id, words from finding_search order by 1';
    const wanted = `select id::text, words from finding where state <> 'resolved' order by 1`;
    const before = await rooms.query(kept);
    expect(before).toEqual(await rooms.query(wanted));
    await rooms.query(`update finding set state = 'resolved' where state = 'open'`);
    expect(await rooms.query(kept)).not.toEqual(before);
    expect(await rooms.query(kept)).toEqual(await rooms.query(wanted));
    await rooms.query(`update finding set state = 'open', service = concat(service, ' x')`);
    expect((await rooms.query(kept)).every(({ words }) => words.includes(' x'))).toBe(true);
    expect(await rooms.query(kept)).toEqual(await rooms.query(wanted));
  });
});
