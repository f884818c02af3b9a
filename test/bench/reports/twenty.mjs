/*
 * Twenty reports that are asked for at once of a service, which is a process of its own with a browser of its own: how long all of them
 * take, how late its event loop is meanwhile, and what its browser takes. The runs that they are of are rows: nothing is scanned.
 */
import { createHash } from 'node:crypto';
import { memoryOf } from '../../../dist/src/reports/printer/memory-watch.js';
import { openRooms } from '../store/rooms.mjs';
import { serveOn } from '../web/serving.mjs';
import { delayOf } from '../web/viewers.mjs';
import { browserOf } from './browser-of.mjs';
import { snapshotOf } from './snapshots.mjs';

const LOOK_MS = 200;
const INVENTORY = `version: 1
hosts: [{ name: quay, address: 127.0.72.1 }]
audits: [{ name: nightly, hosts: all, ports: "7" }]
`;

/** @returns null for what was not over in time */
export async function printTwenty({ count, findings, hosts, mostMs }) {
  const rooms = await openRooms('postgresql', () => new Date());
  try {
    const { id: version } = await rooms.load(INVENTORY);
    const service = await serveOn({ databaseUrl: rooms.databaseUrl, chromium: null });
    try {
      await add(rooms, version, { count: 1, from: 0, findings, hosts });
      if ((await printed(rooms, service, 1, mostMs)) === null) return null;
      await delayOf(service.url); // What it says is since it was asked last.
      await add(rooms, version, { count, from: 1, findings, hosts });
      const took = await printed(rooms, service, count + 1, mostMs);
      return took === null ? null : { ...took, delayMs: await delayOf(service.url) };
    } finally {
      await service.end();
    }
  } finally {
    await rooms.close();
  }
}

async function add(rooms, version, { count, from, findings, hosts }) {
  for (let index = from; index < from + count; index++) {
    const due = new Date(Date.UTC(2026, 0, 1) + index * 3_600_000);
    const [{ id }] = await rooms.query(
      `insert into run (audit, due_at, trigger, inventory_version_id, vantage, state, verdict, because, started_at, finished_at)
       values ('nightly', $1, 'manual', $2, 'local', 'finished', 'drift', 'made up', $1, $1) returning id`,
      [due, version],
    );
    const text = JSON.stringify(snapshotOf({ findings, hosts, run: String(id) }));
    await rooms.query(
      `insert into report (run_id, made_at, snapshot, snapshot_sha256, findings, hosts) values ($1, $2, $3, $4, $5, $6)`,
      [id, due, text, createHash('sha256').update(text).digest('hex'), findings, hosts],
    );
  }
}

/** Until so many are. */
async function printed(rooms, service, count, mostMs) {
  const from = performance.now();
  let peakBytes = 0;
  while (performance.now() - from < mostMs) {
    const [{ done, problem }] = await rooms.query(
      'select count(printed_at)::int as done, min(problem) as problem from report',
    );
    if (problem) throw new Error(`a report could not be printed: ${problem}`);
    if (done >= count) return { tookMs: performance.now() - from, peakBytes };
    const pid = await browserOf(service.pid);
    if (pid !== null) peakBytes = Math.max(peakBytes, await memoryOf(pid));
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
  return null;
}
