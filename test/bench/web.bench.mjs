/*
 * The pages of a service that has much to show: 10,000 hosts, a million findings in history, 100,000 of them open, on PostgreSQL.
 * Twenty people click through all pages at once, a click a second each; the 95th percentile of each page's HTML stays ≤ 150 ms. What a first visit loads
 * is ≤ 200 KB. While an audit runs, the event loop's delay is ≤ 100 ms (99th percentile), and 200 viewers who watch it don't slow
 * it by more than 5 %.
 *
 * `--short` makes a year of few hosts, to see that all of it works; `--pages` and `--viewers` do one part.
 * The year's network is made up, and nothing is sent to it; the audit that runs looks at loopback addresses.
 */
// node: no flags
import { availableParallelism, loadavg } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { Bounds } from './store/bounds.mjs';
import { sailDay } from './store/day.mjs';
import { DAYS, inventoryText, sizeOf, startOf } from './store/harbour.mjs';
import { openRooms } from './store/rooms.mjs';
import { makeYear, targetsOf } from './store/year.mjs';
import { clickThrough } from './web/clickers.mjs';
import { firstVisit } from './web/first-visit.mjs';
import { pathsOf } from './web/paths.mjs';
import { serveOn } from './web/serving.mjs';
import { watchAudit } from './web/viewers.mjs';

const PAGE_MOST_MS = 150;
const FIRST_VISIT_MOST_KB = 200;
const DELAY_MOST_MS = 100;
const SLOWER_MOST = 1.05;
const PEOPLE = 20;
const LOOK_S = 5;
const SETTLED_AFTER_S = 30;
const SETTLED_MOST_S = 1800;

const options = new Set(process.argv.slice(2));
const isShort = options.has('--short');
const both = !options.has('--pages') && !options.has('--viewers');
const bounds = new Bounds();

if (both || options.has('--pages')) await pages(isShort ? sizeOf(300, 5) : sizeOf(10_000, 36));
if (both || options.has('--viewers')) await viewers();
console.log(`\n load of this machine: ${loadavg()[0].toFixed(1)} on ${availableParallelism()} cores`);
process.exitCode = bounds.missed > 0 ? 1 : 0;

async function pages(sizes) {
  console.log(
    `\n${sizes.hosts.toLocaleString('en')} hosts, ${sizes.findings.toLocaleString('en')} findings, ${sizes.alive.toLocaleString('en')} of them open`,
  );
  const clock = Object.assign(() => clock.now, { now: startOf(DAYS - 1), at: (time) => (clock.now = time) });
  const rooms = await openRooms('postgresql', clock);
  try {
    rooms.hosts = sizes.hosts;
    const version = await rooms.load(inventoryText(sizes));
    await makeYear(rooms, sizes, targetsOf(version.inventory));
    while ((await rooms.archivist.workOnce()) > 0);
    await rooms.query('vacuum (analyze)');
    const { runId } = await sailDay(rooms, clock, DAYS, 1);
    const [{ id: findingId }] = await rooms.query(
      `select id from finding where state = 'open' order by id limit 1`,
    );
    const [{ id: reportId }] = await rooms.query('select id from report order by id desc limit 1');
    // A year of rows in one minute is none of a service's days: what is measured has its ledger behind it.
    while ((await rooms.ledgerKeeper.workOnce()) > 0);
    await rooms.query('vacuum (analyze)');
    const service = await serveOn({ databaseUrl: rooms.databaseUrl });
    try {
      await settled(rooms, service.url);
      await show(service.url, { runId, findingId, versionId: version.id, reportId });
    } finally {
      await service.end();
    }
  } finally {
    await rooms.close();
  }
}

/**
 * What it does when it has started is not what is measured. A year that was made in minutes leaves it two million steps of findings that
 * nobody was told of, a ledger to check, and reports to give up, for there is no browser: months of a service's days. It is done with them
 * when it has used less than a fifth of a core for half a minute, and no question of it is open at the database.
 */
async function settled(rooms, url) {
  const from = performance.now();
  const asked = `select count(*)::int as open from pg_stat_activity
    where datname = current_database() and state <> 'idle' and pid <> pg_backend_pid()`;
  let calm = 0;
  let before = await cpuSeconds(url);
  while (calm < SETTLED_AFTER_S / LOOK_S) {
    if (performance.now() - from > SETTLED_MOST_S * 1000)
      throw new Error(`the service is still at work ${SETTLED_MOST_S} s after its start`);
    await pause(LOOK_S * 1000);
    const now = await cpuSeconds(url);
    const [{ open }] = await rooms.query(asked);
    calm = now - before < LOOK_S / 5 && open === 0 ? calm + 1 : 0;
    before = now;
  }
  await rooms.query('vacuum (analyze)');
  await rooms.query('checkpoint');
  console.log(`\n settled ${Math.round((performance.now() - from) / 1000)} s after its start`);
}

async function cpuSeconds(url) {
  const told = await (await fetch(`${url}/metrics`)).text();
  return Number(/^process_cpu_seconds_total ([\d.e+-]+)/m.exec(told)[1]);
}

async function show(url, ids) {
  const paths = pathsOf(ids);
  console.log(`\n ${PEOPLE} people at once, 95th percentile of each page`);
  const { pages, perSecond } = await clickThrough(url, paths, PEOPLE);
  for (const { path, p95, median, kilobytes, calls, failed } of pages) {
    if (failed > 0) throw new Error(`${path} failed ${failed} of ${calls} times`);
    const more = `median ${Math.round(median)} ms, ${kilobytes} kB, ${calls} calls`;
    bounds.line(path, p95, PAGE_MOST_MS, 'ms', more);
  }
  const load = await clickThrough(url, paths, PEOPLE, 0);
  console.log(
    ` they asked for ${perSecond.toFixed(1)} pages a second; without a pause they are given ${load.perSecond.toFixed(1)}`,
  );
  console.log('\n a first visit, all that it loads, in a browser');
  for (const path of ['/', '/findings', '/hosts/host-77']) {
    const { kilobytes, requests, paintedMs } = await firstVisit(url + path);
    const more = `${requests} requests, first paint ${Math.round(paintedMs)} ms`;
    bounds.line(path, kilobytes, FIRST_VISIT_MOST_KB, 'kB', more);
  }
}

async function viewers() {
  console.log('\n an audit of loopback addresses, without viewers and with 200, in turn');
  const { alone, watched, delayMs, told } = await watchAudit({ viewers: 200, rounds: isShort ? 1 : 3 });
  const parts = `${alone.map((ms) => (ms / 1000).toFixed(1)).join(' ')} s alone, ${watched.map((ms) => (ms / 1000).toFixed(1)).join(' ')} s watched; ${told} messages`;
  const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];
  bounds.line('watched by 200, against nobody', median(watched) / median(alone), SLOWER_MOST, '×', parts);
  bounds.line('event loop delay, p99', delayMs, DELAY_MOST_MS, 'ms');
}
