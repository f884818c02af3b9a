/*
 * What people do to findings, on rows: the finding and its history in one transaction, each refused by itself, and what a
 * run makes of it afterwards. Several people at once take turns.
 */
import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { readFilter } from '../../src/findings/finding-filter.js';
import { FindingLists } from '../../src/findings/finding-lists.queries.js';
import { FindingsQueries } from '../../src/findings/findings.queries.js';
import { Tidier } from '../../src/findings/tidier.js';
import { describeOnBothDatabases, type TestDatabase } from '../support/databases.js';
import { openRooms, type Rooms, sail, standingClock } from '../support/rooms.js';

const INVENTORY = `version: 1
hosts:
  - { name: one, address: 127.0.65.1, ports: [{ ports: 7-9, expect: open }] }
  - { name: two, address: 127.0.65.2, ports: [{ ports: 7-8, expect: open }] }
audits: [{ name: watch, hosts: all, ports: 7-9, timeoutMs: 200, retries: 0, confirm: { times: 0 } }]
`;

const ADA = { by: 'Ada', seen: null };

describeOnBothDatabases('people', (kind) => {
  const clock = standingClock('2026-07-01T12:00:00Z');
  let on: TestDatabase;
  let rooms: Rooms;
  let ids: string[];

  beforeAll(async () => {
    on = await kind.open();
    rooms = await openRooms(on, clock);
    return async () => {
      await rooms.close();
      await on.drop();
    };
  });
  beforeEach(async () => {
    clock.at('2026-07-01T12:00:00Z');
    await rooms.load(INVENTORY);
    await run();
    ids = (await rooms.query(`select id from finding where kind = 'unexpected-closed' order by id`)).map(
      ({ id }) => String(id),
    );
    expect(ids).toHaveLength(5);
  });
  afterEach(() => rooms.empty());

  async function run(): Promise<void> {
    clock.pass(60_000);
    await rooms.scheduler.runNow('watch');
    await sail(rooms, clock);
  }
  const steps = (id: string) =>
    rooms.query(
      'select actor, from_state, to_state, why, run_id from finding_event where finding_id = $1 order by id',
      [id],
    );
  const stateOf = async (id: string) =>
    (await rooms.query('select state from finding where id = $1', [id]))[0]!.state;

  const ACKNOWLEDGE = { do: 'acknowledge', why: 'on it' } as const;
  const ACCEPT = {
    do: 'accept',
    why: 'it moves',
    until: '2026-07-31',
    requestedBy: 'Ada',
    approvedBy: 'Grace',
  } as const;

  it('acknowledge a finding, and it stays so through a run', async () => {
    expect(await rooms.findings.act([ids[0]!], ACKNOWLEDGE, ADA)).toEqual({ done: 1, refused: [] });
    expect((await steps(ids[0]!)).at(-1)).toEqual({
      actor: 'Ada',
      from_state: 'open',
      to_state: 'acknowledged',
      why: 'on it',
      run_id: null,
    });
    await run();
    expect(await stateOf(ids[0]!)).toBe('acknowledged');
  });

  it('accept a risk until a day, which ends by itself at the next run', async () => {
    await rooms.findings.act([ids[0]!], ACCEPT, ADA);
    await run();
    expect(await stateOf(ids[0]!)).toBe('accepted');
    clock.at('2026-08-01T00:00:00Z');
    await run();
    expect(await stateOf(ids[0]!)).toBe('open');
    expect((await steps(ids[0]!)).at(-1)!.why).toBe('accepted until 2026-07-31, which has passed');
  });

  it('and it ends also while there is no run', async () => {
    await rooms.findings.act([ids[0]!], ACCEPT, ADA);
    const tidier = rooms.app.get(Tidier);
    await tidier.workOnce();
    expect(await stateOf(ids[0]!)).toBe('accepted');
    clock.at('2026-08-01T00:00:00Z');
    expect(await tidier.workOnce()).toBe(1);
    expect(await stateOf(ids[0]!)).toBe('open');
    expect((await steps(ids[0]!)).at(-1)).toMatchObject({
      actor: 'the calendar',
      why: 'accepted until 2026-07-31, which has passed',
    });
  });

  it('lose the findings of what is declared no more, which end by the next version of the inventory', async () => {
    await rooms.load(INVENTORY.replace(/ {2}- \{ name: two.*\n/, ''));
    expect(await rooms.app.get(Tidier).workOnce()).toBeGreaterThan(0);
    const two = await rooms.query(`select distinct state from finding where host = 'two'`);
    expect(two).toEqual([{ state: 'resolved' }]);
    const [last] = await rooms.query(`select why, actor from finding_event order by id desc limit 1`);
    expect(last!.why).toBe('no longer declared: no audit of the inventory looks there');
    const one = await rooms.query(`select distinct state from finding where host = 'one'`);
    expect(one).toEqual([{ state: 'open' }]);
  });

  it('act on many at once, and those that may not be acted on are left with the reason', async () => {
    await rooms.findings.act([ids[0]!], ACCEPT, ADA);
    const acted = await rooms.findings.act([...ids, '999999'], ACKNOWLEDGE, ADA);
    expect(acted).toEqual({
      done: 4,
      refused: [
        { id: ids[0], why: "a finding that is accepted can't be acknowledged; expected one that is open" },
      ],
    });
  });

  it('choose them by a filter', async () => {
    const queries = rooms.app.get(FindingLists);
    const { filter } = readFilter({ host: '127.0.65.2', kind: 'unexpected-closed' }, { owners: null });
    const { done } = await rooms.findings.act(await queries.ids(filter), { do: 'assign', to: 'Grace' }, ADA);
    expect(done).toBe(2);
    expect(
      await rooms.query(
        `select distinct host, assignee from finding where kind = 'unexpected-closed' order by host`,
      ),
    ).toEqual([
      { host: 'one', assignee: null },
      { host: 'two', assignee: 'Grace' },
    ]);
  });

  it('see what is overdue by the inventory’s deadlines, and what is accepted is not', async () => {
    const queries = rooms.app.get(FindingLists);
    const { filter } = readFilter({ state: 'overdue', kind: 'unexpected-closed' }, { owners: null });
    const overdue = () => queries.ids(filter);
    clock.at('2026-09-28T12:00:00Z');
    expect(await overdue()).toEqual([]);
    clock.at('2026-09-30T12:00:00Z');
    expect(await overdue()).toEqual(ids);
    expect((await queries.page(filter, { offset: 0, limit: 9 })).total).toBe(5);
    await rooms.findings.act([ids[0]!], { ...ACCEPT, until: '2026-12-31' }, ADA);
    expect(await overdue()).toEqual(ids.slice(1));
    await rooms.load(`${INVENTORY}deadlines: { medium: 365 }\n`);
    expect(await overdue()).toEqual([]);
  });

  it('see and act on what is theirs alone, where they are owners: of others there is nothing', async () => {
    const queries = rooms.app.get(FindingLists);
    const owner = 'shop';
    await rooms.query(`update finding set owner = case when id = $1 then 'shop' else 'somebody-else' end`, [
      ids[0],
    ]);
    const theirs = readFilter({}, { owners: [owner] }).filter;
    expect(await queries.ids(theirs)).toEqual([ids[0]]);
    expect((await queries.page(theirs, { offset: 0, limit: 9 })).total).toBe(1);
    expect((await queries.page({ ...theirs, text: 'open' }, { offset: 0, limit: 9 })).total).toBeLessThan(2);
    expect((await rooms.app.get(FindingsQueries).choices([owner])).owners).toEqual([owner]);
    expect(await rooms.app.get(FindingsQueries).finding(ids[1]!, [owner])).toBeNull();
    expect(await queries.ids(readFilter({ owner: 'somebody-else' }, { owners: [owner] }).filter)).toEqual([]);
    expect(await queries.ids(readFilter({}, { owners: [] }).filter)).toEqual([]);
    const acted = await rooms.findings.act(ids, ACKNOWLEDGE, { by: 'Ada', seen: [owner] });
    expect(acted).toEqual({ done: 1, refused: [] });
    const moved = await rooms.query(`select id::text from finding where state = 'acknowledged'`);
    expect(moved).toEqual([{ id: ids[0] }]);
  });

  it('who act on one finding at the same moment take turns: one acknowledges, the others hear why not', async () => {
    const acts = await Promise.all(
      ['Ada', 'Grace', 'Edsger'].map((who) =>
        rooms.findings.act([ids[0]!], ACKNOWLEDGE, { by: who, seen: null }),
      ),
    );
    expect(acts.map(({ done }) => done).sort()).toEqual([0, 0, 1]);
    expect((await steps(ids[0]!)).filter(({ to_state }) => to_state === 'acknowledged')).toHaveLength(1);
  });

  it('comment, and the finding stays what it is', async () => {
    await rooms.findings.act([ids[0]!], { do: 'comment', text: 'a ticket is open' }, ADA);
    expect((await steps(ids[0]!)).at(-1)).toMatchObject({
      from_state: 'open',
      to_state: 'open',
      why: 'a ticket is open',
    });
    await run();
    expect(await rooms.query('select distinct verdict from run')).toEqual([{ verdict: 'drift' }]);
  });
});
