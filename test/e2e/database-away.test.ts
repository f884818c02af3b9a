/* A PostgreSQL that is away, at the start or later: the service waits, says so, and goes on where it was. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type DatabaseProxy, databaseProxy } from '../support/database-proxy.js';
import { databases, type TestDatabase } from '../support/databases.js';
import { freePort, portolan, type Running, start, stop } from '../support/program.js';
import { openRooms } from '../support/rooms.js';

let on: TestDatabase;
let proxy: DatabaseProxy;
let service: Running | undefined;

beforeEach(async () => {
  on = await databases[1]!.open();
  proxy = await databaseProxy(on.url!);
});
afterEach(async () => {
  service?.child.kill('SIGKILL');
  await service?.ended;
  service = undefined;
  await proxy.down();
  await on.drop();
});

function serve(): Running {
  service = start(['serve'], { env: { DATABASE_URL: proxy.url, PORTOLAN_LISTEN: '127.0.0.1:0' } });
  return service;
}

const urlOf = async (one: Running): Promise<string> => (await one.printed(/"url":"(http:[^"]+)"/))[1]!;

test('away at the start: it tries again after longer and longer pauses, and starts when it comes', async () => {
  const { printed } = serve();
  await printed(/"waitMs":500,.*can't be reached: connect ECONNREFUSED .*; trying again/);
  await printed(/"waitMs":1000,.*trying again/);
  await proxy.up();
  expect((await fetch(`${await urlOf(service!)}/health`)).status).toBe(200);
  const { code, stdout, stderr } = await stop(service!);
  expect([code, stderr]).toEqual([0, '']);
  const password = new URL(on.url!).password;
  expect(password).not.toBe('');
  expect(stdout).not.toContain(password);
});

test('a stop is heard while it waits', async () => {
  const { printed } = serve();
  await printed(/"waitMs":2000,.*trying again/);
  const { code, signal, stderr } = await stop(service!);
  expect([code, signal]).toEqual([2, null]);
  expect(stderr).toMatch(/^the database at 127\.0\.0\.1:\d+\/\w+ can't be reached: .*\n$/);
});

test('away for a while: its rooms wait and go on, and the run that came meanwhile is finished', async () => {
  await proxy.up();
  const running = serve();
  const health = async (): Promise<number> => (await fetch(`${await urlOf(running)}/health`)).status;
  expect(await health()).toBe(200);
  await proxy.down();
  expect(await health()).toBe(503);
  await running.printed(/"room":"dispatcher".*"waitMs":1000,.*a room failed and will try again/);
  const rooms = await openRooms(on, () => new Date());
  try {
    await rooms.load(`version: 1
hosts: [{ name: one, address: 127.0.64.2 }]
audits: [{ name: quick, hosts: all, ports: 1-20 }]
`);
    const id = await rooms.scheduler.runNow('quick');
    await proxy.up();
    const state = async () => (await rooms.run(id)).state;
    await expect.poll(state, { timeout: 60_000, interval: 200 }).toBe('finished');
    expect(await health()).toBe(200);
  } finally {
    await rooms.close();
  }
  expect(await stop(running)).toMatchObject({ code: 0, stderr: '' });
});

test('a command that asks a database that is away says where it is, without its password', async () => {
  const url = `postgres://me:hunter2@127.0.0.1:${await freePort()}/portolan`;
  const { code, stdout, stderr } = await portolan(['migrate'], { env: { DATABASE_URL: url } });
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(
    /^the database at 127\.0\.0\.1:\d+\/portolan can't be reached: connect ECONNREFUSED .*\n$/,
  );
});
