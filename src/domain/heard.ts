/*
 * What an earlier attempt at a scan has heard of its hosts, so that canaries are due by all that they have said. An attempt
 * that goes on sees only the rest, and would take an honest host of which one open port was left for a wildcard.
 */
import { AddressSet } from './address-set.js';
import { canariesOf, type HostObserved } from './observation.js';
import type { Heard } from './scan-plan.js';

export function heardFrom(hosts: Iterable<HostObserved>): Heard {
  const open: AddressSet[] = [];
  const cleared: AddressSet[] = [];
  for (const host of hosts) {
    const canaries = canariesOf(host);
    const others = [host.closed, host.filtered, host.unreachable, canaries.open, canaries.shut];
    if (!host.open.isEmpty) open.push(AddressSet.parse(host.address));
    if (others.some((ports) => !ports.isEmpty)) cleared.push(AddressSet.parse(host.address));
  }
  return { open: AddressSet.unionOf(open), cleared: AddressSet.unionOf(cleared) };
}
