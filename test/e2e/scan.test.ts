/*
 * `portolan scan` as a process: what it prints, how it ends, and what it never does.
 *
 * Needs the built program. The network of the last tests is a namespace of their own with nothing but a loopback in it.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { PortSet } from '../../src/domain/port-set.js';
import { closingPort, type HarbourPort, openPort, refusingPort, silentPort } from '../support/net-harbour.js';

const MAIN = fileURLToPath(new URL('../../dist/src/main.js', import.meta.url));
const harbour: HarbourPort[] = [];
const moored = async <T extends HarbourPort>(opening: Promise<T>): Promise<T> => {
  const port = await opening;
  harbour.push(port);
  return port;
};

afterEach(async () => {
  for (const port of harbour.splice(0)) await port.close();
});

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

async function ended(child: ChildProcess): Promise<Ended> {
  const out = { stdout: '', stderr: '' };
  child.stdout!.setEncoding('utf8').on('data', (text) => {
    out.stdout += text;
  });
  child.stderr!.setEncoding('utf8').on('data', (text) => {
    out.stderr += text;
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, ...out };
}

function start(command: string, args: readonly string[]): ChildProcess {
  return spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], timeout: 60_000 });
}

const scanned = (...args: string[]): Promise<Ended> =>
  ended(start(process.execPath, [MAIN, 'scan', ...args]));

const jsonOf = ({ stdout }: Ended): Array<Record<string, string | number | null>> =>
  stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

describe('a whole host', () => {
  test('every one of fifty listeners among 65,535 ports is found, and every port is accounted for', async () => {
    const listeners = await Promise.all(Array.from({ length: 50 }, () => moored(openPort('127.0.0.41'))));
    const result = await scanned('127.0.0.41', '-p', '1-65535', '--json');
    expect([result.code, result.stderr]).toEqual([0, '']);
    const [host] = jsonOf(result);
    const [open, closed] = [PortSet.parse(String(host!.open)), PortSet.parse(String(host!.closed))];
    expect(`${PortSet.from(listeners.map(({ port }) => port)).subtract(open)}`).toBe('');
    expect(open.union(closed).equals(PortSet.all)).toBe(true);
    const { elapsedMs, ...rest } = host!;
    expect(elapsedMs).toBeGreaterThan(0);
    expect(rest).toEqual({
      address: '127.0.0.41',
      name: null,
      open: `${open}`,
      closed: `${closed}`,
      filtered: '',
      unreachable: '',
      unknown: '',
      probes: 65535,
      engine: 'connect',
    });
  });

  test('with 64 file descriptors nothing is missed either', async () => {
    const listeners = await Promise.all(Array.from({ length: 20 }, () => moored(openPort('127.0.0.42'))));
    const wanted = PortSet.from(listeners.map(({ port }) => port));
    const ports = PortSet.range(1, 2000).union(wanted);
    const command = `ulimit -n 64; exec "$@"`;
    const args = [process.execPath, MAIN, 'scan', '127.0.0.42', '-p', `${ports}`, '--json'];
    const result = await ended(start('sh', ['-c', command, 'sh', ...args]));
    expect([result.code, result.stderr]).toEqual([0, '']);
    const [host] = jsonOf(result);
    expect(`${wanted.subtract(PortSet.parse(String(host!.open)))}`).toBe('');
    expect(host!.unknown).toBe('');
  });
});

describe('what it prints', () => {
  test('a table names the open ports, and a summary counts the rest', async () => {
    const open = await moored(openPort('127.0.0.43'));
    const closing = await moored(closingPort('::1'));
    const silent = await moored(silentPort('127.0.0.43'));
    const refusing = await refusingPort('127.0.0.43');
    const ports = `${PortSet.of(open.port, closing.port, silent.port, refusing)}`;
    const result = await scanned('127.0.0.43', '::1', '-p', ports, '--timeout', '300', '--retries', '0');
    expect([result.code, result.stderr]).toEqual([0, '']);
    expect(result.stdout).toMatch(new RegExp(`^ {2}${open.port} .* \\d+\\.\\d\\d ms$`, 'm'));
    expect(result.stdout).toMatch(new RegExp(`^ {2}${closing.port} .* \\d+\\.\\d\\d ms$`, 'm'));
    expect(result.stdout).toContain('127.0.0.43: 1 open, 2 closed, 1 filtered\n');
    expect(result.stdout).toMatch(
      /^2 hosts, 8 ports in .* 2 open, 5 closed, 1 filtered, 0 unreachable, 0 unknown\.$/m,
    );
  });

  test('a name that holds escape sequences does not reach the terminal with them', async () => {
    const port = String(await refusingPort('127.0.0.1'));
    const result = await scanned('127.0.0.1', '-p', port, '--authorised-by', 'Eve\x1b[2J\u202e');
    expect(result.stdout).toContain('Authorised by Eve[U+001B][2J[U+202E].');
    expect(result.stdout).not.toContain('\x1b');
  });

  test('localhost is looked up, and its name is kept', async () => {
    const port = String(await refusingPort('127.0.0.1'));
    const [host] = jsonOf(await scanned('localhost', '-p', port, '--json', '--exclude', '::1'));
    expect([host!.address, host!.name, host!.closed]).toEqual(['127.0.0.1', 'localhost', port]);
  });

  test('a reader that has seen enough ends it quietly', async () => {
    const child = start(process.execPath, [MAIN, 'scan', '127.1.0.0/20', '-p', '1', '--json']);
    child.stdout!.once('data', () => child.stdout!.destroy());
    let stderr = '';
    child.stderr!.on('data', (text) => {
      stderr += text;
    });
    const [code] = await once(child, 'close');
    expect([code, stderr]).toEqual([0, '']);
  });
});

test('Ctrl-C ends it at once, prints what was found, and calls the rest unknown', async () => {
  const silent = await moored(silentPort('127.0.0.44'));
  const probed = deferred();
  const open = await moored(
    openPort('127.0.0.44', (socket) => {
      // Its FIN says that the scanner has seen the handshake.
      socket.resume().on('end', probed.resolve);
    }),
  );
  const ports = `${PortSet.of(silent.port, open.port)}`;
  const args = [MAIN, 'scan', '127.0.0.44', '-p', ports, '--timeout', '600000', '--json'];
  const child = start(process.execPath, args);
  const ending = ended(child);
  await probed.promise;
  child.kill('SIGINT');
  const result = await ending;
  expect([result.code, result.stderr]).toEqual([3, '']);
  const [host] = jsonOf(result);
  expect([host!.open, host!.unknown, host!.probes]).toEqual([`${open.port}`, `${silent.port}`, 1]);
});

function deferred(): { promise: Promise<void>; resolve: () => void } {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

describe('what is refused, with one line and exit 2, before anything is sent', () => {
  test.each([
    [
      ['203.0.113.1', '-p', '80'],
      'nobody has authorised scanning 203.0.113.1; expected --authorised-by NAME',
    ],
    [['127.0.0.1', '203.0.113.0/24'], 'nobody has authorised scanning 203.0.113.0/24'],
    [['no.example.test'], 'nobody has authorised scanning no.example.test'],
    [['203.0.113.1', '--authorised-by', ' '], 'nobody has authorised scanning 203.0.113.1'],
    [['127.0.0.1', '--exclude', '127.0.0.0/8'], 'nothing is left to scan'],
    [['127.0.0.1', '--exclude', 'localhost'], "--exclude 'localhost' is a name"],
    [['127.0.0.1', '-p', '70000'], '-p: port 70000 is out of range; expected 0 to 65535'],
    [['127.0.0.1', '-p', '9-3'], '-p: the range 9-3 is inverted'],
    [['127.0.0.1', '-p', ''], '-p names no port'],
    [['127.0.0.1', '-p', '1', '--top-ports', '5'], '-p and --top-ports contradict each other'],
    [['127.0.0.1', '--top-ports', '1001'], 'expected a whole number from 1 to 1000'],
    [['127.0.0.1', '--engine', 'syn'], 'this version has no SYN engine yet'],
    [['127.0.0.1', '--engine', 'warp'], "'warp' is no engine; expected auto, connect or syn"],
    [['127.0.0.1', '--rate', '0'], "--rate '0'"],
    [['127.0.0.1', '--timeout', 'soon'], "--timeout 'soon'"],
    [['127.0.0.1', '--retries', '-1'], "--retries '-1'"],
    [['127.0.0.256'], "'256' in '127.0.0.256' is out of range"],
    [['127.0.0.0/8', '-p', '1'], '16777216 addresses are too many for one scan'],
  ])('%j', async (args, message) => {
    const result = await scanned(...args);
    expect(result.stderr).toContain(message);
    expect(result.stderr.trimEnd().split('\n')).toHaveLength(1);
    expect([result.code, result.stdout]).toEqual([2, '']);
  });
});

/** ip and nft are where an ordinary user's PATH may not look. */
const withSbin = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` };
const namespace = spawnSync('unshare', ['-rn', 'sh', '-c', 'ip link set lo up && nft list tables'], {
  encoding: 'utf8',
  env: withSbin,
});
const missing = `'unshare -rn' with ip and nft fails here: ${namespace.error?.message ?? namespace.stderr.trim()}`;

describe('in a network of its own', () => {
  beforeEach((context) => context.skip(namespace.status !== 0, missing));

  const inNetwork = (setup: string, ...args: string[]): Promise<Ended> => {
    const script = `PATH=$PATH:/usr/sbin:/sbin; ip link set lo up && ${setup} && exec "$@"`;
    return ended(
      start('unshare', ['-rn', 'sh', '-ec', script, 'sh', process.execPath, MAIN, 'scan', ...args, '--json']),
    );
  };

  test('where the kernel connects to itself, the port is not open', async () => {
    // Four source ports for four targets on the same address: a self-connect is almost certain in a few rounds.
    const fewPorts = 'echo "40000 40003" > /proc/sys/net/ipv4/ip_local_port_range';
    for (let round = 0; round < 5; round++) {
      const result = await inNetwork(fewPorts, '127.0.0.1', '-p', '40000-40003');
      expect([result.code, result.stderr, jsonOf(result)[0]!.closed]).toEqual([0, '', '40000-40003']);
    }
  });

  test('without a route the ports are unknown and the exit code is 3', async () => {
    const targets = ['203.0.113.1', '2001:db8::1', '--authorised-by', 'the test'];
    const result = await inNetwork('true', ...targets, '-p', '80-82');
    expect([result.code, result.stderr]).toEqual([3, '']);
    for (const host of jsonOf(result)) {
      expect([host.unknown, host.closed, host.filtered, host.authorisedBy]).toEqual([
        '80-82',
        '',
        '',
        'the test',
      ]);
    }
  });

  test('a filter that says so is filtered, a host of which nothing answers is unreachable', async () => {
    const rules = [
      'nft add table inet t',
      "nft 'add chain inet t i { type filter hook input priority 0; }'",
      'nft add rule inet t i ip daddr 127.0.0.7 tcp dport 81 reject with icmp type admin-prohibited',
      'nft add rule inet t i ip daddr 127.0.0.7 tcp dport 82 reject with icmp type net-prohibited',
      'nft add rule inet t i ip daddr 127.0.0.8 tcp dport 80-82 reject with icmp type host-unreachable',
      'nft add rule inet t i ip daddr 127.0.0.9 tcp dport 82 drop',
      'nft add rule inet t i ip6 daddr ::1 tcp dport 81 reject with icmpv6 type admin-prohibited',
    ].join(' && ');
    const result = await inNetwork(rules, '127.0.0.7-9', '::1', '-p', '80-82', '--timeout', '500');
    expect([result.code, result.stderr]).toEqual([0, '']);
    const seen = jsonOf(result).map((host) => [host.address, host.closed, host.filtered, host.unreachable]);
    expect(seen).toEqual([
      ['::1', '80,82', '81', ''],
      ['127.0.0.7', '80', '81-82', ''],
      ['127.0.0.8', '', '', '80-82'],
      ['127.0.0.9', '80-81', '82', ''],
    ]);
  });
});
