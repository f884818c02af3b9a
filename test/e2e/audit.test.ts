/*
 * `portolan audit` as a process, on ports of its own: its exit codes, what it prints and writes, and that a refusal leaves
 * nothing behind. What it says of the demo harbour is in harbour.test.ts.
 */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { moored } from '../support/mooring.js';
import { closingPort, openPort, silentPort } from '../support/net-harbour.js';
import { portolan, start } from '../support/program.js';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'portolan-audit-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function written(text: string): Promise<string> {
  const file = join(folder, 'inventory.yaml');
  await writeFile(file, text);
  return file;
}

test('a host that never answers, and whose ports should only be closed, is inconclusive: exit 3', async () => {
  const silent = await moored(silentPort('127.0.63.1'));
  const file = await written(`version: 1
hosts: [{ name: mute, address: 127.0.63.1 }]
audits: [{ name: a, hosts: all, ports: "${silent.port}", timeoutMs: 200, retries: 0 }]
`);
  const [sarif, junit] = [join(folder, 'run.sarif'), join(folder, 'run.xml')];
  const { code, stdout } = await portolan(['audit', file, '--json', '--sarif', sarif, '--junit', junit]);
  expect(code).toBe(3);
  // Neither of them looks green.
  const [{ invocations, results }] = JSON.parse(await readFile(sarif, 'utf8')).runs;
  expect(results).toEqual([]);
  expect(invocations[0]).toMatchObject({ executionSuccessful: false, exitCode: 3 });
  expect(await readFile(junit, 'utf8')).toContain('<error type="inconclusive"');
  expect(JSON.parse(stdout)).toMatchObject({
    verdict: 'inconclusive',
    because: 'nothing contradicts the inventory, but 1 of 1 ports could not be judged',
    coverage: { expected: 1, probed: 1, answered: 0, unknown: 1 },
    findings: [],
  });
});

test('a port that accepts and hangs up at once is open', async () => {
  const port = await moored(closingPort('127.0.63.2'));
  const file = await written(`version: 1
owners: { o: { name: O } }
hosts: [{ name: short, address: 127.0.63.2, owner: o, ports: [{ port: ${port.port}, expect: open }] }]
audits: [{ name: a, hosts: all, ports: declared }]
`);
  expect(await portolan(['audit', file])).toMatchObject({ code: 0, stderr: '' });
});

describe('Ctrl-C', () => {
  async function interrupted(owner: string) {
    const silent = await moored(silentPort('127.0.63.3'));
    let seen = (): void => undefined;
    const probed = new Promise<void>((resolve) => {
      seen = resolve;
    });
    // Its FIN says that the scanner has seen the handshake.
    const open = await moored(openPort('127.0.63.3', (socket) => socket.resume().on('end', seen)));
    const file = await written(`version: 1
owners: { o: { name: O } }
hosts: [{ name: one, address: 127.0.63.3, ${owner}ports: [{ port: ${open.port}, expect: open }] }]
audits: [{ name: a, hosts: all, ports: "${open.port},${silent.port}", timeoutMs: 60000 }]
`);
    const audit = start(['audit', file, '--json']);
    await probed;
    audit.child.kill('SIGINT');
    const { code, stdout, stderr } = await audit.ended;
    expect(stderr).toBe('');
    const told = JSON.parse(stdout);
    expect(told.coverage).toEqual({ expected: 2, probed: 1, answered: 1, unknown: 1 });
    expect(told.hosts[0]).toMatchObject({ open: `${open.port}`, unknown: `${silent.port}` });
    return { code, told };
  }

  test('ends it at once with what was found; the rest is unknown: exit 3', async () => {
    const { code, told } = await interrupted('owner: o, ');
    expect([code, told.verdict]).toEqual([3, 'inconclusive']);
  });

  test('keeps a drift that needs no confirmation: exit 1', async () => {
    const { code, told } = await interrupted('');
    expect([code, told.verdict, told.findings[0].kind]).toEqual([1, 'drift', 'owner-missing']);
  });
});

describe('what is refused, with exit 2 and nothing left behind', () => {
  const host = (ports: string) => `version: 1
owners: { ops: { name: Operations } }
hosts:
  - name: web
    address: 127.0.63.4
    ports: ${ports}
audits: [{ name: a, hosts: all, ports: declared }]
`;
  const BROKEN: Array<[string, string, RegExp]> = [
    ['a tab in YAML', 'version: 1\nhosts:\n\t- name: web\n', /inventory\.yaml:3:1: .*tab/],
    ['port 70000', host('[{ port: 70000, expect: open }]'), /inventory\.yaml:6:21: .*70000.*expected/],
    ['an inverted range', host('[{ ports: 9-3, expect: open }]'), /inventory\.yaml:6:22: .*9-3.*inverted/],
    [
      'an unknown owner',
      host('[{ port: 80, expect: open, owner: nobody }]'),
      /inventory\.yaml:6:\d+: .*'nobody'/,
    ],
    [
      'an address out of scope',
      host('[{ port: 80, expect: open }]').replace('127.0.63.4', '203.0.113.9'),
      /inventory\.yaml:5:14: .*203\.0\.113\.9.*out of scope/,
    ],
    [
      'an overlap that contradicts',
      host('[{ ports: 80-90, expect: open }, { ports: 85-95, expect: closed }]'),
      /inventory\.yaml:6:45: .*cannot be closed here and open elsewhere; see .*inventory\.yaml:6:13/,
    ],
    ['no audit', 'version: 1\nhosts: [{ name: web, address: 127.0.63.4 }]\n', /names no audit/],
    ['an empty file', '', /inventory\.yaml/],
  ];

  test.each(BROKEN)('%s', async (_name, text, message) => {
    const file = await written(text);
    const files = ['--pdf', join(folder, 'a.pdf'), '--csv', join(folder, 'a.csv')];
    const result = await portolan(['audit', file, ...files]);
    expect([result.code, result.stdout]).toEqual([2, '']);
    expect(result.stderr).toMatch(message);
    expect(result.stderr).not.toMatch(/\n {4}at /);
    expect(await readdir(folder)).toEqual(['inventory.yaml']);
  });

  test('a missing file', async () => {
    const result = await portolan(['audit', join(folder, 'none.yaml'), '--csv', join(folder, 'a.csv')]);
    expect([result.code, result.stdout]).toEqual([2, '']);
    expect(result.stderr).toBe(
      `${join(folder, 'none.yaml')} does not exist; expected an inventory file or a folder of them\n`,
    );
    expect(await readdir(folder)).toEqual([]);
  });

  test.each([
    [
      'an audit of another name',
      (file: string) => [file, '--audit', 'other'],
      /no audit 'other'; expected one of 'a'/,
    ],
    [
      'a folder that is not there',
      (file: string) => [file, '--pdf', '/proc/none/a.pdf'],
      /\/proc\/none\/a\.pdf can't be written/,
    ],
    [
      'a folder instead of a file',
      (file: string) => [file, '--csv', tmpdir()],
      /is a folder; expected the name of a file/,
    ],
    ['a device, which a move would end', (file: string) => [file, '--csv', '/dev/null'], /no regular file/],
  ])('%s, before anything is scanned', async (_name, args, message) => {
    const port = await moored(openPort('127.0.63.4'));
    const file = await written(host(`[{ port: ${port.port}, expect: open }]`));
    const result = await portolan(['audit', ...args(file)]);
    expect([result.code, result.stdout]).toEqual([2, '']);
    expect(result.stderr).toMatch(message);
    expect(port.accepted).toBe(0);
  });

  test('a browser that is none: the findings are told, the exit code is 2, and there is no PDF', async () => {
    const port = await moored(openPort('127.0.63.4'));
    const file = await written(host(`[{ port: ${port.port}, expect: open }]`));
    const args = ['audit', file, '--pdf', join(folder, 'a.pdf')];
    const result = await portolan(args, { env: { PORTOLAN_CHROMIUM: '/bin/false' } });
    expect(result.code).toBe(2);
    expect(result.stderr).toContain('no browser could be started');
    expect(await readdir(folder)).toEqual(['inventory.yaml']);
  });
});
