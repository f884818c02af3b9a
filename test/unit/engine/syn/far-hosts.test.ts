import { describe, expect, test } from 'vitest';
import { AddressSet } from '../../../../src/domain/address-set.js';
import { type HostObserved, nothingObserved, observe } from '../../../../src/domain/observation.js';
import { PortSet } from '../../../../src/domain/port-set.js';
import { probeCount, type ScanPlan } from '../../../../src/domain/scan-plan.js';
import { FakeNet } from '../../../support/fake-net.js';
import { fakeScan } from '../../../support/fake-wire.js';

const NEAR = '198.51.100.7';
const FAR = '198.51.100.9';
const PORTS = 1000;

/** A network in which one host answers within a third of a millisecond, and the other one takes its time. */
function netWith(farMs: number): FakeNet {
  const net = new FakeNet(15, { hosts: () => ({ open: PortSet.of(80, 443) }) });
  // FakeNet draws round trips by lot; here it matters which host has which.
  Object.assign(net, { roundTripOf: (address: string) => (address === FAR ? farMs : 0.3) });
  return net;
}

function farHost(
  farMs: number,
  { sliceSize = 2 * PORTS, ...more }: Partial<ScanPlan> & { sliceSize?: number } = {},
): HostObserved {
  const addresses = AddressSet.unionOf([NEAR, FAR].map(AddressSet.parse));
  const targets = [{ addresses, ports: PortSet.range(1, PORTS) }];
  const plan: ScanPlan = {
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
  const { observations } = fakeScan(plan, netWith(farMs), sliceSize);
  return observations.filter(({ address }) => address === FAR).reduce(observe, nothingObserved(FAR));
}

describe('a far host beside a near one', () => {
  // The near one's answers say how long it takes to the near one; a host that has said nothing yet may be anywhere.
  test.each([20, 100, 200, 300, 700, 1500])('%i ms away is waited for, as the timeout has it', (farMs) => {
    const host = farHost(farMs);
    expect(host.open.toString()).toBe('80,443');
    expect([host.closed.size, host.filtered.size]).toEqual([PORTS - 2, 0]);
  });

  test('is waited for in every slice, and at a limited rate', () => {
    for (const more of [{ sliceSize: 300 }, { ratePerSecond: 5000 }]) {
      const host = farHost(700, more);
      expect(host.open.toString()).toBe('80,443');
      expect([host.closed.size, host.filtered.size]).toEqual([PORTS - 2, 0]);
    }
  });

  test('is not waited for far beyond the timeout', () => {
    const host = farHost(30_000);
    expect(host.filtered.size).toBe(PORTS);
  });
});
