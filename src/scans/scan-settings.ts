/*
 * How carefully an audit's scans probe. One place, so that the service and the command line scan alike.
 *
 * Settings are kept in a scan's row as JSON. What an older row does not have means what it meant then: no cap by host or
 * subnet, nothing fragile, no second handshake.
 */
import { AddressSet } from '../domain/address-set.js';
import type { AuditPlan } from '../domain/audit-plan.js';
import { IN_FLIGHT, ratesFor } from '../domain/courtesy.js';
import type { ScanPlan } from '../domain/scan-plan.js';
import type { ScanSettings } from './scans.entities.js';

export function scanSettings(plan: AuditPlan, seed: number): ScanSettings {
  const { timeoutMs, retries, ratePerHost, ratePerSubnet } = plan.audit;
  const asked = {
    ratePerSecond: plan.ratePerSecond,
    ...(ratePerHost === null ? {} : { ratePerHost }),
    ...(ratePerSubnet === null ? {} : { ratePerSubnet }),
  };
  return {
    ...{ seed, timeoutMs, retries, inFlight: IN_FLIGHT, verify: true },
    ...ratesFor(plan.addresses, asked),
    fragile: plan.fragile.toStrings(),
  };
}

/** The settings as a scan takes them. */
export function careOf({
  fragile = [],
  ...settings
}: ScanSettings): Omit<ScanPlan, 'targets' | 'from' | 'to'> & { fragile: AddressSet } {
  return { ...settings, fragile: AddressSet.unionOf(fragile.map((text) => AddressSet.parse(text))) };
}
