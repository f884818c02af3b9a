/*
 * What becomes of a run is told in the log: one line a change, with the run and its audit, and none of what was rolled back.
 */
import { pino } from 'pino';
import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { describeOnBothDatabases, type TestDatabase } from '../support/databases.js';
import { refusingPort } from '../support/net-harbour.js';
import { NEVER, openRooms, type Rooms, sail, standingClock } from '../support/rooms.js';

describeOnBothDatabases('the log of runs', (kind) => {
  const clock = standingClock('2026-07-01T00:00:30Z');
  const lines: Array<Record<string, unknown>> = [];
  const write = (line: string) => lines.push(JSON.parse(line));
  let on: TestDatabase;
  let rooms: Rooms;

  beforeAll(async () => {
    on = await kind.open();
    rooms = await openRooms(on, clock, pino({ base: null, timestamp: false }, { write }));
    return async () => {
      await rooms.close();
      await on.drop();
    };
  });
  beforeEach(() => clock.at('2026-07-01T00:00:30Z'));
  afterEach(() => rooms.empty());

  /** What was told since this was asked last. */
  function told(): Array<Record<string, unknown>> {
    return lines.splice(0).map(({ level, ...line }) => {
      expect(level).toBe(30);
      return line;
    });
  }

  /** One port that should be open, and is not. */
  async function load({ every = '', canaries = '', confirm = 0 } = {}): Promise<string> {
    const port = await refusingPort('127.0.64.1');
    const { id } = await rooms.load(`version: 1
owners: { shop: { name: Shop, email: shop@example.test } }
vantages: [{ name: local, canaries: [${canaries}] }]
hosts: [{ name: one, address: 127.0.64.1, owner: shop, ports: [{ port: ${port}, expect: open }] }]
audits: [{ name: watch, hosts: all, ports: declared, ${every} timeoutMs: 200, retries: 0, confirm: { times: ${confirm}, afterMs: 4000 } }]
`);
    return id;
  }

  it('a run that confirms its drift: made, started, each look, and its end', async () => {
    const version = await load({ confirm: 1 });
    expect(told()).toEqual([{ version, by: null, msg: 'an inventory was applied' }]);
    const run = await rooms.scheduler.runNow('watch');
    const at = { run, audit: 'watch' };
    expect(told()).toEqual([
      { ...at, dueAt: '2026-07-01T00:00:30.000Z', trigger: 'manual', msg: 'a run was made' },
    ]);
    await rooms.dispatcher.workOnce();
    expect(told()).toEqual([{ ...at, probes: 1, msg: 'a run has started' }]);
    await rooms.scanner.workOnce(NEVER);
    await rooms.collator.workOnce();
    expect(told()).toEqual([]);
    await rooms.comparer.workOnce();
    expect(told()).toEqual([{ ...at, round: 0, drifts: 1, suspected: 1, msg: 'a look has finished' }]);
    clock.pass(4000);
    await rooms.scanner.workOnce(NEVER);
    await rooms.collator.workOnce();
    await rooms.comparer.workOnce();
    const { because } = await rooms.run(run);
    expect(told()).toEqual([
      { ...at, round: 1, drifts: 1, suspected: 0, msg: 'a look has finished' },
      { ...at, verdict: 'drift', because, durationMs: 4000, msg: 'a run has ended' },
    ]);
  });

  it('a run that somebody cancels, and one that is turned away by its gate', async () => {
    await load();
    const first = await rooms.scheduler.runNow('watch');
    await rooms.dispatcher.workOnce();
    told();
    clock.pass(2500);
    await rooms.scans.cancel(first, 'Ada');
    const end = { audit: 'watch', verdict: 'inconclusive' };
    const cancelled = { because: 'cancelled by Ada', durationMs: 2500, msg: 'a run was cancelled' };
    expect(told()).toEqual([{ ...end, run: first, ...cancelled }]);
    await expect(rooms.scans.cancel(first, 'Ada')).rejects.toThrow('has ended');
    expect(told()).toEqual([]);
    await load({ canaries: '{ address: 127.0.64.9, port: 9, expect: open }' });
    const second = await rooms.scheduler.runNow('watch');
    told();
    await rooms.dispatcher.workOnce();
    const because = 'no canary that is known to be open answers: 127.0.64.9:9';
    const away = { because, durationMs: 0, msg: 'a run was turned away by its gate' };
    expect(told()).toEqual([{ ...end, run: second, ...away }]);
  });

  it('a run that may not be carried out ends with its reason', async () => {
    await rooms.load(`version: 1
scopes: [{ name: lab, allow: [127.0.64.0/24], authorisedBy: CISO, until: 2026-07-01 }]
hosts: [{ name: one, address: 127.0.64.1, ports: [{ port: 7, expect: open }] }]
audits: [{ name: watch, hosts: all, ports: declared }]
`);
    clock.at('2026-07-03T00:00:00Z');
    const run = await rooms.scheduler.runNow('watch');
    told();
    await rooms.dispatcher.workOnce();
    const { verdict, because } = await rooms.run(run);
    expect(verdict).toBe('failed');
    const end = { run, audit: 'watch', verdict, because, durationMs: 0 };
    expect(told()).toEqual([{ ...end, msg: 'a run has ended' }]);
  });

  it('slots that had no run, and the one that has', async () => {
    await load({ every: 'every: 1h,' });
    clock.at('2026-07-01T04:30:00Z');
    told();
    await rooms.scheduler.workOnce();
    const [{ id }] = (await rooms.query('select id::text from run')) as [{ id: string }];
    const hour = (at: number): string => `2026-07-01T0${at}:00:00.000Z`;
    const slots = { slots: 3, reason: 'down', detail: '', first: hour(1), last: hour(3) };
    expect(told()).toEqual([
      { audit: 'watch', ...slots, msg: 'slots were skipped' },
      { run: id, audit: 'watch', dueAt: hour(4), trigger: 'schedule', msg: 'a run was made' },
    ]);
  });

  it('an inventory that somebody applies is told of once, with who it was, and one that changes nothing is not', async () => {
    const text = (name: string) => ({
      path: 'inventory.yaml',
      sha256: '0'.repeat(64),
      sources: [
        {
          file: 'inventory.yaml',
          text: `version: 1\nhosts: [{ name: ${name}, address: 127.0.0.1 }]\naudits: []\n`,
        },
      ],
    });
    const { version } = await rooms.inventory.apply(text('one'), { by: 'Ada', note: null, base: null });
    expect(told()).toEqual([{ version, by: 'Ada', msg: 'an inventory was applied' }]);
    await rooms.inventory.apply(text('one'), { by: 'Ada', note: null, base: null });
    expect(told()).toEqual([]);
  });

  it('what the database does not take is not told', async () => {
    await load();
    await rooms.query(`alter table run add constraint run_unending_ck check (state <> 'compared')`);
    try {
      await rooms.scheduler.runNow('watch');
      await rooms.dispatcher.workOnce();
      await rooms.scanner.workOnce(NEVER);
      await rooms.collator.workOnce();
      told();
      await expect(rooms.comparer.workOnce()).rejects.toThrow('run_unending_ck');
      expect(told()).toEqual([]);
    } finally {
      await rooms.query('alter table run drop constraint run_unending_ck');
    }
    await sail(rooms, clock);
    expect(told().map(({ msg }) => msg)).toEqual(['a look has finished', 'a run has ended']);
  });
});
