/*
 * The service with a sign-in, as it is started: the link in its log, the first account, and the command line that is known to it
 * by a file of its folder.
 */
import { existsSync } from 'node:fs';
import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { databases, type TestDatabase } from '../support/databases.js';
import { freePort, portolan, type Running, start, stop } from '../support/program.js';
import { Visitor } from '../support/visitor.js';

const PASSWORD = 'ships in the night, lights ashore';
const env: Record<string, string> = { PORTOLAN_ACCESS: 'accounts' };
let on: TestDatabase;
let service: Running;
let url: string;
let tokenFile: string;

beforeAll(async () => {
  on = await databases[0]!.open();
  Object.assign(env, { PORTOLAN_DATA: on.dataDir!, PORTOLAN_LISTEN: `127.0.0.2:${await freePort()}` });
  url = `http://${env.PORTOLAN_LISTEN}`;
  tokenFile = join(on.dataDir!, 'local.token');
  service = start(['serve'], { env });
  await service.printed(/"msg":"listening"/);
});
afterAll(async () => {
  const ended = await stop(service);
  await on.drop();
  expect(ended).toMatchObject({ code: 0 });
  expect(existsSync(tokenFile)).toBe(false);
});

it('prints a link by which the first account is made', async () => {
  const [, link] = await service.printed(/"setUp":"(http:[^"]+)"/);
  const ada = new Visitor(url);
  const path = link!.slice(url.length);
  expect((await ada.get(path)).html).toContain('You are the first');
  const form = { link: path.split('=')[1]!, login: 'ada', name: 'Ada', password: PASSWORD };
  expect((await ada.post('/set-up', form)).status).toBe(303);
  expect((await ada.get('/')).html).toContain('Ada');
});

it('is asked by the command line of the same user, and by nobody else', async () => {
  expect((await stat(tokenFile)).mode & 0o777).toBe(0o600);
  expect(await portolan(['account', 'list'], { env })).toMatchObject({
    code: 0,
    stdout: 'ada administrator Ada\n',
  });
  const [there, value, ...more] = (await readFile(tokenFile, 'utf8')).split('\n');
  expect([there, value, more]).toEqual([url, expect.stringMatching(/^ptl_here_[\w-]{43}$/), ['']]);
  const elsewhere = { ...env, PORTOLAN_LISTEN: `127.0.0.1:${await freePort()}` };
  expect(await portolan(['account', 'list'], { env: elsewhere })).toMatchObject({ code: 0 });
  const token = await readFile(tokenFile, 'utf8');
  await rm(tokenFile);
  const refused = await portolan(['account', 'list'], { env });
  expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('signed in') });
  await writeFile(tokenFile, token, { mode: 0o600 });
});

it('gives whoever has lost their password a link, and the first one to nobody any more', async () => {
  const { stdout } = await portolan(['account', 'link', 'ADA'], { env });
  expect(stdout).toMatch(/^http:\/\/127\.0\.0\.2:\d+\/choose-password\?link=[\w-]{43}\n$/);
  const again = await portolan(['account', 'set-up'], { env });
  expect(again).toMatchObject({ code: 2, stderr: expect.stringContaining('here are accounts already') });
  const nobody = await portolan(['account', 'link', 'eve'], { env });
  expect(nobody).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("no account with the login 'eve'"),
  });
});

it('without a sign-in listens for this machine alone', async () => {
  const open = { ...env, PORTOLAN_ACCESS: 'open' };
  const refused = await portolan(['serve'], { env: open });
  expect(refused).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('while PORTOLAN_ACCESS is open'),
  });
});
