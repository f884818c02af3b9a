/*
 * Reports that are made by themselves, on a clock that the test moves, and sent by a real mail server: each slot once, whatever servers
 * and restarts do, and each mail until it is taken.
 */
import { createHash } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ANYBODY_HERE } from '../../src/domain/access.js';
import { Concealed } from '../../src/platform/concealed.js';
import { Metrics } from '../../src/platform/metrics.js';
import { ReportKinds } from '../../src/reports/orders/report-kinds.js';
import { ReportsNow } from '../../src/reports/orders/reports-now.js';
import { ScheduleWeeder } from '../../src/reports/orders/schedule-weeder.js';
import { describeOnBothDatabases, type TestDatabase } from '../support/databases.js';
import { type MailHarbour, openMailHarbour } from '../support/mail-harbour.js';
import { ReportRooms } from '../support/report-schedules.js';
import { openRooms, standingClock } from '../support/rooms.js';
import { listenStill } from '../support/still-pages.js';
import { Visitor } from '../support/visitor.js';

const START = '2026-07-15T12:00:00Z';
const FIRST = '2026-08-01T04:00:00.000Z';

const inventory = (reports: string): string => `version: 1
owners:
  shop: { name: Shop, email: shop@example.test }
  dba: { name: DBA, email: dba@example.test }
  nobody: { name: Nobody }
receivers:
  - { name: auditor, type: email, to: [auditor@example.test, second@example.test] }
  - { name: discreet, type: email, to: [discreet@example.test], details: false }
hosts: [{ name: web, address: 127.0.82.1, owner: shop }]
audits: [{ name: watch, hosts: all, ports: "1-10" }]
reports:
${reports}
`;
const MONTHLY =
  '  - { name: monthly, kind: exposure, schedule: "0 6 1 * *", timezone: Europe/Berlin, period: last month, to: [auditor] }';

describeOnBothDatabases('reports by schedule', (kind) => {
  const clock = standingClock(START);
  let on: TestDatabase;
  let mail: MailHarbour;
  let refuse: (address: string) => { code: number; words: string } | null;
  let one: ReportRooms;
  /** A second server on the same database, where that lets two in. */
  let other: ReportRooms;

  beforeAll(async () => {
    on = await kind.open();
    mail = await openMailHarbour({ offersTls: false, answer: (address) => refuse(address) });
    const some = {
      mail: {
        url: new Concealed(`smtp://127.0.0.1:${mail.port}`),
        from: 'portolan@harbour.test',
        to: ['ops@example.test'],
      },
      publicUrl: 'https://portolan.example.test',
    };
    one = new ReportRooms(await openRooms(on, clock, undefined, some));
    other = kind.name === 'postgresql' ? new ReportRooms(await openRooms(on, clock, undefined, some)) : one;
  });
  afterAll(async () => {
    if (other !== one) await other.rooms.close();
    await one.rooms.close();
    await mail.close();
    await on.drop();
  });
  beforeEach(() => {
    clock.at(START);
    refuse = () => null;
    one.pdf = Buffer.from('%PDF-1.7 planted');
    mail.delivered.length = 0;
  });
  afterEach(() => one.rooms.empty());

  const load = (reports: string) => one.rooms.load(inventory(reports));
  const text = (): string => bodyOf(mail.delivered[0]!.raw);

  it('a slot has one order, whoever looks and however often, and tells of the month before it', async () => {
    await load(MONTHLY);
    expect(await one.scheduler.look()).toBe(0);
    clock.at('2026-08-01T03:59:59Z');
    expect(await one.scheduler.look()).toBe(0);
    clock.at(FIRST);
    await Promise.all([one.scheduler.look(), other.scheduler.look(), one.scheduler.look()]);
    await other.scheduler.look();
    const orders = await one.orders();
    expect(orders).toHaveLength(1);
    expect(orders[0]).toMatchObject({
      ...{ schedule: 'monthly', slot: FIRST, asked_by: 'the schedule monthly' },
      parameters: { kind: 'exposure', from: '2026-07-01', to: '2026-07-31', audits: [], owner: null },
    });
    expect(await one.rooms.query('select 1 from report_missed')).toEqual([]);
  });

  it('what was missed while nobody was there is made once, the newest, and the others are kept as missed', async () => {
    await load(MONTHLY);
    await one.scheduler.look();
    clock.at('2026-11-03T00:00:00Z');
    await Promise.all([one.scheduler.look(), other.scheduler.look()]);
    await one.scheduler.look();
    expect((await one.orders()).map(({ slot }) => slot)).toEqual(['2026-11-01T05:00:00.000Z']);
    const missed = await one.rooms.query('select schedule, slots, why, first_at, last_at from report_missed');
    expect(missed).toEqual([
      {
        ...{ schedule: 'monthly', slots: 3, why: 'down' },
        ...{ first_at: new Date(FIRST), last_at: new Date('2026-10-01T04:00:00Z') },
      },
    ]);
    expect(await one.rooms.app.get(Metrics).text()).toContain(
      'portolan_report_slots_missed{schedule="monthly"} 3',
    );
  });

  it('a server that died between the order and its mails makes up for it', async () => {
    await load(MONTHLY);
    await one.scheduler.look();
    clock.at(FIRST);
    await one.scheduler.look();
    // As if it had died after the first word.
    await one.rooms.query('delete from report_delivery');
    await one.rooms.query('delete from report_slot');
    await one.rooms.query(`update report_schedule set judged_to = '2026-07-15T12:00:00Z'`);
    await other.scheduler.look();
    expect(await one.orders()).toHaveLength(1);
    expect((await one.mails()).map(({ address }) => address)).toEqual([
      'auditor@example.test',
      'second@example.test',
    ]);
  });

  it('other times begin anew, and what had come by the old ones is said', async () => {
    await load(MONTHLY);
    await one.scheduler.look();
    clock.at('2026-08-01T05:00:00Z');
    await load(MONTHLY.replace('0 6 1', '0 9 2'));
    await one.scheduler.look();
    expect(await one.orders()).toEqual([]);
    expect(await one.rooms.query('select slots, why from report_missed')).toEqual([
      { slots: 1, why: 'replaced' },
    ]);
    await load('  []');
    await one.scheduler.look();
    expect(await one.rooms.query('select name from report_schedule')).toEqual([]);
  });

  it('a kind that is not to be had is said, and not asked for again and again', async () => {
    await load(MONTHLY.replace('exposure', 'exceptions'));
    await one.scheduler.look();
    clock.at(FIRST);
    await one.scheduler.look();
    await one.scheduler.look();
    const missed = await one.rooms.query('select why, detail from report_missed');
    expect(missed).toEqual([
      { why: 'refused', detail: expect.stringContaining('exceptions are not to be had here') },
    ]);
    expect(one.rooms.app.get(ReportKinds).known()).not.toContain('exceptions');
  });

  describe('after runs', () => {
    const EACH_RUN =
      '  - { name: each-run, kind: exposure, schedule: after-run, audits: [watch], to: [operators] }';

    async function run(verdict: string, state = 'finished', audit = 'watch'): Promise<string> {
      const [row] = await one.rooms.query(
        `insert into run (audit, due_at, trigger, inventory_version_id, vantage, state, verdict, because, started_at, finished_at)
         values ($1, $2, 'manual', (select max(id) from inventory_version), 'local', $3, $4, 'planted', $2, $2) returning id::text`,
        [audit, clock(), state, verdict],
      );
      return row!.id;
    }

    it('each that can be trusted has one, and no other has', async () => {
      await load(EACH_RUN);
      await run('clean');
      await one.scheduler.look();
      clock.pass(1000);
      const clean = await run('clean');
      const drift = await run('drift');
      await run('inconclusive');
      await run('failed');
      await run('clean', 'finished', 'another');
      await Promise.all([one.scheduler.look(), other.scheduler.look()]);
      clock.pass(60_000);
      expect(await one.scheduler.look()).toBe(0);
      expect((await one.orders()).map(({ schedule }) => schedule)).toEqual([
        ...[`each-run run-${clean}`, `each-run run-${drift}`],
      ]);
    });

    it('one that ends late, behind another, has one too', async () => {
      await load(EACH_RUN);
      await one.scheduler.look();
      clock.pass(1000);
      const late = await run('clean', 'compared');
      await run('drift');
      expect(await one.scheduler.look()).toBe(1);
      clock.pass(7_200_000);
      await one.rooms.query(`update run set state = 'finished' where id = $1`, [late]);
      expect(await one.scheduler.look()).toBe(1);
      expect(await one.orders()).toHaveLength(2);
    });
  });

  it('each owner has one of their own, and is sent no other', async () => {
    await load(
      '  - { name: theirs, kind: attestation, schedule: "0 6 * * 1", owner: each, period: last 7 days, to: [owner] }',
    );
    await one.scheduler.look();
    clock.at('2026-07-20T06:00:00Z');
    expect(await one.scheduler.look()).toBe(3);
    await one.print();
    await one.deliver();
    expect(mail.delivered.map(({ to }) => to).sort()).toEqual([['dba@example.test'], ['shop@example.test']]);
    const shop = mail.delivered.find(({ to }) => to[0] === 'shop@example.test')!;
    expect(bodyOf(shop.raw)).toContain('Owner: shop');
    expect((await one.orders()).map(({ schedule }) => schedule)).toEqual([
      'theirs dba',
      'theirs nobody',
      'theirs shop',
    ]);
  });

  describe('a mail', () => {
    async function due(reports = MONTHLY): Promise<void> {
      await load(reports);
      await one.scheduler.look();
      clock.at(FIRST);
      await one.scheduler.look();
    }

    it('has the file that it names the hash of, and how to check it, and goes to each address by itself', async () => {
      await due();
      expect(await one.deliver()).toBe(0);
      await one.print();
      expect(await one.deliver()).toBe(2);
      expect(await other.deliver()).toBe(0);
      expect(mail.delivered.map(({ to }) => to)).toEqual([['auditor@example.test'], ['second@example.test']]);
      const { raw } = mail.delivered[0]!;
      expect(raw).toMatch(/^Subject: Exposure, 2026-07-01 to 2026-07-31\r$/m);
      expect(raw).toMatch(/^List-Id: .*<monthly\.reports\.portolan>\r$/m);
      expect(raw).toMatch(/^Auto-Submitted: auto-generated\r$/m);
      const attached = attachmentOf(raw);
      expect(attached.equals(Buffer.from(one.pdf))).toBe(true);
      const sha256 = createHash('sha256').update(attached).digest('hex');
      expect(text()).toContain(`SHA-256 of the PDF: ${sha256}`);
      expect(text()).toContain('portolan verify portolan-monthly-2026-08-01.pdf');
      expect(text()).toMatch(/drift: 11 findings stand/);
      const [report] = await one.rooms.query('select id::text from report');
      expect(text()).toContain(`https://portolan.example.test/reports/${report!.id}`);
      const fetched = await one.rooms.query('select by, how, form from report_fetch order by id');
      expect(fetched).toEqual([
        { by: 'auditor@example.test', how: 'mail', form: 'pdf' },
        { by: 'second@example.test', how: 'mail', form: 'pdf' },
      ]);
    });

    it('says nothing of what is in it to whom no details are told', async () => {
      await due(MONTHLY.replace('[auditor]', '[discreet]'));
      await one.print();
      await one.deliver();
      expect(mail.delivered[0]!.raw).not.toContain('application/pdf');
      expect(text()).not.toMatch(/findings|stand/);
      expect(text()).toContain('https://portolan.example.test/reports/');
      expect(await one.rooms.query('select 1 from report_fetch')).toEqual([]);
    });

    it('has a link in place of a file that is too large', async () => {
      one.pdf = Buffer.alloc(10 * 1024 * 1024 + 1, 32);
      await due();
      await one.print();
      await one.deliver();
      expect(mail.delivered[0]!.raw.length).toBeLessThan(10_000);
      expect(text()).toContain('too large for a mail');
    });

    it('waits for a server that is away, and is sent once when it is back, with the Message-ID that it had', async () => {
      const { port } = mail;
      await mail.close();
      await due();
      await one.print();
      expect(await one.deliver()).toBe(2);
      expect(await one.mails()).toMatchObject([
        { state: 'waiting', attempts: 1, problem: expect.stringContaining('can’t be reached') },
        { state: 'waiting', attempts: 1 },
      ]);
      expect(await one.deliver()).toBe(0);
      clock.pass(3_600_000);
      expect(await one.deliver()).toBe(2);
      mail = await openMailHarbour({ port, offersTls: false, answer: (address) => refuse(address) });
      clock.pass(60_000);
      expect(await one.deliver()).toBe(2);
      clock.pass(86_400_000);
      expect(await one.deliver()).toBe(0);
      expect(mail.delivered).toHaveLength(2);
      expect(await one.mails()).toMatchObject([{ state: 'sent', attempts: 3 }, { state: 'sent' }]);
    });

    it('that is refused for good is said on the page and in the metrics, stops no other, and can be sent again', async () => {
      refuse = (address) =>
        address.startsWith('auditor') ? { code: 550, words: '5.1.1 nobody <b>here</b>' } : null;
      await due();
      await one.print();
      await one.deliver();
      expect(mail.delivered.map(({ to }) => to)).toEqual([['second@example.test']]);
      expect(await one.mails()).toMatchObject([{ state: 'dead', attempts: 1 }, { state: 'sent' }]);
      expect(await one.rooms.app.get(Metrics).text()).toContain(
        'portolan_report_mails{schedule="monthly",state="dead"} 1',
      );
      const visitor = new Visitor(await listenStill(one.rooms));
      const page = await visitor.get('/reports/schedules');
      expect(page.html).toContain('nobody &lt;b&gt;here');
      refuse = () => null;
      const [, path] = /action="(\/reports\/deliveries\/\d+\/again)"/.exec(page.html)!;
      expect((await visitor.post(path!, {})).status).toBe(303);
      await one.deliver();
      expect(await one.mails()).toMatchObject([{ state: 'sent' }, { state: 'sent' }]);
      expect((await visitor.post(path!, {})).status).toBe(404);
    });

    it('of a report that could not be made is given up, with why', async () => {
      await due();
      await one.rooms.query(
        `update report_order set outcome = 'refused', ended_at = now(), problem = 'it does not add up'`,
      );
      await one.deliver();
      expect(await one.mails()).toMatchObject([
        { state: 'dead', problem: 'there is no report: it does not add up' },
        { state: 'dead' },
      ]);
    });

    it('that the stop of the service has broken off is sent by the next one', async () => {
      await due();
      await one.print();
      const stopped = AbortSignal.abort();
      expect(await one.deliver(stopped)).toBe(0);
      expect(await one.mails()).toMatchObject([{ state: 'waiting', attempts: 0 }, { attempts: 0 }]);
      expect(await other.deliver()).toBe(2);
    });
  });

  it('one is made now, for everybody or for each, sent only where that is wished, and its times stay as they are', async () => {
    await load(MONTHLY);
    await one.scheduler.look();
    const now = one.rooms.app.get(ReportsNow);
    expect(await now.make('monthly', ANYBODY_HERE, { by: 'Ada', isSent: false })).toHaveLength(1);
    expect(await one.mails()).toEqual([]);
    clock.pass(1000);
    await now.make('monthly', ANYBODY_HERE, { by: 'Ada', isSent: true });
    expect(await one.mails()).toHaveLength(2);
    expect((await one.orders()).map(({ asked_by }) => asked_by)).toEqual(['Ada', 'Ada']);
    await expect(now.make('weekly', ANYBODY_HERE, { by: 'Ada', isSent: false })).rejects.toThrow(
      /no report by schedule/,
    );
    clock.at(FIRST);
    expect(await one.scheduler.look()).toBe(1);
  });

  it('what it keeps for so many days is let go of then, but for the newest', async () => {
    await load(`${MONTHLY.slice(0, -2)}, keep: 40 }`);
    await one.scheduler.look();
    for (const month of ['08', '09', '10']) {
      clock.at(`2026-${month}-01T06:00:00Z`);
      await one.scheduler.look();
      await one.print();
      await one.deliver();
    }
    clock.at('2026-12-01T04:00:00Z');
    const weeder = one.rooms.app.get(ScheduleWeeder);
    expect(await weeder.workOnce()).toBe(2);
    expect(await weeder.workOnce()).toBe(0);
    const rows = await one.rooms.query(
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
    await load(
      `${MONTHLY}\n  - { name: theirs, kind: attestation, schedule: "0 6 * * 1", owner: each, period: last 7 days, to: [owner] }
  - { name: of-dba, kind: exposure, schedule: "0 6 * * 1", owner: dba }`,
    );
    await one.scheduler.look();
    clock.at('2026-07-20T06:00:00Z');
    await one.scheduler.look();
    const { ScheduleBook } = await import('../../src/reports/orders/schedule-book.js');
    const book = one.rooms.app.get(ScheduleBook);
    const seen = await book.all({ owners: ['shop'] });
    expect(seen.map(({ report }) => report.name)).toEqual(['theirs']);
    expect(seen[0]!.made.map(({ owner }) => owner)).toEqual(['shop']);
    const [mailOfDba] = await one.rooms.query(
      `select id::text from report_delivery where address = 'dba@example.test'`,
    );
    await expect(book.refuseOthers(mailOfDba!.id, { owners: ['shop'] })).rejects.toThrow(/there is no mail/);
    const all = await book.all({ owners: null });
    expect(all.map(({ next }) => next.length)).toEqual([10, 10, 10]);
    const shop = { ...ANYBODY_HERE, owners: ['shop'] };
    const now = one.rooms.app.get(ReportsNow);
    expect(await now.make('theirs', shop, { by: 'Sue', isSent: false })).toMatchObject([{ owner: 'shop' }]);
    await expect(now.make('of-dba', shop, { by: 'Sue', isSent: false })).rejects.toThrow(
      /no report by schedule/,
    );
  });

  it('by program: what there is, one made now, and wrong words refused', async () => {
    await load(MONTHLY);
    await one.scheduler.look();
    const visitor = new Visitor(await listenStill(one.rooms));
    const listed = JSON.parse((await visitor.json('GET', '/api/v1/reports/schedules')).html);
    expect(listed.schedules[0]).toMatchObject({
      ...{
        name: 'monthly',
        schedule: '0 6 1 * *',
        timezone: 'Europe/Berlin',
        period: 'last month',
        to: ['auditor'],
      },
    });
    expect(listed.schedules[0].next[0]).toBe(FIRST);
    const made = await visitor.json('POST', '/api/v1/reports/schedules/monthly/make', {
      by: 'Ada',
      send: true,
    });
    expect(JSON.parse(made.html)).toEqual({ orders: [{ id: expect.any(String), owner: null }] });
    const wrong = [{ send: 'perhaps' }, { to: ['me@example.test'] }, { by: 'x'.repeat(101) }];
    for (const body of wrong)
      expect((await visitor.json('POST', '/api/v1/reports/schedules/monthly/make', body)).status).toBe(400);
    expect((await visitor.json('POST', '/api/v1/reports/schedules/%3Cb%3E/make', {})).status).toBe(404);
    expect((await visitor.json('POST', '/api/v1/reports/deliveries/99999999999999999999/again')).status).toBe(
      404,
    );
  });
});

/** Of the part in plain text. */
function bodyOf(raw: string): string {
  const [, boundary] = /boundary="([^"]+)"/.exec(raw) ?? [];
  const part = boundary === undefined ? raw : raw.split(`--${boundary}`)[1]!;
  const [head, ...body] = part.split('\r\n\r\n');
  const text = body.join('\r\n\r\n');
  if (!/quoted-printable/i.test(head!)) return text.replaceAll('\r\n', '\n');
  const bytes = text
    .replace(/=\r\n/g, '')
    .replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString('utf8').replaceAll('\r\n', '\n');
}

function attachmentOf(raw: string): Buffer {
  const [, base64] = /Content-Type: application\/pdf[\s\S]*?\r\n\r\n([A-Za-z0-9+/=\r\n]+)/.exec(raw)!;
  return Buffer.from(base64!.replace(/\s/g, ''), 'base64');
}
