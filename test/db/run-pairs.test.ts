/* Runs side by side, their list by filters, and how findings stand, on both databases. */
import { createServer, type Server } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { AuditBook } from '../../src/scans/audit-book.js';
import { RunComparer } from '../../src/scans/run-comparer.js';
import { ScansQueries } from '../../src/scans/scans.queries.js';
import { StandingCount } from '../../src/scans/standing.js';
import { describeOnBothDatabases } from '../support/databases.js';
import { openRoomsOn, type Rooms, sail, standingClock } from '../support/rooms.js';

const inventory = (open: number): string => `version: 1
owners: { shop: { name: The shop } }
hosts:
  - { name: web-1, address: 127.0.62.1, owner: shop, ports: [{ port: ${open}, expect: closed }, { port: 1, expect: closed }] }
  - { name: web-2, address: 127.0.62.2, ports: [{ port: 1, expect: closed }] }
audits:
  - { name: both, hosts: all, ports: declared, timeoutMs: 300, confirm: { times: 1, afterMs: 100 } }
  - { name: one, hosts: { names: [web-1] }, ports: declared, timeoutMs: 300, confirm: { times: 0, afterMs: 0 } }
`;

describeOnBothDatabases('runs side by side', (kind) => {
  const clock = standingClock('2026-07-01T12:00:00Z');
  let rooms: Rooms;
  let queries: ScansQueries;
  let comparer: RunComparer;
  let standing: StandingCount;
  let port: number;
  const ids: string[] = [];

  async function run(audit: string): Promise<string> {
    clock.pass(3_600_000);
    const id = await rooms.scheduler.runNow(audit);
    await sail(rooms, clock);
    while ((await rooms.reporter.workOnce()) > 0);
    ids.push(id);
    return id;
  }

  beforeAll(async () => {
    rooms = await openRoomsOn(kind, clock);
    queries = rooms.app.get(ScansQueries);
    comparer = rooms.app.get(RunComparer);
    standing = rooms.app.get(StandingCount);
    const listener: Server = createServer((socket) => socket.on('error', () => undefined).end());
    await new Promise<void>((resolve) => listener.listen(0, '127.0.62.1', resolve));
    port = (listener.address() as { port: number }).port;
    await rooms.load(inventory(port));
    await run('both');
    expect(await standing.now()).toMatchObject({ fresh: { count: 1 }, resolved: { count: 0 } });
    await new Promise<void>((resolve) => listener.close(() => resolve()));
    await run('both');
    await run('one');
  });
  afterAll(() => rooms?.close());

  it('say what closed, with the later look’s word, in the order of the runs', async () => {
    const { before, after, difference, names } = await comparer.compare(ids[1]!, ids[0]!);
    expect([before.id, after.id]).toEqual([ids[0], ids[1]]);
    expect(difference.hosts).toHaveLength(1);
    const [host] = difference.hosts;
    expect(host!.moves.map(({ from, to, ports }) => `${from} ${to} ${ports}`)).toEqual([
      `open closed ${port}`,
    ]);
    expect([host!.address, names(host!.address)]).toEqual(['127.0.62.1', 'web-1']);
    expect(difference.counts).toMatchObject({ closed: 1, opened: 0, onlyBefore: 0, onlyAfter: 0 });
  });

  it('say of what only one looked at that it is not comparable', async () => {
    const { difference } = await comparer.compare(ids[1]!, ids[2]!);
    expect(difference.counts).toEqual({
      ...{ opened: 0, closed: 0, filtered: 0, unreachable: 0, unknown: 0, learnt: 0 },
      ...{ onlyBefore: 1, onlyAfter: 0 },
    });
    expect((await comparer.compare(ids[0]!, ids[0]!)).difference.hosts).toEqual([]);
  });

  it('are listed by verdict, audit and when they were due', async () => {
    const page = { before: null, limit: 10 };
    const found = async (filter: object) => (await queries.runs({ ...page, ...filter })).map(({ id }) => id);
    expect(await found({ verdict: 'drift' })).toEqual([ids[0]]);
    expect(await found({ verdict: 'clean' })).toEqual([ids[2], ids[1]]);
    expect(await found({ verdict: 'going' })).toEqual([]);
    expect(await found({ audit: 'one', from: new Date('2026-07-01T00:00:00Z') })).toEqual([ids[2]]);
    const second = (await queries.run(ids[1]!))!.dueAt;
    expect(await found({ from: second })).toEqual([ids[2], ids[1]]);
    expect(await found({ until: second })).toEqual([ids[0]]);
    expect(await queries.auditsThatRan()).toEqual(['both', 'one']);
    expect((await queries.trusted()).get('both')).toMatchObject({ runId: ids[1] });
  });

  it('leave findings of which it is known how they stand, again once one has moved', async () => {
    expect(await standing.now()).toMatchObject({ fresh: { count: 0 }, resolved: { count: 1 } });
    const [moved] = (await standing.now()).resolved.first;
    expect(moved).toMatchObject({ kind: 'unexpected-open', host: 'web-1', port });
    clock.pass(2 * 86_400_000);
    const later = await standing.now();
    expect(later).toMatchObject({ resolved: { count: 0 }, countedAt: clock() });
    expect(later.ages).toEqual([]);
    clock.pass(1000);
    expect((await standing.now()).countedAt).toEqual(later.countedAt);
  });

  it('are in the book of audits', async () => {
    const { facts } = await rooms.app.get(AuditBook).one('both');
    expect(facts).toMatchObject({ hosts: 2, isOurs: true, isPausable: false, going: null, next: null });
    expect(facts.last?.id).toBe(ids[1]);
    await expect(rooms.app.get(AuditBook).one('nobody')).rejects.toThrow("there is no audit 'nobody'");
  });

  it('are known from their reports once their looks were let go', async () => {
    const before = (await comparer.compare(ids[0]!, ids[1]!)).difference;
    await rooms.query('update scan set is_archived = true where run_id = $1', [ids[0]]);
    await rooms.query('delete from observed_host where scan_id in (select id from scan where run_id = $1)', [
      ids[0],
    ]);
    const { difference } = await comparer.compare(ids[0]!, ids[1]!);
    expect(JSON.stringify(difference)).toBe(JSON.stringify(before));
  });

  it('are not held against what is still going, or is not there', async () => {
    const going = await rooms.scheduler.runNow('one');
    await expect(comparer.compare(ids[0]!, going)).rejects.toThrow('is still going');
    await expect(comparer.compare(ids[0]!, '999999')).rejects.toThrow('there is no run 999999');
    await expect(comparer.compare('1 or 1=1', ids[0]!)).rejects.toThrow('there is no run');
  });
});
