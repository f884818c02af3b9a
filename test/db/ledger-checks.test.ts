/*
 * Checks of the whole ledger in the background: when somebody asks, and once a day; what comes of them is kept, told to Prometheus, and
 * to whoever runs the service where it does not hold.
 */
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { LedgerChecker } from '../../src/ledger/ledger-checker.js';
import { LedgerVerifier } from '../../src/ledger/ledger-verifier.js';
import { Metrics } from '../../src/platform/metrics.js';
import { describeOnBothDatabases } from '../support/databases.js';
import { byHand, keep, plantAll } from '../support/ledger-rooms.js';
import { openRoomsOn, type Rooms, standingClock } from '../support/rooms.js';
import { listenStill } from '../support/still-pages.js';
import { Visitor } from '../support/visitor.js';

const DAY_MS = 86_400_000;
const clock = standingClock('2026-07-01T12:00:00Z');

describeOnBothDatabases('a check of the ledger', (database) => {
  let rooms: Rooms;
  let url: string;

  beforeAll(async () => {
    rooms = await openRoomsOn(database, clock);
    url = await listenStill(rooms);
  });
  afterAll(() => rooms.close());
  beforeEach(async () => {
    await rooms.empty();
    clock.pass(10 * DAY_MS);
    await plantAll(rooms, 1200);
    await keep(rooms);
    clock.pass(DAY_MS);
  });

  /** Until there is nothing to do; time passes between. */
  async function check(): Promise<number> {
    const checker = rooms.app.get(LedgerChecker);
    let done = 0;
    for (let idle = 0; idle < 3; ) {
      const entries = await checker.workOnce();
      idle = entries === 0 ? idle + 1 : 0;
      done += entries;
      clock.pass(2000);
    }
    return done;
  }
  const kept = () =>
    rooms.query('select kind, outcome, entries, rows::int, problem from ledger_check order by id');
  const json = async (path: string, method = 'GET') =>
    JSON.parse((await new Visitor(url).json(method, `/api/v1/ledger/${path}`)).html);
  const alter = (why: string) =>
    byHand(rooms, `update finding_event set why = '${why}' where id = (select max(id) from finding_event)`);
  const messages = async (): Promise<Array<Record<string, string>>> => {
    clock.pass(20_000);
    await rooms.healthWatch.workOnce();
    return rooms.query(
      `select cause, alert->>'title' as title, because from alert_delivery where cause in ('ledger', 'resolved') order by id`,
    );
  };

  it('comes by itself once a day, and not before there is a chain that is a day old', async () => {
    await check();
    expect(await kept()).toEqual([
      { kind: 'daily', outcome: 'holds', entries: 17, rows: 1234, problem: null },
    ]);
    await check();
    expect(await kept()).toHaveLength(1);
    clock.pass(DAY_MS);
    await check();
    expect(await kept()).toHaveLength(2);
    await rooms.empty();
    clock.pass(2 * DAY_MS);
    expect(await check()).toBe(0);
    await plantAll(rooms);
    await keep(rooms);
    expect(await check()).toBe(0);
    expect(await kept()).toEqual([]);
  });

  it('is made when somebody asks, goes on in the background, and says what came of it', async () => {
    await check();
    const asked = await json('checks', 'POST');
    expect(asked).toMatchObject({ kind: 'asked', outcome: null, entries: 0 });
    expect((await json('checks', 'POST')).id).toBe(asked.id);
    expect((await new Visitor(url).get('/ledger')).html).toContain('under way');
    await check();
    const ended = await json(`checks/${asked.id}`);
    expect(ended).toMatchObject({ outcome: 'holds', entries: 17, rows: 1234, troubles: [], notes: [] });
    const page = await new Visitor(url).get('/ledger');
    expect(page.html).toContain('it holds');
    const { checks, next } = await json('checks');
    expect([checks.map(({ kind }: { kind: string }) => kind), next]).toEqual([['asked', 'daily'], null]);
    for (const id of ['0', '99999999', 'x'])
      expect((await fetch(`${url}/api/v1/ledger/checks/${id}`)).status, id).toBe(404);
  });

  it('that finds something says which row, tells whoever runs the service once, and again when it is over', async () => {
    await check();
    expect(await messages()).toEqual([]);
    const [{ why } = {}] = await rooms.query('select why from finding_event order by id desc limit 1');
    await alter('never');
    await json('checks', 'POST');
    await check();
    const [{ troubles }] = (await json('checks')).checks;
    expect(troubles).toEqual([
      expect.objectContaining({
        what: 'rows',
        source: 'finding-event',
        says: expect.stringMatching(/1 was altered/),
      }),
    ]);
    expect((await new Visitor(url).get('/ledger')).html).toMatch(/it does not hold.*1 was altered/s);
    expect(await rooms.app.get(Metrics).text()).toMatch(/^portolan_ledger_check_holds 0$/m);
    const begun = { cause: 'ledger', title: 'The ledger does not hold' };
    expect(await messages()).toMatchObject([{ ...begun, because: expect.stringMatching(/1 was altered/) }]);
    expect(await messages()).toHaveLength(1);
    await alter(why);
    await json('checks', 'POST');
    await check();
    expect((await messages()).slice(1)).toMatchObject([{ cause: 'resolved', title: 'The ledger holds' }]);
  });

  it('that could not be brought to its end says why, and tells', async () => {
    const verifier = rooms.app.get(LedgerVerifier) as unknown as { part: unknown };
    const { part } = verifier;
    verifier.part = () => Promise.reject(new Error('no more memory'));
    await check();
    verifier.part = part;
    expect(await kept()).toMatchObject([{ outcome: 'failed', problem: 'no more memory' }]);
    expect(await messages()).toMatchObject([
      { because: expect.stringMatching(/not be checked: no more memory/) },
    ]);
  });

  it('is gone on with by another server where the one at it has died', async () => {
    const verifier = rooms.app.get(LedgerVerifier) as unknown as { part(...of: unknown[]): Promise<unknown> };
    const { part } = verifier;
    const stop = new AbortController();
    let parts = 0;
    verifier.part = function (...of: unknown[]) {
      parts++;
      // It is told to stop in the middle of its first step.
      stop.abort();
      return part.apply(this, of);
    };
    const checker = rooms.app.get(LedgerChecker);
    // As after a start: it begins with few entries at a time.
    (checker.pace as unknown as { sizes: Map<string, number> }).sizes.clear();
    await checker.workOnce(stop.signal);
    verifier.part = part;
    expect(parts).toBe(1);
    const [half] = await kept();
    expect(half).toMatchObject({ outcome: null });
    expect(half!.entries).toBeGreaterThan(0);
    // What this server had begun it knows no more, as after its death.
    (checker as unknown as { check: null }).check = null;
    clock.pass(3_600_000);
    const left = await check();
    expect(left).toBeLessThan(17);
    expect(await kept()).toMatchObject([{ outcome: 'holds', entries: 17, rows: 1234 }]);
  });

  it('is told to Prometheus with how long the chain is, what waits, and how old the last checkpoint is', async () => {
    await check();
    await rooms.query(
      `insert into audit_log (at, actor, action, outcome) values (now(), 'ada', 'x', 'done'), (now(), 'ada', 'y', 'done')`,
    );
    const text = await rooms.app.get(Metrics).text();
    expect(text).toMatch(/^portolan_ledger_entries 17$/m);
    expect(text).toMatch(/^portolan_ledger_waiting_rows 2$/m);
    expect(text).toMatch(/^portolan_ledger_check_holds 1$/m);
    expect(text).toMatch(/^portolan_ledger_check_timestamp_seconds 17\d{8}/m);
    const age = Number(/^portolan_ledger_checkpoint_age_seconds (\d+)/m.exec(text)![1]);
    expect(age).toBeGreaterThan(86_400);
    expect(age).toBeLessThan(90_000);
  });
});
