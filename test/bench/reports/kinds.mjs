/*
 * Each kind of report made once of a year of daily runs: how long it takes, how much of a processor (the service with its threads, and
 * the database, apart), how late the service's event loop is meanwhile, and how much memory. The year is that of ../store/year.mjs, with
 * the last run's own report, and acceptances that ended: rows, nothing is scanned.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { pagesOf } from '../../../dist/src/domain/report/exposure/exposure-pages.js';
import { addressOf, DAYS, inventoryText, startOf } from '../store/harbour.mjs';
import { openRooms } from '../store/rooms.mjs';
import { makeYear, targetsOf } from '../store/year.mjs';
import { snapshotOf } from './snapshots.mjs';

const LOOK_MS = 5;
/** Linux counts in hundredths of a second, wherever it runs (man 5 proc, sysconf _SC_CLK_TCK). */
const TICK_MS = 10;
const FIRST = startOf(0).toISOString().slice(0, 10);

/** A year of each, and all owners; compliance once without a signature, and once with all of them. */
const ORDERS = [
  ['exposure', {}],
  ['drift', { from: FIRST }],
  ['exceptions', { from: FIRST }],
  ['attestation', {}],
  ['compliance', { framework: 'pci-dss-4.0.1' }],
  ['compliance, signed for', { framework: 'pci-dss-4.0.1' }],
];

/** Of every twentieth finding that is over an acceptance had stood, and ended with it. */
const ENDED = `
update finding_event set to_state = 'accepted', why = 'accepted by Ada until 2027-06-30, as Bob asked: known'
where to_state = 'open' and finding_id % 20 = 3 and exists (select from finding where id = finding_id and state = 'resolved');
update finding_event set from_state = 'accepted' where from_state = 'open' and to_state = 'resolved' and finding_id % 20 = 3;`;

export async function makeKinds(sizes, told) {
  const now = new Date(startOf(DAYS - 1).getTime() + 12 * 3_600_000);
  const rooms = await openRooms('postgresql', () => now);
  try {
    const { inventory } = await rooms.load(inventoryText(sizes));
    await rooms.script("update inventory_version set loaded_at = loaded_at - interval '2 years'");
    await makeYear(rooms, sizes, targetsOf(inventory), ['runs', 'findings']);
    await rooms.script(ENDED);
    await plantReport(rooms, sizes);
    await rooms.query('vacuum (analyze)');
    const only = process.env.KINDS?.split(',');
    for (const [name, asked] of ORDERS) {
      if (only && !only.includes(name)) continue;
      const kind = name.split(',')[0];
      if (name !== kind) await signAll(rooms);
      told(name, await make(rooms, { kind, ...asked }));
    }
  } finally {
    await rooms.close();
  }
}

/** The last run's, as the reporter would have left it. */
async function plantReport(rooms, { hosts, alive }) {
  const made = snapshotOf({ findings: alive, hosts, run: String(DAYS) });
  const snapshot = {
    ...made,
    hosts: made.hosts.map((one, i) => ({
      ...{ ...one, address: addressOf(hosts, i), filtered: '', closed: '1-21,23-442,444-8079,8081-65535' },
      open: `22,443,8080`,
    })),
  };
  const text = JSON.stringify(snapshot);
  const sha256 = createHash('sha256').update(text).digest('hex');
  const [{ id }] = await rooms.query('select id from report where run_id = $1', [DAYS]);
  await rooms.script(`delete from report_page where report_id = ${id}`);
  await rooms.query('alter table report disable trigger user');
  await rooms.query('update report set snapshot = $2, snapshot_sha256 = $3 where id = $1', [
    id,
    text,
    sha256,
  ]);
  await rooms.query('alter table report enable trigger user');
  const { summary, hosts: pages } = pagesOf(snapshot);
  for (const [number, content] of [summary, ...pages].entries())
    await rooms.query('insert into report_page (report_id, number, content) values ($1, $2, $3)', [
      ...[id, number, JSON.stringify(content)],
    ]);
}

/** The attestation that was made. */
async function signAll(rooms) {
  const [{ id }] = await rooms.query(
    `select id::text from report where kind = 'attestation' order by id desc limit 1`,
  );
  const attestation = await rooms.signOffs.attestation(id, { owners: null });
  for (const { owner } of attestation.owners)
    if (owner !== null) await rooms.signOffs.sign(attestation, { owner, by: 'Ada', comment: null });
}

async function make(rooms, asked) {
  const parameters = {
    title: null,
    audits: [],
    scope: null,
    owner: null,
    tags: [],
    from: null,
    to: null,
    framework: null,
  };
  await rooms.orders.ask({
    parameters: { ...parameters, language: 'en', paper: 'A4', ...asked },
    by: 'bench',
  });
  global.gc?.();
  const watch = watchLoop();
  const database = await databaseCpu(rooms);
  const cpu = process.cpuUsage();
  const from = performance.now();
  await rooms.clerk.workOnce(new AbortController().signal);
  const tookMs = performance.now() - from;
  const { user, system } = process.cpuUsage(cpu);
  const loop = watch.end();
  const [order] = await rooms.query(
    `select outcome, report_order.problem, octet_length(snapshot) as bytes from report_order left join report on report.id = report_id
     order by report_order.id desc limit 1`,
  );
  if (order.outcome !== 'made') throw new Error(`a report of ${asked.kind} was not made: ${order.problem}`);
  const databaseMs = (await databaseCpu(rooms)) - database;
  return { tookMs, cpuMs: (user + system) / 1000, databaseMs, bytes: order.bytes, ...loop };
}

/**
 * What the event loop is kept from, and the most memory that the process had. On a machine that is shared the time by the clock says
 * how busy that is: of each turn of the loop is told how long it was on a processor, too, where the system tells (Linux).
 */
function watchLoop() {
  let last = performance.now();
  let lastBusy = busyMs();
  const late = [];
  const busy = [];
  let peakBytes = 0;
  const look = () => {
    const now = performance.now();
    const nowBusy = busyMs();
    late.push(now - last - LOOK_MS);
    busy.push(nowBusy - lastBusy);
    last = now;
    lastBusy = busyMs();
    if (late.length % 20 === 0) peakBytes = Math.max(peakBytes, process.memoryUsage.rss());
  };
  const timer = setInterval(look, LOOK_MS);
  return {
    end() {
      clearInterval(timer);
      look();
      return { late: mostOf(late), busy: mostOf(busy), peakBytes };
    },
  };
}

function mostOf(times) {
  const sorted = Float64Array.from(times).sort();
  return { p99Ms: sorted[Math.floor(0.99 * (sorted.length - 1))], longestMs: sorted.at(-1) };
}

/** How long this thread, which has the event loop, has been on a processor (Documentation/scheduler/sched-stats of Linux). */
function busyMs() {
  try {
    return Number(readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'utf8').split(' ')[0]) / 1e6;
  } catch {
    return performance.now();
  }
}

/** Of all its sessions, in milliseconds; 0 where it is on another machine or system. */
async function databaseCpu(rooms) {
  const sessions = await rooms.query('select pid from pg_stat_activity where datname = current_database()');
  return sessions.reduce((all, { pid }) => all + processorMs(pid), 0);
}

function processorMs(pid) {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
  } catch {
    return 0;
  }
}
