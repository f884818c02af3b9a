/* Raw looks are let go when they have served, and nothing else is: reports, findings and the last runs stay. */
import { afterEach, beforeAll, expect, it } from 'vitest';
import { Archivist } from '../../src/scans/archivist.js';
import { describeOnBothDatabases } from '../support/databases.js';
import { openRoomsOn, type Rooms, sail, standingClock } from '../support/rooms.js';

describeOnBothDatabases('the archivist', (kind) => {
  const clock = standingClock('2026-01-01T12:00:00Z');
  let rooms: Rooms;

  beforeAll(async () => {
    rooms = await openRoomsOn(kind, clock);
    return () => rooms.close();
  });
  afterEach(() => rooms.empty());

  async function days(count: number): Promise<void> {
    for (let day = 0; day < count; day++) {
      await rooms.scheduler.runNow('watch');
      await sail(rooms, clock);
      await rooms.reporter.workOnce();
      clock.pass(86_400_000);
    }
  }

  it('lets go of looks older than they are to be kept, and of no other', async () => {
    await rooms.load(`version: 1
hosts: [{ name: one, address: 127.0.71.1, ports: [{ port: 7, expect: open }] }]
audits: [{ name: watch, hosts: all, ports: "7", timeoutMs: 200, retries: 0, confirm: { times: 0 } }]
`);
    await days(40);
    // As if there had been more to probe.
    await rooms.query(
      `insert into shard (scan_id, from_position, to_position, state, probed, settled_to, engine)
       select scan_id, at, at + 1, 'done', 1, at + 1, engine from shard cross join generate_series(1, 9) as at`,
    );
    const archivist = rooms.app.get(Archivist);
    const before = await rooms.query('select count(*)::int as findings from finding_event');
    let gone = 0;
    for (let done = await archivist.workOnce(); done > 0; done = await archivist.workOnce()) gone += done;
    // Runs end within the day that they begin in: those of the last 30 days are kept.
    expect(gone).toBe(10);
    const kept = await rooms.query('select count(*)::int as looks from observed_host');
    expect(kept).toEqual([{ looks: 30 }]);
    expect(await rooms.query('select count(*)::int as findings from finding_event')).toEqual(before);
    expect(await rooms.query('select count(*)::int as reports from report')).toEqual([{ reports: 40 }]);
    const shards = await rooms.query(
      `select count(*)::int as parts, sum(probed)::int as probed, max(to_position)::int as until, is_archived
       from shard join scan on scan.id = scan_id group by scan_id, is_archived`,
    );
    const whole = { probed: 10, until: 10 };
    expect(shards.filter((one) => one.is_archived)).toEqual(
      Array.from({ length: 10 }, () => ({ ...whole, parts: 1, is_archived: true })),
    );
    expect(shards.filter((one) => !one.is_archived)).toEqual(
      Array.from({ length: 30 }, () => ({ ...whole, parts: 10, is_archived: false })),
    );
    expect(await archivist.workOnce()).toBe(0);
  });

  it('keeps the last runs of an audit, however old they are', async () => {
    await rooms.load(`version: 1
hosts: [{ name: one, address: 127.0.71.1, ports: [{ port: 7, expect: open }] }]
audits: [{ name: watch, hosts: all, ports: "7", timeoutMs: 200, retries: 0, confirm: { times: 0 } }]
`);
    await days(5);
    clock.pass(400 * 86_400_000);
    const archivist = rooms.app.get(Archivist);
    expect(await archivist.workOnce()).toBe(2);
    const left = await rooms.query(
      'select distinct run_id from observed_host join scan on scan.id = scan_id',
    );
    expect(left).toHaveLength(3);
  });
});
