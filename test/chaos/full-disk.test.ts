/*
 * A disk that is full: said once, readable meanwhile, over by itself, and nothing is lost, doubled, failed or damaged by it.
 * On both stores, each on a small disk of its own; and what the commands say.
 */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { PGlite } from '@electric-sql/pglite';
import { afterAll, afterEach, expect, test } from 'vitest';
import { EmbeddedStore } from '../../src/platform/embedded-store.js';
import { clusterIn } from '../support/postgres.mjs';
import { freePort, portolan } from '../support/program.js';
import { endure, page, runOnce, until } from './support/disk-scenario.js';
import { checkFindings, checkRuns } from './support/findings-check.js';
import { inForm, seconds, tell } from './support/form.js';
import { openBurner } from './support/log-burner.js';
import { endAll, healthOf, NO_BROWSER, serve } from './support/serving.js';
import { describeOnDisk, type SmallDisk, smallDisk } from './support/small-disk.js';
import { type SmallHarbour, smallHarbour } from './support/small-harbour.js';
import { openWitness, type Row, type Witness } from './support/witness.js';

const MAIN = new URL('../../dist/src/main.js', import.meta.url).pathname;
const STORE = new URL('../../dist/src/platform/embedded-store.js', import.meta.url).href;

const FULL_MS = inForm({ short: 4000, long: 5 * 60_000 });
const LIFE_MS = inForm({ short: 170_000, long: 20 * 60_000 });
const LIMIT_MS = LIFE_MS + 60_000;
/** So many that what a look writes needs new pages. */
const HOSTS = 60;
const QUICK = ['timeoutMs: 300', 'confirm: { times: 1, afterMs: 500 }'];

const closing: Array<() => unknown> = [];
afterEach(async () => {
  await endAll();
  for (const close of closing.splice(0).reverse()) await close();
});
afterAll(endAll);

function disk(mib: number): SmallDisk {
  const made = smallDisk(mib);
  closing.push(() => made.remove());
  return made;
}

async function harbour(net: number): Promise<SmallHarbour> {
  const made = await smallHarbour({ net, hosts: HOSTS, ports: 5 * HOSTS, audit: QUICK });
  closing.push(() => made.close());
  return made;
}

/** What the store holds, asked when nobody else has it, in the way in which a witness is asked. */
async function look(dataDir: string): Promise<{ witness: Witness; close(): Promise<void> }> {
  const database = await PGlite.create(join(dataDir, 'database'));
  const query = async (sql: string): Promise<Row[]> => (await database.query<Row>(sql)).rows;
  return { witness: { query } as never, close: () => database.close() };
}

async function checkStore(witness: Pick<Witness, 'query'>, drifts: readonly string[]): Promise<number> {
  const { lost, doubled } = await checkFindings(expect, witness as Witness, drifts);
  expect([lost, doubled]).toEqual([0, 0]);
  const runs = await checkRuns(expect, witness as Witness);
  const others = `select id, state, verdict, because, stumbles from run where verdict is distinct from 'drift' or stumbles > 0`;
  expect(await witness.query(others)).toEqual([]);
  return runs;
}

/** Asks the store without a guard for space until it panics, and then until it is back. */
const PANICKING = `
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { EmbeddedStore, poolOf } from ${JSON.stringify(STORE)};
const store = await EmbeddedStore.open(join(process.argv[1], 'database'), () => Number.POSITIVE_INFINITY);
const tell = async (what) => {
  process.send(what);
  await once(process, 'message');
};
const pool = new pg.Pool(poolOf(store));
pool.on('error', () => undefined);
const ask = async (sql) => {
  try {
    return String(Object.values((await pool.query(sql)).rows[0] ?? {})[0]);
  } catch (error) {
    return error.severity + ' ' + error.code + ' ' + error.message;
  }
};
await ask('create table kept (id int)');
await ask('insert into kept select generate_series(1, 1000)');
await tell('fill');
let said = '';
for (let i = 0; i < 400 && !said.startsWith('PANIC'); i++)
  said = await ask("select pg_logical_emit_message(false, 'x', repeat('y', 160000))");
assert.match(said, /^PANIC 53100/);
// On a disk that is still full it can be opened or not; either way it answers.
assert.match(await ask('select count(*) from kept'), /^1000$|can't be opened|has stopped/);
await tell('empty');
const endMs = performance.now() + 30_000;
while ((await ask('select count(*) from kept')) !== '1000') {
  assert(performance.now() < endMs, 'it is not back');
  await pause(100);
}
for (let id = 1001; id < 1010; id++) await ask('insert into kept values (' + id + ')');
assert.equal(await ask('select count(*) from kept'), '1009');
await pool.end();
await store.close();
process.disconnect();
`;

describeOnDisk('on a disk that is full', () => {
  test('PostgreSQL: it is said once, pages are read, and the run goes on, also where the server went down with it', {
    timeout: LIMIT_MS,
  }, async ({ skip }) => {
    const small = disk(200);
    const cluster = await clusterIn(small.folder);
    if (cluster === null) return skip('needs PostgreSQL’s own binaries');
    let isWanted = true;
    let serverSaid = '';
    /** Each that is started is heard: the first may not be the one that panics. */
    const started = async () => {
      const fresh = await cluster.start();
      fresh.stderr?.on('data', (text: string) => {
        serverSaid += text;
      });
      return fresh;
    };
    let server = await started();
    closing.push(() => cluster.end(server));
    // What a supervisor does for a server that has gone.
    const supervised = (async () => {
      for (; isWanted; await pause(500))
        if (server.exitCode !== null || server.signalCode !== null)
          server = await started().catch(() => server);
    })();
    const { file, drifts } = await harbour(10);
    const service = serve({ DATABASE_URL: cluster.url, PORTOLAN_INVENTORY: file, ...NO_BROWSER }, LIFE_MS);
    const url = await service.url;
    const panics = (): number => serverSaid.match(/PANIC: .*No space left on device/g)?.length ?? 0;
    const taking = { ...small, hasTakenServer: () => panics() > 0 };
    const { noticedMs, readyMs, endedMs } = await endure(expect, service, taking, FULL_MS);
    const before = panics();
    tell(
      'PostgreSQL’s disk full',
      `noticed after ${seconds(noticedMs)}; with space again ready after ${seconds(readyMs)}, run ended after ${seconds(endedMs)}`,
    );

    // The log can't be written either: the server panics, and may not come up before there is space.
    const burner = await openBurner(cluster.url);
    closing.push(() => burner.close());
    small.fill();
    const downMs = await until('the server to panic', 30_000, async () => {
      await burner.burn();
      return panics() > before;
    });
    await pause(inForm({ short: 2000, long: 60_000 }));
    const read = await page(url, '/');
    expect([200, 503]).toContain(read.status);
    expect(service.isAlive()).toBe(true);
    small.empty();
    const backMs = await until(
      'ready',
      60_000,
      async () => (await fetch(`${url}/health/ready`)).status === 200,
    );
    await runOnce(url);
    tell(
      'PostgreSQL down for want of space',
      `after ${seconds(downMs)}; ready ${seconds(backMs)} after there was some`,
    );
    const witness = await openWitness(cluster.url);
    closing.push(() => witness.close());
    await checkStore(witness, drifts);
    expect(await service.end('SIGTERM')).toBe(0);
    isWanted = false;
    await supervised;
  });

  test('embedded: the same, a stop is heard, commands say it in a line, and all is there afterwards', {
    timeout: LIMIT_MS,
  }, async () => {
    const small = disk(260);
    const dataDir = join(small.folder, 'data');
    mkdirSync(dataDir);
    const { file, drifts } = await harbour(11);
    const env = { PORTOLAN_DATA: dataDir, PORTOLAN_INVENTORY: file, ...NO_BROWSER };
    const service = serve(env, LIFE_MS);
    const { noticedMs, readyMs, endedMs } = await endure(expect, service, small, FULL_MS);
    tell(
      'the embedded database’s disk full',
      `noticed after ${seconds(noticedMs)}; with space again ready after ${seconds(readyMs)}, run ended after ${seconds(endedMs)}`,
    );
    small.fill();
    expect(await service.end('SIGTERM')).toBe(0);
    const commands = [['serve'], ['plan', file], ['apply', file, '--by', 'me'], ['check', file], ['--help']];
    const said = await Promise.all(commands.map((command) => portolan(command, { env })));
    for (const { code, stdout, stderr } of said.slice(0, 3)) {
      expect([code, stderr]).toEqual([2, expect.stringMatching(/^[^\n]*its disk is full[^\n]*\n$/)]);
      expect(stdout).not.toContain('"level":50');
    }
    expect(said.slice(3).map(({ code, stderr }) => [code, stderr])).toEqual([
      [0, ''],
      [0, ''],
    ]);
    small.empty();
    const again = serve(env, LIFE_MS);
    await runOnce(await again.url);
    expect(await again.end('SIGTERM')).toBe(0);
    const { witness, close } = await look(dataDir);
    expect(await checkStore(witness, drifts)).toBe(2);
    await close();
  });

  test('embedded, and it panics: it is opened anew by itself, and what was committed is there', async () => {
    const small = disk(160);
    // A process of its own: without the guard it would turn in circles, and no time limit of a test ends that.
    const child = spawn(process.execPath, ['--input-type=module', '-e', PANICKING, small.folder], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      timeout: 100_000,
      killSignal: 'SIGKILL',
    });
    const ended = once(child, 'close');
    child.on('message', (message) => {
      if (message === 'fill') small.fill();
      else small.empty();
      child.send('done');
    });
    expect(await ended).toEqual([0, null]);
  });

  test('a new embedded database that finds no space leaves nothing behind, and is made once there is some', async () => {
    const small = disk(160);
    small.fill(20 * 1024 * 1024);
    const folder = join(small.folder, 'database');
    await expect(EmbeddedStore.open(folder)).rejects.toThrow(
      /disk is full, with \d+ MiB left; expected 96 MiB/,
    );
    await expect(EmbeddedStore.open(folder, () => 1e12)).rejects.toThrow(/can't be opened/);
    small.empty();
    const store = await EmbeddedStore.open(folder);
    await store.close();
  });

  test('a log on a full disk costs lines, and not the service', async () => {
    const [small, data] = [disk(1), disk(160)];
    const { file } = await harbour(12);
    const log = openSync(join(small.folder, 'log'), 'a');
    small.fill();
    const port = await freePort();
    const child = spawn(process.execPath, [MAIN, 'serve'], {
      env: {
        PATH: process.env.PATH,
        PORTOLAN_DATA: data.folder,
        PORTOLAN_INVENTORY: file,
        // Where it listens it could only say in its log.
        PORTOLAN_LISTEN: `127.0.0.1:${port}`,
        ...NO_BROWSER,
      },
      stdio: ['ignore', log, 'pipe'],
      timeout: LIFE_MS,
      killSignal: 'SIGKILL',
    });
    closeSync(log);
    let stderr = '';
    child.stderr!.on('data', (text) => {
      stderr += text;
    });
    const ended = once(child, 'close');
    const isUp = async (): Promise<boolean> => (await healthOf(`http://127.0.0.1:${port}`)) === 200;
    await until('the service to be up', 60_000, isUp);
    await pause(inForm({ short: 2000, long: 30_000 }));
    expect([child.exitCode, stderr]).toEqual([null, '']);
    small.empty();
    child.kill('SIGTERM');
    expect([(await ended)[0], stderr]).toEqual([0, '']);
    const lines = readFileSync(join(small.folder, 'log'), 'utf8').trim().split('\n');
    expect(lines.map((line) => JSON.parse(line).msg)).toEqual(
      expect.arrayContaining([expect.stringMatching(/^\d+ lines of this log are lost/), 'stopping']),
    );
  });
});
