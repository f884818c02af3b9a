/*
 * How carefully an audit's scans probe. One place, so that the service and the command line scan alike.
 *
 * Settings are kept in a scan's row as JSON. What an older row does not have means what it meant then: no cap by host or
 * subnet, nothing fragile, no second handshake.
 */
import { AddressSet } from '../domain/address-set.js';
import type { AuditPlan } from '../domain/audit-plan.js';
import { IN_FLIGHT, ratesFor } from '../domain/courtesy.js';
import { PortSet } from '../domain/port-set.js';
import type { ScanPlan, Target } from '../domain/scan-plan.js';
import type { Scan, ScanSettings } from './scans.entities.js';

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

/** What a scan's row orders, as sets. */
export function targetsOf({ targets }: Pick<Scan, 'targets'>): Target[] {
  return targets.map(({ addresses, ports }) => ({
    addresses: AddressSet.unionOf(addresses.map((text) => AddressSet.parse(text))),
    ports: PortSet.parse(ports),
  }));
}

/** The settings as a scan takes them. */
export function careOf({
  fragile = [],
  ...settings
}: ScanSettings): Omit<ScanPlan, 'targets' | 'from' | 'to'> & { fragile: AddressSet } {
  return { ...settings, fragile: AddressSet.unionOf(fragile.map((text) => AddressSet.parse(text))) };
}
