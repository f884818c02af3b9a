/*
 * A year of daily runs over 10,000 hosts × 65,535 ports stays usable: taking one in takes ≤ 5 min, comparing one more run takes ≤ 60 s, the first page of
 * the list of findings ≤ 100 ms, and what is kept for good grows by what changes, not by what was probed. On PostgreSQL,
 * and on the embedded database with a tenth of the hosts.
 *
 * `--short` makes a year of few hosts, to see that all of it works; `--postgresql` and `--embedded` take one of the two, and
 * `--intake` takes a run in and does no more; `--ledger` has the ledger take in and check a million rows, and does no more.
 * The network is made up, and nothing is sent to it: store/rooms.mjs.
 */
// node: no flags
import { availableParallelism, loadavg } from 'node:os';
import { Bounds } from './store/bounds.mjs';
import { sailDay } from './store/day.mjs';
import { grown, tableSizes } from './store/growth.mjs';
import { DAY_MS, DAYS, inventoryText, sizeOf, startOf } from './store/harbour.mjs';

import { takeIn } from './store/intake.mjs';
import { measureLedger } from './store/ledger.mjs';
import { ask, pagesOf } from './store/pages.mjs';
import { openRooms } from './store/rooms.mjs';
import { makeYear, targetsOf } from './store/year.mjs';

const INTAKE_MOST_S = 300;
const COMPARE_MOST_S = 60;
const LIST_MOST_MS = 100;

/** What is let go again after some time is no growth. */
const FOR_A_TIME = ['observed_host', 'shard', 'port_hour'];

const options = new Set(process.argv.slice(2));
const isShort = options.has('--short');
const SIZES = isShort
  ? { postgresql: sizeOf(300, 5), embedded: sizeOf(100, 5) }
  : { postgresql: sizeOf(10_000, 36), embedded: sizeOf(1000, 36) };
const kinds = Object.keys(SIZES).filter((kind) => options.has(`--${kind}`));
const bounds = new Bounds();

for (const kind of kinds.length > 0 ? kinds : Object.keys(SIZES)) await measure(kind, SIZES[kind]);
process.exitCode = bounds.missed > 0 ? 1 : 0;

async function measure(kind, sizes) {
  console.log(
    `\n${kind}: ${sizes.hosts.toLocaleString('en')} hosts, ${sizes.findings.toLocaleString('en')} findings, ${sizes.alive.toLocaleString('en')} of them open`,
  );
  if (options.has('--ledger')) return ledger(kind);
  await intake(kind, sizes.hosts);
  if (options.has('--intake')) return;
  const clock = standingClock(startOf(DAYS - 1));
  const rooms = await openRooms(kind, clock);
  try {
    await seed(rooms, sizes);
    // The first day pays for rows that have never been moved before, and its looks take the place of the oldest.
    await path(rooms, clock, { day: DAYS, share: 1 });
    const atFirst = await tableSizes(rooms);
    await path(rooms, clock, { day: DAYS + 1, share: 0 });
    const afterQuiet = await tableSizes(rooms);
    const last = await path(rooms, clock, { day: DAYS + 2, share: 1 });
    const afterChange = await tableSizes(rooms);
    await pages(rooms, clock, last);
    // Two of its own are at work, the database and this process, one at a time mostly: much more is somebody else's.
    console.log(`\n load of this machine: ${loadavg()[0].toFixed(1)} on ${availableParallelism()} cores`);
    sizesAndGrowth(afterChange, grown(atFirst, afterQuiet), grown(afterQuiet, afterChange));
  } finally {
    await rooms.close();
  }
}

async function ledger(kind) {
  const rooms = await openRooms(kind, () => new Date());
  try {
    await rooms.load(inventoryText(sizeOf(100, 0)));
    await measureLedger(rooms, bounds, isShort ? 50_000 : 1_000_000);
    console.log(`\n load of this machine: ${loadavg()[0].toFixed(1)} on ${availableParallelism()} cores`);
  } finally {
    await rooms.close();
  }
}

async function intake(kind, hosts) {
  const rooms = await openRooms(kind, () => new Date());
  try {
    const { probes, takenMs, collatedMs, logBytes } = await takeIn(rooms, hosts);
    const parts = `${probes.toLocaleString('en')} ports; put together in ${(collatedMs / 1000).toFixed(1)} s, log ${(logBytes / 2 ** 20).toFixed(1)} MB`;
    bounds.line('intake of a run', (takenMs + collatedMs) / 1000, INTAKE_MOST_S, 's', parts);
  } finally {
    await rooms.close();
  }
}

async function seed(rooms, sizes) {
  rooms.hosts = sizes.hosts;
  const version = await rooms.load(inventoryText(sizes));
  const took = await makeYear(rooms, sizes, targetsOf(version.inventory));
  const from = performance.now();
  while ((await rooms.archivist.workOnce()) > 0);
  took.archive = performance.now() - from;
  await rooms.query('vacuum (analyze)');
  const parts = Object.entries(took).map(([name, ms]) => `${name} ${(ms / 1000).toFixed(1)} s`);
  console.log(`  the year was made: ${parts.join(', ')}`);
}

/** A day's run through its rooms. */
async function path(rooms, clock, { day, share }) {
  console.log(
    share === 0 ? '\n a day on which nothing changes' : `\n a day on which ${share} % of the hosts change`,
  );
  const { took, runId } = await sailDay(rooms, clock, day, share);
  const { compare, confirm = 0, ...others } = took;
  const seconds = (compare + confirm) / 1000;
  bounds.line(
    'comparing, confirmation included',
    seconds,
    COMPARE_MOST_S,
    's',
    `the first look ${(compare / 1000).toFixed(1)} s`,
  );
  for (const [room, ms] of Object.entries(others)) bounds.line(room, ms / 1000, null, 's');
  return runId;
}

async function pages(rooms, clock, runId) {
  const [{ id: findingId, address }] = await rooms.query(
    `select id, address from finding where state = 'open' order by id limit 1`,
  );
  await rooms.app.listen(0, '127.0.0.1');
  const url = await rooms.app.getUrl();
  const since = new Date(clock().getTime() - DAY_MS).toISOString();
  // The first call of all waits for what is loaded once.
  await ask(url, '/findings', 1);
  const { list, words, others } = pagesOf({ runId, findingId, address, since });
  console.log('\n the list of findings, median of 20 calls');
  for (const [what, at] of Object.entries(list)) await page(url, what, at, LIST_MOST_MS);
  console.log('\n words looked for in a year of findings');
  for (const [what, at] of Object.entries(words)) await page(url, what, at, null);
  console.log('\n other pages');
  for (const [what, at] of Object.entries(others)) await page(url, what, at, null);
}

async function page(url, what, at, most) {
  const { median, p95, bytes } = await ask(url, at);
  bounds.line(what, median, most, 'ms', `p95 ${Math.round(p95)} ms, ${Math.round(bytes / 1024)} kB`);
}

function kilobytes(bytes) {
  return Math.round(bytes / 1024).toLocaleString('en');
}

function sizesAndGrowth(sizes, quiet, changed) {
  console.log(
    '\n tables after the year: MB, rows, bytes a row; what a quiet day adds, and one on which 1 % change',
  );
  const cells = (more) => `${more.rows.toLocaleString('en')} rows, ${kilobytes(more.bytes)} kB`.padStart(26);
  for (const [name, { rows, bytes }] of sizes) {
    const figures = `${(bytes / 2 ** 20).toFixed(1).padStart(10)}${rows.toLocaleString('en').padStart(12)}${Math.round(
      bytes / rows,
    )
      .toLocaleString('en')
      .padStart(10)}`;
    console.log(`  ${name.padEnd(16)}${figures}${cells(quiet.get(name))}${cells(changed.get(name))}`);
  }
  const kept = (day) =>
    Array.from(day)
      .filter(([name]) => !FOR_A_TIME.includes(name))
      .reduce((sum, [, { bytes }]) => sum + bytes, 0) / 1024;
  const moved = ['finding', 'finding_event', 'port_interval'];
  const rows = moved.reduce((sum, name) => sum + quiet.get(name).rows, 0);
  bounds.line('rows that a quiet day adds there', rows, 0, 'rows', moved.join(', '));
  bounds.line('kept for good of a quiet day', kept(quiet), null, 'kB');
  bounds.line('kept for good of a day of changes', kept(changed), null, 'kB');
}

function standingClock(start) {
  let now = start;
  return Object.assign(() => now, {
    at: (time) => {
      now = time;
    },
  });
}
