/*
 * A scanner that can't see says nothing: its run is inconclusive, opens no finding and resolves none, and what it saw of
 * the canaries is kept. The listeners are real.
 */
import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { silentListener } from '../../src/cli/silent-listener.js';
import { describeOnBothDatabases, type TestDatabase } from '../support/databases.js';
import { moored } from '../support/mooring.js';
import { openPort } from '../support/net-harbour.js';
import { NEVER, openRooms, type Rooms, sail, standingClock } from '../support/rooms.js';

describeOnBothDatabases('a gate', (kind) => {
  const clock = standingClock('2026-07-01T12:00:00Z');
  let on: TestDatabase;
  let rooms: Rooms;
  /** Another server, where the database can have two. */
  let other: Rooms;

  beforeAll(async () => {
    on = await kind.open();
    rooms = await openRooms(on, clock);
    other = kind.name === 'postgresql' ? await openRooms(on, clock) : rooms;
    return async () => {
      if (other !== rooms) await other.close();
      await rooms.close();
      await on.drop();
    };
  });
  beforeEach(() => clock.pass(60_000));
  afterEach(() => rooms.empty());

  const load = (canaries: string, ports = '7', timeoutMs = 200) =>
    rooms.load(`version: 1
vantages: [{ name: local, canaries: [${canaries}] }]
hosts: [{ name: one, address: 127.0.64.1, ports: [{ ports: "${ports}", expect: open }] }]
audits: [{ name: watch, hosts: all, ports: "${ports}", timeoutMs: ${timeoutMs}, retries: 0, confirm: { times: 0 } }]
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
    // It may be this server alone that sees nothing: it lets others try, but not for ever.
    for (let tries = 0; tries < 3; tries++) {
      expect((await rooms.run(id)).state).toBe('observed');
      expect(await rooms.comparer.workOnce()).toBe(1);
      expect(await rooms.comparer.workOnce()).toBe(0);
      clock.pass(30_000);
    }
    expect(await rooms.run(id)).toMatchObject({ state: 'finished', verdict: 'inconclusive' });
    await rooms.comparer.workOnce();
    expect(await findings()).toEqual([{ kind: 'unexpected-closed', state: 'open' }]);
    expect((await looks()).at(-1)!.blindness).toBe(
      `no canary that is known to be open answers: 127.0.64.9:${canary.port}`,
    );
  });

  it('that does not hold where it is compared leaves that to a server that sees', async () => {
    const canary = await openPort('127.0.64.9');
    await load(`{ address: 127.0.64.9, port: ${canary.port}, expect: open }`);
    const id = await rooms.scheduler.runNow('watch');
    await rooms.dispatcher.workOnce();
    await rooms.scanner.workOnce(NEVER);
    await rooms.collator.workOnce();
    await canary.close();
    expect(await rooms.comparer.workOnce()).toBe(1);
    await moored(openPort('127.0.64.9', undefined, canary.port));
    expect(await rooms.comparer.workOnce()).toBe(0);
    if (other === rooms) clock.pass(30_000);
    expect(await other.comparer.workOnce()).toBe(1);
    expect(await rooms.run(id)).toMatchObject({ state: 'compared', verdict: 'drift' });
  });

  it('that most of a look has failed ends the run at once: no server can see more in it', async () => {
    await load('', '1-100');
    const id = await rooms.scheduler.runNow('watch');
    await rooms.dispatcher.workOnce();
    await rooms.scanner.workOnce(NEVER);
    await rooms.collator.workOnce();
    await rooms.query(
      `update observed_host set closed = '{}', unknown = '{[1,101)}', reasons = '{"EMFILE": "1-100"}'`,
    );
    await rooms.comparer.workOnce();
    expect((await rooms.run(id)).because).toMatch(/^100 of 100 probes failed for reasons of our own/);
  });

  it('that no longer holds for whoever has probed ends the run, whatever others see: no host that was met answers', async () => {
    const hosts = ['127.0.65.1', '127.0.65.2', '127.0.65.3'];
    const ports = await Promise.all(hosts.map((host) => openPort(host)));
    await rooms.load(`version: 1
hosts:
${hosts.map((host, i) => `  - { name: h${i}, address: ${host}, ports: [{ port: ${ports[i]!.port}, expect: open }] }\n`).join('')}
audits: [{ name: watch, hosts: all, ports: declared, timeoutMs: 200, retries: 0, confirm: { times: 0 } }]
`);
    const first = await run();
    expect((await rooms.run(first)).verdict).toBe('drift'); // of owners alone
    expect((await findings()).length).toBe(0);
    clock.pass(60_000);
    const id = await rooms.scheduler.runNow('watch');
    await rooms.dispatcher.workOnce();
    for (const [i, { port, close }] of ports.entries()) {
      await close();
      await moored(silentListener(hosts[i]!, port));
    }
    await rooms.scanner.workOnce(NEVER);
    expect(await rooms.run(id)).toMatchObject({
      state: 'finished',
      verdict: 'inconclusive',
      because: `none of the 3 hosts that answered the last run answers now: ${hosts.join(', ')}`,
    });
    expect(await findings()).toEqual([]);
  });

  it('that a stop breaks off says nothing, and the run waits for the next start', async () => {
    const canary = await openPort('127.0.64.9');
    await load(`{ address: 127.0.64.9, port: ${canary.port}, expect: open }`, '7', 20_000);
    const id = await rooms.scheduler.runNow('watch');
    await canary.close();
    const silence = await moored(silentListener('127.0.64.9', canary.port));
    const began = Date.now();
    const stopWithin = async (room: { workOnce(signal: AbortSignal): Promise<number> }): Promise<void> => {
      await room.workOnce(AbortSignal.timeout(300));
      const { state, stumbles } = await rooms.run(id);
      expect([state, stumbles]).toEqual([room === rooms.dispatcher ? 'due' : 'observed', 0]);
    };
    await stopWithin(rooms.dispatcher);
    expect(await looks()).toEqual([]);
    await silence.close();
    const again = await moored(openPort('127.0.64.9', undefined, canary.port));
    await rooms.dispatcher.workOnce();
    await rooms.scanner.workOnce(NEVER);
    await rooms.collator.workOnce();
    await again.close();
    await moored(silentListener('127.0.64.9', canary.port));
    await stopWithin(rooms.comparer);
    expect(await looks()).toMatchObject([{ phase: 'before', blindness: null }]);
    expect(Date.now() - began).toBeLessThan(15_000);
  });
});
