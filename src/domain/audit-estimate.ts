/*
 * What an audit would do, before it does: how many addresses and ports, at what rate, and how long that takes at the least. Pure.
 *
 * Honest: names are not looked up for it, so that what they lead to is left out and said to be; and it is the time for which the
 * rates alone keep it, silence and confirmation come on top. Memory of an inventory's audits is the caller's.
 */
import { type AddressNumber, isV4Number } from './address-number.js';
import { planAudit } from './audit-plan.js';
import { ratesFor } from './courtesy.js';
import type { Audit, Inventory } from './inventory.js';
import type { Target } from './scan-plan.js';

export interface AuditEstimate {
  readonly ok: true;
  readonly addresses: number;
  readonly probes: number;
  /** DNS names that are looked up when it runs. */
  readonly names: number;
  readonly ratePerSecond: number;
  readonly ratePerHost: number | null;
  readonly ratePerSubnet: number | null;
  readonly atLeastMs: number;
}

export type Estimated = AuditEstimate | { readonly ok: false; readonly why: string };

export function estimateAudit(
  inventory: Inventory,
  audit: Audit,
  where: { readonly vantage: string; readonly today: string },
): Estimated {
  const planned = planAudit(inventory, audit, { ...where, resolved: new Map() });
  if (!planned.ok) return planned;
  const { plan } = planned;
  const { ratePerHost: host, ratePerSubnet: subnet } = audit;
  const asked = {
    ratePerSecond: plan.ratePerSecond,
    ...(host === null ? {} : { ratePerHost: host }),
    ...(subnet === null ? {} : { ratePerSubnet: subnet }),
  };
  const { ratePerSecond, ratePerHost = null, ratePerSubnet = null } = ratesFor(plan.addresses, asked);
  const probes = plan.targets.reduce((sum, one) => sum + Number(one.addresses.size) * one.ports.size, 0);
  const seconds = Math.max(
    probes / ratePerSecond,
    ratePerHost === null ? 0 : mostOfOne(plan.targets) / ratePerHost,
    ratePerSubnet === null ? 0 : mostOfSubnet(plan.targets) / ratePerSubnet,
  );
  return {
    ok: true,
    addresses: Number(plan.addresses.size),
    probes,
    names: plan.unresolved.length,
    ...{ ratePerSecond, ratePerHost, ratePerSubnet },
    atLeastMs: seconds * 1000,
  };
}

/** The probes to the one address that gets the most. */
const mostOfOne = (targets: readonly Target[]): number =>
  targets.reduce((most, { ports }) => Math.max(most, ports.size), 0);

/** So many addresses are counted by their subnet; of more, a subnet is taken to be full. */
const MOST_COUNTED = 65_536n;
const FULL_SUBNET = 256;

function mostOfSubnet(targets: readonly Target[]): number {
  const size = targets.reduce((sum, { addresses }) => sum + addresses.size, 0n);
  if (size > MOST_COUNTED) return mostOfOne(targets) * FULL_SUBNET;
  const bySubnet = new Map<AddressNumber, number>();
  for (const { addresses, ports } of targets)
    for (const address of addresses) {
      const subnet: AddressNumber = address >> (isV4Number(address) ? 8n : 64n);
      bySubnet.set(subnet, (bySubnet.get(subnet) ?? 0) + ports.size);
    }
  return Math.max(0, ...bySubnet.values());
}
