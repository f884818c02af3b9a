/*
 * From a step of a finding to a message that has arrived: who is told, once, with the reason, and when it is over; together
 * with what else there is to tell; and again until somebody takes it.
 */
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SENDER_TOOLS, type SenderTools } from '../../src/alerts/sender.js';
import { describeOnBothDatabases, type TestDatabase } from '../support/databases.js';
import { openRooms, type Rooms, type Row, standingClock } from '../support/rooms.js';

const INVENTORY = `version: 1
owners:
  shop: { name: Shop, email: shop@example.test }
  dba: { name: DBA, email: dba@example.test, receivers: [dba-hook] }
hosts:
  - { name: web, address: 127.0.81.1, owner: shop }
  - { name: db, address: 127.0.81.2, owner: dba }
receivers:
  - { name: dba-hook, type: webhook, secret: dba-hook, url: "https://hooks.example.test/dba" }
  - { name: boss, type: email, to: [boss@example.test] }
  - { name: weekly, type: email, to: [weekly@example.test], digest: "0 8 * * 1" }
audits: [{ name: watch, hosts: all, ports: "1-1000" }]
`;
const ROUTES = `routes:
  - { match: { severity: [critical] }, to: [owner], wait: 10s, escalateTo: [boss], repeat: 12h }
  - { match: { severity: [low] }, to: [weekly] }
`;
const START = '2026-07-01T12:00:00Z';
const HOUR_MS = 3_600_000;

describeOnBothDatabases('alerts', (kind) => {
  const clock = standingClock(START);
  let on: TestDatabase;
  let rooms: Rooms;
  let other: Rooms;
  let folder: string;

  beforeAll(async () => {
    on = await kind.open();
    rooms = await openRooms(on, clock);
    other = kind.name === 'postgresql' ? await openRooms(on, clock) : rooms;
    folder = rooms.app.get<SenderTools>(SENDER_TOOLS).mail.folder;
    return async () => {
      if (other !== rooms) await other.close();
      await rooms.close();
      await on.drop();
    };
  });

  beforeEach(async () => {
    clock.at(START);
    await rooms.query('insert into alert_cursor default values on conflict do nothing');
    await rooms.load(INVENTORY + ROUTES);
  });

  afterEach(async () => {
    await rooms.empty();
    await rm(folder, { recursive: true, force: true });
  });

  /** A finding that is there already, or a new one, moves to a state. */
  async function moved(host: string, port: number, to: string, severity = 'medium'): Promise<string> {
    const owner = host === 'web' ? 'shop' : 'dba';
    const address = host === 'web' ? '127.0.81.1' : '127.0.81.2';
    const key = `unexpected-open|local|${address}|${port}`;
    const now = clock();
    const [before] = await rooms.query('select id, state from finding where key = $1', [key]);
    const [{ id }] = (await rooms.query(
      `insert into finding (key, kind, host, address, port, declared, observed, owner, severity, severity_reasons, evidence, state,
         confirmations, first_seen, last_seen, opened_at, reopened, evidence_at, looks, turns)
       values ($1, 'unexpected-open', $2, $3, $4, 'closed', 'open', $5, $6, '[]', 'a handshake', $7, 0, $8, $8, $8, 0, $8, '1', '[]')
       on conflict (key) do update set state = excluded.state returning id`,
      [key, host, address, port, owner, severity, to, now],
    )) as [Row];
    await rooms.query(
      `insert into finding_event (finding_id, at, actor, from_state, to_state, why) values ($1, $2, 'run 1', $3, $4, 'seen')`,
      [id, now, before?.state ?? null, to],
    );
    return String(id);
  }

  /** Lets time pass, and the rooms work until there is nothing left to do. */
  async function pass(ms: number): Promise<void> {
    clock.pass(ms);
    for (let turn = 0; turn < 20; turn++) {
      const done = (await rooms.notifier.workOnce()) + (await rooms.deliverer.workOnce());
      await rooms.deliverer.settled();
      if (done === 0) return;
    }
    throw new Error('there is always something left to do');
  }

  const mails = async (): Promise<string[]> => {
    const files = await readdir(folder).catch(() => []);
    const texts = await Promise.all(files.sort().map((file) => readFile(join(folder, file), 'utf8')));
    return texts.map((text) => {
      const header = (name: string): string => new RegExp(`^${name}: (.*)$`, 'im').exec(text)?.[1] ?? '';
      return `${header('To')}: ${header('Subject')}`;
    });
  };
  const deliveries = () => rooms.query('select * from alert_delivery order by id');

  it('reach the owner once, after the wait of the route, with the reason', async () => {
    const id = await moved('web', 22, 'suspected');
    await pass(0);
    await moved('web', 22, 'open');
    await pass(29_000);
    expect(await mails()).toEqual([]);
    await pass(1000);
    expect(await mails()).toEqual(['shop@example.test: [medium] 1 new finding: unexpected-open']);
    await pass(HOUR_MS);
    const [delivery, ...more] = await deliveries();
    expect(more).toEqual([]);
    expect(delivery).toMatchObject({
      state: 'sent',
      cause: 'opened',
      receiver: 'e-mail of shop',
      attempts: 1,
    });
    expect(delivery!.because).toBe(
      'no route matches it; shop owns it, and has no receiver but an e-mail address',
    );
    const [view] = await rooms.deliveries.ofFinding(id);
    expect(view).toMatchObject({ receiver: 'e-mail of shop', state: 'sent' });
  });

  it('say nothing of what is over before it was told, and the end of what was', async () => {
    await moved('web', 22, 'open');
    await pass(20_000);
    await moved('web', 22, 'resolved');
    await pass(HOUR_MS);
    expect([await mails(), await rooms.query('select * from alert_notice')]).toEqual([[], []]);
    await moved('web', 22, 'open');
    await pass(30_000);
    await moved('web', 22, 'resolved');
    await pass(30_000);
    expect(await mails()).toEqual([
      'shop@example.test: [medium] 1 new finding: unexpected-open',
      'shop@example.test: [over] 1 finding is over: unexpected-open',
    ]);
    const [opened, over] = await deliveries();
    expect([opened!.thread === over!.thread, opened!.key === over!.key]).toEqual([true, false]);
    expect([opened!.alert.isOver, over!.alert.isOver]).toEqual([false, true]);
    expect(await rooms.query('select * from alert_notice')).toEqual([]);
  });

  it('put together what belongs together, and end when all of it has ended', async () => {
    for (const port of [1, 2, 3]) await moved('web', port, 'open');
    await pass(30_000);
    await moved('web', 1, 'resolved');
    await pass(30_000);
    for (const port of [2, 3]) await moved('web', port, 'resolved');
    await pass(30_000);
    expect((await deliveries()).map(({ alert }) => [alert.title, alert.isOver])).toEqual([
      ['3 new findings: unexpected-open', false],
      ['1 finding is over: unexpected-open', false],
      ['2 findings are over: unexpected-open', true],
    ]);
    expect(new Set((await deliveries()).map(({ thread }) => thread)).size).toBe(1);
  });

  it('of a storm are one message', async () => {
    for (let port = 1; port <= 600; port++) await moved('web', port, 'open');
    await pass(30_000);
    const [delivery, ...more] = await deliveries();
    expect([delivery!.alert.total, delivery!.alert.findings.length, more.length]).toEqual([600, 20, 0]);
    expect(await rooms.query('select count(*)::int as findings from alert_delivery_finding')).toEqual([
      { findings: 600 },
    ]);
  });

  it('are made once, however many servers do it in the same moment', async () => {
    for (const port of [1, 2, 3]) await moved('web', port, 'open');
    await Promise.all([rooms, other, rooms, other].map(({ notifier }) => notifier.workOnce()));
    clock.pass(30_000);
    await Promise.all([rooms, other, rooms, other].map(({ notifier }) => notifier.workOnce()));
    expect(await deliveries()).toHaveLength(1);
    await Promise.all([rooms, other].map(({ deliverer }) => deliverer.workOnce()));
    await Promise.all([rooms, other].map(({ deliverer }) => deliverer.settled()));
    expect(await deliveries()).toMatchObject([{ state: 'sent', attempts: 1 }]);
  });

  it('come again while nobody acknowledges it, and go to others once it is overdue', async () => {
    await moved('web', 22, 'open', 'critical');
    await pass(10_000);
    await pass(12 * HOUR_MS);
    expect((await deliveries()).map(({ cause }) => cause)).toEqual(['opened', 'still-open']);
    await pass(7 * 24 * HOUR_MS);
    const told = (await deliveries()).map(({ cause, receiver }) => `${receiver} ${cause}`);
    expect(told).toContain('boss overdue');
    expect(told.filter((one) => one === 'boss overdue')).toHaveLength(1);
    const count = told.length;
    await moved('web', 22, 'acknowledged', 'critical');
    await pass(14 * 24 * HOUR_MS);
    expect(await deliveries()).toHaveLength(count);
  });

  it('wait for a digest, and say all of it at once', async () => {
    for (const port of [1, 2]) await moved('web', port, 'open', 'low');
    await pass(24 * HOUR_MS);
    expect(await deliveries()).toEqual([]);
    // The next Monday, eight o'clock.
    clock.at('2026-07-06T08:00:00Z');
    await pass(0);
    expect((await mails())[0]).toContain('weekly@example.test: [low] Digest: 2 open, 0 over');
  });

  it('are held in a maintenance window, and told at its end if it is still so', async () => {
    const from = clock().toISOString().slice(0, 10);
    await rooms.load(
      `${INVENTORY}${ROUTES}windows: [{ name: patching, kind: maintenance, from: ${from}, until: 2026-12-01, hosts: { names: [web] } }]\n`,
    );
    await moved('web', 22, 'open');
    await moved('web', 23, 'open');
    await pass(HOUR_MS);
    expect(await mails()).toEqual([]);
    await moved('web', 23, 'resolved');
    clock.at('2026-12-01T00:00:00Z');
    await pass(0);
    expect((await deliveries()).map(({ alert, because }) => [alert.total, because])).toEqual([
      [1, expect.stringContaining('held until the end of the window patching')],
    ]);
  });

  describe('to a receiver that can not be reached', () => {
    const lane = () => rooms.query('select * from alert_lane');

    it('wait under the same key, hold up nobody else, and arrive once it can', async () => {
      await moved('db', 22, 'open');
      await moved('web', 22, 'open');
      await pass(30_000);
      // Its secret is not set: as long as that is so, nothing can be sent to it.
      expect((await deliveries()).map(({ receiver, state }) => `${receiver} ${state}`).sort()).toEqual([
        'dba-hook waiting',
        'e-mail of shop sent',
      ]);
      const [{ key }] = (await rooms.query(`select key from alert_delivery where receiver = 'dba-hook'`)) as [
        Row,
      ];
      expect(await lane()).toMatchObject([
        { receiver: 'dba-hook', failures: 1, problem: expect.stringContaining('dba-hook') },
      ]);
      for (let minute = 0; minute < 30; minute++) await pass(60_000);
      const [waiting] = await rooms.query(`select * from alert_delivery where receiver = 'dba-hook'`);
      expect(waiting).toMatchObject({ key, state: 'waiting' });
      expect(waiting!.attempts).toBeGreaterThan(25);
      // It is an e-mail now: the message that waits goes there.
      await rooms.load(
        INVENTORY.replace(
          'type: webhook, secret: dba-hook, url: "https://hooks.example.test/dba"',
          'type: email, to: [dba@example.test]',
        ),
      );
      await pass(60_000);
      expect(await rooms.query(`select key, state from alert_delivery where receiver = 'dba-hook'`)).toEqual([
        { key, state: 'sent' },
      ]);
      expect(await lane()).toEqual([]);
    });

    it('are dead after seven days, and can be sent again by hand, as the same message', async () => {
      await moved('db', 22, 'open');
      await pass(30_000);
      await pass(8 * 24 * HOUR_MS);
      const dead = async () =>
        (await rooms.query(`select * from alert_delivery where receiver = 'dba-hook' order by id`))[0]!;
      expect(await dead()).toMatchObject({
        state: 'dead',
        problem: expect.stringContaining('tried for seven days'),
      });
      const { id, key } = await dead();
      await rooms.deliveries.again(String(id));
      expect(await dead()).toMatchObject({ state: 'waiting', key });
      await expect(rooms.deliveries.again(String(id))).rejects.toThrow(`there is no dead message ${id}`);
    });

    it('are taken up by another server when the one that sent them has died', async () => {
      await moved('web', 22, 'open');
      await rooms.notifier.workOnce();
      clock.pass(30_000);
      await rooms.notifier.workOnce();
      expect(await rooms.deliveries.claim([], 10)).toHaveLength(1);
      expect(await other.deliveries.claim([], 10)).toEqual([]);
      clock.pass(60_001);
      expect(await other.deliveries.claim([], 10)).toMatchObject([{ attempts: 2 }]);
    });
  });
});
