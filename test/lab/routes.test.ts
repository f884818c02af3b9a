/*
 * Routes and neighbours against a real kernel: two network namespaces and a wire between them, with no way out. What is
 * asked runs as built, in a process of its own inside of the first namespace.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { missingForLab } from './support/network.mjs';

const BUILT = fileURLToPath(new URL('../../dist/src/', import.meta.url));
const HERE = `prt${process.pid}a`;
const THERE = `prt${process.pid}b`;
/** Also where an ordinary user's PATH may not look. */
const env = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` };

/** Prints routes, and the neighbours that they lead to, as text: `10.77.0.2 ethernet v0 10.77.0.1 via 10.77.0.3`. */
const SCRIPT = `
import { AddressSet, formatAddress } from '${BUILT}domain/address-set.js';
import { resolveNeighbours } from '${BUILT}engine/linux/neighbours.js';
import { routesTo } from '${BUILT}engine/linux/routes.js';
const { targets, choice, options } = JSON.parse(process.argv[1]);
const say = (address) => (address === null ? null : formatAddress(address));
const stretches = routesTo(AddressSet.unionOf(targets.map((text) => AddressSet.parse(text))), choice);
const routes = stretches.map(({ first, last, route }) => ({
  ...route, first: say(first), last: say(last), source: say(route.source), gateway: say(route.gateway), sourceMac: undefined,
}));
const hops = [];
for (const { first, last, route } of options ? stretches : []) {
  if (route.kind !== 'ethernet') continue;
  if (route.gateway !== null) hops.push({ ...route, address: route.gateway });
  else for (let address = first; address <= last; address++) hops.push({ ...route, address });
}
const startMs = performance.now();
const stopMs = options?.stopAfterMs ?? Infinity;
const isStopped = () => performance.now() - startMs >= stopMs;
const found = resolveNeighbours(hops, { tries: 3, timeoutMs: 250, ratePerSecond: 20000, ...options, isStopped });
const tookMs = performance.now() - startMs;
const neighbours = [...found].map(([key, mac]) => [say(BigInt(key.split(' ')[1])), Buffer.from(mac).toString('hex')]);
console.log(JSON.stringify({ routes, neighbours, tookMs }));
`;

interface SaidRoute {
  readonly first: string;
  readonly last: string;
  readonly kind: string;
  readonly errno: string | null;
  readonly interfaceName: string;
  readonly source: string;
  readonly gateway: string | null;
  readonly mtu: number;
}
interface Said {
  readonly routes: readonly SaidRoute[];
  readonly neighbours: ReadonlyArray<readonly [string, string]>;
  readonly tookMs: number;
}

function run(command: string, ...args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(command, args, { env, encoding: 'utf8', timeout: 30_000 });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${stderr.trim()}`);
  return stdout;
}
const ip = (namespace: string, line: string): string => run('ip', '-n', namespace, ...line.split(' '));
const inside = (namespace: string, ...command: readonly string[]): string =>
  run('ip', 'netns', 'exec', namespace, ...command);

interface Asked {
  readonly choice?: { source?: string; interfaceName?: string };
  readonly options?: { timeoutMs?: number; tries?: number; stopAfterMs?: number };
}

function ask(targets: readonly string[], { choice = {}, options }: Asked = {}, command: string[] = []): Said {
  const asked = JSON.stringify({ targets, choice, options });
  return JSON.parse(
    inside(HERE, ...command, process.execPath, '--input-type=module', '-e', SCRIPT, asked),
  ) as Said;
}
const routesOf = (targets: readonly string[], choice = {}): readonly SaidRoute[] =>
  ask(targets, { choice }).routes;
const macIn = (namespace: string): string =>
  /link\/ether (\S+)/.exec(ip(namespace, 'link show v0'))![1]!.replaceAll(':', '');

const ROUTES = [
  '10.77.1.0/24 via 10.77.0.2',
  '10.77.2.0/24 via inet6 fd77::2',
  'blackhole 10.77.3.0/24',
  'prohibit 10.77.4.0/24',
  'unreachable 10.77.5.0/24',
  '10.77.6.0/24 mtu 1400 nexthop via 10.77.0.2 nexthop via 10.77.0.3',
  '10.77.7.0/24 via 10.77.0.4 table 100',
  '10.77.8.0/24 via 10.77.0.5',
  '10.77.8.0/24 via 10.77.0.6 table 101',
  '10.77.10.0/24 dev v0',
  '10.77.12.0/24 via 10.77.0.5',
  '10.77.12.0/24 via 10.77.0.7 table 102',
  'fd77:1::/64 via fd77::2',
  'blackhole fd77:3::/64',
  'prohibit fd77:4::/64',
  'unreachable fd77:5::/64',
];

function setUp(): void {
  for (const name of [HERE, THERE]) run('ip', 'netns', 'add', name);
  ip(HERE, `link add v0 type veth peer name v0 netns ${THERE}`);
  ip(HERE, 'link add w0 type veth peer name w1');
  for (const name of [HERE, THERE]) {
    ip(name, 'link set lo up');
    ip(name, 'link set v0 up');
  }
  ip(HERE, 'link set w0 arp off up');
  ip(HERE, 'link set w1 up');
  for (const [name, end] of [[HERE, 1] as const, [THERE, 2] as const]) {
    ip(name, `addr add 10.77.0.${end}/24 dev v0`);
    ip(name, `addr add fd77::${end}/64 dev v0 nodad`);
  }
  ip(HERE, 'addr add 10.77.0.9/24 dev v0');
  ip(HERE, 'addr add 10.77.9.1/24 dev w0');
  for (const route of ROUTES) ip(HERE, `route add ${route}`);
  ip(HERE, 'rule add to 10.77.7.0/25 lookup 100');
  ip(HERE, 'rule add from 10.77.0.9 lookup 101');
  ip(HERE, 'rule add from 10.77.0.1 to 10.77.12.0/24 lookup 102');
  ip(THERE, 'route add local 10.77.10.0/24 dev lo');
}

const missing = missingForLab();

// Needs root, ip and network namespaces; the name says which of them is missing.
describe.skipIf(missing !== null)(`routes and neighbours${missing ? ` (${missing})` : ''}`, () => {
  beforeAll(setUp, 60_000);
  afterAll(() => {
    for (const name of [HERE, THERE]) spawnSync('ip', ['netns', 'del', name], { env });
  });

  test('a plan is cut exactly where the routes change', () => {
    const said = routesOf(['10.77.0.0/23', '127.0.0.1']);
    expect(said.map(({ first, last, kind, gateway }) => [first, last, kind, gateway])).toEqual([
      ['10.77.0.0', '10.77.0.0', 'ethernet', null],
      ['10.77.0.1', '10.77.0.1', 'kernel', null],
      ['10.77.0.2', '10.77.0.8', 'ethernet', null],
      ['10.77.0.9', '10.77.0.9', 'kernel', null],
      ['10.77.0.10', '10.77.0.254', 'ethernet', null],
      ['10.77.0.255', '10.77.0.255', 'none', null],
      ['10.77.1.0', '10.77.1.255', 'ethernet', '10.77.0.2'],
      ['127.0.0.1', '127.0.0.1', 'kernel', null],
    ]);
  });

  test.each([
    ['10.77.3.7', 'EINVAL'],
    ['10.77.4.7', 'EACCES'],
    ['10.77.5.7', 'EHOSTUNREACH'],
    ['10.77.7.200', 'ENETUNREACH'],
    ['10.77.0.255', 'EACCES'],
    ['fd77:3::7', 'EINVAL'],
    ['fd77:4::7', 'EACCES'],
    ['fd77:5::7', 'EHOSTUNREACH'],
    ['fd77:6::7', 'ENETUNREACH'],
  ])('%s is not reached, by %s', (target, errno) => {
    expect(routesOf([target])).toMatchObject([{ kind: 'none', errno }]);
  });

  test('gateways: of the other family, one of several, over IPv6, by a rule for some destinations', () => {
    const gatewayOf = (target: string): string | null => routesOf([target])[0]!.gateway;
    expect(gatewayOf('10.77.2.7')).toBe('fd77::2');
    expect(['10.77.0.2', '10.77.0.3']).toContain(gatewayOf('10.77.6.7'));
    expect(gatewayOf('fd77:1::7')).toBe('fd77::2');
    expect(gatewayOf('10.77.7.7')).toBe('10.77.0.4');
  });

  test("a route's own MTU counts, and the interface's where it has none", () => {
    expect(routesOf(['10.77.6.7', '10.77.1.7']).map(({ mtu }) => mtu)).toEqual([1500, 1400]);
  });

  test('the source decides by which rule a packet leaves', () => {
    expect(routesOf(['10.77.8.7'])).toMatchObject([{ source: '10.77.0.1', gateway: '10.77.0.5' }]);
    expect(routesOf(['10.77.8.7'], { source: '10.77.0.9' })).toMatchObject([
      { source: '10.77.0.9', gateway: '10.77.0.6' },
    ]);
    // As in connect(): the kernel picks a source by its first answer, and looks again with it.
    expect(routesOf(['10.77.12.7'])).toMatchObject([{ source: '10.77.0.1', gateway: '10.77.0.7' }]);
    expect(routesOf(['fd77::2'], { source: '10.77.0.9' })).toMatchObject([{ errno: 'EAFNOSUPPORT' }]);
  });

  test('an interface that has no route to a place is no way to it, and opens no prohibited one', () => {
    const said = routesOf(['10.77.0.2', '10.77.3.7', '10.77.4.7', '10.77.9.7', '127.0.0.1', 'fe80::7'], {
      interfaceName: 'v0',
    });
    expect(Object.fromEntries(said.map(({ first, kind, errno }) => [first, errno ?? kind]))).toEqual({
      '10.77.0.2': 'ethernet',
      '10.77.3.7': 'ENETUNREACH',
      '10.77.4.7': 'ENETUNREACH',
      '10.77.9.7': 'ENETUNREACH',
      '127.0.0.1': 'ENETUNREACH',
      'fe80::7': 'ethernet',
    });
  });

  test('a link that resolves no neighbours is left to the kernel', () => {
    expect(routesOf(['10.77.9.7'])).toMatchObject([
      { kind: 'kernel', interfaceName: 'w0', source: '10.77.9.1' },
    ]);
  });

  test('hosts on the link are found by ARP and by neighbour discovery', () => {
    ip(HERE, 'neigh flush dev v0');
    const { neighbours } = ask(['10.77.0.2', '10.77.10.0/24', 'fd77::2'], { options: {} });
    expect(neighbours).toHaveLength(258);
    expect(new Set(neighbours.map(([, mac]) => mac))).toEqual(new Set([macIn(THERE)]));
  });

  test('a gateway of the other family is found too', () => {
    const { neighbours } = ask(['10.77.2.0/24', 'fd77:1::/64'], { options: {} });
    expect(neighbours).toEqual([['fd77::2', macIn(THERE)]]);
  });

  test('a host that is not there has no hardware address, and costs the time-out', () => {
    const said = ask(['10.77.0.77', 'fd77::77'], { options: { tries: 2, timeoutMs: 100 } });
    expect(said.neighbours).toEqual([]);
    expect(said.tookMs).toBeGreaterThanOrEqual(200);
  });

  test('a stop is seen long before the time-out', () => {
    const said = ask(['10.77.0.77'], { options: { tries: 1, timeoutMs: 20_000, stopAfterMs: 50 } });
    expect(said.tookMs).toBeLessThan(10_000);
  });

  test('what the kernel knows by hand is believed; what it only remembers is asked for again', () => {
    ip(HERE, 'neigh replace 10.77.0.50 lladdr 02:00:00:00:00:50 nud permanent dev v0');
    ip(HERE, 'neigh replace 10.77.0.2 lladdr 02:00:00:00:00:02 nud stale dev v0');
    ip(HERE, 'neigh replace 10.77.0.51 lladdr 02:00:00:00:00:51 nud stale dev v0');
    const { neighbours } = ask(['10.77.0.2', '10.77.0.50', '10.77.0.51'], {
      options: { tries: 1, timeoutMs: 100 },
    });
    expect(Object.fromEntries(neighbours)).toEqual({
      '10.77.0.2': macIn(THERE),
      '10.77.0.50': '020000000050',
      '10.77.0.51': '020000000051',
    });
  });

  test('CAP_NET_RAW is enough for neighbours, and nothing at all for routes', () => {
    ip(HERE, 'neigh flush dev v0');
    const as = (capabilities: string): string[] => [
      'setpriv',
      '--reuid=65534',
      '--clear-groups',
      `--inh-caps=${capabilities}`,
      `--ambient-caps=${capabilities}`,
    ];
    expect(ask(['10.77.0.2'], { options: {} }, as('-all,+net_raw')).neighbours).toHaveLength(1);
    expect(ask(['10.77.1.7'], {}, as('-all')).routes).toMatchObject([{ gateway: '10.77.0.2' }]);
    ip(HERE, 'neigh flush dev v0');
    expect(() => ask(['10.77.0.2'], { options: {} }, as('-all'))).toThrow('socket(AF_PACKET) failed: EPERM');
  });
});
