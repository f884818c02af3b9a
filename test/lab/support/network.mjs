/*
 * A network of its own for one scanner and its targets, made of namespaces: nothing in it has a way out.
 *
 *   ptl<pid>s  v0 10.77.0.1, fd77::1  ──veth──  v0 10.77.0.2, fd77::2  ptl<pid>t
 *
 * The target owns 10.78.0.0/16, 10.79.0.0/24 and fd78::/64 whole (AnyIP); the gateway to 10.81.0.0/24 and fd79::/64 is
 * missing. With a delay, ptl<pid>m stands in between and hands every packet on late. A scan that starts outside by
 * mistake meets a blackhole, not the world: that route is added with a metric of ours, and only where no other route
 * knows the prefix. All of it goes when `remove` is called or the process ends; what a killed process has left is
 * removed by the next one.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const OURS = /^ptl(\d+)[stm]\d*$/;
/** Also where an ordinary user's PATH may not look. */
const env = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` };
const BLACKHOLED = ['10.77.0.0/16', '10.78.0.0/16', '10.79.0.0/24', '10.80.0.0/23', 'fd77::/64', 'fd78::/63'];
/** A metric that nobody else picks; the pid in it says whose route it is. */
const METRIC = 0x7000_0000;
const PID_BITS = 0x3f_ffff;
const FORWARDER_LIFE_S = 900;
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];

const SCANNER_SETTINGS = ['net.ipv4.ip_forward=0', 'net.ipv4.ip_local_port_range=1024 65535'];
const TARGET_SETTINGS = [
  'net.ipv4.ip_forward=0',
  'net.ipv6.ip_nonlocal_bind=1', // AnyIP of version 6 can't be bound to otherwise
  'net.ipv4.icmp_ratelimit=0',
  'net.ipv6.icmp.ratelimit=0',
  'net.ipv4.icmp_msgs_per_sec=1000000',
  'net.ipv4.icmp_msgs_burst=1000000',
  'net.ipv4.tcp_max_syn_backlog=65535',
];

/** Why there can be no lab here; null where there can. */
export function missingForLab() {
  if (process.platform !== 'linux') return 'needs Linux';
  if (process.getuid?.() !== 0) return 'needs root';
  const missing = ['ip', 'nft'].filter((tool) => spawnSync(tool, ['-V'], { env }).error);
  if (missing.length > 0) return `needs ${missing.join(' and ')} (packages iproute2, nftables)`;
  const tried = spawnSync('unshare', ['-n', 'nft', 'add', 'table', 'inet', 'try'], { env, encoding: 'utf8' });
  return tried.status === 0
    ? null
    : `network namespaces are refused: ${tried.error?.message ?? tried.stderr.trim()}`;
}

/**
 * @typedef {object} Network
 * @property {string} scanner the scanner's namespace
 * @property {string} target the target's namespace
 * @property {(namespace: string, command: readonly string[]) => string[]} inside a command that runs in a namespace
 * @property {(namespace: string, command: readonly string[], input?: string) => string} run runs it, and gives its output
 * @property {() => void} remove
 */

let made = 0;

/**
 * @param {{ delayMs?: number }} [options] delayMs: one way
 * @returns {Promise<Network>}
 */
export async function makeNetwork({ delayMs = 0 } = {}) {
  sweep();
  const serial = made++ === 0 ? '' : made;
  const [scanner, target, middle] = ['s', 't', 'm'].map((end) => `ptl${process.pid}${end}${serial}`);
  /** @type {Array<() => void>} */
  const undo = [];
  const endAtOnce = () => process.exit(1);
  const remove = () => {
    process.off('exit', remove);
    for (const signal of SIGNALS) process.off(signal, endAtOnce);
    for (const step of undo.splice(0).reverse()) step();
  };
  process.on('exit', remove);
  for (const signal of SIGNALS) process.once(signal, endAtOnce);
  try {
    blackhole(undo);
    for (const name of delayMs > 0 ? [scanner, target, middle] : [scanner, target]) {
      ip('netns', 'add', name);
      undo.push(() => tryIp('netns', 'del', name));
    }
    if (delayMs > 0) await linkLate({ scanner, target, middle, delayMs }, undo);
    else
      ip(
        'link',
        'add',
        'name',
        'v0',
        'netns',
        scanner,
        'type',
        'veth',
        'peer',
        'name',
        'v0',
        'netns',
        target,
      );
    addresses(scanner, target);
  } catch (error) {
    remove();
    throw error;
  }
  return { scanner, target, inside, run: runInside, remove };
}

function addresses(scanner, target) {
  const batch = (name, ...lines) => execute('ip', ['-n', name, '-batch', '-'], `${lines.join('\n')}\n`);
  execute('ip', ['netns', 'exec', target, 'sysctl', '-qw', ...TARGET_SETTINGS]);
  execute('ip', ['netns', 'exec', scanner, 'sysctl', '-qw', ...SCANNER_SETTINGS]);
  batch(
    scanner,
    'link set lo up',
    'addr add 10.77.0.1/24 dev v0',
    'addr add fd77::1/64 dev v0 nodad',
    'link set v0 up',
    'route add default via 10.77.0.2',
    'route add fd78::/64 via fd77::2',
    // A gateway that is not there.
    'route add 10.81.0.0/24 via 10.77.0.200',
    'route add fd79::/64 via fd77::200',
  );
  batch(
    target,
    'link set lo up',
    'addr add 10.77.0.2/24 dev v0',
    'addr add fd77::2/64 dev v0 nodad',
    'link set v0 up',
    'route add local 10.78.0.0/16 dev lo',
    'route add local 10.79.0.0/24 dev lo',
    'route add local fd78::/64 dev lo',
    // Source addresses that no kernel owns, for scanners that want one: nothing resets what comes back to them.
    'route add 10.80.0.0/24 via 10.77.0.1',
  );
}

/** Two links with a forwarder between them. */
async function linkLate({ scanner, target, middle, delayMs }, undo) {
  ip('link', 'add', 'name', 'v0', 'netns', scanner, 'type', 'veth', 'peer', 'name', 'm0', 'netns', middle);
  ip('link', 'add', 'name', 'v0', 'netns', target, 'type', 'veth', 'peer', 'name', 'm1', 'netns', middle);
  execute('ip', ['netns', 'exec', middle, 'sysctl', '-qw', 'net.ipv6.conf.all.disable_ipv6=1']);
  for (const end of ['m0', 'm1']) ip('-n', middle, 'link', 'set', end, 'up');
  const forwarder = join(import.meta.dirname, 'forwarder.mjs');
  const args = [forwarder, 'm0', 'm1', String(delayMs), String(FORWARDER_LIFE_S)];
  const child = await startUntilReady(inside(middle, [process.execPath, ...args]));
  undo.push(() => child.kill('SIGKILL'));
}

/** Starts a process that says READY when it is. It ends with us, as its standard input does. */
export function startUntilReady(command) {
  const child = spawn(command[0], command.slice(1), { env, stdio: ['pipe', 'pipe', 'inherit'] });
  return new Promise((resolve, reject) => {
    let printed = '';
    child.stdout.setEncoding('utf8').on('data', (text) => {
      printed += text;
      if (!printed.includes('READY')) return;
      // It keeps nobody alive; its end is ours.
      for (const part of [child, child.stdin, child.stdout]) part.unref();
      resolve(child);
    });
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`${command.join(' ')} ended (${code}): ${printed}`)));
  });
}

export const inside = (namespace, command) => ['ip', 'netns', 'exec', namespace, ...command];

function runInside(namespace, command, input) {
  const [program, ...args] = inside(namespace, command);
  return execute(program, args, input);
}

function execute(program, args, input) {
  const result = spawnSync(program, args, { env, input, encoding: 'utf8', maxBuffer: 1 << 26 });
  if (result.error) throw result.error;
  if (result.status !== 0) throw new Error(`${program} ${args.join(' ')} failed: ${result.stderr.trim()}`);
  return result.stdout;
}

const ip = (...args) => execute('ip', args);
const tryIp = (...args) => spawnSync('ip', args, { env });

const routes = (prefix, ...which) =>
  JSON.parse(ip(family(prefix), '-j', 'route', 'show', ...which, prefix) || '[]');
const family = (prefix) => (prefix.includes(':') ? '-6' : '-4');

/** Where a route to a part of the prefix, or a narrow one around it, leads somewhere, it is not ours to cut off. */
function blackhole(undo) {
  for (const prefix of BLACKHOLED) {
    const known = [...routes(prefix, 'root'), ...routes(prefix, 'match')];
    if (known.some(({ dst, type }) => dst !== 'default' && type !== 'blackhole')) continue;
    const route = ['blackhole', prefix, 'metric', String(METRIC + process.pid)];
    if (tryIp(family(prefix), 'route', 'add', ...route).status !== 0) continue;
    undo.push(() => tryIp(family(prefix), 'route', 'del', ...route));
  }
}

/** Removes what a lab left whose process was killed. */
function sweep() {
  const isDead = (pid) => !existsSync(`/proc/${pid}`);
  for (const { name } of JSON.parse(ip('-j', 'netns', 'list') || '[]')) {
    const owner = OURS.exec(name)?.[1];
    if (owner && isDead(owner)) tryIp('netns', 'del', name);
  }
  for (const prefix of BLACKHOLED) {
    for (const { type, metric } of routes(prefix, 'exact')) {
      const isOurs = type === 'blackhole' && metric > METRIC && metric <= METRIC + PID_BITS;
      if (!isOurs || !isDead(metric - METRIC)) continue;
      tryIp(family(prefix), 'route', 'del', 'blackhole', prefix, 'metric', String(metric));
    }
  }
}
