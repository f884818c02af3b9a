import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AddressSet } from '../../../../src/domain/address-set.js';
import { type HostObserved, nothingObserved, observe } from '../../../../src/domain/observation.js';
import { PortSet } from '../../../../src/domain/port-set.js';
import { probeCount, type ScanPlan } from '../../../../src/domain/scan-plan.js';
import { FakeNet, type FakeNetOptions } from '../../../support/fake-net.js';
import { type FakeScan, fakeScan } from '../../../support/fake-wire.js';

const HOST = '198.51.100.7';

function plan(address: string, ports: string, more: Partial<ScanPlan> = {}): ScanPlan {
  const targets = address
    .split(' ')
    .map((text) => ({ addresses: AddressSet.parse(text), ports: PortSet.parse(ports) }));
  return {
    targets,
    from: 0,
    to: probeCount(targets),
    seed: 7,
    timeoutMs: 2000,
    retries: 1,
    ratePerSecond: Number.POSITIVE_INFINITY,
    inFlight: 1000,
    ...more,
  };
}

/** Fifty ports, spread. */
const FIFTY = PortSet.from(Array.from({ length: 50 }, (_, i) => 17 + i * 397));

function net(seed: number, options: Partial<FakeNetOptions> = {}): FakeNet {
  return new FakeNet(seed, { hosts: () => ({ open: FIFTY }), delayMs: [0.2, 0.4], ...options });
}

function hostsOf({ observations }: FakeScan): Map<string, HostObserved> {
  const hosts = new Map<string, HostObserved>();
  for (const seen of observations) {
    hosts.set(seen.address, observe(hosts.get(seen.address) ?? nothingObserved(seen.address), seen));
  }
  return hosts;
}

const hostOf = (scan: FakeScan, address = HOST): HostObserved => hostsOf(scan).get(address)!;

test('on a network without faults every port is asked once and told as it is', () => {
  const scan = fakeScan(plan(HOST, '1-20000'), net(1));
  const host = hostOf(scan);
  expect(scan.sent).toBe(20_000);
  expect(host.open.equals(FIFTY)).toBe(true);
  expect(host.closed.size).toBe(20_000 - 50);
});

test('IPv6 hosts, several targets and many slices come to the same', () => {
  const wanted = plan('2001:db8::10-2001:db8::13 198.51.100.0/30', '1-600', { retries: 0 });
  const scan = fakeScan(wanted, net(2), 700);
  const hosts = hostsOf(scan);
  expect(hosts.size).toBe(8);
  for (const host of hosts.values()) {
    expect(host.open.toString()).toBe('17,414');
    expect(host.closed.size).toBe(598);
  }
});

describe('silence', () => {
  test('a host that answers nowhere is asked three times, then filtered, never closed', () => {
    const scan = fakeScan(plan(HOST, '1-500'), net(3, { hosts: () => null }));
    const host = hostOf(scan);
    expect(scan.sent).toBe(1500);
    expect(host.filtered.size).toBe(500);
    expect(host.closed.isEmpty && host.open.isEmpty).toBe(true);
  });

  test('all but the open ports silent: all of them are found, the rest is filtered', () => {
    const silent = { hosts: () => ({ open: FIFTY, closed: 'silent' as const }) };
    const host = hostOf(fakeScan(plan(HOST, '1-20000'), net(4, silent)));
    expect(host.open.equals(FIFTY)).toBe(true);
    expect(host.filtered.size).toBe(20_000 - 50);
  });

  test('the user’s number of retries is a least number', () => {
    const scan = fakeScan(plan(HOST, '1-100', { retries: 5 }), net(5, { hosts: () => null }));
    expect(scan.sent).toBe(600);
  });
});

test('losses, duplicates, reordering, forgeries and cut packets hide no open port and make none up', () => {
  const property = fc.property(
    fc.integer(),
    fc.double({ min: 0, max: 0.1, noNaN: true }),
    (seed, lossEachWay) => {
      const bad = { lossEachWay, duplicate: 0.1, reorderMs: 3, forge: 0.2, truncate: 0.02 };
      const scan = fakeScan(plan(HOST, '1-4000', { seed: seed >>> 0 }), net(seed, bad));
      const host = hostOf(scan);
      expect(host.open.equals(FIFTY.intersect(PortSet.range(1, 4000)))).toBe(true);
      expect(host.open.union(host.closed).size).toBe(4000);
      expect(scan.forged).toBeGreaterThan(0);
    },
  );
  // Up to one answer in a thousand scans may be missing by design: a fixed seed, or this test would fail once a month.
  fc.assert(property, { numRuns: 30, seed: 20_261_122, endOnFailure: true });
});

test('with silent ports among lossy ones, coverage still adds up: answered, silent or unknown', () => {
  const property = fc.property(
    fc.integer(),
    fc.double({ min: 0, max: 0.6, noNaN: true }),
    (seed, lossEachWay) => {
      const hosts = () => ({ open: FIFTY, closed: 'silent' as const });
      const host = hostOf(
        fakeScan(plan(HOST, '1-3000', { seed: seed >>> 0 }), net(seed, { hosts, lossEachWay })),
      );
      const judged = [host.open, host.closed, host.filtered, host.unreachable, host.unknown];
      expect(judged.reduce((sum, ports) => sum + ports.size, 0)).toBe(3000);
      expect(host.open.subtract(FIFTY).isEmpty).toBe(true);
      expect(host.closed.isEmpty).toBe(true);
    },
  );
  fc.assert(property, { numRuns: 30 });
});

test('a path that loses nine of ten packets leaves the silent ones unknown, not filtered', () => {
  const hosts = () => ({ open: FIFTY, closed: 'silent' as const });
  const host = hostOf(fakeScan(plan(HOST, '1-20000'), net(11, { hosts, lossEachWay: 0.7 })));
  expect(host.filtered.isEmpty).toBe(true);
  expect(host.reasons.get('lossy')?.size).toBe(host.unknown.size);
  expect(host.unknown.size).toBeGreaterThan(19_000);
});

describe('congestion', () => {
  test('behind a policer the rate comes down, and everything is found', () => {
    const policed = net(12, { policerPerSecond: 20_000 });
    const scan = fakeScan(plan(HOST, '1-30000'), policed);
    const host = hostOf(scan);
    expect(host.open.equals(FIFTY)).toBe(true);
    expect(host.closed.size).toBe(30_000 - 50);
    expect(policed.story.policed).toBeGreaterThan(0);
    // 30,000 at 20,000 a second take 1.5 s; what is sent in vain is no more than as much again.
    expect(scan.elapsedMs).toBeLessThan(2500);
    expect(scan.sent).toBeLessThan(60_000 + 5000);
  });

  test('silent ports alone bring no rate down', () => {
    const hosts = () => ({ open: FIFTY, closed: 'silent' as const });
    const scan = fakeScan(plan(HOST, '1-30000'), net(13, { hosts }));
    expect(scan.sent).toBeLessThan(3 * 30_000);
    expect(scan.elapsedMs).toBeLessThan(1000);
  });

  test('silent ports behind a policer: the loss among the few that answer brings the rate down', () => {
    const hosts = () => ({ open: FIFTY, closed: 'silent' as const });
    const host = hostOf(fakeScan(plan(HOST, '1-20000'), net(14, { hosts, policerPerSecond: 20_000 })));
    expect(host.open.subtract(FIFTY).isEmpty).toBe(true);
    expect(host.open.size + (host.reasons.get('lossy')?.size ?? 0)).toBeGreaterThanOrEqual(50);
    expect(host.open.equals(FIFTY)).toBe(true);
  });
});

test('hosts far and near in one scan: the far ones are waited for', () => {
  const far = '198.51.100.9';
  const hosts = (address: string) => ({ open: PortSet.of(80, address === far ? 443 : 22) });
  const wanted = plan(`${HOST} ${far}`, '1-1000');
  const scan = fakeScan(wanted, new FakeNet(15, { hosts, delayMs: [0.2, 700] }));
  expect(hostOf(scan).open.toString()).toBe('22,80');
  expect(hostOf(scan, far).open.toString()).toBe('80,443');
  expect(hostOf(scan, far).closed.size).toBe(998);
});

test('ICMP says what it says: prohibited is filtered, host unreachable is unreachable', () => {
  const hosts = (address: string) =>
    address === HOST
      ? { open: PortSet.of(80), closed: 'icmp-prohibited' as const }
      : { open: PortSet.empty, closed: 'icmp-host-unreachable' as const };
  const scan = fakeScan(plan(`${HOST} 198.51.100.8`, '79-81'), new FakeNet(16, { hosts }));
  expect(hostOf(scan).filtered.toString()).toBe('79,81');
  expect(hostOf(scan).reasons.get('prohibited')?.toString()).toBe('79,81');
  expect(hostOf(scan, '198.51.100.8').unreachable.toString()).toBe('79-81');
});

test('what an earlier attempt has answers for is not asked again', () => {
  const known = new Map([[HOST, PortSet.range(1, 900)]]);
  const scan = fakeScan(plan(HOST, '1-1000', { known }), net(17));
  expect(scan.sent).toBe(100);
  expect(hostOf(scan).open.union(hostOf(scan).closed).toString()).toBe('901-1000');
});

test('a rate is kept, over passes and slices', () => {
  const scan = fakeScan(plan(HOST, '1-3000', { ratePerSecond: 1000 }), net(18, { lossEachWay: 0.05 }), 500);
  expect(scan.elapsedMs).toBeGreaterThanOrEqual(scan.sent - 1);
  expect(hostOf(scan).open.union(hostOf(scan).closed).size).toBe(3000);
});

test('a single host gets no more than its cap, also when it is all that is left to ask again', () => {
  const hosts = (address: string) => ({
    open: PortSet.empty,
    closed: address === HOST ? ('silent' as const) : ('rst' as const),
  });
  const rates = { ratePerSecond: 10_000, ratePerHost: 1000 };
  // Eight hosts: together they may have 8,000 a second; the silent one alone, in later passes, 1,000.
  const scan = fakeScan(plan('198.51.100.0/29', '1-500', rates), net(20, { hosts }));
  expect(scan.sent).toBeGreaterThan(4000 + 500);
  expect(scan.elapsedMs).toBeGreaterThan(4000 / 8 + ((scan.sent - 4000) / 1000) * 1000 - 50);
});

test('when the hosts’ time is up, what was not answered is unknown', () => {
  const scan = fakeScan(
    plan(HOST, '1-3000', { ratePerSecond: 1000, hostDeadlineMs: 1000 }),
    net(19, { hosts: () => ({ open: PortSet.range(1, 1000), closed: 'silent' as const }) }),
    500,
  );
  expect(hostOf(scan).reasons.get('host-deadline')?.size).toBeGreaterThan(1500);
  expect(hostOf(scan).open.size).toBeGreaterThan(0);
});
