/*
 * What Prometheus is told is what the database says: real runs on real listeners, slots that were skipped, and the numbers
 * that follow from them, exactly. Nothing moves but what a test moves.
 */
import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { VERSION } from '../../src/platform/project-root.js';
import { describeOnBothDatabases, type TestDatabase } from '../support/databases.js';
import { moored } from '../support/mooring.js';
import { openPort, refusingPort } from '../support/net-harbour.js';
import { FREE, NEVER, openRooms, type Rooms, sail, standingClock } from '../support/rooms.js';
import { holdDatabase, listenStill } from '../support/still-pages.js';

type Series = Record<string, number>;

async function scrape(url: string): Promise<Series> {
  return ours(await textOf(url));
}

async function textOf(url: string): Promise<string> {
  const answer = await fetch(`${url}/metrics`);
  expect([answer.status, answer.headers.get('content-type')]).toEqual([
    200,
    'text/plain; version=0.0.4; charset=utf-8',
  ]);
  return answer.text();
}

/** Every series by its name and labels; those of the process itself are not ours to judge. */
function ours(text: string): Series {
  const lines = text.split('\n').filter((line) => line.startsWith('portolan_'));
  const series = lines.map((line) => /^(.*) (\S+)$/.exec(line)!);
  return Object.fromEntries(series.map(([, name, value]) => [name, Number(value)]));
}

const withPrefix = (series: Series, prefix: string): Series =>
  Object.fromEntries(Object.entries(series).filter(([name]) => name.startsWith(prefix)));

const nonZero = (series: Series): Series =>
  Object.fromEntries(Object.entries(series).filter(([, value]) => value !== 0));

describeOnBothDatabases('what Prometheus is told', (kind) => {
  const clock = standingClock('2026-07-01T00:00:30Z');
  let on: TestDatabase;
  let rooms: Rooms;
  let url: string;

  beforeAll(async () => {
    on = await kind.open();
    rooms = await openRooms(on, clock);
    url = await listenStill(rooms);
    return async () => {
      await rooms.close();
      await on.drop();
    };
  });
  beforeEach(() => clock.at('2026-07-01T00:00:30Z'));
  afterEach(() => rooms.empty());

  /** Declares one port that is open as it should be, and one that nobody listens on. */
  async function load({ more = '', canaries = '', catchUp = 'once' } = {}): Promise<void> {
    const { port } = await moored(openPort('127.0.64.1'));
    const shut = await refusingPort('127.0.64.1');
    await rooms.load(`version: 1
owners: { shop: { name: Shop, email: shop@example.test } }
vantages: [{ name: local, canaries: [${canaries}] }, { name: far }]
hosts: [{ name: one, address: 127.0.64.1, owner: shop, ports: [{ ports: "${port},${shut}", expect: open }] }]
audits:
  - { name: watch, hosts: all, ports: declared, every: 1h, catchUp: ${catchUp}, timeoutMs: 200, retries: 0, confirm: { times: 0 } }
${more}`);
  }

  /** The run of the slot at one o'clock, all of it at that very instant. */
  async function runAtOne(): Promise<void> {
    clock.at('2026-07-01T01:00:00Z');
    expect(await rooms.scheduler.workOnce()).toBe(1);
    await sail(rooms, clock);
    expect(clock().toISOString()).toBe('2026-07-01T01:00:00.000Z');
  }

  it('before there was any run: every series is there, at 0, and what can’t be known is not', async () => {
    await load({
      more: String.raw`  - { name: "a\"b\\c", hosts: all, ports: "7" }
  - { name: far, hosts: all, ports: "7", every: 60s, from: [far] }`,
    });
    const series = await scrape(url);
    expect(nonZero(series)).toEqual({
      portolan_database_up: 1,
      [`portolan_build_info{version="${VERSION}",node="${process.version}"}`]: 1,
      // The inventory.
      portolan_ledger_waiting_rows: 1,
    });
    expect(Object.keys(withPrefix(series, 'portolan_runs_total'))).toEqual(
      ['watch', String.raw`a\"b\\c`, 'far'].flatMap((audit) =>
        ['clean', 'drift', 'inconclusive', 'failed'].map(
          (verdict) => `portolan_runs_total{audit="${audit}",verdict="${verdict}"}`,
        ),
      ),
    );
    // An audit of another place, or one that runs by hand alone, is never late or stale here.
    for (const name of ['portolan_schedule_lag_seconds', 'portolan_audit_stale'])
      expect(withPrefix(series, name)).toEqual({ [`${name}{audit="watch"}`]: 0 });
    for (const name of ['portolan_last_trusted_run_age_seconds', 'portolan_last_run_coverage_ratio'])
      expect(withPrefix(series, name)).toEqual({});
    expect(Object.keys(withPrefix(series, 'portolan_findings'))).toHaveLength(4 * 5);
    expect(Object.keys(withPrefix(series, 'portolan_oldest_open'))).toHaveLength(4);
  });

  it('a run with drift: its verdict, its coverage, its finding, and how long ago that was', async () => {
    await load();
    await runAtOne();
    clock.at('2026-07-01T01:30:00Z');
    const [{ severity }] = (await rooms.query('select severity from finding')) as [{ severity: string }];
    const series = await scrape(url);
    expect(nonZero(withPrefix(series, 'portolan_runs_total'))).toEqual({
      'portolan_runs_total{audit="watch",verdict="drift"}': 1,
    });
    expect(nonZero(withPrefix(series, 'portolan_findings'))).toEqual({
      [`portolan_findings{severity="${severity}",state="open"}`]: 1,
    });
    expect(nonZero(withPrefix(series, 'portolan_oldest_open'))).toEqual({
      [`portolan_oldest_open_finding_age_seconds{severity="${severity}"}`]: 1800,
    });
    expect(series).toMatchObject({
      'portolan_last_run_coverage_ratio{audit="watch"}': 1,
      'portolan_last_trusted_run_age_seconds{audit="watch"}': 1800,
      'portolan_audit_stale{audit="watch"}': 0,
      'portolan_schedule_lag_seconds{audit="watch"}': 0,
    });
    // Read anew, not added to what was read before.
    expect(withPrefix(await scrape(url), 'portolan_')).toEqual(withPrefix(series, 'portolan_'));
    await rooms.query(`update finding set state = 'acknowledged'`);
    const later = await scrape(url);
    expect(nonZero(withPrefix(later, 'portolan_findings'))).toEqual({
      [`portolan_findings{severity="${severity}",state="acknowledged"}`]: 1,
    });
    expect(nonZero(withPrefix(later, 'portolan_oldest_open'))).toEqual({});
  });

  it('slots that went by: how late the latest is, also once it waits as a run, and why the others had none', async () => {
    await load();
    await runAtOne();
    clock.at('2026-07-01T05:20:00Z');
    const watch = async (name: string) => (await scrape(url))[`portolan_${name}{audit="watch"}`];
    expect(await watch('schedule_lag_seconds')).toBe(1200);
    expect(await watch('audit_stale')).toBe(1);
    expect(await watch('last_trusted_run_age_seconds')).toBe(15_600);
    expect(await rooms.scheduler.workOnce()).toBe(1);
    expect(nonZero(withPrefix(await scrape(url), 'portolan_slots_skipped'))).toEqual({
      'portolan_slots_skipped_total{audit="watch",reason="down"}': 3,
    });
    expect(await watch('schedule_lag_seconds')).toBe(1200);
    await rooms.dispatcher.workOnce();
    expect(await watch('schedule_lag_seconds')).toBe(0);
    // The next slot waits for this run's end.
    clock.at('2026-07-01T06:00:10Z');
    expect(await watch('schedule_lag_seconds')).toBe(10);
    await rooms.scheduler.pause('watch', 'Ada', null);
    expect(await watch('schedule_lag_seconds')).toBe(0);
    expect(await watch('audit_stale')).toBe(0);
  });

  it('a slot that waits for the run before it is late, also where what was missed is not caught up with', async () => {
    await load({ catchUp: 'never' });
    clock.at('2026-07-01T01:00:00Z');
    await rooms.scheduler.workOnce();
    await rooms.dispatcher.workOnce();
    const lag = async () => (await scrape(url))['portolan_schedule_lag_seconds{audit="watch"}'];
    clock.at('2026-07-01T02:10:00Z');
    expect(await lag()).toBe(600);
    await sail(rooms, clock);
    expect(await lag()).toBe(600);
    // Nobody was there for this one, so that it will have no run, and is not late.
    clock.at('2026-07-01T05:10:00Z');
    expect(await lag()).toBe(0);
  });

  it('a run that judged a part, and one that was turned away, say how much they have judged', async () => {
    const blind = '{ address: 127.0.64.9, port: 9, expect: open }';
    await load({ canaries: blind });
    await runAtOne();
    const coverage = async () => nonZero(withPrefix(await scrape(url), 'portolan_last_run_coverage_ratio'));
    const series = await scrape(url);
    expect(series['portolan_last_run_coverage_ratio{audit="watch"}']).toBe(0);
    expect(series['portolan_runs_total{audit="watch",verdict="inconclusive"}']).toBe(1);
    expect(withPrefix(series, 'portolan_last_trusted_run_age_seconds')).toEqual({});
    await rooms.query('update run set coverage = $1', [
      JSON.stringify({ expected: 8, probed: 7, answered: 5, unknown: 2 }),
    ]);
    expect(await coverage()).toEqual({ 'portolan_last_run_coverage_ratio{audit="watch"}': 0.75 });
  });

  it('shards that wait, and one that is worked on, with what it may send, until its lease ends', async () => {
    await load();
    await rooms.scheduler.runNow('watch');
    await rooms.dispatcher.workOnce();
    const shards = async () => {
      const series = await scrape(url);
      return [
        series['portolan_shards{state="waiting"}'],
        series['portolan_shards{state="leased"}'],
        series.portolan_granted_rate_packets_per_second,
      ];
    };
    expect(await shards()).toEqual([1, 0, 0]);
    const claimed = await rooms.shards.claim(15_000, FREE);
    expect(claimed!.ratePerSecond).toBeGreaterThan(0);
    expect(await shards()).toEqual([0, 1, claimed!.ratePerSecond]);
    clock.pass(15_001);
    expect(await shards()).toEqual([1, 0, 0]);
    await rooms.scanner.workOnce(NEVER);
    expect(await shards()).toEqual([0, 0, 0]);
  });

  it('while the database hangs: that it is away, and nothing of what it would have said', async () => {
    await load();
    await runAtOne();
    const build = `portolan_build_info{version="${VERSION}",node="${process.version}"}`;
    const letGo = await holdDatabase(rooms.source, kind.name === 'embedded' ? 1 : 10);
    try {
      const text = await textOf(url);
      expect(ours(text)).toEqual({ portolan_database_up: 0, [build]: 1 });
      expect(text).toContain('process_cpu_seconds_total');
    } finally {
      await letGo();
    }
    const series = await scrape(url);
    expect(series.portolan_database_up).toBe(1);
    expect(series['portolan_runs_total{audit="watch",verdict="drift"}']).toBe(1);
  });

  it('what can’t be read although the database is there is a fault of ours, and not told as its absence', async () => {
    await load();
    await rooms.query('alter table skipped_slots rename to mislaid_slots');
    try {
      expect((await fetch(`${url}/metrics`)).status).toBe(500);
    } finally {
      await rooms.query('alter table mislaid_slots rename to skipped_slots');
    }
    expect((await scrape(url)).portolan_database_up).toBe(1);
  });

  // The embedded database has one server.
  if (kind.name === 'postgresql')
    it('another server on the same database says the same', async () => {
      await load();
      await runAtOne();
      const other = await openRooms(on, clock);
      try {
        expect(await scrape(await listenStill(other))).toEqual(await scrape(url));
      } finally {
        await other.close();
      }
    });

  it('an audit that has left the inventory has no series any more', async () => {
    await load();
    await runAtOne();
    await rooms.load('version: 1\nhosts: [{ name: one, address: 127.0.64.1 }]\naudits: []\n');
    expect(Object.keys(await scrape(url)).filter((name) => name.includes('audit='))).toEqual([]);
  });
});
