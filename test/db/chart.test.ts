/* What the chart knows of hosts, on both kinds of database: from runs alone, and from nothing that a run could not see. */
import { createServer, type Server } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Cartographer } from '../../src/chart/cartographer.js';
import { ChartApi } from '../../src/chart/chart.api.js';
import { ChartQueries } from '../../src/chart/chart.queries.js';
import { chooseHosts, readHostFilter } from '../../src/chart/hosts/host-filter.js';
import { HostList } from '../../src/chart/hosts/host-list.js';
import { KnownHostFinder } from '../../src/chart/hosts/known-host.js';
import { PortSet } from '../../src/domain/port-set.js';
import { STANDINGS } from '../../src/domain/standing.js';
import { Refusal } from '../../src/platform/refusal.js';
import { describeOnBothDatabases, type TestDatabase } from '../support/databases.js';
import { openRooms, type Rooms, sail, standingClock } from '../support/rooms.js';

const ODD = 'a/b?c%2Fd"<b>';

const inventory = (open: number, more = ''): string => `version: 1
owners:
  shop: { name: The shop }
hosts:
  - { name: web-10, address: 127.0.62.1, owner: shop, tags: [web], criticality: high, ports: [{ port: ${open}, service: https, expect: open, why: The front }, { port: 1, expect: open }, { ports: 2-5, expect: closed }] }
  - { name: web-2, addresses: [127.0.62.2, 127.0.62.3], ports: [{ port: 1, service: "100%", expect: closed }] }
  - { name: ${JSON.stringify(ODD)}, address: 127.0.62.4, owner: shop, ports: [{ port: 9, expect: open }] }
audits:
  - { name: watch, hosts: { names: [web-10, web-2] }, ports: 1-6, timeoutMs: 300, confirm: { times: 0, afterMs: 0 } }
  - { name: front, hosts: { names: [web-10] }, ports: "${open}", timeoutMs: 300, confirm: { times: 0, afterMs: 0 } }
exceptions:
  - { host: web-10, ports: [1], reason: It moves, approvedBy: Ada, expires: 2027-01-31 }
${more}`;

describeOnBothDatabases('the chart', (kind) => {
  const clock = standingClock('2026-07-01T12:00:00Z');
  let on: TestDatabase;
  let rooms: Rooms;
  let listener: Server;
  let port: number;

  async function runOnce(audit: string): Promise<string> {
    clock.pass(60_000);
    const id = await rooms.scheduler.runNow(audit);
    await sail(rooms, clock);
    while ((await rooms.app.get(Cartographer).workOnce()) > 0);
    return id;
  }
  const hosts = () => rooms.app.get(HostList).now();
  const names = async (query: Record<string, string>): Promise<string[]> =>
    chooseHosts(await hosts(), readHostFilter(query), 10).hosts.map(({ name }) => name);
  const find = (name: string, address: string | null = null) =>
    rooms.app.get(KnownHostFinder).find(name, address);

  beforeAll(async () => {
    on = await kind.open();
    rooms = await openRooms(on, clock);
    listener = createServer((socket) => socket.on('error', () => undefined).end());
    await new Promise<void>((resolve) => listener.listen(0, '127.0.62.1', resolve));
    port = (listener.address() as { port: number }).port;
    await rooms.load(inventory(port));
  });
  afterAll(async () => {
    await new Promise((resolve) => listener.close(resolve));
    await rooms.close();
    await on.drop();
  });

  it('knows nothing of a host before a run has looked, and says so', async () => {
    const { entry, known } = await find('web-10');
    expect(entry).toMatchObject({ at: null, drift: 0 });
    expect(known?.charted).toBeNull();
    expect(known?.standings.unseen.toString()).toBe(`1,${port}`);
    expect(known?.standings.closed.isEmpty).toBe(true);
    expect(await names({ state: 'not-looked-at' })).toHaveLength(3);
  });

  it('takes a run in once, and knows what it saw and what drifts', async () => {
    const run = await runOnce('watch');
    expect(await rooms.query('select run_id::text as run, because from chart_mark')).toEqual([
      { run, because: null },
    ]);
    const { known, findings, exceptions } = await find('web-10');
    expect(known?.charted?.observed.closed.toString()).toBe('1-6');
    expect(known?.charted?.looks).toMatchObject([{ audit: 'watch', run }]);
    // It is declared open and refuses; the inventory has accepted that.
    expect(known?.standings.accepted.toString()).toBe('1');
    expect(findings.map(({ kind: what, state }) => [what, state])).toEqual([
      ['unexpected-closed', 'accepted'],
    ]);
    expect(exceptions.map(({ reason }) => reason)).toEqual(['It moves']);
    expect(known?.standings.unseen.toString()).toBe(String(port));
  });

  it('lays a look at few ports over one at many', async () => {
    await runOnce('front');
    const { known } = await find('web-10');
    expect(known?.charted?.observed.open.toString()).toBe(String(port));
    expect(known?.charted?.observed.closed.toString()).toBe('1-6');
    expect(known?.standings['as-declared'].toString()).toBe(String(port));
    expect(known?.charted?.looks.map(({ audit }) => audit).sort()).toEqual(['front', 'watch']);
  });

  it('does not take in what a scanner saw that was not believed', async () => {
    const [before] = await rooms.query('select count(*)::int as marks from chart_mark');
    const id = await rooms.scheduler.runNow('watch');
    await sail(rooms, clock);
    await rooms.query('update run set coverage = null where id = $1', [id]);
    while ((await rooms.app.get(Cartographer).workOnce()) > 0);
    expect(await rooms.query('select count(*)::int as marks from chart_mark')).toEqual([before]);
  });

  it('all ports of a host stand in one way each, for programs too', async () => {
    const answer = await rooms.app.get(ChartApi).ports('web-10', {});
    const sum = (sets: readonly string[]): number =>
      sets.reduce((all, text) => all + PortSet.parse(text).size, 0);
    expect(sum(Object.values(answer.observed))).toBe(65_536);
    expect(sum(STANDINGS.map((one) => answer.standing[one]))).toBe(65_536);
    const never = await rooms.app.get(ChartApi).ports(ODD, {});
    expect(never.observed.unknown).toBe('0-65535');
    expect(never.at).toBeNull();
  });

  it('finds hosts by what they are, sorted as people sort, page by page', async () => {
    expect(await names({})).toEqual([ODD, 'web-2', 'web-10']);
    expect(await names({ q: 'HTTPS' })).toEqual(['web-10']);
    expect(await names({ q: '%' })).toEqual([ODD, 'web-2']);
    expect(await names({ owner: 'shop' })).toEqual([ODD, 'web-10']);
    expect(await names({ tag: 'web', q: 'web' })).toEqual(['web-10']);
    expect(await names({ network: '127.0.62.3-4' })).toEqual([ODD, 'web-2']);
    expect(await names({ state: 'accepted' })).toEqual(['web-10']);
    expect(await names({ state: 'drift' })).toEqual([]);
    const first = chooseHosts(await hosts(), readHostFilter({}), 2);
    expect(first).toMatchObject({ total: 3, hosts: [{ name: ODD }, { name: 'web-2' }] });
    const second = chooseHosts(await hosts(), readHostFilter({ after: first.next! }), 2);
    expect(second).toMatchObject({ hosts: [{ name: 'web-10' }], next: null });
  });

  it('refuses what nobody could have chosen, and says what was expected', async () => {
    const all = await hosts();
    const { next } = chooseHosts(all, readHostFilter({}), 1);
    for (const query of [{ after: 'AAAA' }, { after: next!, order: 'drift' }, { after: `${next}A` }])
      expect(() => chooseHosts(all, readHostFilter(query), 1)).toThrow('after is no place');
    for (const query of [{ network: 'nowhere' }, { state: 'sunk' }, { q: ['a', 'b'] }])
      expect(() => readHostFilter(query)).toThrow(Refusal);
  });

  it('a host of several addresses is one row, and each of them can be asked for', async () => {
    const { hosts: rows } = await rooms.app.get(ChartApi).chart({ q: 'web-2', ports: '1,9' });
    expect(rows).toEqual([
      {
        name: 'web-2',
        addresses: 2,
        cells: [
          { standing: 'closed', declared: 'closed', observed: 'closed', finding: null, addresses: 2 },
          { standing: 'unknown', declared: null, observed: 'unknown', finding: null, addresses: 2 },
        ],
      },
    ]);
    expect((await find('web-2', '127.0.62.3')).known?.address).toBe('127.0.62.3');
    await expect(find('web-2', '127.0.62.1')).rejects.toThrow('no address of web-2');
    await expect(find('web-2', 'x')).rejects.toThrow('no address');
    await expect(find('nobody')).rejects.toThrow('no host is known as nobody');
  });

  it('the ports in use most are the columns, where none are asked for', async () => {
    const { ports } = await rooms.app.get(ChartApi).chart({});
    expect(ports).toEqual([1, 9, port].sort((a, b) => a - b));
  });

  it('an address that nobody declares any more stays, as one that was only seen', async () => {
    await rooms.load(
      inventory(port)
        .replace(/ {2}- \{ name: web-2.*\n/, '')
        .replace(', web-2', ''),
    );
    expect(await names({ state: 'undeclared' })).toEqual(['127.0.62.2', '127.0.62.3']);
    expect((await find('127.0.62.2')).entry).toMatchObject({ host: null, drift: 0 });
  });

  it('forgets addresses at which nobody has looked for as long as the history is kept', async () => {
    clock.pass(1000 * 86_400_000);
    await rooms.app.get(Cartographer).workOnce();
    expect(await rooms.query('select address from charted_host')).toEqual([]);
    expect(await rooms.app.get(ChartQueries).nextRun()).toBeNull();
  });
});
