/*
 * Which ports of the last run are asked again to learn whether the way out still works: a few of a few hosts from all over,
 * and only what is declared open, as no other port has promised to stay.
 */
import type { AuditPlan } from './audit-plan.js';
import type { Canary } from './inventory.js';
import { PortSet } from './port-set.js';

/** Hosts that are asked again; more would say no more. */
const HOSTS_MOST = 8;
/** One port of a host may have been shut on purpose; not all of them at once. */
const PORTS_MOST = 5;

/** @param met hosts in the order of their addresses, and what the last run saw open on each */
export function metCanaries(
  plan: Pick<AuditPlan, 'addresses' | 'expect' | 'portsOf'>,
  met: readonly { readonly address: string; readonly open: PortSet }[],
): Canary[] {
  const found = met.flatMap(({ address, open }): Canary[][] => {
    if (!plan.addresses.has(address)) return [];
    const declared = PortSet.unionOf(
      plan
        .expect(address)
        .declared.filter(({ expect }) => expect === 'open')
        .map(({ ports }) => ports),
    );
    const ports = open.intersect(declared).intersect(plan.portsOf(address));
    const few = Array.from(ports).slice(0, PORTS_MOST);
    return few.length === 0 ? [] : [few.map((port) => ({ kind: 'met', address, port, expect: 'open' }))];
  });
  const every = Math.max(1, Math.ceil(found.length / HOSTS_MOST));
  return found.filter((_, i) => i % every === 0).flat();
}
