/*
 * `portolan scan --state FILE` as a process: interrupted, killed, and gone on with; what has answered is not asked again,
 * and a file of another scan is refused before anything is sent. Needs the built program.
 */
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { PortSet } from '../../src/domain/port-set.js';
import { moored } from '../support/mooring.js';
import { type OpenPort, openPort } from '../support/net-harbour.js';
import { type Ended, start, stop } from '../support/program.js';
import { jsonOf, scanned, trouble } from '../support/scanned.js';

/** Answers that are under way when a scan is interrupted: the listener has seen them, and nobody else. */
const UNDER_WAY = 4;

let folder = '';
let file = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'portolan-scan-state-'));
  file = join(folder, 'scan.state');
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

interface Harbour {
  readonly ports: PortSet;
  accepted(): number;
  /** Connections beyond the first of each port. */
  again(): number;
}

async function harbour(address: string, count: number): Promise<Harbour> {
  const all: OpenPort[] = await Promise.all(Array.from({ length: count }, () => moored(openPort(address))));
  return {
    ports: PortSet.from(all.map(({ port }) => port)),
    accepted: () => all.reduce((sum, { accepted }) => sum + accepted, 0),
    again: () => all.reduce((sum, { accepted }) => sum + Math.max(0, accepted - 1), 0),
  };
}

const openOf = (result: Ended): string => String(jsonOf(result)[0]!.open);

describe('an interrupted scan', () => {
  test.each([
    {
      how: 'one port after the other',
      address: '127.0.0.51',
      more: ['--engine', 'portable', '--rate', '40'],
    },
    { how: 'many at once', address: '127.0.0.57', more: ['--engine', 'connect', '--rate', '40'] },
    // Nothing counts as settled before the last fragile host is through.
    { how: 'of a fragile host', address: '127.0.0.52', more: ['--fragile', '127.0.0.52'] },
  ])('$how goes on from its file, asks nobody twice, and prints the whole', async ({ address, more }) => {
    const { ports, accepted, again } = await harbour(address, 40);
    const args = [address, '-p', `${ports}`, ...more, '--json', '--state', file];
    const scanning = start(['scan', ...args]);
    await expect.poll(accepted, { timeout: 30_000, interval: 10 }).toBeGreaterThan(12);
    const first = await stop(scanning, 'SIGINT');
    expect([first.code, trouble(first)]).toEqual([3, `interrupted; the same command goes on from ${file}\n`]);
    const before = PortSet.parse(openOf(first));
    expect([before.size > 8, before.size < 40]).toEqual([true, true]);
    expect((await stat(file)).mode & 0o777).toBe(0o600);

    const second = await scanned(...args);
    expect([second.code, trouble(second)]).toEqual([0, '']);
    expect(openOf(second)).toBe(`${ports}`);
    expect(jsonOf(second)[0]).toMatchObject({ probes: 40, unknown: '' });
    expect(again()).toBeLessThanOrEqual(UNDER_WAY);
    expect(existsSync(file)).toBe(false);
  });

  test('that was killed goes on from what was written a few seconds before', async () => {
    const { ports, again } = await harbour('127.0.0.53', 60);
    const args = [
      '127.0.0.53',
      '-p',
      `${ports}`,
      '--engine',
      'portable',
      '--rate',
      '4',
      '--json',
      '--state',
      file,
    ];
    const scanning = start(['scan', ...args]);
    await expect.poll(() => existsSync(file), { timeout: 30_000, interval: 50 }).toBe(true);
    const killed = await stop(scanning, 'SIGKILL');
    expect(killed.signal).toBe('SIGKILL');
    const second = await scanned(...args.map((arg) => (arg === '4' ? '1000' : arg)));
    expect([second.code, openOf(second)]).toEqual([0, `${ports}`]);
    expect(again()).toBeLessThanOrEqual(UNDER_WAY);
    expect(existsSync(file)).toBe(false);
  });
});

test('a scan that nothing interrupts leaves no file', async () => {
  const { ports } = await harbour('127.0.0.54', 3);
  const result = await scanned('127.0.0.54', '-p', `${ports}`, '--json', '--state', file);
  expect([result.code, openOf(result), existsSync(file)]).toEqual([0, `${ports}`, false]);
});

describe('a file that does not fit is refused with one line and exit 2, and nobody is asked', () => {
  test('other ports, other addresses, another seed, no state at all', async () => {
    const { ports, accepted } = await harbour('127.0.0.55', 30);
    const base = ['--engine', 'portable', '--rate', '20', '--json', '--state', file];
    const scanning = start(['scan', '127.0.0.55', '-p', `${ports}`, ...base]);
    await expect.poll(accepted, { timeout: 30_000, interval: 10 }).toBeGreaterThan(5);
    await stop(scanning, 'SIGINT');
    const [asked, kept] = [accepted(), await readFile(file)];
    const fewer = PortSet.from([...ports].slice(1));
    const other = 'is of a scan of other addresses or ports';
    for (const [args, message] of [
      [['127.0.0.55', '-p', `${fewer}`, ...base], other],
      [['127.0.0.55-56', '-p', `${ports}`, ...base], other],
      [['127.0.0.55', '127.0.0.56', '--exclude', '127.0.0.55', '-p', `${ports}`, ...base], other],
      [['127.0.0.55', '-p', `${ports}`, ...base, '--seed', '4294967295'], 'and not 4294967295'],
      [['127.0.0.55', '-p', '1', '--state', '/etc/hosts'], 'is no state of a scan'],
      [['127.0.0.55', '-p', '1', '--state', folder], 'is a folder'],
      [['127.0.0.55', '-p', '1', '--state', file, '--resume', '0', '--seed', '1'], 'contradict each other'],
    ] as const) {
      const result = await scanned(...args);
      expect([result.code, result.stdout]).toEqual([2, '']);
      expect(result.stderr).toContain(message);
      expect(result.stderr.trimEnd().split('\n')).toHaveLength(1);
    }
    expect([accepted(), (await readFile(file)).equals(kept)]).toEqual([asked, true]);
  });
});
