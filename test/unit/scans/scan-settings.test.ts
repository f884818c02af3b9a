import { describe, expect, it } from 'vitest';
import { careOf, scanSettings } from '../../../src/scans/scan-settings.js';
import { planOf } from '../../support/builders.js';

const inventory = (net: string, audit = '', scope = ''): string => `
scopes: [{ name: s, allow: [${net}], authorisedBy: CISO${scope} }]
hosts: [{ name: one, addresses: [${net}] }]
audits: [{ name: watch, hosts: all, ports: 1-100${audit} }]
`;

const settingsOf = (net: string, audit?: string, scope?: string) =>
  scanSettings(planOf(inventory(net, audit, scope)), 7);

describe('an audit scans', () => {
  it('politely by host and subnet, patiently, and believing handshakes alone', () => {
    expect(settingsOf('203.0.113.0/24')).toEqual({
      seed: 7,
      timeoutMs: 2000,
      retries: 1,
      inFlight: 4000,
      verify: true,
      ratePerSecond: 5000,
      ratePerHost: 1000,
      ratePerSubnet: 2000,
      fragile: [],
    });
  });

  it('at its own rates where it names them, and never above those of its scopes', () => {
    const rates = ', ratePerSecond: 40000, ratePerHost: 3000, ratePerSubnet: 9000';
    expect(settingsOf('203.0.113.0/24', rates)).toMatchObject({
      ratePerSecond: 40_000,
      ratePerHost: 3000,
      ratePerSubnet: 9000,
    });
    expect(settingsOf('203.0.113.0/24', rates, ', maxRatePerSecond: 100').ratePerSecond).toBe(100);
    expect(settingsOf('203.0.113.0/24', ', ratePerSecond: 40000')).not.toHaveProperty('ratePerHost');
    const slowed = settingsOf('203.0.113.0/24', ', ratePerSecond: 40000', ', maxRatePerSecond: 4000');
    expect(slowed).toMatchObject({ ratePerSecond: 4000, ratePerHost: 1000, ratePerSubnet: 2000 });
  });

  it('loopback with no cap but its rate', () => {
    const settings = settingsOf('127.0.0.0/24');
    expect(settings.ratePerSecond).toBe(5000);
    expect(settings).not.toHaveProperty('ratePerHost');
    expect(settings).not.toHaveProperty('ratePerSubnet');
  });

  it.each([
    ['', 2000],
    [', timing: near', 5000],
    [', timing: region', 10_000],
    [', timing: far', 15_000],
    [', timing: far, timeoutMs: 700', 700],
  ])('with the patience of its distance, unless a time-out says otherwise: %s', (audit, timeoutMs) => {
    expect(settingsOf('203.0.113.0/24', audit).timeoutMs).toBe(timeoutMs);
  });

  it('what any scope calls fragile with care, also after the scope has ended', () => {
    const ended = `
scopes:
  - { name: now, allow: [203.0.113.0/24], authorisedBy: CISO, fragile: [203.0.113.40/29] }
  - { name: once, allow: [203.0.113.0/24], authorisedBy: CISO, fragile: [203.0.113.7], until: 2020-01-01 }
hosts: [{ name: one, addresses: [203.0.113.0/24] }]
audits: [{ name: watch, hosts: all, ports: 1-100 }]
`;
    expect(scanSettings(planOf(ended), 1).fragile).toEqual(['203.0.113.7', '203.0.113.40/29']);
  });
});

describe('settings from a row', () => {
  it('mean what they meant when they were written', () => {
    const settings = settingsOf('203.0.113.0/24', '', ', fragile: [203.0.113.40/29]');
    const { fragile, ...care } = careOf(JSON.parse(JSON.stringify(settings)));
    expect(fragile.toStrings()).toEqual(['203.0.113.40/29']);
    expect({ ...care, fragile: fragile.toStrings() }).toEqual(settings);
  });

  it('of 0.1 are those that it had, and nothing is fragile', () => {
    const old = { seed: 1, timeoutMs: 200, retries: 0, ratePerSecond: 5000, inFlight: 10 };
    const { fragile, ...care } = careOf(old);
    expect(fragile.isEmpty).toBe(true);
    expect(care).toEqual(old);
  });
});
