/*
 * Names whose look-up failed in part: what could not be learnt is unknown, and what was known before still is. The look-ups'
 * answers are written into the run's row; nobody is asked for a name but `localhost`.
 */
import { beforeAll, beforeEach, expect, it } from 'vitest';
import { RunPlans } from '../../src/scans/run-plans.js';
import { describeOnBothDatabases } from '../support/databases.js';
import { refusingPort } from '../support/net-harbour.js';
import { NEVER, openRoomsOn, type Rooms, standingClock } from '../support/rooms.js';

describeOnBothDatabases('a name', (kind) => {
  const clock = standingClock('2026-07-01T12:00:00Z');
  let rooms: Rooms;
  beforeAll(async () => {
    rooms = await openRoomsOn(kind, clock);
    return rooms.close;
  });
  beforeEach(async () => {
    await rooms.empty();
    const port = await refusingPort('127.0.0.1');
    await rooms.load(`version: 1
owners: { ops: { name: Operations } }
hosts: [{ name: shop, address: localhost, owner: ops }]
audits: [{ name: watch, hosts: all, ports: "${port}", confirm: { times: 0 } }]
`);
  });

  /** A run, and what its name led to. */
  async function run(
    resolved: Record<string, string[]>,
  ): Promise<{ id: string; verdict: string; because: string }> {
    clock.pass(60_000);
    const id = await rooms.scheduler.runNow('watch');
    await rooms.dispatcher.workOnce();
    await rooms.query('update run set resolved = $2 where id = $1', [id, JSON.stringify(resolved)]);
    await rooms.scanner.workOnce(NEVER);
    await rooms.collator.workOnce();
    await rooms.comparer.workOnce();
    const { verdict, because } = await rooms.run(id);
    return { id, verdict, because };
  }
  const moved = () => rooms.query(`select state, address from finding where kind = 'address-moved'`);

  it('that has no AAAA records is clean without, and one whose AAAA records could not be looked up is not', async () => {
    expect((await run({ localhost: ['127.0.0.1'] })).verdict).toBe('clean');
    expect(await run({ localhost: ['127.0.0.1'], 'localhost AAAA': [] })).toMatchObject({
      verdict: 'inconclusive',
      because: 'nothing contradicts the inventory, but 1 of 2 ports could not be judged',
    });
  });

  it('has not moved when an address is back that could not be looked up meanwhile; and has, when it is another', async () => {
    const failed = { localhost: ['::1'], 'localhost A': [] };
    await run({ localhost: ['127.0.0.1', '::1'] });
    await run(failed);
    await run({ localhost: [], 'localhost A': [], 'localhost AAAA': [] });
    const { id } = await run({ localhost: ['127.0.0.1', '::1'] });
    expect(await moved()).toEqual([]);
    const { planned } = await rooms.app.get(RunPlans).of(await rooms.scans.run(id));
    expect(planned.ok && planned.plan.names.before.get('localhost')).toEqual(['127.0.0.1', '::1']);
    await run(failed);
    await run({ localhost: ['127.0.0.9', '::1'] });
    expect(await moved()).toEqual([{ state: 'open', address: '127.0.0.9' }]);
    // That look-up fails now, and does not say that the name is back where it was.
    await run(failed);
    expect(await moved()).toEqual([{ state: 'open', address: '127.0.0.9' }]);
  });
});
