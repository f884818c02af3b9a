/*
 * `portolan scan` as a process: what it prints, how it ends, and what it never does.
 * Needs the built program.
 */
import { describe, expect, test } from 'vitest';
import { PortSet } from '../../src/domain/port-set.js';
import { canaryPorts } from '../../src/engine/canaries.js';
import { moored } from '../support/mooring.js';
import { closingPort, openPort, refusingPort, silentPort } from '../support/net-harbour.js';
import { start, stop } from '../support/program.js';
import { jsonOf, scanned, scannedBy, trouble } from '../support/scanned.js';

describe('a whole host', () => {
  test('every one of fifty listeners among 65,535 ports is found, and every port is accounted for', async () => {
    const listeners = await Promise.all(Array.from({ length: 50 }, () => moored(openPort('127.0.0.41'))));
    const result = await scanned('127.0.0.41', '-p', '1-65535', '--json');
    expect([result.code, trouble(result)]).toEqual([0, '']);
    const [host] = jsonOf(result);
    const [open, closed] = [PortSet.parse(String(host!.open)), PortSet.parse(String(host!.closed))];
    expect(`${PortSet.from(listeners.map(({ port }) => port)).subtract(open)}`).toBe('');
    expect(open.union(closed).equals(PortSet.all)).toBe(true);
    const { elapsedMs, engine, ...rest } = host!;
    expect(elapsedMs).toBeGreaterThan(0);
    expect(['syn', 'connect', 'portable']).toContain(engine);
    expect(rest).toEqual({
      address: '127.0.0.41',
      name: null,
      open: `${open}`,
      closed: `${closed}`,
      filtered: '',
      unreachable: '',
      unknown: '',
      probes: 65535,
    });
  });

  test('with 64 file descriptors nothing is missed either', async () => {
    const listeners = await Promise.all(Array.from({ length: 20 }, () => moored(openPort('127.0.0.42'))));
    const wanted = PortSet.from(listeners.map(({ port }) => port));
    const ports = PortSet.range(1, 2000).union(wanted);
    const by = ['sh', '-c', 'ulimit -n 64; exec "$@"', 'sh'];
    const result = await scannedBy(by, '127.0.0.42', '-p', `${ports}`, '--json');
    expect([result.code, trouble(result)]).toEqual([0, '']);
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
    const { child, ended } = start(['scan', '127.1.0.0/20', '-p', '1', '--json']);
    child.stdout!.once('data', () => child.stdout!.destroy());
    const result = await ended;
    expect([result.code, trouble(result)]).toEqual([0, '']);
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
  const scanning = start(['scan', '127.0.0.44', '-p', ports, '--timeout', '600000', '--json']);
  await probed.promise;
  const result = await stop(scanning, 'SIGINT');
  expect(result.code).toBe(3);
  expect(result.stderr).toMatch(
    /^interrupted; the same command with --seed \d+ --resume [01] goes on from here\n$/,
  );
  const [host] = jsonOf(result);
  expect([host!.open, host!.unknown, host!.probes]).toEqual([`${open.port}`, `${silent.port}`, 1]);
});

test('an interrupted scan goes on where it was, and prints the rest alone', async () => {
  let seen = 0;
  const halfway = deferred();
  const listeners = await Promise.all(
    Array.from({ length: 60 }, () =>
      moored(
        openPort('127.0.0.46', (socket) => {
          socket.resume();
          if (++seen === 30) halfway.resolve();
        }),
      ),
    ),
  );
  const ports = PortSet.from(listeners.map(({ port }) => port));
  const args = [
    '127.0.0.46',
    '-p',
    `${ports}`,
    '--rate',
    '60',
    '--engine',
    'portable',
    '--json',
    '--seed',
    '7',
  ];
  const scanning = start(['scan', ...args]);
  await halfway.promise;
  const first = await stop(scanning, 'SIGINT');
  const position = Number(/--seed 7 --resume (\d+)/.exec(first.stderr)?.[1]);
  expect(position).toBeGreaterThan(0);
  const second = await scanned(...args, '--resume', `${position}`);
  expect([second.code, second.stderr]).toEqual([0, '']);
  const [before, after] = [jsonOf(first)[0]!, jsonOf(second)[0]!];
  expect(after.probes).toBe(60 - position);
  expect(after.unknown).toBe('');
  const [openBefore, openAfter] = [PortSet.parse(String(before.open)), PortSet.parse(String(after.open))];
  expect(openBefore.size + openAfter.size).toBeGreaterThanOrEqual(60);
  expect(`${openBefore.union(openAfter)}`).toBe(`${ports}`);
});

test('a scan that is to go on at its own end says so, and sends nothing', async () => {
  const result = await scanned('127.0.0.1', '-p', '1-9', '--seed', '1', '--resume', '9', '--json');
  expect([result.code, result.stdout]).toEqual([0, '']);
  expect(result.stderr).toBe('--resume 9 is the end of this scan: nothing is left to probe\n');
});

test('a host on which everything says open was not judged: exit 3, and why', async () => {
  const open = await moored(openPort('127.0.0.48'));
  const planned = PortSet.of(open.port);
  for (const port of canaryPorts(planned, 7)) await moored(openPort('127.0.0.48', undefined, port));
  const args = ['127.0.0.48', '-p', `${planned}`, '--json', '--seed'];
  const result = await scanned(...args, '7');
  expect([result.code, trouble(result)]).toEqual([
    3,
    'not judged, for everything there says open and no port is believed: 127.0.0.48; so the exit code is 3\n',
  ]);
  expect(jsonOf(result)[0]).toMatchObject({ open: `${planned}`, wildcard: true });
  // Other canaries: they refuse.
  const honest = await scanned(...args, '8');
  expect([honest.code, trouble(honest), jsonOf(honest)[0]!.wildcard]).toEqual([0, '', undefined]);
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
    [['127.0.0.1', '--engine', 'warp'], "'warp' is no engine; expected auto, syn, connect or portable"],
    [['127.0.0.1', '--timing', 'soon'], "--timing 'soon' is no distance; expected near, region, far"],
    [['127.0.0.1', '-p', '1-9', '--resume', '10', '--seed', '1'], '--resume 10 lies beyond the 9 probes'],
    [['127.0.0.1', '--resume', '1'], '--resume needs the --seed'],
    [['127.0.0.1', '--timeout', '5', '--timing', 'far'], '--timeout and --timing contradict each other'],
    [
      ['0.0.0.0', '-p', '1'],
      '0.0.0.0 is the address of nobody, and Linux would take it for this machine; expected',
    ],
    [['127.0.0.1', '::', '-p', '1'], ':: is the address of nobody'],
    [['::ffff:0.0.0.0', '-p', '1'], '0.0.0.0 is the address of nobody'],
    [
      ['255.255.255.255', '--authorised-by', 'the test'],
      '255.255.255.255 is everybody on the link; expected',
    ],
    [['223.255.255.254-224.0.0.1', '--authorised-by', 'the test'], '224.0.0.0/31 is multicast'],
    [['ff02::1', '--authorised-by', 'the test'], 'ff02::1 is multicast, which TCP does not know; expected'],
    [
      ['127.0.0.1', '-p', '1', '--interface', 'nope', '--engine', 'connect'],
      "there is no interface 'nope' here",
    ],
    [['127.0.0.1', '--fragile', 'localhost'], "--fragile 'localhost' is a name"],
    [['127.0.0.1', '--source', '198.51.100.7'], "--source: probes can't come from '198.51.100.7'"],
    [
      ['127.0.0.1', '-p', '1', '--engine', 'portable', '--interface', 'lo'],
      "it can't choose the interface 'lo'",
    ],
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
