/* `portolan check` as a process: where the file is wrong, and that nothing is looked at. */
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openPort } from '../support/net-harbour.js';
import { portolan } from '../support/program.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'portolan-check-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function written(name: string, text: string): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, text);
  return file;
}

test('a sound file exits 0, and its ports are left alone', async () => {
  const port = await openPort('127.0.63.9');
  try {
    const file = await written(
      'sound.yaml',
      `version: 1
owners: { o: { name: O } }
hosts: [{ name: web, address: 127.0.63.9, owner: o, ports: [{ port: ${port.port}, expect: closed }] }]
audits: [{ name: a, hosts: all, ports: declared }]
`,
    );
    expect(await portolan(['check', file])).toMatchObject({
      code: 0,
      stdout: `${file}: 1 host, 1 audit, 0 exceptions, no problems\n`,
      stderr: '',
    });
    const json = await portolan(['check', file, '--json']);
    expect(json.code).toBe(0);
    expect(JSON.parse(json.stdout)).toMatchObject({
      ok: true,
      problems: [],
      counts: { hosts: 1, audits: 1 },
    });
    expect(port.accepted).toBe(0);
  } finally {
    await port.close();
  }
});

test('every problem of a broken file is on a line of its own, with its place: exit 2', async () => {
  const file = await written(
    'broken.yaml',
    `version: 1
hosts:
  - { name: a, address: 127.0.63.9, ports: [{ port: 70000, expect: open }, { ports: 9-3, expect: open }] }
  - { name: b, address: 127.0.63.10, owner: nobody }
`,
  );
  const { code, stdout, stderr } = await portolan(['check', file]);
  expect([code, stdout]).toEqual([2, '']);
  const lines = stderr.trimEnd().split('\n');
  expect(lines.length).toBeGreaterThanOrEqual(2);
  for (const line of lines) expect(line).toMatch(/broken\.yaml:\d+:\d+: /);
  const json = await portolan(['check', file, '--json']);
  expect([json.code, json.stderr]).toEqual([2, '']);
  const told = JSON.parse(json.stdout);
  expect(told.ok).toBe(false);
  expect(told.problems).toHaveLength(lines.length);
  expect(told.problems[0]).toMatchObject({
    file,
    line: 3,
    column: expect.any(Number),
    message: expect.any(String),
  });
});

test('a folder is checked as one inventory', async () => {
  await written('a.yaml', 'version: 1\nhosts: [{ name: web, address: 127.0.63.9 }]\n');
  await written('b.yaml', 'version: 1\nhosts: [{ name: web, address: 127.0.63.10 }]\n');
  const { code, stderr } = await portolan(['check', folder]);
  expect(code).toBe(2);
  expect(stderr).toMatch(/b\.yaml:2:\d+: .*'web'.*a\.yaml:2:\d+/);
  expect((await readdir(folder)).sort()).toEqual(['a.yaml', 'b.yaml']);
});
