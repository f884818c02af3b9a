/*
 * What is wrong with the watching itself is told to whoever runs the service: once when it begins, and once when it is over.
 */
import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { describeOnBothDatabases } from '../support/databases.js';
import { openRoomsOn, type Rooms, standingClock } from '../support/rooms.js';

const INVENTORY = `version: 1
hosts: [{ name: web, address: 127.0.81.1 }]
audits: [{ name: watch, hosts: all, ports: "1-1000", every: 1h }]
`;
const HOUR_MS = 3_600_000;

describeOnBothDatabases('the health watch', (kind) => {
  const clock = standingClock('2026-07-01T12:00:00Z');
  let rooms: Rooms;

  beforeAll(async () => {
    rooms = await openRoomsOn(kind, clock);
    return rooms.close;
  });

  beforeEach(async () => {
    clock.pass(1000);
    await rooms.load(INVENTORY);
  });

  afterEach(() => rooms.empty());

  const deliveries = () => rooms.query('select * from alert_delivery order by id');
  const run = (verdict: string, coverage: string | null, because: string) =>
    rooms.query(
      `insert into run (audit, due_at, trigger, inventory_version_id, vantage, state, verdict, because, coverage, started_at, finished_at)
       select 'watch', $1, 'manual', max(id), 'local', 'finished', $2, $4, $3::jsonb, $1, $1 from inventory_version`,
      [clock(), verdict, coverage, because],
    );
  const look = async (): Promise<void> => {
    clock.pass(16_000);
    await rooms.healthWatch.workOnce();
  };

  it('come once when a scanner can not be believed, and once when it can again', async () => {
    await look();
    await run('inconclusive', null, 'the scanner does not see 127.0.0.1:9');
    for (let time = 0; time < 3; time++) await look();
    await run('inconclusive', null, 'the scanner does not see 127.0.0.1:9');
    await look();
    expect((await deliveries()).map(({ alert, receiver }) => `${receiver}: ${alert.title}`)).toEqual([
      'operators: A scanner could not be believed: watch',
    ]);
    await run(
      'clean',
      '{"expected":1,"probed":1,"answered":1,"unknown":0}',
      'every declared state was observed',
    );
    await look();
    const [begun, over] = await deliveries();
    expect([over!.alert.title, over!.thread === begun!.thread]).toEqual([
      'The scanner can be believed again: watch',
      true,
    ]);
  });

  it('come when an audit has had no trustworthy run for twice its interval', async () => {
    await look();
    expect(await deliveries()).toEqual([]);
    clock.pass(3 * HOUR_MS);
    await look();
    await look();
    expect((await deliveries()).map(({ alert }) => alert.title)).toEqual([
      'An audit has had no trustworthy run: watch',
    ]);
  });
});
