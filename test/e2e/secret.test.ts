/*
 * `portolan secret` on the folder as it lies and on a service that holds it: a value goes in by standard input and comes out
 * nowhere, whatever is asked and however wrongly.
 */
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databases, type TestDatabase } from '../support/databases.js';
import { freePort, portolan, type Running, start, stop } from '../support/program.js';

const CANARY = 'canary-0123456789-secret';
const env: Record<string, string> = { CANARY };
const told: string[] = [];
let on: TestDatabase;

beforeAll(async () => {
  on = await databases[0]!.open();
  Object.assign(env, { PORTOLAN_DATA: on.dataDir!, PORTOLAN_LISTEN: `127.0.0.1:${await freePort()}` });
  return () => on.drop();
});

/** With the canary on its standard input. */
async function secret(...args: string[]) {
  const by = ['sh', '-c', 'printf "%s\\n" "$CANARY" | "$@"', 'sh'];
  const ended = await portolan(['secret', ...args], { env, by });
  told.push(ended.stdout, ended.stderr);
  return ended;
}

describe('on the folder as it lies', () => {
  it('sets, lists and removes, and makes a key that only this user may read', async () => {
    const set = await secret('set', 'ops-chat', '--by', 'Ada');
    expect(set).toMatchObject({ code: 0, stdout: `ops-chat is set in ${on.dataDir}\n` });
    expect(set.stderr).toMatch(/^a key was made: .*secret\.key; keep a copy of it elsewhere/);
    expect((await stat(join(on.dataDir!, 'secret.key'))).mode & 0o777).toBe(0o600);
    expect((await secret('list')).stdout).toMatch(/^ops-chat: set 20\d\d-\d\d-\d\d \d\d:\d\d UTC by Ada\n$/);
    expect(await secret('rotate')).toMatchObject({ code: 0, stdout: expect.stringMatching(/^1 secret is/) });
    expect(await secret('remove', 'ops-chat')).toMatchObject({ code: 0 });
    expect((await secret('list')).stdout).toContain('there are no secrets');
  });

  it.each([
    [['remove', 'ops-chat'], /there is no secret ops-chat/],
    [['set', 'ops chat'], /expected 1 to 100 visible characters/],
    [['set', 'ops-chat', CANARY], /too many arguments/],
  ])('refuses %j', async (args, message) => {
    const ended = await portolan(['secret', ...args], {
      env,
      by: ['sh', '-c', 'printf "%s\\n" "$CANARY" | "$@"', 'sh'],
    });
    expect(ended).toMatchObject({ code: 2, stderr: expect.stringMatching(message) });
    expect(ended.stderr + ended.stdout).not.toContain('canary');
  });

  it('refuses to set nothing', async () => {
    expect(await portolan(['secret', 'set', 'ops-chat'], { env })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('expected it on standard input'),
    });
  });
});

describe('on a service that holds the folder', () => {
  let service: Running;
  const api = (path: string, init?: RequestInit) => fetch(`http://${env.PORTOLAN_LISTEN}${path}`, init);

  beforeAll(async () => {
    service = start(['serve'], { env: { ...env, PORTOLAN_LOG_LEVEL: 'trace' } });
    await service.printed(/listening, for this machine only/);
  });
  afterAll(async () => {
    await stop(service);
  });

  it('is done by that service', async () => {
    const set = await secret('set', 'ops-chat', '--by', 'Ada');
    expect(set).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^ops-chat is set in the service on port \d+\n$/),
    });
    expect((await secret('list', '--json')).stdout).toContain('"isReadable": true');
    expect(await secret('rotate')).toMatchObject({ code: 0 });
    expect(await secret('set', 'gone', '--by', 'Ada')).toMatchObject({ code: 0 });
    expect(await secret('remove', 'gone')).toMatchObject({ code: 0 });
    expect(await secret('remove', 'gone')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('no secret gone'),
    });
  });

  it('answers no request with a value, however it is put', async () => {
    const json = { 'content-type': 'application/json' };
    const put = (body: string, headers: Record<string, string> = json) =>
      api('/api/v1/secrets/other', { method: 'PUT', headers, body });
    const answers = await Promise.all([
      api('/api/v1/secrets'),
      api('/api/v1/secrets/ops-chat'),
      put(JSON.stringify({ value: CANARY, by: 'Ada' })),
      put(`{"value": "${CANARY}"`),
      put(`${CANARY}`),
      put(JSON.stringify({ value: CANARY })),
      put(JSON.stringify({ value: [CANARY], by: 'Ada' })),
      put(JSON.stringify({ value: 7, by: CANARY.repeat(20) })),
      put(JSON.stringify({ value: CANARY.repeat(2000), by: 'Ada' })),
      put(JSON.stringify(CANARY)),
      put(`value=${CANARY}`, { 'content-type': 'application/x-www-form-urlencoded' }),
      put(CANARY, { 'content-type': 'text/plain' }),
      api('/api/v1/secrets/ops-chat', { method: 'POST', headers: json, body: `{"value":"${CANARY}"}` }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([
      ...[200, 200, 200],
      ...Array(7).fill(400),
      ...[415, 415, 405],
    ]);
    for (const answer of answers) {
      told.push(await answer.text(), JSON.stringify([...answer.headers]));
    }
    expect(told.join()).not.toContain('canary');
  });

  it('has it in no log and in no file of the folder', async () => {
    const { stdout, stderr } = await stop(service);
    expect(stdout).toContain('a secret was set');
    expect(stdout + stderr + told.join()).not.toContain('canary');
    const files = await readdir(on.dataDir!, { recursive: true, withFileTypes: true });
    for (const file of files.filter((one) => one.isFile())) {
      const bytes = await readFile(join(file.parentPath, file.name));
      expect(bytes.includes('canary'), file.name).toBe(false);
    }
  });
});
