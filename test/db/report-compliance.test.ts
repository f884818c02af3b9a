/*
 * What reports on controls and exceptions find in a database: a fortnight of two hosts, as rooms and people left it. The looks are real;
 * a day of it can be told as it was then, also when it has long changed.
 */

import { DataSource } from 'typeorm';
import { beforeAll, expect, it } from 'vitest';
import { ComplianceSnapshot } from '../../src/domain/report/compliance/compliance.js';
import { complianceProblem } from '../../src/domain/report/compliance/compliance-problem.js';
import { ExceptionsSnapshot } from '../../src/domain/report/exceptions/exceptions.js';
import { exceptionsProblem } from '../../src/domain/report/exceptions/exceptions-problem.js';
import { ReportParameters } from '../../src/domain/report/parameters.js';
import { readingAt } from '../../src/reports/gathering/reading.js';
import { StoreDesk } from '../../src/reports/gathering/store-desk.js';
import { ComplianceSource } from '../../src/reports/kinds/compliance-source.js';
import { ExceptionsSource } from '../../src/reports/kinds/exceptions-source.js';
import { describeOnBothDatabases } from '../support/databases.js';
import { openRooms, type Rooms, sail, standingClock } from '../support/rooms.js';

const inventoryText = (nine: string, exceptions = ''): string => `version: 1
owners: { shop: { name: Shop }, mail: { name: Mail } }
hosts:
  - { name: one, address: 127.0.66.1, owner: shop, tags: [pci], ports: [{ ports: 7-8, expect: open, why: needed, approvedBy: Grace, requestedBy: Ada }, { port: 9, expect: ${nine} }] }
  - { name: two, address: 127.0.66.2, owner: mail, ports: [{ ports: 7-8, expect: open }] }
audits:
  - { name: watch, hosts: all, ports: 7-9, timeoutMs: 200, retries: 0, confirm: { times: 0 } }
  - { name: idle, hosts: { names: [one] }, ports: 1-65535 }
${exceptions}`;
const EXCEPTION = `exceptions: [{ host: two, ports: "8", reason: legacy, approvedBy: Grace, expires: 2026-12-31 }]`;
const ADA = { by: 'Ada', seen: null };
const PLANTED = 2100;

describeOnBothDatabases('a fortnight', (kind) => {
  const clock = standingClock('2026-07-01T12:00:00Z');
  let rooms: Rooms;
  let compliance: ComplianceSource;
  let exceptions: ExceptionsSource;
  /** By what they are about, `one 7`. */
  const ids = new Map<string, string>();
  const runs: string[] = [];

  beforeAll(async () => {
    const on = await kind.open();
    rooms = await openRooms(on, clock);
    const reading = readingAt(new StoreDesk(rooms.app.get(DataSource)));
    compliance = new ComplianceSource(reading);
    exceptions = new ExceptionsSource(reading);
    await sailTheFortnight();
    return async () => {
      await rooms.close();
      await on.drop();
    };
  });

  async function run(at: string): Promise<void> {
    clock.at(at);
    runs.push(await rooms.scheduler.runNow('watch'));
    await sail(rooms, clock);
    await rooms.reporter.workOnce();
  }

  async function apply(at: string, text: string): Promise<void> {
    clock.at(at);
    const file = 'inventory.yaml';
    const given = { path: file, sha256: '', sources: [{ file, text }] };
    await rooms.inventory.apply(given, { by: 'Ada', note: 'as agreed', base: null });
  }

  async function accept(what: string): Promise<void> {
    const terms = { until: '2026-09-30', requestedBy: 'Bob', approvedBy: 'Grace', why: 'the gate comes' };
    await rooms.findings.act([ids.get(what)!], { do: 'accept', ...terms }, ADA);
  }

  async function sailTheFortnight(): Promise<void> {
    await rooms.load(inventoryText('open'));
    await run('2026-07-01T12:01:00Z');
    for (const { id, host, port } of await rooms.query('select id::text, host, port from finding'))
      ids.set(`${host} ${port}`, id);
    clock.at('2026-07-03T09:00:00Z');
    await accept('one 7');
    await accept('one 8');
    await apply('2026-07-05T08:00:00Z', inventoryText('open', EXCEPTION));
    await run('2026-07-06T12:00:00Z');
    clock.at('2026-07-08T12:00:00Z');
    const blind = await rooms.scheduler.runNow('watch');
    await rooms.scans.endBlind(await rooms.scans.run(blind), 'no canary answers');
    runs.push(blind);
    clock.at('2026-07-10T10:00:00Z');
    await rooms.findings.act([ids.get('one 8')!], { do: 'reopen', why: 'no gate came' }, ADA);
    await apply('2026-07-12T08:00:00Z', inventoryText('closed', EXCEPTION));
    await run('2026-07-12T12:00:00Z');
    // Long ago, and as many as are not read at once.
    await rooms.query(
      `with planted as (insert into finding (key, kind, host, address, port, declared, observed, owner, severity, severity_reasons,
           evidence, state, confirmations, first_seen, last_seen, opened_at, resolved_at, reopened, evidence_at, looks, turns)
         select 'unexpected-open|local|127.0.66.1|' || port, 'unexpected-open', 'one', '127.0.66.1', port, 'closed', 'open', 'shop', 'low',
           '[]', 'a handshake', 'resolved', 1, '2026-06-01', '2026-06-02', '2026-06-01', '2026-06-03', 0, '2026-06-03', '10', '[]'
         from generate_series(10001, ${10_000 + PLANTED}) as port returning id)
       insert into finding_event (finding_id, at, actor, from_state, to_state, why)
       select id, moved.at, 'run 1', moved.was, moved.becomes, 'as seen'
       from planted, (values ('2026-06-01'::timestamptz, null, 'open'), ('2026-06-03'::timestamptz, 'open', 'resolved')) as moved (at, was, becomes)
       order by id, moved.at`,
    );
  }

  const parametersOf = (some: object) =>
    ReportParameters.parse({ kind: 'compliance', framework: 'nist-800-53r5', ...some });
  const NOW = new Date('2026-07-15T12:00:00Z');

  async function draw(some: object = {}, at = NOW): Promise<ComplianceSnapshot> {
    const snapshot = await compliance.draw(parametersOf({ from: '2026-07-01', ...some }), at);
    expect(complianceProblem(snapshot)).toBeNull();
    expect(ComplianceSnapshot.parse(JSON.parse(JSON.stringify(snapshot)))).toEqual(snapshot);
    return snapshot;
  }

  it('is told with its runs, what they saw, and the one that could not be trusted', async () => {
    const { tallies, audits, doubtful, basis, runs: listed, period } = await draw();
    expect(period).toEqual({ from: '2026-07-01', to: '2026-07-15', until: NOW.toISOString(), days: 15 });
    expect(tallies.runs).toEqual({ all: 4, clean: 0, drift: 3, inconclusive: 1, failed: 0 });
    expect(doubtful.rows).toMatchObject([
      { run: runs[2], verdict: 'inconclusive', because: 'no canary answers' },
    ]);
    expect(basis).toEqual([runs[3]]);
    expect(listed.map(({ run: id }) => id)).toEqual(runs.toReversed());
    expect(listed[0]!.snapshotSha256).toMatch(/^[0-9a-f]{64}$/);
    expect(audits).toMatchObject([
      { audit: 'watch', drift: 3, inconclusive: 1, hosts: 2 },
      { audit: 'idle', lastTrusted: null, longestGapHours: null, hosts: 1 },
    ]);
    // From the 6th to the 12th; what could not be trusted between them closes no gap.
    expect(Math.round(audits[0]!.longestGapHours!)).toBe(144);
    expect(tallies.audits).toEqual({ all: 2, trusted: 1 });
    expect(tallies.hosts).toMatchObject({ all: 2, seen: 2, everyPort: 0 });
    expect(tallies.services).toMatchObject({
      all: 3,
      open: 2,
      pairs: 5,
      pairsSeen: 5,
      reasoned: 1,
      approved: 1,
    });
  });

  it('is told with findings as they stand, and with the terms of those that are accepted', async () => {
    const { findings, accepted, tallies } = await draw();
    expect(tallies.findings).toMatchObject({ toDo: 2, accepted: 2, acceptedUntil: 2 });
    expect(findings.rows.map(({ host, port, state }) => `${host} ${port} ${state}`).sort()).toEqual([
      ...['one 8 open', 'two 7 open'],
    ]);
    expect(
      accepted.rows
        .map(({ host, port, ...row }) => [
          `${host} ${port}`,
          row.requestedBy,
          row.approvedBy,
          row.until,
          row.reason,
          row.since?.slice(0, 10),
        ])
        .sort(),
    ).toEqual([
      ['one 7', 'Bob', 'Grace', '2026-09-30', 'the gate comes', '2026-07-03'],
      ['two 8', null, 'Grace', '2026-12-31', 'legacy', '2026-07-06'],
    ]);
  });

  it('is told with versions of the inventory, who applied them and what they changed', async () => {
    const { versions, inventory, tallies } = await draw({ from: '2026-07-04' });
    expect(
      versions.rows.map(({ by, isBefore, changes }) => [
        by,
        isBefore,
        changes && [changes.added, changes.removed, changes.changed],
      ]),
    ).toEqual([
      ['Ada', false, [0, 0, 1]],
      ['Ada', false, [1, 0, 0]],
      [null, true, null],
    ]);
    expect(versions.rows[1]!.changes!.first[0]).toContain('exception for 8 of host two');
    expect(inventory.version).toBe(versions.rows[0]!.version);
    expect(tallies.inventory).toEqual({ versions: 2, signed: 2 });
  });

  it('a day that has passed is told as it was then', async () => {
    const then = await draw({ to: '2026-07-04' });
    expect(then.inventory.version).toBe((await draw()).versions.rows.at(-1)!.version);
    expect(then.tallies.findings).toMatchObject({ toDo: 3, accepted: 2 });
    expect(
      then.accepted.rows.map(({ host, port, until, approvedBy }) => [host, port, until, approvedBy]),
    ).toEqual([
      ['one', 7, '2026-09-30', 'Grace'],
      ['one', 8, '2026-09-30', 'Grace'],
    ]);
    expect(then.tallies.runs.all).toBe(1);
    const before = await draw({ from: '2026-07-01', to: '2026-07-01' }, new Date('2026-07-01T12:00:30Z'));
    expect(before.tallies).toMatchObject({
      runs: { all: 0 },
      findings: { all: 0 },
      hosts: { all: 2, seen: 0 },
    });
    expect(before.word).toBe('unproven');
  });

  it('what was put right is told with the run that saw it, however much it is', async () => {
    const { fixed, tallies } = await draw({ framework: 'pci-dss-4.0.1' });
    expect(fixed.rows).toMatchObject([{ host: 'one', port: 9, run: runs[3] }]);
    const long = await draw({ framework: 'pci-dss-4.0.1', from: '2026-05-01' });
    expect(long.tallies.fixed).toEqual({ all: PLANTED + 1, byRun: 1 });
    expect(new Set(long.fixed.rows.map(({ id }) => id)).size).toBe(PLANTED + 1);
    expect(tallies.reviews).toEqual({
      ...{ inPeriod: 0, inLast184: 0 },
      services: { inPeriod: 0, inLast184: 0 },
    });
  });

  it('is narrowed down, and what is not there is refused', async () => {
    expect((await draw({ owner: 'mail' })).tallies).toMatchObject({
      hosts: { all: 1 },
      findings: { all: 2 },
    });
    expect((await draw({ tags: ['pci'] })).tallies).toMatchObject({
      hosts: { all: 1 },
      services: { all: 2 },
    });
    expect((await draw({ audits: ['idle'] })).tallies).toMatchObject({
      runs: { all: 0 },
      hosts: { all: 1, seen: 0 },
    });
    const wrong: Array<[object, string]> = [
      [{ framework: null }, 'bad-input'],
      [{ framework: "x'; drop table run" }, 'bad-input'],
      [{ owner: 'nobody' }, 'not-found'],
      [{ audits: ['watch', 'none'] }, 'not-found'],
      [{ from: '2026-07-20' }, 'bad-input'],
      [{ from: '2020-01-01', to: '2020-02-01' }, 'not-found'],
    ];
    for (const [some, code] of wrong)
      await expect(compliance.draw(parametersOf(some), NOW)).rejects.toMatchObject({ code });
  });

  it('its exceptions are a register, with those that ended', async () => {
    const parameters = ReportParameters.parse({ kind: 'exceptions', from: '2026-07-01' });
    const snapshot = await exceptions.draw(parameters, NOW);
    expect(exceptionsProblem(snapshot)).toBeNull();
    expect(ExceptionsSnapshot.parse(JSON.parse(JSON.stringify(snapshot)))).toEqual(snapshot);
    expect(snapshot.exceptions.rows).toMatchObject([
      {
        source: 'finding',
        host: 'one',
        ports: '7',
        requestedBy: 'Bob',
        since: '2026-07-03T09:00:00.000Z',
        state: 'holds',
      },
      {
        source: 'inventory',
        host: 'two',
        ports: '8',
        covers: 1,
        since: '2026-07-05T08:00:00.000Z',
        sinceIsExact: true,
        state: 'holds',
      },
    ]);
    expect(snapshot.ended.rows).toMatchObject([
      { source: 'finding', host: 'one', ports: '8', how: 'withdrawn', by: 'Ada', why: 'no gate came' },
    ]);
    expect(JSON.stringify(await exceptions.draw(parameters, NOW))).toBe(JSON.stringify(snapshot));
    const mail = await exceptions.draw({ ...parameters, owner: 'mail' }, NOW);
    expect(mail.tallies).toMatchObject({ all: 1, ended: { all: 0 } });
  });
});
