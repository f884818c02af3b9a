/* `portolan discover` as built: what it writes passes `check`, and an audit by it is clean. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { moored } from '../support/mooring.js';
import { openPort } from '../support/net-harbour.js';
import { portolan } from '../support/program.js';

let folder: string;
let file: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'portolan-discover-'));
  file = join(folder, 'inventory.yaml');
  return () => rm(folder, { recursive: true, force: true });
});

test('what was found is an inventory that passes the check, and by which an audit is clean', async () => {
  const [one, two] = [await moored(openPort('127.0.69.1')), await moored(openPort('127.0.69.2'))];
  const ports = `${one.port},${two.port},1-20`;
  const found = await portolan(['discover', '127.0.69.1-3', '-p', ports, '-o', file]);
  expect([found.code, found.stdout]).toEqual([
    0,
    `${file}: 2 hosts with 2 open ports; owners and reasons are left to fill in\n`,
  ]);
  expect(await portolan(['check', file])).toMatchObject({ code: 0 });
  const audited = await portolan(['audit', file, '--audit', 'sweep', '--json']);
  expect(JSON.parse(audited.stdout)).toMatchObject({ verdict: 'clean', findings: [] });
  expect(audited.code).toBe(0);
});

test('a file that is there is never overwritten', async () => {
  await writeFile(file, 'mine\n');
  const refused = await portolan(['discover', '127.0.69.1', '-p', '1', '-o', file]);
  expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('is there already')]);
  expect(await readFile(file, 'utf8')).toBe('mine\n');
});

test('nobody is looked at without leave', async () => {
  const refused = await portolan([
    'discover',
    '127.0.69.1',
    '127.0.69.2',
    '-p',
    '0-',
    '--exclude',
    '127.0.0.0/8',
    '-o',
    file,
  ]);
  expect(refused.code).toBe(2);
  await expect(readFile(file)).rejects.toThrow('ENOENT');
});
