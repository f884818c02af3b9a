/*
 * The mails of reports that are made by themselves, sent by a real mail server: what is in them, that each is sent until it is taken and then
 * no more, and what people and programs are told of it.
 */
import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { LedgerService } from '../../src/ledger/ledger.service.js';
import { LedgerKeeper } from '../../src/ledger/ledger-keeper.js';
import { Keyring } from '../../src/platform/keyring.js';
import { Metrics } from '../../src/platform/metrics.js';
import { describeOnPostgresql } from '../support/databases.js';
import { openMailHarbour } from '../support/mail-harbour.js';
import { fieldsOf } from '../support/page-forms.js';
import { attachmentOf, bodyOf, FIRST, MONTHLY, ReportHarbour } from '../support/report-schedules.js';
import { Visitor } from '../support/visitor.js';

describeOnPostgresql('a mail with a report', (kind) => {
  const here = new ReportHarbour(kind);

  async function due(reports = MONTHLY): Promise<void> {
    await here.load(reports);
    await here.one.scheduler.look();
    here.clock.at(FIRST);
    await here.one.scheduler.look();
  }

  it('has the file that it names the hash of, and how to check it, and goes to each address by itself', async () => {
    await due();
    expect(await here.one.deliver()).toBe(0);
    await here.one.print();
    expect(await here.one.deliver()).toBe(2);
    expect(await here.other.deliver()).toBe(0);
    expect(here.mail.delivered.map(({ to }) => to)).toEqual([
      ['auditor@example.test'],
      ['second@example.test'],
    ]);
    const { raw } = here.mail.delivered[0]!;
    expect(raw).toMatch(/^Subject: Exposure, 2026-07-01 to 2026-07-31\r$/m);
    expect(raw).toMatch(/^List-Id: .*<monthly\.reports\.portolan>\r$/im);
    expect(raw).toMatch(/^Auto-Submitted: auto-generated\r$/m);
    const attached = attachmentOf(raw);
    expect(attached.equals(Buffer.from(here.one.pdf))).toBe(true);
    const sha256 = createHash('sha256').update(attached).digest('hex');
    expect(here.text()).toContain(`SHA-256 of the PDF: ${sha256}`);
    expect(here.text()).toContain('portolan verify portolan-monthly-2026-08-01.pdf');
    expect(here.text()).toMatch(/drift: 11 findings stand/);
    const [report] = await here.one.rooms.query('select id::text from report');
    expect(here.text()).toContain(`https://portolan.example.test/reports/${report!.id}`);
    const fetched = await here.one.rooms.query('select by, how, form from report_fetch order by id');
    expect(fetched).toEqual([
      { by: 'auditor@example.test', how: 'mail', form: 'pdf' },
      { by: 'second@example.test', how: 'mail', form: 'pdf' },
    ]);
  });

  it('takes along what the ledger had signed last', async () => {
    const { app } = here.one.rooms;
    await app.get(Keyring).prepare();
    await due();
    await here.one.print();
    const keeper = app.get(LedgerKeeper);
    while ((await keeper.workOnce()) > 0);
    const checkpoint = await app.get(LedgerService).latestCheckpoint();
    expect(checkpoint).not.toBeNull();
    await here.one.deliver();
    const { raw } = here.mail.delivered[0]!;
    expect(JSON.parse(attachmentOf(raw, 'application/json').toString())).toEqual(
      JSON.parse(JSON.stringify(checkpoint)),
    );
    expect(here.text()).toContain('checkpoint.json is what the ledger had signed');
  });

  it('says nothing of what is in it to whom no details are told', async () => {
    await due(MONTHLY.replace('[auditor]', '[discreet]'));
    await here.one.print();
    await here.one.deliver();
    expect(here.mail.delivered[0]!.raw).not.toContain('application/pdf');
    expect(here.text()).not.toMatch(/findings|stand/);
    expect(here.text()).toContain('https://portolan.example.test/reports/');
    expect(await here.one.rooms.query('select 1 from report_fetch')).toEqual([]);
  });

  it('has a link in place of a file that is too large', async () => {
    here.one.pdf = Buffer.alloc(10 * 1024 * 1024 + 1, 32);
    await due();
    await here.one.print();
    await here.one.deliver();
    expect(here.mail.delivered[0]!.raw.length).toBeLessThan(10_000);
    expect(here.text()).toContain('too large for a mail');
  });

  it('waits for a server that is away, and is sent once when it is back, with the Message-ID that it had', async () => {
    const { port } = here.mail;
    await here.mail.close();
    await due();
    await here.one.print();
    expect(await here.one.deliver()).toBe(2);
    expect(await here.one.mails()).toMatchObject([
      { state: 'waiting', attempts: 1, problem: expect.stringContaining('can’t be reached') },
      { state: 'waiting', attempts: 1 },
    ]);
    expect(await here.one.deliver()).toBe(0);
    here.clock.pass(3_600_000);
    expect(await here.one.deliver()).toBe(2);
    here.mail = await openMailHarbour({ port, offersTls: false, answer: (address) => here.refuse(address) });
    here.clock.pass(60_000);
    expect(await here.one.deliver()).toBe(2);
    here.clock.pass(86_400_000);
    expect(await here.one.deliver()).toBe(0);
    expect(here.mail.delivered).toHaveLength(2);
    expect(await here.one.mails()).toMatchObject([{ state: 'sent', attempts: 3 }, { state: 'sent' }]);
  });

  it('that is refused for good is said on the page and in the metrics, stops no other, and can be sent again', async () => {
    here.refuse = (address) =>
      address.startsWith('auditor') ? { code: 550, words: '5.1.1 nobody <b>here</b>' } : null;
    await due();
    await here.one.print();
    await here.one.deliver();
    expect(here.mail.delivered.map(({ to }) => to)).toEqual([['second@example.test']]);
    expect(await here.one.mails()).toMatchObject([{ state: 'dead', attempts: 1 }, { state: 'sent' }]);
    expect(await here.one.rooms.app.get(Metrics).text()).toContain(
      'portolan_report_mails{schedule="monthly",state="dead"} 1',
    );
    const visitor = new Visitor(here.url);
    const page = await visitor.get('/reports/schedules');
    expect(page.html).toContain('nobody &lt;b&gt;here');
    const [report] = await here.one.rooms.query('select id::text from report');
    const sheet = await visitor.get(`/reports/${report!.id}`);
    expect(sheet.html).toContain('To whom it is sent');
    expect(sheet.html).toMatch(/second@example\.test.*by mail/s);
    here.refuse = () => null;
    const [, path] = /action="(\/reports\/deliveries\/\d+\/again)"/.exec(page.html)!;
    expect((await visitor.post(path!, {})).status).toBe(303);
    await here.one.deliver();
    expect(await here.one.mails()).toMatchObject([{ state: 'sent' }, { state: 'sent' }]);
    expect((await visitor.post(path!, {})).status).toBe(404);
  });

  const refuseOrders = () =>
    here.one.rooms.query(
      `update report_order set outcome = 'refused', ended_at = now(), problem = 'it does not add up'`,
    );

  it('of a report that could not be made tells whom it was for, and why to whom details are told', async () => {
    await due(MONTHLY.replace('[auditor]', '[auditor, discreet]'));
    await refuseOrders();
    expect(await here.one.deliver()).toBe(3);
    expect(await here.one.deliver()).toBe(0);
    const told = new Map(here.mail.delivered.map(({ to, raw }) => [to[0]!, raw]));
    expect(Array.from(told.keys()).sort()).toEqual([
      ...['auditor@example.test', 'discreet@example.test', 'second@example.test'],
    ]);
    for (const [to, raw] of told) {
      expect(raw, to).toMatch(/^Subject: Not made: Exposure, 2026-07-01 to 2026-07-31\r$/m);
      expect(bodyOf(raw), to).toMatch(/This report was due, and could not be made/);
      expect(raw, to).not.toContain('application/pdf');
    }
    expect(bodyOf(told.get('auditor@example.test')!)).toContain('it does not add up');
    expect(bodyOf(told.get('discreet@example.test')!)).not.toContain('add up');
    const problem = 'there is no report: it does not add up; its receiver was told so';
    for (const mail of await here.one.mails()) expect(mail).toMatchObject({ state: 'dead', problem });
    expect(await here.one.rooms.query('select 1 from report_fetch')).toEqual([]);
    const list = await new Visitor(here.url).get('/reports');
    expect(list.html).toMatch(/Refused.*it does not add up.*by schedule monthly/is);
  });

  it('of a report that could not be made waits for a server that is away, too', async () => {
    const { port } = here.mail;
    await here.mail.close();
    await due();
    await refuseOrders();
    await here.one.deliver();
    expect(await here.one.mails()).toMatchObject([
      {
        state: 'waiting',
        problem: expect.stringMatching(/does not add up; its receiver could not be told so/),
      },
      { state: 'waiting' },
    ]);
    here.mail = await openMailHarbour({ port, offersTls: false, answer: (address) => here.refuse(address) });
    here.clock.pass(3_600_000);
    await here.one.deliver();
    expect(here.mail.delivered).toHaveLength(2);
    expect(await here.one.mails()).toMatchObject([{ state: 'dead', attempts: 2 }, { state: 'dead' }]);
  });

  it('of a report that could not be printed tells so', async () => {
    await due();
    await here.one.draw();
    await here.one.rooms.query(`update report set attempts = 3, problem = 'no browser'`);
    expect(await here.one.deliver()).toBe(2);
    expect(here.text()).toContain('Why: the report could not be printed: no browser');
  });

  it('that could not be made is told to whoever runs the service, once, and again when there is one', async () => {
    const { healthWatch, query } = here.one.rooms;
    const told = async () => {
      here.clock.pass(20_000);
      await healthWatch.workOnce();
      return query(
        `select receiver, alert->>'title' as title, because from alert_delivery where alert->>'title' like '%report%' order by id`,
      );
    };
    await due();
    expect(await told()).toEqual([]);
    await refuseOrders();
    await told();
    expect(await told()).toMatchObject([
      {
        ...{ receiver: 'operators', title: 'A report was not made: monthly' },
        because: expect.stringContaining('the report monthly was not made: it does not add up'),
      },
    ]);
    await new Visitor(here.url).json('POST', '/api/v1/reports/schedules/monthly/make', { by: 'Ada' });
    await here.one.print();
    expect((await told()).slice(1)).toMatchObject([{ title: 'A report was made again: monthly' }]);
  });

  it('that the stop of the service has broken off is sent by the next one', async () => {
    await due();
    await here.one.print();
    const stopped = AbortSignal.abort();
    expect(await here.one.deliver(stopped)).toBe(0);
    expect(await here.one.mails()).toMatchObject([{ state: 'waiting', attempts: 0 }, { attempts: 0 }]);
    expect(await here.other.deliver()).toBe(2);
  });

  it('by program: what there is, one made now, and wrong words refused', async () => {
    await here.load(MONTHLY);
    await here.one.scheduler.look();
    const visitor = new Visitor(here.url);
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

  it('a form puts one into the inventory, changes it, and leaves what it does not show', async () => {
    await here.load(`${MONTHLY} # the auditor’s`);
    const somebody = new Visitor(here.url);
    const form = fieldsOf(
      (await somebody.get('/inventory/entries/reports?subject=monthly')).html,
      'entry-form',
    );
    expect(form).toMatchObject({
      kind: 'exposure',
      schedule: '0 6 1 * *',
      period: 'last month',
      to: 'auditor',
      language: '',
    });
    const wrong = await somebody.post('/inventory/entries/reports/plan', { ...form, period: 'last moon' });
    expect(wrong.html).toContain('is no period; expected');
    const plan = await somebody.post('/inventory/entries/reports/plan', {
      ...form,
      period: 'last quarter',
      keep: '30',
    });
    const planned = { ...fieldsOf(plan.html, 'entry-form'), deed: 'save', by: 'Ada' };
    const applied = await somebody.post('/inventory/entries/reports/apply', planned);
    expect([applied.status, applied.headers.get('location')]).toEqual([303, '/reports/schedules']);
    const { sources } = (await here.one.rooms.inventory.texts(null))!;
    expect(sources[0]!.text).toMatch(
      /name: monthly,.*period: last quarter, to: \[auditor\], keep: 30 \} # the auditor’s/,
    );
    expect((await somebody.get('/inventory')).html).toContain('aria-label="Change the report monthly"');
  });
});
