/*
 * The fake network is held against the parser and the cookies, as those are what it is there for: through all that it
 * does to packets, whoever checks the cookie hears nothing but the truth, and hears all of it in the end.
 */
import { describe, expect, test } from 'vitest';
import { formatAddress, parseAddress } from '../../../../src/domain/address-set.js';
import { PortSet } from '../../../../src/domain/port-set.js';
import { addressOfWords, wordsOf } from '../../../../src/engine/address-words.js';
import { Answer } from '../../../../src/engine/syn/answer.js';
import { cookies } from '../../../../src/engine/syn/cookie.js';
import {
  CLOSED,
  HOST_UNREACHABLE,
  OPEN,
  PORT_UNREACHABLE,
  PROHIBITED,
} from '../../../../src/engine/verdicts.js';
import { type FakeHost, FakeNet, type FakeNetOptions } from '../../../support/fake-net.js';
import { type Probe, syn, synAck } from '../../../support/packets.js';

const OPEN_PORTS = PortSet.parse('22,80,443');
const HOSTS = new Map<string, FakeHost>([
  ['203.0.113.1', { open: OPEN_PORTS }],
  ['203.0.113.2', { open: OPEN_PORTS, closed: 'silent' }],
  ['203.0.113.3', { open: OPEN_PORTS, closed: 'icmp-prohibited' }],
  ['203.0.113.4', { open: PortSet.empty, closed: 'icmp-host-unreachable' }],
  ['203.0.113.5', { open: PortSet.empty, wildcard: true }],
  ['203.0.113.6', { open: OPEN_PORTS, closed: 'icmp-port-unreachable' }],
  ['2001:db8::1', { open: OPEN_PORTS }],
  ['2001:db8::3', { open: OPEN_PORTS, closed: 'icmp-prohibited' }],
]);
const hosts = (address: string): FakeHost | null => HOSTS.get(address) ?? null;

const HOSTILE: FakeNetOptions = {
  hosts,
  lossEachWay: 0.1,
  duplicate: 0.2,
  truncate: 0.1,
  forge: 0.3,
  delayMs: [5, 50],
  reorderMs: 20,
  policerPerSecond: 700,
};

const { v4, v6 } = cookies(1, 2);

function cookieOf(family: number, words: readonly number[], port: number, sourcePort: number): number {
  const [w0, w1, w2, w3] = words as [number, number, number, number];
  return family === 4 ? v4(w3, port, sourcePort) : v6(w0, w1, w2, w3, port, sourcePort);
}

function probeOf(target: string, port: number, sourcePort = 50_000): Probe {
  const isV4 = !target.includes(':');
  const cookie = cookieOf(isV4 ? 4 : 6, wordsOf(parseAddress(target)!), port, sourcePort);
  return { target, local: isV4 ? '198.51.100.1' : '2001:db8::ff', port, sourcePort, cookie };
}

/** What a careful reader believes of a packet: '203.0.113.1:22 1', or null. */
function believe(packet: Uint8Array): [probe: string, verdict: number] | null {
  const answer = new Answer();
  if (!answer.read(packet, 0, packet.length)) return null;
  const { family, w0, w1, w2, w3, port, sourcePort, cookie, verdict } = answer;
  if (cookie !== cookieOf(family, [w0, w1, w2, w3], port, sourcePort)) return null;
  return [`${formatAddress(addressOfWords(family, w0, w1, w2, w3))}:${port}`, verdict];
}

/** Probes everything ten times over, a probe a millisecond, and listens to the end. */
function storyOf(net: FakeNet, passes = 10): { packets: string[]; believed: Map<string, number> } {
  const packets: string[] = [];
  const believed = new Map<string, number>();
  const listen = (nowMs: number): void => {
    for (const packet of net.due(nowMs)) {
      packets.push(Buffer.from(packet).toString('hex'));
      const heard = believe(packet);
      if (!heard) continue;
      expect(believed.get(heard[0]) ?? heard[1]).toBe(heard[1]);
      believed.set(...heard);
    }
  };
  let nowMs = 0;
  for (let pass = 0; pass < passes; pass++) {
    for (const target of [...HOSTS.keys(), '203.0.113.99']) {
      for (const port of [21, 22, 80, 443, 65_535]) {
        net.send(syn(probeOf(target, port, 50_000 + pass)), nowMs);
        listen(++nowMs);
      }
    }
  }
  for (let next = net.nextAtMs(); next !== null; next = net.nextAtMs()) listen(next);
  return { packets, believed };
}

function truth(): Map<string, number> {
  const refusals = { rst: CLOSED, silent: 0, 'icmp-prohibited': PROHIBITED } as const;
  const others = {
    'icmp-host-unreachable': HOST_UNREACHABLE,
    'icmp-port-unreachable': PORT_UNREACHABLE,
  } as const;
  const told = new Map<string, number>();
  for (const [address, host] of HOSTS) {
    for (const port of [21, 22, 80, 443, 65_535]) {
      const isOpen = host.wildcard || host.open.has(port);
      const verdict = isOpen ? OPEN : { ...refusals, ...others }[host.closed ?? 'rst'];
      if (verdict) told.set(`${address}:${port}`, verdict);
    }
  }
  return told;
}

describe('the fake network', () => {
  test('without trouble answers each probe once with the truth', () => {
    const net = new FakeNet(1, { hosts });
    const { packets, believed } = storyOf(net, 1);
    expect(believed).toEqual(truth());
    expect(packets).toHaveLength(believed.size);
    expect(net.story).toEqual({
      probes: 45,
      answers: believed.size,
      lost: 0,
      policed: 0,
      duplicated: 0,
      truncated: 0,
      forged: 0,
    });
  });

  test('with all its trouble tells a careful reader the truth and nothing else', () => {
    const net = new FakeNet(7, HOSTILE);
    expect(storyOf(net).believed).toEqual(truth());
    const { lost, policed, duplicated, truncated, forged } = net.story;
    expect(Math.min(lost, policed, duplicated, truncated, forged)).toBeGreaterThan(10);
  });

  test('tells the same story for the same seed, and another for another', () => {
    const story = (seed: number): string[] => storyOf(new FakeNet(seed, HOSTILE)).packets;
    expect(story(3)).toEqual(story(3));
    expect(story(4)).not.toEqual(story(3));
  });

  test('loses the share that it was told to, each way', () => {
    const net = new FakeNet(5, { hosts, lossEachWay: 0.2 });
    for (let i = 0; i < 5000; i++) net.send(syn(probeOf('203.0.113.1', 1 + i)), i);
    expect(net.due(Number.POSITIVE_INFINITY).length / 5000).toBeCloseTo(0.64, 1);
  });

  test('lets through what the policer allows, however fast the probes come', () => {
    const net = new FakeNet(5, { hosts, policerPerSecond: 1000 });
    for (let i = 0; i < 5000; i++) net.send(syn(probeOf('203.0.113.1', 1 + i)), i / 5);
    expect(net.due(Number.POSITIVE_INFINITY).length).toBeGreaterThan(980);
    expect(net.story.policed).toBeGreaterThan(3980);
  });

  test('delivers nothing before its time, and in the order of time', () => {
    const net = new FakeNet(5, { hosts, delayMs: [40, 40] });
    net.send(syn(probeOf('203.0.113.1', 80)), 100);
    net.send(syn(probeOf('203.0.113.1', 81)), 99);
    expect(net.nextAtMs()).toBe(139);
    expect(net.due(138.9)).toEqual([]);
    expect(net.due(139).map(believe)).toEqual([['203.0.113.1:81', CLOSED]]);
    expect(net.due(140).map(believe)).toEqual([['203.0.113.1:80', OPEN]]);
    expect(net.nextAtMs()).toBeNull();
  });

  test.each<[string, Uint8Array]>([
    ['a SYN-ACK', synAck(probeOf('203.0.113.1', 80))],
    ['a wrong checksum', syn(probeOf('203.0.113.1', 80)).fill(9, 36, 37)],
    ['a wrong header checksum', syn(probeOf('203.0.113.1', 80)).fill(9, 10, 11)],
    ['a wrong length', syn(probeOf('2001:db8::1', 80)).fill(9, 5, 6)],
    ['half a packet', syn(probeOf('203.0.113.1', 80)).subarray(0, 30)],
    ['nothing', new Uint8Array(0)],
  ])('does not carry %s', (_what, packet) => {
    expect(() => new FakeNet(1, { hosts }).send(packet, 0)).toThrow('the fake network expected');
  });
});
