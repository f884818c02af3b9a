/* The queue of reports: each order ends once, with its report or with why there is none, whoever dies between, however many ask and serve. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { LOGGER } from '../../src/platform/log.js';
import { writeEvidence } from '../../src/reports/gathering/written-evidence.js';
import { ReportKinds } from '../../src/reports/kinds/report-kinds.js';
import { OrderClerk } from '../../src/reports/orders/order-clerk.js';
import { orderState } from '../../src/reports/orders/order-state.js';
import { OrdersQueries } from '../../src/reports/orders/orders.queries.js';
import { ReportOrdersService } from '../../src/reports/orders/report-orders.service.js';
import { ReportWeeder } from '../../src/reports/orders/report-weeder.js';
import { ReportsService } from '../../src/reports/reports.service.js';
import { askedFor, plugTestKinds, pressOf } from '../support/asked-reports.js';
import { describeOnBothDatabases, type TestDatabase } from '../support/databases.js';
import { NEVER, openRooms, type Rooms, sail, standingClock } from '../support/rooms.js';

const INVENTORY = `version: 1
owners: { shop: { name: Shop } }
hosts: [{ name: one, address: 127.0.67.9, owner: shop }]
audits: [{ name: nightly, hosts: all, ports: "7" }]
`;
const SLOT = new Date('2026-07-01T06:00:00Z');
const LEASE_MS = 15_000;

describeOnBothDatabases('the queue of reports', (kind) => {
  const clock = standingClock('2026-07-01T12:00:00Z');
  let on: TestDatabase;
  let rooms: Rooms;
  let orders: ReportOrdersService;
  let clerk: OrderClerk;

  beforeAll(async () => {
    on = await kind.open();
    rooms = await openRooms(on, clock, undefined, { reportsKeepDays: 30 });
    orders = rooms.app.get(ReportOrdersService);
    clerk = rooms.app.get(OrderClerk);
    plugTestKinds(rooms);
  });
  afterAll(async () => {
    await rooms.close();
    await on.drop();
  });
  beforeEach(async () => {
    clock.at('2026-07-01T12:00:00Z');
    await rooms.load(INVENTORY);
    await aRun();
  });
  afterEach(() => rooms.empty());

  async function aRun(): Promise<string> {
    const id = await rooms.scheduler.runNow('nightly');
    await sail(rooms, clock);
    await rooms.reporter.workOnce();
    return id;
  }

  const ask = (some: Parameters<typeof askedFor>[0] = {}, by = 'Ada') =>
    orders.ask({ parameters: askedFor(some), by });
  const stateOf = async (id: string) => {
    const order = await rooms.app.get(OrdersQueries).one(id, null);
    return orderState(order!, clock());
  };
  const ordered = () =>
    rooms.query(
      'select id::text, kind, title, parameters, made_at from report where run_id is null order by id',
    );
  const press = () => pressOf(rooms);
  async function printAll(): Promise<void> {
    const one = press();
    while ((await one.workOnce(NEVER)) > 0);
  }
  /** A clerk whose source does something else. */
  const clerkOf = (draw: () => Promise<{ snapshot: object; problem: string | null }>) => {
    const gather = async () => {
      const { snapshot, problem } = await draw();
      return { ...(await writeEvidence(snapshot)), problem };
    };
    const kinds = Object.create(rooms.app.get(ReportKinds), { gather: { value: gather } }) as ReportKinds;
    return new OrderClerk(orders, kinds, clock, rooms.app.get(LOGGER));
  };

  it('goes from waiting to ready, and the report is as it was asked for', async () => {
    const first = await ask({ title: 'The shop', owner: 'shop', tags: ['pci'] });
    const second = await ask();
    expect(await stateOf(first.id)).toBe('waiting');
    expect((await rooms.app.get(OrdersQueries).one(second.id, null))!.ahead).toBe(1);
    expect(await clerk.workOnce()).toBe(1);
    expect(await stateOf(first.id)).toBe('printing');
    const [report] = await ordered();
    expect(report).toMatchObject({ kind: 'exposure', title: 'The shop', parameters: first.parameters });
    await printAll();
    expect(await stateOf(first.id)).toBe('ready');
    expect(await stateOf(second.id)).toBe('waiting');
    expect((await orders.get(first.id)).reportId).toBe(report!.id);
    expect(await clerk.workOnce()).toBe(1);
    expect(await clerk.workOnce()).toBe(0);
  });

  it('takes twenty at once, and all of them come, each once', async () => {
    const asked = await Promise.all(Array.from({ length: 20 }, (_, at) => ask({ title: `no. ${at}` })));
    const other = on.url === null ? null : await openRooms(on, clock);
    if (other) plugTestKinds(other);
    const clerks = other ? [clerk, other.app.get(OrderClerk)] : [clerk, clerk];
    await Promise.all(
      clerks.map(async (one) => {
        while ((await one.workOnce()) > 0);
      }),
    );
    await printAll();
    const titles = (await ordered()).map(({ title }) => title);
    expect(titles.sort()).toEqual(asked.map(({ parameters }) => parameters.title).sort());
    for (const { id } of asked) expect(await stateOf(id)).toBe('ready');
    await other?.close();
  });

  it('a slot of a schedule is asked for once, whoever asks and however often', async () => {
    const due = { parameters: askedFor(), by: 'the schedule monthly', schedule: 'monthly', slot: SLOT };
    const asked = await Promise.all([orders.ask(due), orders.ask(due), orders.ask(due)]);
    expect(new Set(asked.map(({ id }) => id)).size).toBe(1);
    expect(await clerk.workOnce()).toBe(1);
    expect((await orders.ask(due)).id).toBe(asked[0].id);
    expect(await clerk.workOnce()).toBe(0);
    await orders.ask({ ...due, slot: new Date('2026-08-01T06:00:00Z') });
    expect(await clerk.workOnce()).toBe(1);
    expect(await ordered()).toHaveLength(2);
  });

  it('a server that dies over one leaves it to the next, and has no say any more', async () => {
    const { id } = await ask();
    const lost = (await orders.claim())!;
    expect(await stateOf(id)).toBe('drawing');
    expect(await orders.claim()).toBeNull();
    clock.pass(LEASE_MS);
    expect(await stateOf(id)).toBe('waiting');
    expect(await clerk.workOnce()).toBe(1);
    expect(await orders.made(lost, await writeEvidence({ format: 'late/1' }), clock())).toBeNull();
    await orders.endWithout(lost, 'failed', 'late');
    expect(await stateOf(id)).toBe('printing');
    expect(await ordered()).toHaveLength(1);
  });

  it('one that is still at it keeps it, however long that takes', async () => {
    const { id } = await ask();
    const mine = (await orders.claim())!;
    clock.pass(LEASE_MS - 1);
    expect(await orders.renew(mine)).toBe(true);
    clock.pass(LEASE_MS - 1);
    expect(await orders.claim()).toBeNull();
    expect(await orders.made(mine, await writeEvidence({ format: 'slow/1' }), clock())).not.toBeNull();
    expect(await orders.renew(mine)).toBe(false);
    expect(await stateOf(id)).toBe('printing');
  });

  it('what dies between the report and the end of its order leaves neither', async () => {
    const { id } = await ask();
    await rooms.query(
      `create function die() returns trigger language plpgsql as $$ begin raise exception 'killed'; end $$`,
    );
    await rooms.query(
      `create trigger dies before update of outcome on report_order for each row when (new.outcome = 'made') execute function die()`,
    );
    try {
      expect(await clerk.workOnce()).toBe(1);
      expect(await ordered()).toEqual([]);
      expect(await stateOf(id)).toBe('waiting');
    } finally {
      await rooms.query('drop trigger dies on report_order');
      await rooms.query('drop function die');
    }
    expect(await clerk.workOnce()).toBe(1);
    expect(await ordered()).toHaveLength(1);
  });

  it('one that ends every server is not begun a fourth time, and says so', async () => {
    const { id } = await ask();
    for (let death = 0; death < 3; death++) {
      expect(await orders.claim()).not.toBeNull();
      clock.pass(LEASE_MS);
    }
    expect(await clerk.workOnce()).toBe(1);
    expect(await orders.get(id)).toMatchObject({ outcome: 'failed', reportId: null });
    expect((await orders.get(id)).problem).toBe('it was begun 3 times, and no server lived to see its end');
    expect(await clerk.workOnce()).toBe(0);
  });

  it('what its source refuses ends it with the source’s words, and what does not add up with what does not', async () => {
    const unknown = await ask({ audits: ['no such'] });
    const wrong = await ask({ kind: 'exceptions' });
    while ((await clerk.workOnce()) > 0);
    expect(await orders.get(unknown.id)).toMatchObject({
      ...{ outcome: 'refused', problem: `there is no run of 'no such' to tell of`, endedAt: clock() },
    });
    const { outcome, problem } = await orders.get(wrong.id);
    expect(outcome).toBe('refused');
    expect(problem).toMatch(
      /^its numbers do not add up, which is a bug of ours: the hosts list 1 probed ports, the coverage says 2$/,
    );
    expect(await ordered()).toEqual([]);
  });

  it('what fails is tried three times, after those that have not, and then says why', async () => {
    const { id } = await ask();
    const broken = clerkOf(async () => Promise.reject(new Error('the source is broken')));
    expect(await broken.workOnce()).toBe(1);
    expect(await orders.get(id)).toMatchObject({
      outcome: null,
      attempts: 1,
      problem: 'the source is broken',
    });
    const later = await ask();
    expect((await orders.claim())!.id).toBe(later.id);
    expect(await broken.workOnce()).toBe(1);
    expect(await broken.workOnce()).toBe(1);
    expect(await orders.get(id)).toMatchObject({ outcome: 'failed', problem: 'the source is broken' });
  });

  it('a database that is away costs no attempt', async () => {
    const { id } = await ask();
    const away = Object.assign(new Error('could not extend file'), { code: '53100' });
    await expect(clerkOf(async () => Promise.reject(away)).workOnce()).rejects.toBe(away);
    expect(await orders.get(id)).toMatchObject({ attempts: 0, leasedUntil: null, problem: null });
  });

  it('can’t be asked for what is not to be had, nor by one person without end', async () => {
    await expect(ask({ kind: 'drift' })).rejects.toThrow(/tells of a period/);
    await rooms.query(
      `insert into report_order (kind, parameters, asked_by, asked_at)
       select 'exposure', '{}', 'Mallory', now() from generate_series(1, 200)`,
    );
    await expect(ask({}, 'Mallory')).rejects.toMatchObject({ code: 'too-many' });
    await expect(ask({}, 'Ada')).resolves.toMatchObject({ askedBy: 'Ada' });
  });

  it('lets go of the content of old reports, and of nothing else of them', async () => {
    const [{ id: first }] = (await rooms.query('select id::text from run')) as [{ id: string }];
    clock.pass(60_000);
    const second = await aRun();
    const due = { parameters: askedFor(), by: 'monthly', schedule: 'monthly' };
    await orders.ask({ ...due, slot: SLOT });
    await orders.ask({ ...due, slot: clock() });
    await ask({ title: 'asked once' });
    while ((await clerk.workOnce()) > 0);
    await printAll();
    const weeder = rooms.app.get(ReportWeeder);
    expect(await weeder.workOnce()).toBe(0);
    const before = await rooms.query(
      'select id, snapshot_sha256, pdf_sha256, made_at from report order by id',
    );
    clock.pass(31 * 86_400_000);
    expect(await weeder.workOnce()).toBe(3);
    clock.pass(600_000);
    expect(await weeder.workOnce()).toBe(0);
    const after = await rooms.query('select * from report order by id');
    const left = after.filter(({ let_go_at: at }) => at === null);
    // The newest of the audit, and of the schedule.
    expect(left.map(({ run_id: run, id }) => run ?? id)).toEqual([second, after[3]!.id]);
    expect(
      after.map(({ id, snapshot_sha256, pdf_sha256, made_at }) => ({
        id,
        snapshot_sha256,
        pdf_sha256,
        made_at,
      })),
    ).toEqual(before);
    for (const row of after) {
      const isGone = row.let_go_at !== null;
      expect([row.snapshot === null, row.pdf === null]).toEqual([isGone, isGone]);
      expect((await rooms.query('select from report_page where report_id = $1', [row.id])).length === 0).toBe(
        isGone,
      );
    }
    await expect(rooms.app.get(ReportsService).pdfOf(first)).rejects.toThrow(/was let go of on 2026-08-01/);
    // Nor is a report changed by way of letting it go.
    for (const change of [
      `snapshot = '{}', let_go_at = null`,
      `let_go_at = now(), snapshot = null, pdf = null, snapshot_sha256 = 'x'`,
      `let_go_at = now(), snapshot = null, pdf = null, parameters = '{}'`,
      `let_go_at = now(), snapshot = null, pdf = null, pdf_sha256 = 'x'`,
      `parameters = parameters`,
    ])
      await expect(rooms.query(`update report set ${change}`), change).rejects.toThrow(
        /report is append-only/,
      );
    await expect(rooms.query('update report set let_go_at = now() where let_go_at is null')).rejects.toThrow(
      /append-only/,
    );
  });
});
