/* Leave to scan is asked for at the last moment: what was withdrawn while a run was under way is not probed any more. */
import { beforeAll, expect, it } from 'vitest';
import { describeOnBothDatabases } from '../support/databases.js';
import { openPort } from '../support/net-harbour.js';
import { openRoomsOn, type Rooms, sail, standingClock } from '../support/rooms.js';

describeOnBothDatabases('leave to scan', (kind) => {
  const clock = standingClock('2026-07-01T12:00:00Z');
  let rooms: Rooms;
  beforeAll(async () => {
    rooms = await openRoomsOn(kind, clock);
    return rooms.close;
  });

  it('that is withdrawn after the run was planned keeps its packets in, and the run from being clean', async () => {
    const [kept, excluded] = await Promise.all([openPort('127.0.63.1'), openPort('127.0.63.2')]);
    try {
      const inventory = (exclude: string): string => `version: 1
owners: { ops: { name: Operations } }
scopes: [{ name: quay, allow: [127.0.63.0/24], authorisedBy: CISO${exclude} }]
hosts:
  - { name: kept, address: 127.0.63.1, owner: ops, ports: [{ port: ${kept.port}, expect: open }] }
  - { name: block, address: 127.0.63.2-3, owner: ops, ports: [{ port: ${excluded.port}, expect: open }] }
audits: [{ name: watch, hosts: all, ports: declared, confirm: { times: 0, afterMs: 0 } }]
`;
      await rooms.load(inventory(''));
      const id = await rooms.scheduler.runNow('watch');
      await rooms.dispatcher.workOnce();
      await rooms.load(inventory(', exclude: [127.0.63.2]'));
      await sail(rooms, clock);
      expect([kept.accepted, excluded.accepted]).toEqual([1, 0]);
      const [seen] = await rooms.query(
        `select count(*)::int as rows from observed_host where address = '127.0.63.2'`,
      );
      expect(seen!.rows).toBe(0);
      expect((await rooms.run(id)).verdict).not.toBe('clean');
      expect((await rooms.run(id)).coverage.unknown).toBe(1);
    } finally {
      await Promise.all([kept.close(), excluded.close()]);
    }
  });
});
