/*
 * Names that lead elsewhere than they did at the run before. A name that was not known then, or led nowhere, has not moved; nor
 * has one where nobody could tell which addresses of that kind it had.
 */
import type { AuditPlan } from './audit-plan.js';
import type { Drift } from './drift.js';
import type { Finding } from './finding.js';
import { failedOf, type Resolved, recordTypeOf } from './resolved.js';
import { weigh } from './severity.js';

export function movedDrift(plan: AuditPlan, now: Resolved, before: Resolved): Drift[] {
  return plan.hosts.flatMap((host) =>
    host.names.flatMap((name) => {
      const known = before.get(name) ?? [];
      if (known.length === 0) return [];
      const untold = failedOf(before, name);
      const fresh = (now.get(name) ?? []).filter(
        (address) => !known.includes(address) && !untold.includes(recordTypeOf(address)),
      );
      return fresh.map((address): Drift => {
        const about = { kind: 'address-moved', port: null, declared: null } as const;
        return {
          ...about,
          key: ['address-moved', '', host.name, `${name} ${address}`].join('|'),
          host: host.name,
          address,
          observed: null,
          reason: null,
          service: null,
          owner: host.owner,
          ...weigh({ ...about, criticality: host.criticality, vantage: plan.vantage }),
          evidence: `${name} leads to ${address}, and led to ${known.join(', ')} at the run before`,
          exception: null,
        };
      });
    }),
  );
}

/** Could the run tell whether the name still leads there? Not where that look-up failed. */
export function judgesMove(
  { hosts, names }: Pick<AuditPlan, 'hosts' | 'names'>,
  { host, address }: Pick<Finding, 'host' | 'address'>,
): boolean {
  const named = hosts.find(({ name }) => name === host)?.names ?? [];
  return address === null || !named.some((name) => failedOf(names.now, name).includes(recordTypeOf(address)));
}
