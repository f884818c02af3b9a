/* What an audit would do, before it does. */
import { describe, expect, it } from 'vitest';
import { estimateAudit } from '../../../src/domain/audit-estimate.js';
import { inventoryOf, TODAY } from '../../support/builders.js';

function estimate(yaml: string) {
  const inventory = inventoryOf(yaml);
  return estimateAudit(inventory, inventory.audits[0]!, { vantage: 'local', today: TODAY });
}

const SCOPE =
  'scopes: [{ name: harbour, allow: [203.0.113.0/24], authorisedBy: nobody, maxRatePerSecond: 100000 }]';

describe('an estimate', () => {
  it('counts pairs of address and port, and takes as long as the rate lets it', () => {
    const it = estimate(`hosts: [{ name: a, address: 127.0.0.8/30 }]
audits: [{ name: one, hosts: all, ports: 1-1000, ratePerSecond: 200 }]`);
    expect(it).toMatchObject({ ok: true, addresses: 4, probes: 4000, names: 0, atLeastMs: 20_000 });
  });

  it('is held by what one address gets, and by what a subnet gets', () => {
    const of = (rates: string) =>
      estimate(`${SCOPE}
hosts: [{ name: a, address: 203.0.113.0/25 }]
audits: [{ name: one, hosts: all, ports: 1-1000, ${rates} }]`);
    expect(of('ratePerSecond: 100000')).toMatchObject({ atLeastMs: 1280, ratePerSubnet: null });
    expect(of('ratePerSecond: 100000, ratePerHost: 100')).toMatchObject({ atLeastMs: 10_000 });
    expect(of('ratePerSecond: 100000, ratePerSubnet: 1000')).toMatchObject({ atLeastMs: 128_000 });
    expect(of('ratePerSecond: 5000')).toMatchObject({ ratePerSubnet: 2000, atLeastMs: 64_000 });
  });

  it('says how many names it has not looked up', () => {
    const it = estimate(`scopes: [{ name: harbour, allow: [203.0.113.0/24], authorisedBy: nobody }]
hosts: [{ name: a, address: www.example.test }, { name: b, address: 203.0.113.1 }]
audits: [{ name: one, hosts: all, ports: "22" }]`);
    expect(it).toMatchObject({ ok: true, names: 1, addresses: 1, probes: 1 });
  });

  it('says why it would not run', () => {
    const it =
      estimate(`scopes: [{ name: harbour, allow: [203.0.113.0/24], authorisedBy: nobody, until: 2020-01-01 }]
hosts: [{ name: b, address: 203.0.113.1 }]
audits: [{ name: one, hosts: all, ports: "22" }]`);
    expect(it).toMatchObject({ ok: false, why: expect.stringContaining('ended on 2020-01-01') });
  });
});
