import { describe, expect, it } from 'vitest';
import { AddressSet } from '../../../src/domain/address-set.js';
import { POLITE, ratesFor, UNLIMITED } from '../../../src/domain/courtesy.js';

const office = AddressSet.parse('203.0.113.0/24');
const self = AddressSet.loopback;

describe('the rates of a scan', () => {
  it('are polite to others, and without limit on loopback', () => {
    expect(ratesFor(office)).toEqual(POLITE);
    expect(ratesFor(AddressSet.parse('127.0.0.0/16').union(AddressSet.parse('::1')))).toEqual({
      ratePerSecond: Infinity,
    });
  });

  it('are polite where a single address is not our own', () => {
    expect(ratesFor(self.union(AddressSet.parse('203.0.113.1')))).toEqual(POLITE);
  });

  it('give way one by one to what was asked for', () => {
    expect(ratesFor(office, { ratePerSecond: 3000 })).toEqual({ ...POLITE, ratePerSecond: 3000 });
    expect(ratesFor(office, { ratePerHost: 7 })).toEqual({ ...POLITE, ratePerHost: 7 });
    expect(ratesFor(self, { ratePerSubnet: 9 })).toEqual({ ratePerSecond: Infinity, ratePerSubnet: 9 });
  });

  it('have no cap but those that are given, where more than the polite rate is asked for', () => {
    expect(ratesFor(office, { ratePerSecond: 5001 })).toEqual({ ratePerSecond: 5001 });
    expect(ratesFor(office, { ratePerSecond: 20_000, ratePerHost: 3000 })).toEqual({
      ...{ ratePerSecond: 20_000, ratePerHost: 3000 },
    });
  });

  it('are lifted all three together, and a cap that is given beside it stays', () => {
    expect(ratesFor(office, UNLIMITED)).toEqual({ ratePerSecond: Infinity });
    expect(ratesFor(office, { ...UNLIMITED, ratePerHost: 50 })).toEqual({
      ratePerSecond: Infinity,
      ratePerHost: 50,
    });
  });

  it('fit a small firewall: 65,536 entries, of 10 s for a refusal and 30 s for silence', () => {
    expect(POLITE.ratePerSubnet * 10).toBeLessThan(65_536 / 2);
    expect(POLITE.ratePerSubnet * 30).toBeLessThan(65_536);
    expect(POLITE.ratePerHost).toBeLessThan(2000);
  });
});
