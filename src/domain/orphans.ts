/*
 * Findings that nobody can judge any more, as no audit of the inventory looks at what they are about: they would stay open
 * for ever, though nobody declares anything there.
 *
 * It errs to the side of keeping: a host with DNS names may be anywhere, and is asked for its name alone.
 */
import { AddressSet } from './address-set.js';
import { selects, selectsWhole, sweepOf } from './audit-plan.js';
import { expectationsIndex } from './expectations.js';
import type { Finding, FindingEvent } from './finding.js';
import type { Audit, Inventory } from './inventory.js';

type Subject = Pick<Finding, 'key' | 'kind' | 'host' | 'address' | 'port'>;

export function orphans<One extends Subject>(findings: readonly One[], inventory: Inventory): One[] {
  const hosts = new Map(inventory.hosts.map((host) => [host.name, host]));
  const looks = inventory.audits.map((audit) => ({ audit, addresses: reachOf(audit, inventory) }));
  const expectOf = new Map(
    inventory.vantages.map(({ name }) => [name, expectationsIndex(inventory, name, new Map())]),
  );
  const isLookedAt = ({ key, kind, host, address, port }: Subject): boolean => {
    const declared = hosts.get(host);
    if (key.startsWith(`${kind}||`))
      return declared !== undefined && inventory.audits.some((audit) => selects(audit, declared));
    return looks.some(({ audit, addresses }) => {
      if (!audit.from.some((vantage) => key.startsWith(`${kind}|${vantage}|`))) return false;
      const isNamed = declared !== undefined && declared.names.length > 0 && selects(audit, declared);
      if (!isNamed && (address === null || !addresses.has(address))) return false;
      if (port === null) return true;
      if (audit.ports.kind === 'fixed') return audit.ports.ports.has(port);
      if (isNamed) return true;
      return audit.from.some((vantage) =>
        expectOf
          .get(vantage)?.(address!)
          .declared.some(({ ports }) => ports.has(port)),
      );
    });
  };
  return findings.filter((finding) => !isLookedAt(finding));
}

/** Every address that the audit can look at, but for those of DNS names. */
function reachOf(audit: Audit, { hosts, scopes }: Inventory): AddressSet {
  const whole = hosts.filter((host) => selectsWhole(audit, host));
  const excluded = AddressSet.unionOf(scopes.map(({ exclude }) => exclude));
  return AddressSet.unionOf([sweepOf(audit), ...whole.map(({ addresses }) => addresses)]).subtract(excluded);
}

/** Its end: nobody has seen it agree, and nobody looks any more. */
export function noLongerDeclared(
  before: Finding,
  actor: string,
  now: Date,
): { finding: Finding; event: FindingEvent } {
  const over = { acceptedUntil: null, acceptedBy: null, confirmations: 0, resolvedAt: now };
  const why = 'no longer declared: no audit of the inventory looks there';
  return {
    finding: { ...before, ...over, state: 'resolved' },
    event: { key: before.key, at: now, actor, from: before.state, to: 'resolved', why },
  };
}
