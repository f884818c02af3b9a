/*
 * Reports that are made by themselves, on a clock that the test moves: each slot once, and one after each run that can be trusted, whatever
 * servers and restarts do. Their mails are in report-mails.test.ts.
 */
import { describe, expect, it } from 'vitest';
import { ANYBODY_HERE } from '../../src/domain/access.js';
import { Metrics } from '../../src/platform/metrics.js';
import { ReportKinds } from '../../src/reports/kinds/report-kinds.js';
import { ReportsNow } from '../../src/reports/orders/reports-now.js';
import { ScheduleBook } from '../../src/reports/orders/schedule-book.js';
import { ScheduleWeeder } from '../../src/reports/orders/schedule-weeder.js';
import { describeOnBothDatabases } from '../support/databases.js';
import { bodyOf, FIRST, MONTHLY, ReportHarbour } from '../support/report-schedules.js';

describeOnBothDatabases('reports by schedule', (kind) => {
  const here = new ReportHarbour(kind);

  it('a slot has one order, whoever looks and however often, and tells of the month before it', async () => {
    await here.load(MONTHLY);
    expect(await here.one.scheduler.look()).toBe(0);
    here.clock.at('2026-08-01T03:59:59Z');
    expect(await here.one.scheduler.look()).toBe(0);
    here.clock.at(FIRST);
    await Promise.all([here.one.scheduler.look(), here.other.scheduler.look(), here.one.scheduler.look()]);
    await here.other.scheduler.look();
    const orders = await here.one.orders();
    expect(orders).toHaveLength(1);
    expect(orders[0]).toMatchObject({
      ...{ schedule: 'monthly', slot: FIRST, asked_by: 'the schedule monthly' },
      parameters: { kind: 'exposure', from: '2026-07-01', to: '2026-07-31', audits: [], owner: null },
    });
    expect(await here.one.rooms.query('select 1 from report_missed')).toEqual([]);
  });

  it('what was missed while nobody was there is made once, the newest, and the others are kept as missed', async () => {
    await here.load(MONTHLY);
    await here.one.scheduler.look();
    here.clock.at('2026-11-03T00:00:00Z');
    await Promise.all([here.one.scheduler.look(), here.other.scheduler.look()]);
    await here.one.scheduler.look();
    expect((await here.one.orders()).map(({ slot }) => slot)).toEqual(['2026-11-01T05:00:00.000Z']);
    const missed = await here.one.rooms.query(
      'select schedule, slots, why, first_at, last_at from report_missed',
    );
    expect(missed).toEqual([
      {
        ...{ schedule: 'monthly', slots: 3, why: 'down' },
        ...{ first_at: new Date(FIRST), last_at: new Date('2026-10-01T04:00:00Z') },
      },
    ]);
    expect(await here.one.rooms.app.get(Metrics).text()).toContain(
      'portolan_report_slots_missed{schedule="monthly"} 3',
    );
  });

  it('a server that died between the order and its mails makes up for it', async () => {
    await here.load(MONTHLY);
    await here.one.scheduler.look();
    here.clock.at(FIRST);
    await here.one.scheduler.look();
    // As if it had died after the first word.
    await here.one.rooms.query('delete from report_delivery');
    await here.one.rooms.query('delete from report_slot');
    await here.one.rooms.query(`update report_schedule set judged_to = '2026-07-15T12:00:00Z'`);
    await here.other.scheduler.look();
    expect(await here.one.orders()).toHaveLength(1);
    expect((await here.one.mails()).map(({ address }) => address)).toEqual([
      'auditor@example.test',
      'second@example.test',
    ]);
  });

  it('other times begin anew, and what had come by the old ones is said', async () => {
    await here.load(MONTHLY);
    await here.one.scheduler.look();
    here.clock.at('2026-08-01T05:00:00Z');
    await here.load(MONTHLY.replace('0 6 1', '0 9 2'));
    await here.one.scheduler.look();
    expect(await here.one.orders()).toEqual([]);
    expect(await here.one.rooms.query('select slots, why from report_missed')).toEqual([
      { slots: 1, why: 'replaced' },
    ]);
    await here.load('  []');
    await here.one.scheduler.look();
    expect(await here.one.rooms.query('select name from report_schedule')).toEqual([]);
  });

  it('a kind that is not to be had is said, and not asked for again and again', async () => {
    await here.load(MONTHLY.replace('exposure', 'exceptions'));
    await here.one.scheduler.look();
    here.clock.at(FIRST);
    await here.one.scheduler.look();
    await here.one.scheduler.look();
    const missed = await here.one.rooms.query('select why, detail from report_missed');
    expect(missed).toEqual([
      { why: 'refused', detail: expect.stringContaining('exceptions are not to be had here') },
    ]);
    expect(here.one.rooms.app.get(ReportKinds).known()).not.toContain('exceptions');
  });

  describe('after runs', () => {
    const EACH_RUN =
      '  - { name: each-run, kind: exposure, schedule: after-run, audits: [watch], to: [operators] }';

    /** Each at a time of its own. */
    async function run(verdict: string, state = 'finished', audit = 'watch'): Promise<string> {
      here.clock.pass(1000);
      const [row] = await here.one.rooms.query(
        `insert into run (audit, due_at, trigger, inventory_version_id, vantage, state, verdict, because, started_at, finished_at)
         values ($1, $2, 'manual', (select max(id) from inventory_version), 'local', $3, $4, 'planted', $2, $2) returning id::text`,
        [audit, here.clock(), state, verdict],
      );
      return row!.id;
    }

    it('each that can be trusted has one, and no other has', async () => {
      await here.load(EACH_RUN);
      await run('clean');
      await here.one.scheduler.look();
      here.clock.pass(1000);
      const clean = await run('clean');
      const drift = await run('drift');
      await run('inconclusive');
      await run('failed');
      await run('clean', 'finished', 'another');
      await Promise.all([here.one.scheduler.look(), here.other.scheduler.look()]);
      here.clock.pass(60_000);
      expect(await here.one.scheduler.look()).toBe(0);
      expect((await here.one.orders()).map(({ schedule }) => schedule)).toEqual([
        ...[`each-run run-${clean}`, `each-run run-${drift}`],
      ]);
    });

    it('one that ends late, behind another, has one too', async () => {
      await here.load(EACH_RUN);
      await here.one.scheduler.look();
      here.clock.pass(1000);
      const late = await run('clean', 'compared');
      await run('drift');
      expect(await here.one.scheduler.look()).toBe(1);
      here.clock.pass(7_200_000);
      await here.one.rooms.query(`update run set state = 'finished' where id = $1`, [late]);
      expect(await here.one.scheduler.look()).toBe(1);
      expect(await here.one.orders()).toHaveLength(2);
    });
  });

  it('each owner has one of their own, and is sent no other', async () => {
    await here.load(
      '  - { name: theirs, kind: attestation, schedule: "0 6 * * 1", owner: each, period: last 7 days, to: [owner] }',
    );
    await here.one.scheduler.look();
    here.clock.at('2026-07-20T06:00:00Z');
    expect(await here.one.scheduler.look()).toBe(3);
    await here.one.print();
    await here.one.deliver();
    expect(here.mail.delivered.map(({ to }) => to).sort()).toEqual([
      ['dba@example.test'],
      ['shop@example.test'],
    ]);
    const shop = here.mail.delivered.find(({ to }) => to[0] === 'shop@example.test')!;
    expect(bodyOf(shop.raw)).toContain('Owner: shop');
    expect((await here.one.orders()).map(({ schedule }) => schedule)).toEqual([
      'theirs dba',
      'theirs nobody',
      'theirs shop',
    ]);
  });

  it('one is made now, for everybody or for each, sent only where that is wished, and its times stay as they are', async () => {
    await here.load(MONTHLY);
    await here.one.scheduler.look();
    const now = here.one.rooms.app.get(ReportsNow);
    expect(await now.make('monthly', ANYBODY_HERE, { by: 'Ada', isSent: false })).toHaveLength(1);
    expect(await here.one.mails()).toEqual([]);
    here.clock.pass(1000);
    await now.make('monthly', ANYBODY_HERE, { by: 'Ada', isSent: true });
    expect(await here.one.mails()).toHaveLength(2);
    expect((await here.one.orders()).map(({ asked_by }) => asked_by)).toEqual(['Ada', 'Ada']);
    await expect(now.make('weekly', ANYBODY_HERE, { by: 'Ada', isSent: false })).rejects.toThrow(
      /no report by schedule/,
    );
    here.clock.at(FIRST);
    expect(await here.one.scheduler.look()).toBe(1);
  });

  it('what it keeps for so many days is let go of then, but for the newest', async () => {
    await here.load(`${MONTHLY.slice(0, -2)}, keep: 40 }`);
    await here.one.scheduler.look();
    for (const month of ['08', '09', '10']) {
      here.clock.at(`2026-${month}-01T06:00:00Z`);
      await here.one.scheduler.look();
      await here.one.print();
      await here.one.deliver();
    }
    here.clock.at('2026-12-01T04:00:00Z');
    const weeder = here.one.rooms.app.get(ScheduleWeeder);
    expect(await weeder.workOnce()).toBe(2);
    expect(await weeder.workOnce()).toBe(0);
    const rows = await here.one.rooms.query(
      'select let_go_at is null as is_there, pdf_sha256 is not null as has_hash from report order by id',
    );
    expect(rows).toEqual([
      ...[
        { is_there: false, has_hash: true },
        { is_there: false, has_hash: true },
        { is_there: true, has_hash: true },
      ],
    ]);
  });

  it('an owner’s account sees its own and is told of no other, by page and by program', async () => {
    await here.load(
      `${MONTHLY}\n  - { name: theirs, kind: attestation, schedule: "0 6 * * 1", owner: each, period: last 7 days, to: [owner] }
  - { name: of-dba, kind: exposure, schedule: "0 6 * * 1", owner: dba }`,
    );
    await here.one.scheduler.look();
    here.clock.at('2026-07-20T06:00:00Z');
    await here.one.scheduler.look();
    const book = here.one.rooms.app.get(ScheduleBook);
    const seen = await book.all({ owners: ['shop'] });
    expect(seen.map(({ report }) => report.name)).toEqual(['theirs']);
    expect(seen[0]!.made.map(({ owner }) => owner)).toEqual(['shop']);
    const [mailOfDba] = await here.one.rooms.query(
      `select id::text from report_delivery where address = 'dba@example.test'`,
    );
    await expect(book.refuseOthers(mailOfDba!.id, { owners: ['shop'] })).rejects.toThrow(/there is no mail/);
    const all = await book.all({ owners: null });
    expect(all.map(({ next }) => next.length)).toEqual([10, 10, 10]);
    const shop = { ...ANYBODY_HERE, owners: ['shop'] };
    const now = here.one.rooms.app.get(ReportsNow);
    expect(await now.make('theirs', shop, { by: 'Sue', isSent: false })).toMatchObject([{ owner: 'shop' }]);
    await expect(now.make('of-dba', shop, { by: 'Sue', isSent: false })).rejects.toThrow(
      /no report by schedule/,
    );
  });
});
