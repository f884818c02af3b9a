/*
 * Names that lead elsewhere than they did at the run before. A name that was not known then, or led nowhere, has not moved.
 */
import type { AuditPlan, Resolved } from './audit-plan.js';
import type { Drift } from './drift.js';
import { weigh } from './severity.js';

export function movedDrift(plan: AuditPlan, now: Resolved, before: Resolved): Drift[] {
  return plan.hosts.flatMap((host) =>
    host.names.flatMap((name) => {
      const known = before.get(name) ?? [];
      if (known.length === 0) return [];
      const fresh = (now.get(name) ?? []).filter((address) => !known.includes(address));
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
