/* `portolan silence` on a database: begun, listed, ended before its time; and what it refuses. */
import { beforeAll, expect, it } from 'vitest';
import { databases, type TestDatabase } from '../support/databases.js';
import { portolan } from '../support/program.js';

const env: Record<string, string> = {};
let on: TestDatabase;

beforeAll(async () => {
  on = await databases.find(({ name }) => name === 'postgresql')!.open();
  env.DATABASE_URL = on.url!;
  return () => on.drop();
});

const silence = (...args: string[]) => portolan(['silence', ...args], { env });

it('begins, is listed, and is ended before its time', async () => {
  const asked = ['--host', 'web-1', 'db-1', '--severity', 'low', '--for', '2h', '--why', 'a new disk'];
  expect(await silence('begin', ...asked, '--by', 'Ada')).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^silence 1 holds until .* UTC: host web-1 or db-1, severity low\n$/),
  });
  expect((await silence('list')).stdout).toMatch(
    /^1 until .* UTC host web-1 or db-1, severity low \(Ada: a new disk\)\n$/,
  );
  expect(JSON.parse((await silence('list', '--json')).stdout).silences).toMatchObject([
    { id: '1', madeBy: 'Ada', match: { hosts: ['web-1', 'db-1'], severities: ['low'] } },
  ]);
  expect(await silence('end', '1', '--by', 'Bob')).toMatchObject({
    code: 0,
    stdout: 'silence 1 is over; what it held back is told now\n',
  });
  expect((await silence('list')).stdout).toBe('there are none\n');
  expect((await silence('list', '--all')).stdout).toMatch(/^1 ended .* UTC by Bob host/);
});

it.each([
  [['begin', '--for', '2h', '--why', 'x'], /a silence of everything/],
  [['begin', '--host', 'a', '--for', '31d', '--why', 'x'], /for: 31d is too long; expected at most 30d/],
  [['begin', '--host', 'a', '--for', '2h'], /required option '--why/],
  [['begin', '--kind', 'open', '--for', '2h', '--why', 'x'], /match.kinds.0: /],
  [['end', '77'], /there is no silence 77/],
])('refuses %j', async (args, message) => {
  expect(await silence(...args)).toMatchObject({ code: 2, stderr: expect.stringMatching(message) });
});
