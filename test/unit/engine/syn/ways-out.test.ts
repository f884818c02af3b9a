import { beforeEach, describe, expect, test, vi } from 'vitest';
import { AddressSet, parseAddress } from '../../../../src/domain/address-set.js';
import { wordsOf } from '../../../../src/engine/address-words.js';
import type { Hop, ResolveOptions } from '../../../../src/engine/linux/neighbours.js';
import type { Route, RouteChoice, RoutedStretch } from '../../../../src/engine/linux/routes.js';
import { EgressIndex, type EgressTable } from '../../../../src/engine/syn/egress.js';
import { waysOut } from '../../../../src/engine/syn/ways-out.js';
import {
  failureCode,
  HOST_UNREACHABLE,
  NET_UNREACHABLE,
  PASSED_OVER,
} from '../../../../src/engine/verdicts.js';

/** A kernel that is made up: its routes, the neighbours that answer, and what it was asked. */
const kernel = vi.hoisted(() => ({
  routes: [] as unknown[],
  macs: new Map<string, Uint8Array>(),
  choice: {} as { source?: string | undefined; interfaceName?: string | undefined },
  hops: [] as unknown[],
  options: {} as unknown,
}));
vi.mock('../../../../src/engine/linux/routes.js', () => ({
  routesTo: (_: AddressSet, choice: RouteChoice) => {
    kernel.choice = choice;
    return kernel.routes;
  },
}));
vi.mock('../../../../src/engine/linux/neighbours.js', () => ({
  resolveNeighbours: (hops: readonly Hop[], options: ResolveOptions) => {
    kernel.hops = [...hops];
    kernel.options = options;
    return kernel.macs;
  },
}));

const number = (text: string): bigint => parseAddress(text)!;
const OURS = Uint8Array.of(2, 0, 0, 0, 0, 1);
const GATEWAY_MAC = Uint8Array.of(2, 0, 0, 0, 0, 254);

function routed(first: string, last: string, route: Partial<Route>): RoutedStretch {
  const isV6 = first.includes(':');
  return {
    first: number(first),
    last: number(last),
    route: {
      kind: 'ethernet',
      errno: null,
      interfaceIndex: 2,
      interfaceName: 'eth0',
      source: number(isV6 ? '2001:db8::1' : '192.0.2.1'),
      gateway: null,
      sourceMac: route.kind === undefined || route.kind === 'ethernet' ? OURS : null,
      mtu: 1500,
      ...route,
    },
  };
}

const ask = (more: { source?: string; interfaceName?: string; ratePerSecond?: number } = {}): EgressTable =>
  waysOut({ addresses: AddressSet.empty, ratePerSecond: 500, isStopped: () => false, ...more });

/** The way of an address: what is known of it, or -1 - verdict. */
function wayOf(table: EgressTable, address: string): number | string {
  const way = new EgressIndex(table).wayOf(address.includes(':') ? 6 : 4, ...wordsOf(number(address)));
  if (way < 0) return way;
  const { mode, family, interfaceIndex, destinationMac } = table.ways[way]!;
  return [mode, family, interfaceIndex, destinationMac?.join(':')]
    .filter((part) => part !== undefined)
    .join(' ');
}

const hops = (): string[] =>
  (kernel.hops as Hop[]).map(
    ({ interfaceIndex, address }) => `${interfaceIndex} ${AddressSet.ofNumber(address)}`,
  );

beforeEach(() => {
  kernel.routes = [];
  kernel.macs = new Map([[`2 ${number('192.0.2.254')}`, GATEWAY_MAC]]);
});

describe('a way out', () => {
  test('through a gateway that answers is its MAC address, one way for all stretches behind it', () => {
    const gateway = number('192.0.2.254');
    kernel.routes = [
      routed('198.51.100.0', '198.51.100.255', { gateway }),
      routed('203.0.113.0', '203.0.113.255', { gateway }),
      routed('203.0.114.0', '203.0.114.0', { gateway, source: number('192.0.2.2') }),
    ];
    const table = ask();
    for (const address of ['198.51.100.0', '203.0.113.255']) {
      expect(wayOf(table, address)).toBe('ethernet 4 2 2:0:0:0:0:254');
    }
    expect(table.ways.map(({ source }) => source)).toEqual([number('192.0.2.1'), number('192.0.2.2')]);
    expect(table.ways[0]!.sourceMac).toEqual(OURS);
    expect(new Set(hops())).toEqual(new Set(['2 192.0.2.254']));
  });

  test('on the link is each neighbour’s own, and one who does not answer is an unreachable host', () => {
    kernel.routes = [routed('192.0.2.8', '192.0.2.10', {}), routed('2001:db8::8', '2001:db8::9', {})];
    kernel.macs.set(`2 ${number('192.0.2.8')}`, Uint8Array.of(2, 0, 0, 0, 0, 8));
    kernel.macs.set(`2 ${number('192.0.2.10')}`, Uint8Array.of(2, 0, 0, 0, 0, 10));
    kernel.macs.set(`3 ${number('192.0.2.9')}`, GATEWAY_MAC); // on another link
    kernel.macs.set(`3 ${number('203.0.113.9')}`, Uint8Array.of(2, 0, 0, 0, 0, 3));
    kernel.routes.push(routed('203.0.113.9', '203.0.113.9', { interfaceIndex: 3 }));
    kernel.macs.set(`2 ${number('2001:db8::9')}`, Uint8Array.of(2, 0, 0, 0, 0, 9));
    const table = ask();
    expect(wayOf(table, '192.0.2.8')).toBe('ethernet 4 2 2:0:0:0:0:8');
    expect(wayOf(table, '192.0.2.9')).toBe(-1 - HOST_UNREACHABLE);
    expect(wayOf(table, '192.0.2.10')).toBe('ethernet 4 2 2:0:0:0:0:10');
    expect(wayOf(table, '2001:db8::8')).toBe(-1 - HOST_UNREACHABLE);
    expect(wayOf(table, '2001:db8::9')).toBe('ethernet 6 2 2:0:0:0:0:9');
    expect(wayOf(table, '203.0.113.9')).toBe('ethernet 4 3 2:0:0:0:0:3');
    expect(hops()).toEqual([
      '2 192.0.2.8',
      '2 192.0.2.9',
      '2 192.0.2.10',
      '2 2001:db8::8',
      '2 2001:db8::9',
      '3 203.0.113.9',
    ]);
  });

  test('to more neighbours than are worth asking is the kernel’s business, and nobody is asked', () => {
    kernel.routes = [routed('2001:db8::', '2001:db8::1:0', {})];
    expect(wayOf(ask(), '2001:db8::77')).toBe('kernel 6 2');
    expect(kernel.hops).toEqual([]);
    kernel.routes = [routed('2001:db8::', '2001:db8::ffff', {})];
    expect(wayOf(ask(), '2001:db8::77')).toBe(-1 - HOST_UNREACHABLE);
    expect(kernel.hops.length).toBe(65_536);
  });

  test('by loopback or a tunnel is the kernel’s, and has no MAC addresses', () => {
    kernel.routes = [routed('127.0.0.1', '127.0.0.1', { kind: 'kernel', interfaceIndex: 1 })];
    const table = ask();
    expect(wayOf(table, '127.0.0.1')).toBe('kernel 4 1');
    expect(table.ways[0]).toMatchObject({ sourceMac: null, destinationMac: null });
    expect(kernel.hops).toEqual([]);
  });

  test('by the kernel is bound to the interface exactly where the scan names one', () => {
    kernel.routes = [routed('198.51.100.0', '198.51.100.7', { kind: 'kernel', interfaceIndex: 5 })];
    expect(ask().ways.map(({ isBound }) => isBound)).toEqual([false]);
    expect(ask({ interfaceName: 'tun0' }).ways.map(({ isBound }) => isBound)).toEqual([true]);
  });
});

describe('no way out', () => {
  test('behind a gateway that does not answer: the hosts stay unknown, and are not called unreachable', () => {
    kernel.routes = [routed('198.51.100.0', '198.51.100.255', { gateway: number('192.0.2.253') })];
    expect(wayOf(ask(), '198.51.100.7')).toBe(-1 - NET_UNREACHABLE);
  });

  test('without a route is the failure that the kernel names', () => {
    kernel.routes = [
      routed('198.51.100.0', '198.51.100.255', { kind: 'none', errno: 'EACCES' }),
      routed('203.0.113.0', '203.0.113.255', { kind: 'none' }),
    ];
    const table = ask();
    expect(wayOf(table, '198.51.100.7')).toBe(-1 - failureCode('EACCES'));
    expect(wayOf(table, '203.0.113.7')).toBe(-1 - failureCode('ENETUNREACH'));
    expect(kernel.hops).toEqual([]);
  });

  test('to what was not asked for: it is passed over', () => {
    kernel.routes = [routed('198.51.100.0', '198.51.100.7', { gateway: number('192.0.2.254') })];
    for (const address of ['198.51.99.255', '198.51.100.8', '2001:db8::1']) {
      expect(wayOf(ask(), address)).toBe(-1 - PASSED_OVER);
    }
  });
});

test('neighbours are asked at the scan’s own rate, up to a bound, and routes as the scan was told', () => {
  ask({ source: '192.0.2.2', interfaceName: 'eth1', ratePerSecond: 30 });
  expect(kernel.choice).toMatchObject({ source: '192.0.2.2', interfaceName: 'eth1' });
  expect(kernel.options).toMatchObject({ ratePerSecond: 30 });
  ask({ ratePerSecond: Number.POSITIVE_INFINITY });
  expect([kernel.choice.source, kernel.choice.interfaceName]).toEqual([undefined, undefined]);
  expect(kernel.options).toMatchObject({ ratePerSecond: 20_000 });
});
