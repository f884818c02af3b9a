/*
 * A scanner that can't see says nothing: its run is inconclusive, opens no finding and resolves none, and what it saw of
 * the canaries is kept. The listeners are real.
 */
import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { describeOnBothDatabases, type TestDatabase } from '../support/databases.js';
import { moored } from '../support/mooring.js';
import { openPort } from '../support/net-harbour.js';
import { NEVER, openRooms, type Rooms, sail, standingClock } from '../support/rooms.js';

describeOnBothDatabases('a gate', (kind) => {
  const clock = standingClock('2026-07-01T12:00:00Z');
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
  beforeEach(() => clock.pass(60_000));
  afterEach(() => rooms.empty());

  const load = (canaries: string, ports = '7') =>
    rooms.load(`version: 1
vantages: [{ name: local, canaries: [${canaries}] }]
hosts: [{ name: one, address: 127.0.64.1, ports: [{ ports: "${ports}", expect: open }] }]
audits: [{ name: watch, hosts: all, ports: "${ports}", timeoutMs: 200, retries: 0, confirm: { times: 0 } }]
`);
  const looks = () => rooms.query('select phase, blindness, seen from gate_look order by id');
  const findings = () =>
    rooms.query(`select kind, state from finding where kind <> 'owner-missing' order by id`);

  async function run(): Promise<string> {
    const id = await rooms.scheduler.runNow('watch');
    await sail(rooms, clock);
    return id;
  }

  it('that holds lets the run judge, and what was seen is kept', async () => {
    await load('');
    const id = await run();
    expect((await rooms.run(id)).verdict).toBe('drift');
    const kept = await looks();
    expect(kept.map(({ phase, blindness }) => [phase, blindness])).toEqual([
      ['before', null],
      ['after', null],
    ]);
    expect(
      kept[0]!.seen.map(({ kind: which, state }: { kind: string; state: string }) => [which, state]),
    ).toEqual([
      ['own', 'open'],
      ['own', 'closed'],
    ]);
  });

  it('that does not hold before the run lets nothing be probed', async () => {
    await load('{ address: 127.0.64.9, port: 9, expect: open }');
    const id = await run();
    expect(await rooms.run(id)).toMatchObject({
      state: 'finished',
      verdict: 'inconclusive',
      because: 'no canary that is known to be open answers: 127.0.64.9:9',
    });
    expect(await rooms.query('select * from scan')).toEqual([]);
    expect(await findings()).toEqual([]);
  });

  it('that no longer holds after the look opens nothing and resolves nothing', async () => {
    const canary = await openPort('127.0.64.9');
    const port = await openPort('127.0.64.1');
    await load(`{ address: 127.0.64.9, port: ${canary.port}, expect: open }`, `${port.port}`);
    await port.close();
    await run();
    expect(await findings()).toEqual([{ kind: 'unexpected-closed', state: 'open' }]);
    // The port is as declared again, but the scanner goes blind while it looks.
    const again = await moored(openPort('127.0.64.1', undefined, port.port));
    expect(again.port).toBe(port.port);
    clock.pass(60_000);
    const id = await rooms.scheduler.runNow('watch');
    await rooms.dispatcher.workOnce();
    await rooms.scanner.workOnce(NEVER);
    await rooms.collator.workOnce();
    await canary.close();
    await rooms.comparer.workOnce();
    expect(await rooms.run(id)).toMatchObject({ state: 'finished', verdict: 'inconclusive' });
    expect(await findings()).toEqual([{ kind: 'unexpected-closed', state: 'open' }]);
    expect((await looks()).at(-1)!.blindness).toBe(
      `no canary that is known to be open answers: 127.0.64.9:${canary.port}`,
    );
  });
});
