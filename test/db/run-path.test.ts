/*
 * One run from its slot to its printed report, as a timeline on a clock of the test's own: what each room leaves
 * behind, and that none of them does its work twice. The listeners are real.
 */
import { createHash } from 'node:crypto';
import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import type { ReportSnapshot } from '../../src/domain/report/exposure/exposure.js';
import { describeOnBothDatabases, type TestDatabase } from '../support/databases.js';
import { type HarbourPort, openPort, refusingPort } from '../support/net-harbour.js';
import { NEVER, openRooms, type Rooms, sail, standingClock } from '../support/rooms.js';

const sha256 = (bytes: string | Buffer): string => createHash('sha256').update(bytes).digest('hex');

describeOnBothDatabases(
  'the path of one run',
  (kind) => {
    const clock = standingClock('2026-07-01T12:00:30Z');
    const harbour: HarbourPort[] = [];
    const ports = { web: 0, missing: 0, rogue: 0 };
    let on: TestDatabase;
    let rooms: Rooms;

    beforeAll(async () => {
      on = await kind.open();
      rooms = await openRooms(on, clock);
      return async () => {
        await rooms.close();
        await on.drop();
      };
    });

    beforeEach(async () => {
      clock.at('2026-07-01T12:00:30Z');
      const [web, rogue] = await Promise.all([openPort('127.0.61.1'), openPort('127.0.61.2')]);
      harbour.push(web, rogue);
      Object.assign(ports, {
        web: web.port,
        missing: await refusingPort('127.0.61.1'),
        rogue: rogue.port,
      });
      await rooms.load(inventory());
    });

    afterEach(async () => {
      for (const port of harbour.splice(0)) await port.close();
      await rooms.empty();
    });

    const inventory = (): string => `version: 1
owners: { ops: { name: Operations } }
hosts:
  - name: web
    address: 127.0.61.1
    owner: ops
    ports: [{ port: ${ports.web}, expect: open }, { port: ${ports.missing}, expect: open }]
  - { name: db, address: 127.0.61.2, owner: ops }
audits:
  - name: watch
    hosts: all
    ports: "${ports.web},${ports.missing},${ports.rogue}"
    every: 60s
    timeoutMs: 400
    confirm: { times: 1, afterMs: 5000 }
`;

    const findings = () =>
      rooms.query(
        `select id, kind, address, port, state, confirmations, reopened from finding order by kind`,
      );
    const events = () =>
      rooms.query(
        `select finding_id, from_state, to_state, run_id from finding_event order by finding_id, id`,
      );
    const state = async (): Promise<string> =>
      (await rooms.query('select state from run order by id desc'))[0]!.state;

    it('goes from room to room, confirms its drift, and ends in a report', async () => {
      expect(await rooms.scheduler.workOnce()).toBe(0);
      clock.at('2026-07-01T12:01:03Z');
      expect(await rooms.scheduler.workOnce()).toBe(1);
      const [run] = await rooms.query('select * from run');
      expect([run!.state, run!.due_at.toISOString(), run!.trigger]).toEqual([
        'due',
        '2026-07-01T12:01:00.000Z',
        'schedule',
      ]);

      expect(await rooms.dispatcher.workOnce()).toBe(1);
      expect(await state()).toBe('scanning');
      expect(await rooms.query('select from_position, to_position, state from shard')).toEqual([
        { from_position: '0', to_position: '6', state: 'waiting' },
      ]);

      clock.pass(1000);
      expect(await rooms.scanner.workOnce(NEVER)).toBe(1);
      expect(await state()).toBe('scanned');
      expect(await rooms.query('select * from observed_host')).toEqual([]);
      expect(await rooms.collator.workOnce()).toBe(1);
      expect([await state(), await rooms.query('select * from shard_log')]).toEqual(['observed', []]);
      expect(await rooms.query('select host(address) as address from observed_host order by 1')).toEqual([
        { address: '127.0.61.1' },
        { address: '127.0.61.2' },
      ]);

      clock.pass(1000);
      expect(await rooms.comparer.workOnce()).toBe(1);
      expect(await state()).toBe('scanning');
      const closed = { kind: 'unexpected-closed', address: '127.0.61.1', port: ports.missing };
      const open = { kind: 'unexpected-open', address: '127.0.61.2', port: ports.rogue };
      expect(await findings()).toMatchObject([
        { ...closed, state: 'suspected' },
        { ...open, state: 'suspected' },
      ]);

      expect(await rooms.reporter.workOnce()).toBe(0);
      clock.pass(4999);
      expect(await rooms.scanner.workOnce(NEVER)).toBe(0);
      clock.pass(1);
      expect(await rooms.scanner.workOnce(NEVER)).toBe(1);
      expect(await rooms.collator.workOnce()).toBe(1);
      expect(await rooms.query('select round, probes from scan order by round')).toEqual([
        { round: 0, probes: '6' },
        { round: 1, probes: '2' },
      ]);
      clock.pass(1000);
      expect(await rooms.comparer.workOnce()).toBe(1);
      expect(await findings()).toMatchObject([
        { ...closed, state: 'open', confirmations: 1 },
        { ...open, state: 'open', confirmations: 1 },
      ]);
      expect(await rooms.run(run!.id)).toMatchObject({
        state: 'compared',
        verdict: 'drift',
        coverage: { expected: 6, probed: 6, answered: 6, unknown: 0 },
      });

      expect(await rooms.reporter.workOnce()).toBe(1);
      expect(await state()).toBe('finished');
      expect(await rooms.press.workOnce(NEVER)).toBe(1);
      const [report] = await rooms.query('select * from report');
      expect(sha256(report!.snapshot)).toBe(report!.snapshot_sha256);
      expect(report!.pdf.subarray(0, 5).toString()).toBe('%PDF-');
      expect(sha256(report!.pdf)).toBe(report!.pdf_sha256);
      const snapshot = JSON.parse(report!.snapshot) as ReportSnapshot;
      expect(snapshot.findings.map((one) => [one.kind, one.port, one.isNew]).sort()).toEqual([
        ['unexpected-closed', ports.missing, true],
        ['unexpected-open', ports.rogue, true],
      ]);

      for (const room of [rooms.dispatcher, rooms.scanner, rooms.comparer, rooms.reporter, rooms.press])
        expect([room.name, await room.workOnce(NEVER)]).toEqual([room.name, 0]);
    });

    it('what is mended resolves, and what comes back is the same finding', async () => {
      const runAt = async (time: string): Promise<void> => {
        clock.at(time);
        expect(await rooms.scheduler.workOnce()).toBe(1);
        await sail(rooms, clock);
        expect(await rooms.reporter.workOnce()).toBe(1);
      };
      await runAt('2026-07-01T12:01:00Z');
      const first = await findings();
      const rogue = harbour.splice(1, 1)[0]!;
      await rogue.close();
      await runAt('2026-07-01T12:02:00Z');
      expect(await findings()).toMatchObject([{ state: 'open' }, { state: 'resolved', reopened: 0 }]);
      harbour.push(await openPort('127.0.61.2', undefined, ports.rogue));
      await runAt('2026-07-01T12:03:00Z');
      const last = await findings();
      expect(last).toMatchObject([{ state: 'open' }, { state: 'open', reopened: 1 }]);
      expect(last.map(({ id }) => id)).toEqual(first.map(({ id }) => id));
      const steps = (await events())
        .filter(({ finding_id }) => finding_id === last[1]!.id)
        .map(({ from_state, to_state }) => [from_state, to_state]);
      expect(steps).toEqual([
        [null, 'suspected'],
        ['suspected', 'open'],
        ['open', 'resolved'],
        ['resolved', 'suspected'],
        ['suspected', 'open'],
      ]);
    });

    it('a drift that the fresh look does not show again was never open', async () => {
      clock.at('2026-07-01T12:01:00Z');
      await rooms.scheduler.workOnce();
      await rooms.dispatcher.workOnce();
      await rooms.scanner.workOnce(NEVER);
      await rooms.collator.workOnce();
      clock.pass(1000);
      await rooms.comparer.workOnce();
      await harbour.pop()!.close();
      clock.pass(5000);
      await rooms.scanner.workOnce(NEVER);
      await rooms.collator.workOnce();
      clock.pass(1000);
      await rooms.comparer.workOnce();
      const [, open] = await findings();
      expect(open).toMatchObject({ kind: 'unexpected-open', state: 'resolved' });
      const [row] = await rooms.query('select opened_at from finding where id = $1', [open!.id]);
      expect(row!.opened_at).toBeNull();
    });

    it('comparing the same look again changes nothing', async () => {
      clock.at('2026-07-01T12:01:00Z');
      await rooms.scheduler.workOnce();
      await sail(rooms, clock);
      const all = () => rooms.query('select * from finding order by id');
      const [before, history] = [await all(), await events()];
      clock.pass(60_000);
      await rooms.query(`update run set state = 'observed'`);
      expect(await rooms.comparer.workOnce()).toBe(1);
      expect(await all()).toEqual(before);
      expect(await events()).toEqual(history);
      expect(await state()).toBe('compared');
    });

    it('two comparers of the same run make its findings once', async () => {
      const other = kind.name === 'postgresql' ? await openRooms(on, clock) : rooms;
      try {
        clock.at('2026-07-01T12:01:00Z');
        await rooms.scheduler.workOnce();
        await rooms.dispatcher.workOnce();
        await rooms.scanner.workOnce(NEVER);
        await rooms.collator.workOnce();
        clock.pass(1000);
        await Promise.all([rooms.comparer.workOnce(), other.comparer.workOnce()]);
        expect(await findings()).toHaveLength(2);
        expect(await events()).toHaveLength(2);
        expect(await rooms.query('select round from scan order by round')).toEqual([
          { round: 0 },
          { round: 1 },
        ]);
      } finally {
        if (other !== rooms) await other.close();
      }
    });

    it('two runs that see the same drift for the first time begin its history once', async () => {
      await rooms.load(inventory() + inventory().split('audits:\n')[1]!.replace('watch', 'second'));
      const other = kind.name === 'postgresql' ? await openRooms(on, clock) : rooms;
      try {
        clock.at('2026-07-01T12:01:00Z');
        expect(await rooms.scheduler.workOnce()).toBe(2);
        for (const _ of [1, 2]) await rooms.dispatcher.workOnce();
        for (const _ of [1, 2]) {
          clock.pass(1000);
          await rooms.scanner.workOnce(NEVER);
          await rooms.collator.workOnce();
        }
        clock.pass(1000);
        const runs = await rooms.query('select * from run order by id');
        expect(runs.map((run) => run.state)).toEqual(['observed', 'observed']);
        // Each takes the run of its own: what two servers come to when they look in different moments.
        const second = Object.create(other.comparer, {
          scans: {
            value: Object.create(other.scans, {
              workOnNext: {
                value: async (_state: string, _room: string, work: (run: unknown) => Promise<void>) =>
                  work(await other.scans.run(runs[1]!.id)),
              },
            }),
          },
        }) as Rooms['comparer'];
        await Promise.all([rooms.comparer.workOnce(), second.workOnce()]);
        expect(await findings()).toHaveLength(2);
        expect((await events()).filter((event) => event.from_state === null)).toHaveLength(2);
      } finally {
        if (other !== rooms) await other.close();
      }
    });
  },
  { always: true },
);
