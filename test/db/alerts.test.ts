/*
 * From a step of a finding to a message that has arrived: who is told, once, with the reason, and when it is over; together
 * with what else there is to tell; and again until somebody takes it.
 */
import { describe, expect, it } from 'vitest';
import { AlertRooms, TOLD_INVENTORY, TOLD_ROUTES } from '../support/alert-rooms.js';
import { describeOnBothDatabases } from '../support/databases.js';
import type { Row } from '../support/rooms.js';

const HOUR_MS = 3_600_000;

describeOnBothDatabases('alerts', (kind) => {
  const on = new AlertRooms(kind);
  const { clock } = on;

  it('reach the owner once, after the wait of the route, with the reason', async () => {
    const id = await on.moved('web', 22, 'suspected');
    await on.pass(0);
    await on.moved('web', 22, 'open');
    await on.pass(29_000);
    expect(await on.mails()).toEqual([]);
    await on.pass(1000);
    expect(await on.mails()).toEqual(['shop@example.test: [medium] 1 new finding: unexpected-open']);
    await on.pass(HOUR_MS);
    const [delivery, ...more] = await on.deliveries();
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
    const [view] = await on.rooms.deliveries.ofFinding(id);
    expect(view).toMatchObject({ receiver: 'e-mail of shop', state: 'sent' });
  });

  it('say nothing of what is over before it was told, and the end of what was', async () => {
    await on.moved('web', 22, 'open');
    await on.pass(20_000);
    await on.moved('web', 22, 'resolved');
    await on.pass(HOUR_MS);
    expect([await on.mails(), await on.rooms.query('select * from alert_notice')]).toEqual([[], []]);
    await on.moved('web', 22, 'open');
    await on.pass(30_000);
    await on.moved('web', 22, 'resolved');
    await on.pass(30_000);
    expect(await on.mails()).toEqual([
      'shop@example.test: [medium] 1 new finding: unexpected-open',
      'shop@example.test: [over] 1 finding is over: unexpected-open',
    ]);
    const [opened, over] = await on.deliveries();
    expect([opened!.thread === over!.thread, opened!.key === over!.key]).toEqual([true, false]);
    expect([opened!.alert.isOver, over!.alert.isOver]).toEqual([false, true]);
    expect(await on.rooms.query('select * from alert_notice')).toEqual([]);
  });

  it('put together what belongs together, and end when all of it has ended', async () => {
    for (const port of [1, 2, 3]) await on.moved('web', port, 'open');
    await on.pass(30_000);
    await on.moved('web', 1, 'resolved');
    await on.pass(30_000);
    for (const port of [2, 3]) await on.moved('web', port, 'resolved');
    await on.pass(30_000);
    expect((await on.deliveries()).map(({ alert }) => [alert.title, alert.isOver])).toEqual([
      ['3 new findings: unexpected-open', false],
      ['1 finding is over: unexpected-open', false],
      ['2 findings are over: unexpected-open', true],
    ]);
    expect(new Set((await on.deliveries()).map(({ thread }) => thread)).size).toBe(1);
  });

  it('of a storm are one message', async () => {
    for (let port = 1; port <= 600; port++) await on.moved('web', port, 'open');
    await on.pass(30_000);
    const [delivery, ...more] = await on.deliveries();
    expect([delivery!.alert.total, delivery!.alert.findings.length, more.length]).toEqual([600, 20, 0]);
    expect(await on.rooms.query('select count(*)::int as findings from alert_delivery_finding')).toEqual([
      { findings: 600 },
    ]);
  });

  it('are made once, however many servers do it in the same moment', async () => {
    for (const port of [1, 2, 3]) await on.moved('web', port, 'open');
    await Promise.all([on.rooms, on.other, on.rooms, on.other].map(({ notifier }) => notifier.workOnce()));
    clock.pass(30_000);
    await Promise.all([on.rooms, on.other, on.rooms, on.other].map(({ notifier }) => notifier.workOnce()));
    expect(await on.deliveries()).toHaveLength(1);
    await Promise.all([on.rooms, on.other].map(({ deliverer }) => deliverer.workOnce()));
    await Promise.all([on.rooms, on.other].map(({ deliverer }) => deliverer.settled()));
    expect(await on.deliveries()).toMatchObject([{ state: 'sent', attempts: 1 }]);
  });

  it('come again while nobody acknowledges it, and go to others once it is overdue', async () => {
    await on.moved('web', 22, 'open', 'critical');
    await on.pass(10_000);
    await on.pass(12 * HOUR_MS);
    expect((await on.deliveries()).map(({ cause }) => cause)).toEqual(['opened', 'still-open']);
    await on.pass(7 * 24 * HOUR_MS);
    const told = (await on.deliveries()).map(({ cause, receiver }) => `${receiver} ${cause}`);
    expect(told).toContain('boss overdue');
    expect(told.filter((one) => one === 'boss overdue')).toHaveLength(1);
    const count = told.length;
    await on.moved('web', 22, 'acknowledged', 'critical');
    await on.pass(14 * 24 * HOUR_MS);
    expect(await on.deliveries()).toHaveLength(count);
  });

  it('wait for a digest, and say all of it at once', async () => {
    for (const port of [1, 2]) await on.moved('web', port, 'open', 'low');
    await on.pass(24 * HOUR_MS);
    expect(await on.deliveries()).toEqual([]);
    // The next Monday, eight o'clock.
    clock.at('2026-07-06T08:00:00Z');
    await on.pass(0);
    expect((await on.mails())[0]).toContain('weekly@example.test: [low] Digest: 2 open, 0 over');
  });

  it('are held in a maintenance window, and told at its end if it is still so', async () => {
    const from = clock().toISOString().slice(0, 10);
    await on.rooms.load(
      `${TOLD_INVENTORY}${TOLD_ROUTES}windows: [{ name: patching, kind: maintenance, from: ${from}, until: 2026-12-01, hosts: { names: [web] } }]\n`,
    );
    await on.moved('web', 22, 'open');
    await on.moved('web', 23, 'open');
    await on.pass(HOUR_MS);
    expect(await on.mails()).toEqual([]);
    await on.moved('web', 23, 'resolved');
    clock.at('2026-12-01T00:00:00Z');
    await on.pass(0);
    expect((await on.deliveries()).map(({ alert, because }) => [alert.total, because])).toEqual([
      [1, expect.stringContaining('held until the end of the window patching')],
    ]);
  });

  describe('to a receiver that can not be reached', () => {
    const lane = () => on.rooms.query('select * from alert_lane');

    it('wait under the same key, hold up nobody else, and arrive once it can', async () => {
      await on.moved('db', 22, 'open');
      await on.moved('web', 22, 'open');
      await on.pass(30_000);
      // Its secret is not set: as long as that is so, nothing can be sent to it.
      expect((await on.deliveries()).map(({ receiver, state }) => `${receiver} ${state}`).sort()).toEqual([
        'dba-hook waiting',
        'e-mail of shop sent',
      ]);
      const [{ key }] = (await on.rooms.query(
        `select key from alert_delivery where receiver = 'dba-hook'`,
      )) as [Row];
      expect(await lane()).toMatchObject([
        { receiver: 'dba-hook', failures: 1, problem: expect.stringContaining('dba-hook') },
      ]);
      for (let minute = 0; minute < 30; minute++) await on.pass(60_000);
      const [waiting] = await on.rooms.query(`select * from alert_delivery where receiver = 'dba-hook'`);
      expect(waiting).toMatchObject({ key, state: 'waiting' });
      expect(waiting!.attempts).toBeGreaterThan(25);
      // It is an e-mail now: the message that waits goes there.
      await on.rooms.load(
        TOLD_INVENTORY.replace(
          'type: webhook, secret: dba-hook, url: "https://hooks.example.test/dba"',
          'type: email, to: [dba@example.test]',
        ),
      );
      await on.pass(60_000);
      expect(
        await on.rooms.query(`select key, state from alert_delivery where receiver = 'dba-hook'`),
      ).toEqual([{ key, state: 'sent' }]);
      expect(await lane()).toEqual([]);
    });

    it('are dead after seven days, and can be sent again by hand, as the same message', async () => {
      await on.moved('db', 22, 'open');
      await on.pass(30_000);
      await on.pass(8 * 24 * HOUR_MS);
      const dead = async () =>
        (await on.rooms.query(`select * from alert_delivery where receiver = 'dba-hook' order by id`))[0]!;
      expect(await dead()).toMatchObject({
        state: 'dead',
        problem: expect.stringContaining('tried for seven days'),
      });
      const { id, key } = await dead();
      await on.rooms.deliveries.again(String(id));
      expect(await dead()).toMatchObject({ state: 'waiting', key });
      await expect(on.rooms.deliveries.again(String(id))).rejects.toThrow(`there is no dead message ${id}`);
    });

    it('are taken up by another server when the one that sent them has died', async () => {
      await on.moved('web', 22, 'open');
      await on.rooms.notifier.workOnce();
      clock.pass(30_000);
      await on.rooms.notifier.workOnce();
      expect(await on.rooms.deliveries.claim([], 10)).toHaveLength(1);
      expect(await on.other.deliveries.claim([], 10)).toEqual([]);
      clock.pass(60_001);
      expect(await on.other.deliveries.claim([], 10)).toMatchObject([{ attempts: 2 }]);
    });
  });
});
