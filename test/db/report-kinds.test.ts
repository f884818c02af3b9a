/* Where reports come from, on both databases: what an exposure report tells of and what it refuses, and what a drift report counts, held against somebody who goes through all histories by hand. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accountOf } from '../../src/domain/report/drift/finding-life.js';
import type { MovedFinding } from '../../src/domain/report/drift/moved.js';
import { ReportParameters } from '../../src/domain/report/parameters.js';
import { ENTITIES } from '../../src/entities.js';
import { type Database, openDatabase } from '../../src/platform/database.js';
import { makeLogger } from '../../src/platform/log.js';
import { readingAt } from '../../src/reports/gathering/reading.js';
import { StoreDesk } from '../../src/reports/gathering/store-desk.js';
import { DRIFT } from '../../src/reports/kinds/drift-kind.js';
import { DriftSource } from '../../src/reports/kinds/drift-source.js';
import { EXPOSURES } from '../../src/reports/kinds/exposures-kind.js';
import { ExposuresSource } from '../../src/reports/kinds/exposures-source.js';
import { ReportsService } from '../../src/reports/reports.service.js';
import { finding, host, snapshot } from '../fixtures/snapshot-parts.js';
import { describeOnBothDatabases, type TestDatabase } from '../support/databases.js';
import { DAY_MS, dayAfter, driftOf, histories, standingAt } from '../support/finding-histories.js';
import { type PlantedRun, plantHistories, plantInventory, plantRuns } from '../support/planted-runs.js';

const NOW = dayAfter(40);
const INVENTORY = `version: 1
owners: { platform: { name: Platform team }, thalassa: { name: Network } }
scopes:
  - { name: home, allow: [127.0.0.0/8], exclude: [127.0.0.200], authorisedBy: CISO }
  - { name: docks, allow: [198.51.100.0/24], exclude: [127.0.0.11], authorisedBy: CISO }
hosts:
  - { name: web-1, address: 127.0.0.10, owner: platform, tags: [web, pci] }
  - { name: db-1, address: 198.51.100.7, owner: thalassa, tags: [pci] }
audits:
  - { name: nightly, hosts: all, ports: 1-10 }
  - { name: watch, hosts: all, ports: 1-10 }
  - { name: yearly, hosts: all, ports: 1-10 }
`;

/** A hundred histories, the same in every run of the tests, at places that are told apart by scopes and tags. */
const FINDINGS: readonly MovedFinding[] = fc
  .sample(histories(30), { seed: 20_261_128, numRuns: 25 })
  .flat()
  .map((one, at) => {
    const address = [`127.0.0.${10 + (at % 2)}`, '198.51.100.7', null][at % 3]!;
    return { ...one, id: String(at + 1), address, port: 2000 + at, key: `${one.kind}|local|${at}` };
  });

const AUDIT_OF = (run: string): string => (Number(run) % 2 === 0 ? 'nightly' : 'watch');

/** Those that moved findings, and those that only kept watch: one each six hours, some of them blind. */
const RUNS: readonly PlantedRun[] = [
  ...Array.from({ length: 12 }, (_, at) => ({
    ...{ id: String(100 + at), audit: AUDIT_OF(String(100 + at)), verdict: 'drift' as const },
    finishedAt: new Date(dayAfter(0).getTime() + at * 7_000_000),
  })),
  ...Array.from({ length: 120 }, (_, at) => ({
    ...{ id: String(200 + at), audit: at % 3 === 0 ? 'watch' : 'nightly' },
    verdict: (['clean', 'drift', 'inconclusive', 'inconclusive', 'failed'] as const)[(at * at) % 5]!,
    ...{ because: `look ${at}`, finishedAt: new Date(dayAfter(2).getTime() + at * 6 * 3_600_000) },
  })),
];

/** As somebody would say it who knows the network by heart. */
function isTold(
  { host: name, address, owner, events }: MovedFinding,
  asked: Partial<ReportParameters>,
): boolean {
  const { scope = null, audits = [], tags = [] } = asked;
  if (asked.owner && owner !== asked.owner) return false;
  if (tags.includes('web') && name !== 'web-1') return false;
  const at = address ?? (name === 'web-1' ? '127.0.0.10' : '198.51.100.7');
  if (scope === 'home' && at !== '127.0.0.10') return false;
  if (scope === 'docks' && at !== '198.51.100.7') return false;
  return audits.length === 0 || events.some(({ run }) => run !== null && audits.includes(AUDIT_OF(run)));
}

describeOnBothDatabases('reports are drawn', (kind) => {
  let on: TestDatabase;
  let database: Database;
  let drift: DriftSource;
  let exposures: ExposuresSource;
  let reports: ReportsService;

  beforeAll(async () => {
    on = await kind.open();
    database = await openDatabase(on, ENTITIES);
    const { source } = database;
    const reading = readingAt(new StoreDesk(source));
    drift = new DriftSource(reading);
    exposures = new ExposuresSource(reading);
    reports = new ReportsService(source, () => NOW, makeLogger('silent'));
  });
  afterAll(async () => {
    await database.close();
    await on.drop();
  });

  const driftAsked = (asked: Partial<ReportParameters>, at = NOW) =>
    drift.draw(ReportParameters.parse({ kind: 'drift', ...asked }), at);
  const exposureAsked = (asked: Partial<ReportParameters> = {}, at = NOW) =>
    exposures.draw(ReportParameters.parse({ kind: 'exposure', ...asked }), at);

  describe('of an empty service', () => {
    it('and say that nothing is known', async () => {
      for (const { verdict, runs, inventory } of [await driftAsked({}), await exposureAsked()])
        expect([verdict, runs, inventory.version]).toEqual(['inconclusive', [], null]);
      expect(DRIFT.problem(await driftAsked({}))).toBeNull();
      expect(EXPOSURES.problem(await exposureAsked())).toBeNull();
    });
  });

  describe('of drift', () => {
    beforeAll(async () => {
      await plantInventory(database.source, INVENTORY, dayAfter(0));
      await plantRuns(database.source, RUNS);
      await plantHistories(database.source, FINDINGS);
      await database.source.query(
        `insert into skipped_slots (audit, first_due, last_due, slots, is_at_least, why, detail, noted_at) values
         ('nightly', $1, $2, 3, false, 'down', '', $2), ('watch', $3, $3, 1, true, 'paused', 'Ann', $3)`,
        [dayAfter(5), dayAfter(6), dayAfter(30)],
      );
    });

    const days = (from: number, to: number) => ({
      from: dayAfter(from).toISOString().slice(0, 10),
      to: dayAfter(to).toISOString().slice(0, 10),
    });

    it.each<[string, Partial<ReportParameters>]>([
      ['a week', days(0, 6)],
      ['the week after', days(7, 13)],
      ['one day', days(3, 3)],
      ['from before anything was', days(-20, 2)],
      ['a time in which nothing happens any more', days(36, 38)],
      ['an owner’s', { ...days(1, 9), owner: 'platform' }],
      ['a tag’s', { ...days(1, 9), tags: ['web', 'pci'] }],
      ['a scope’s', { ...days(1, 9), scope: 'home' }],
      ['another scope’s', { ...days(0, 12), scope: 'docks' }],
      ['an audit’s', { ...days(1, 9), audits: ['watch'] }],
      ['all of that at once', { ...days(0, 14), audits: ['watch'], owner: 'thalassa', scope: 'docks' }],
    ])('count as an oracle does: %s', async (_name, asked) => {
      const report = await driftAsked(asked);
      expect(DRIFT.problem(report)).toBeNull();
      const theirs = FINDINGS.filter((one) => isTold(one, asked));
      const period = { from: new Date(report.period.from), until: new Date(report.period.until) };
      const { total, bySeverity, byKind, byOwner, repair, findings } = driftOf(theirs, period);
      expect(report).toMatchObject({ total, bySeverity, byKind, byOwner, repair, findings });
      const open = (at: Date) =>
        standingAt(theirs, at).filter(({ state }) => accountOf(state) === 'open').length;
      expect([report.total.opening.open, report.total.closing.open]).toEqual([
        open(period.from),
        open(period.until),
      ]);
    });

    it('have up to now all that is recorded, wherever a clock has put it', async () => {
      const report = await driftAsked({ from: days(0, 0).from }, dayAfter(3));
      const states = FINDINGS.map(({ events }) => accountOf(events.at(-1)!.to));
      expect(DRIFT.problem(report)).toBeNull();
      expect(report.total.closing).toEqual({
        open: states.filter((one) => one === 'open').length,
        accepted: states.filter((one) => one === 'accepted').length,
      });
    });

    it('tell how each audit kept watch, where it was blind, and which slots had no run', async () => {
      const report = await driftAsked(days(4, 12));
      const during = RUNS.filter(({ finishedAt }) => finishedAt >= dayAfter(4) && finishedAt < dayAfter(13));
      for (const one of report.audits) {
        const its = during.filter(({ audit }) => audit === one.audit);
        for (const verdict of ['clean', 'drift', 'inconclusive', 'failed'] as const)
          expect(one[verdict]).toBe(its.filter((run) => run.verdict === verdict).length);
        const trusted = its.filter(({ verdict }) => verdict === 'clean' || verdict === 'drift');
        expect(one.lastTrusted).toBe(trusted.at(-1)?.id ?? null);
        const gaps = report.gaps.filter(({ audit }) => audit === one.audit);
        expect(gaps.map(({ last, runs, because }) => [last, runs, because])).toEqual(gapsIn(its));
      }
      expect(report.audits.map(({ audit }) => audit).sort()).toEqual(['nightly', 'watch', 'yearly']);
      expect(report.missed).toEqual([
        {
          ...{ audit: 'nightly', slots: 3, isAtLeast: false, why: 'down', detail: '' },
          ...{ first: dayAfter(5).toISOString(), last: dayAfter(6).toISOString() },
        },
      ]);
      const seen = new Set(
        during
          .filter(({ verdict }) => verdict === 'clean' || verdict === 'drift')
          .map(({ finishedAt }) => Math.floor((finishedAt.getTime() - dayAfter(0).getTime()) / DAY_MS)),
      );
      expect(report.trend.map(({ standing }) => standing !== null)).toEqual(
        Array.from({ length: 9 }, (_, at) => seen.has(4 + at)),
      );
    });

    it.each<[string, Partial<ReportParameters>, RegExp]>([
      ['a scope', { scope: 'nowhere' }, /no scope 'nowhere'/],
      ['an owner', { owner: "'; drop table finding" }, /no owner ''; drop table finding'/],
      ['a tag', { tags: ['web', '<b>'] }, /no host with the tag '<b>'/],
      ['an audit', { audits: ['nightly', '日本'] }, /no audit '日本'/],
    ])('and refuse %s that there is not', async (_name, asked, message) => {
      await expect(driftAsked(asked)).rejects.toThrow(message);
      await expect(exposureAsked(asked)).rejects.toThrow(message);
    });

    it.each<[string, Partial<ReportParameters>, RegExp]>([
      ['ends before it begins', { from: '2026-11-20', to: '2026-11-19' }, /after its end/],
      ['is still to come', { from: '2027-01-01' }, /still to come/],
      ['is as long as a life', { from: '0001-01-01' }, /longer than 1097 days/],
    ])('and refuse a period that %s', async (_name, asked, message) => {
      await expect(driftAsked(asked)).rejects.toThrow(message);
    });
  });

  describe('of exposure', () => {
    const row = host('web-1', '127.0.0.10', { open: '1', tags: ['web', 'pci'] });
    const away = host('db-1', '198.51.100.7', { open: '1', owner: 'thalassa' });
    const open = finding({ kind: 'unexpected-open', host: 'web-1', address: '127.0.0.10', port: 1 });
    const keyed = { ...open, key: 'unexpected-open|local|127.0.0.10|1' };
    /** Of nightly 501 is the last that can be trusted, of watch 503, of yearly none. */
    const plan = [
      { id: '500', audit: 'nightly', verdict: 'drift', day: 31, findings: [keyed] },
      { id: '501', audit: 'nightly', verdict: 'clean', day: 32, findings: [] },
      { id: '502', audit: 'nightly', verdict: 'inconclusive', day: 33, findings: [] },
      { id: '503', audit: 'watch', verdict: 'drift', day: 34, findings: [keyed] },
      { id: '504', audit: 'watch', verdict: 'clean', day: 35, findings: [], state: 'compared' },
      { id: '505', audit: 'yearly', verdict: 'failed', day: 36, findings: [] },
    ] as const;

    beforeAll(async () => {
      for (const { id, day, findings, ...run } of plan) {
        const finishedAt = new Date(dayAfter(day).getTime() + 3_600_000);
        const hosts = run.audit === 'watch' ? [row] : [row, away];
        const made = snapshot({ ...run, run: id, hosts, findings, finishedAt: finishedAt.toISOString() });
        await plantRuns(database.source, [
          { ...run, id, finishedAt, because: `look ${id}`, coverage: made.coverage },
        ]);
        if (!('state' in run)) await reports.add(database.source.manager, id, made);
      }
    });

    it('and tell of the last run of each audit that can be trusted, and of each that came after it', async () => {
      const report = await exposureAsked();
      expect(EXPOSURES.problem(report)).toBeNull();
      expect(report.audits.map(({ audit, run, last, because }) => [audit, run, last, because])).toEqual([
        ['nightly', '501', '502', 'look 502'],
        ['watch', '503', '503', null],
        ['yearly', null, '505', 'look 505'],
      ]);
      expect(report.looks.map(({ address, run }) => `${address} ${run}`)).toEqual([
        '127.0.0.10 501',
        '127.0.0.10 503',
        '198.51.100.7 501',
      ]);
      expect(report.findings.map(({ key, run, audits }) => [key, run, audits])).toEqual([
        [keyed.key, '503', ['watch']],
      ]);
      expect([report.verdict, report.totals.hosts, report.totals.asDeclared]).toEqual(['drift', 2, 2]);
      for (const run of report.runs) expect(run.snapshotSha256).toMatch(/^[0-9a-f]{64}$/);
    });

    it('and tell of a period’s runs alone, of an audit that was asked for, of an owner', async () => {
      const early = await exposureAsked({ to: dayAfter(31).toISOString().slice(0, 10) });
      expect(early.audits.map(({ run }) => run)).toEqual(['500', null, null]);
      expect((await exposureAsked({ audits: ['watch'] })).looks).toHaveLength(1);
      const theirs = await exposureAsked({ owner: 'thalassa' });
      expect(EXPOSURES.problem(theirs)).toBeNull();
      expect([theirs.looks.map((one) => one.host), theirs.findings]).toEqual([['db-1'], []]);
      expect((await exposureAsked({ scope: 'docks' })).looks.map((one) => one.host)).toEqual(['db-1']);
    });

    it('the same each time, to the byte', async () => {
      expect(JSON.stringify(await exposureAsked())).toBe(JSON.stringify(await exposureAsked()));
    });

    it('and are refused where a run’s evidence is not what was hashed', async () => {
      await plantRuns(database.source, [
        { id: '510', audit: 'old', verdict: 'clean', finishedAt: dayAfter(37) },
      ]);
      await database.source.query(
        `insert into report (run_id, made_at, snapshot, snapshot_sha256) values (510, $1, '{}', $2)`,
        [NOW, 'a'.repeat(64)],
      );
      await expect(exposureAsked({ audits: ['old'] })).rejects.toThrow('not the text that was hashed');
    });
  });
});

/** Untrusted runs that follow each other: the last of them, how many, and why. */
function gapsIn(runs: readonly PlantedRun[]): Array<[string, number, string]> {
  const gaps: Array<[string, number, string]> = [];
  let isOpen = false;
  for (const { id, verdict, because = 'as seen' } of runs) {
    const isBlind = verdict === 'inconclusive' || verdict === 'failed';
    if (isBlind && isOpen) gaps[gaps.length - 1] = [id, gaps.at(-1)![1] + 1, because];
    else if (isBlind) gaps.push([id, 1, because]);
    isOpen = isBlind;
  }
  return gaps;
}
