/*
 * `portolan scan` where the surroundings are not the usual ones: without rights, without routes, among filters.
 *
 * Needs the built program. The network is a namespace of its own with nothing but a loopback in it.
 */
import { spawnSync } from 'node:child_process';
import { beforeEach, describe, expect, test } from 'vitest';
import { PortSet } from '../../src/domain/port-set.js';
import { moored } from '../support/mooring.js';
import { openPort } from '../support/net-harbour.js';
import type { Ended } from '../support/program.js';
import { jsonOf, scannedBy, trouble } from '../support/scanned.js';

describe('without the right to raw packets', () => {
  // Root keeps every right that its bounding set has (capabilities(7)); others have none to lose.
  const without = process.getuid?.() === 0 ? ['setpriv', '--bounding-set', '-net_raw'] : ['env'];
  const confined = (...args: string[]): Promise<Ended> => scannedBy(without, ...args);

  test('--engine syn is refused, and says how to grant it', async () => {
    const result = await confined('127.0.0.1', '-p', '1-300', '--engine', 'syn');
    expect([result.code, result.stdout]).toEqual([2, '']);
    expect(result.stderr).toMatch(
      /^the syn engine can't be used: no CAP_NET_RAW; grant it with `sudo setcap .*\n$/,
    );
  });

  test('auto falls back to connect and says so, terminal or not, and sees the same', async () => {
    const open = await moored(openPort('127.0.0.47'));
    const ports = `${PortSet.range(1, 300).union(PortSet.of(open.port))}`;
    const result = await confined('127.0.0.47', '-p', ports, '--json');
    expect(result.code).toBe(0);
    expect(result.stderr).toMatch(/^engine connect: no CAP_NET_RAW.*setcap.*\n$/);
    const [host] = jsonOf(result);
    expect([host!.engine, host!.open, host!.unknown]).toEqual(['connect', `${open.port}`, '']);
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
    return scannedBy(['unshare', '-rn', 'sh', '-ec', script, 'sh'], ...args, '--json');
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
    expect([result.code, trouble(result)]).toEqual([3, '']);
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
