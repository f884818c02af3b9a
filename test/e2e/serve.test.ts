/*
 * `portolan serve` as a process: how it starts, refuses to start, and stops. What it does without its database is in
 * database-away.test.ts.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { databases, type TestDatabase } from '../support/databases.js';
import { openPort } from '../support/net-harbour.js';
import { portolan, type Running, start, stop } from '../support/program.js';
import { openRooms } from '../support/rooms.js';

let folder: string;
let dataDir: string;
const running: Running[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'portolan-serve-'));
  dataDir = join(folder, 'data');
});
afterEach(async () => {
  for (const { child, ended } of running.splice(0)) {
    child.kill('SIGKILL');
    await ended;
  }
  await rm(folder, { recursive: true, force: true });
});

const listen = { PORTOLAN_LISTEN: '127.0.0.1:0' };

function serve(env: Record<string, string>): Running {
  const service = start(['serve'], { env: { ...listen, ...env } });
  running.push(service);
  return service;
}

const urlOf = async (service: Running): Promise<string> =>
  (await service.printed(/"url":"(http:[^"]+)"/))[1]!;

test('it holds its folder against a second process, and SIGTERM ends it with exit 0 and no trace', async () => {
  const service = serve({ PORTOLAN_DATA: dataDir });
  const url = await urlOf(service);
  expect((await fetch(`${url}/health`)).status).toBe(200);
  const lock = join(dataDir, 'portolan.lock');
  expect(JSON.parse(await readFile(lock, 'utf8'))).toMatchObject({ pid: service.child.pid });

  const inUse = `the data folder ${dataDir} is in use by process ${service.child.pid}; stop that one, or give this one its own folder with PORTOLAN_DATA\n`;
  const second = await portolan(['serve'], { env: { ...listen, PORTOLAN_DATA: dataDir } });
  expect([second.code, second.stderr]).toEqual([2, inUse]);
  const migrating = await portolan(['migrate'], { env: { PORTOLAN_DATA: dataDir } });
  expect(migrating).toMatchObject({ code: 2, stdout: '', stderr: inUse });

  expect(await stop(service)).toMatchObject({ code: 0, signal: null, stderr: '' });
  expect(existsSync(lock)).toBe(false);
  expect(await portolan(['migrate'], { env: { PORTOLAN_DATA: dataDir } })).toMatchObject({
    code: 0,
    stdout: 'the schema is up to date\n',
  });
});

describe('on PostgreSQL', () => {
  let on: TestDatabase;
  beforeEach(async () => {
    on = await databases[1]!.open();
  });
  afterEach(() => on.drop());

  test('a stop in the middle of a scan gives the shard back at once', async () => {
    const rooms = await openRooms(on, () => new Date());
    try {
      await rooms.load(`version: 1
hosts: [{ name: one, address: 127.0.64.1 }]
audits: [{ name: slow, hosts: all, ports: 1-65535, ratePerSecond: 50 }]
`);
      await rooms.scheduler.runNow('slow');
      const service = serve({ DATABASE_URL: on.url! });
      const shards = () => rooms.query('select state, attempts, leased_until is null as free from shard');
      await expect.poll(shards, { timeout: 30_000 }).toMatchObject([{ state: 'leased' }]);
      expect(await stop(service, 'SIGINT')).toMatchObject({ code: 0, signal: null, stderr: '' });
      expect(await shards()).toEqual([{ state: 'waiting', attempts: 0, free: true }]);
      expect(await rooms.query('select state from run')).toEqual([{ state: 'scanning' }]);
    } finally {
      await rooms.close();
    }
  });

  test('a second server on the same database is welcome', async () => {
    const services = [serve({ DATABASE_URL: on.url! }), serve({ DATABASE_URL: on.url! })];
    for (const service of services) expect((await fetch(`${await urlOf(service)}/health`)).status).toBe(200);
    for (const service of services) expect(await stop(service)).toMatchObject({ code: 0 });
  });

  test('a port that is taken is refused with exit 2', async () => {
    const taken = await openPort('127.0.0.1');
    try {
      const env = { DATABASE_URL: on.url!, PORTOLAN_LISTEN: `127.0.0.1:${taken.port}` };
      const { code, stderr } = await portolan(['serve'], { env });
      expect([code, stderr]).toEqual([
        2,
        `127.0.0.1:${taken.port} is taken by another program; choose another with PORTOLAN_LISTEN\n`,
      ]);
    } finally {
      await taken.close();
    }
  });

  test('a broken inventory is refused with its line, and exit 2', async () => {
    const inventory = join(folder, 'broken.yaml');
    await writeFile(inventory, 'version: 1\nhosts:\n\t- name: web\n');
    const env = { ...listen, DATABASE_URL: on.url!, PORTOLAN_INVENTORY: inventory };
    const { code, stderr } = await portolan(['serve'], { env });
    expect(code).toBe(2);
    expect(stderr).toMatch(/^.*broken\.yaml:3:1: .*tab.*\n$/);
  });
});

describe('a data folder that can not be written is refused with one line and exit 2', () => {
  async function refused(path: string, by: readonly string[] = []): Promise<string> {
    const result = await portolan(['serve'], { env: { ...listen, PORTOLAN_DATA: path }, by });
    expect(result.code).toBe(2);
    expect(result.stderr.trimEnd().split('\n')).toHaveLength(1);
    return result.stderr;
  }

  test('a file in its place', async () => {
    await writeFile(dataDir, '');
    expect(await refused(dataDir)).toContain(`the data folder ${dataDir} can't be written: EEXIST`);
  });

  test('a file above it', async () => {
    await writeFile(dataDir, '');
    expect(await refused(join(dataDir, 'below'))).toContain("can't be written: ENOTDIR");
  });

  test('a place where nobody may write', async () => {
    expect(await refused('/proc/portolan')).toContain(
      "the data folder /proc/portolan can't be written: ENOENT",
    );
  });

  test('a file where the database should be', async () => {
    const place = join(folder, 'taken');
    await mkdir(place);
    await writeFile(join(place, 'database'), 'not a folder');
    expect(await refused(place)).toContain(
      `the embedded database in ${join(place, 'database')} can't be opened: `,
    );
    expect(existsSync(join(place, 'portolan.lock'))).toBe(false);
  });

  const isRoot = process.getuid?.() === 0;
  const nobody = ['setpriv', '--reuid', '65534', '--regid', '65534', '--clear-groups'];
  const service = new URL('../../dist/src/service.js', import.meta.url).href;
  const asNobody = [...nobody, process.execPath, '--input-type=module', '-e', `await import('${service}')`];
  const canRun = !isRoot || spawnSync(asNobody[0]!, asNobody.slice(1)).status === 0;

  // Root writes everywhere: somebody else is asked to, where this machine lets him run the program at all.
  test('a folder of somebody else', async (context) => {
    context.skip(
      !canRun,
      'root writes everywhere, and nobody else may run the program where this checkout lies',
    );
    await mkdir(dataDir);
    await chmod(folder, 0o755);
    await chmod(dataDir, 0o555);
    expect(await refused(dataDir, isRoot ? nobody : [])).toContain(
      `the data folder ${dataDir} can't be written: EACCES`,
    );
  });
});
