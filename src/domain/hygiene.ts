/*
 * The drift that needs no packet: what in the inventory itself wants its owner's hand.
 *
 * Only the hosts of the audit at hand are judged, and `never-observed` only by the audits that the inventory
 * names: a declaration on which none of them ever casts a look is a promise that nobody keeps.
 */
import { type AuditPlan, selects } from './audit-plan.js';
import { isPast } from './day.js';
import type { Drift, DriftKind } from './drift.js';
import type { Declaration, Exception, Host, Inventory } from './inventory.js';
import { PortSet } from './port-set.js';
import { weigh } from './severity.js';

export function inventoryDrift(plan: AuditPlan, today: string): Drift[] {
  const { inventory } = plan;
  const ofHosts = plan.hosts.flatMap((host) =>
    host.ports.flatMap((one) => declarationDrift(inventory, host, one, today)),
  );
  const names = new Set(plan.hosts.map((host) => host.name));
  const expired = inventory.exceptions
    .filter((exception) => names.has(exception.host) && isPast(exception.expires, today))
    .map((exception) => expiredDrift(inventory, exception));
  return [...ofHosts, ...expired];
}

function declarationDrift(
  inventory: Inventory,
  host: Host,
  declaration: Declaration,
  today: string,
): Drift[] {
  const drifts: Drift[] = [];
  const add = (kind: DriftKind, evidence: string): void => {
    drifts.push(hygieneDrift({ kind, host, ports: declaration.ports, declaration, evidence }));
  };
  const { file, line } = declaration.place;
  if (declaration.expect === 'open' && (declaration.owner ?? host.owner) === null) {
    add('owner-missing', `declared open without an owner, in ${file}, line ${line}`);
  }
  if (declaration.reviewBy !== null && isPast(declaration.reviewBy, today)) {
    add('review-overdue', `was to be reviewed by ${declaration.reviewBy}, in ${file}, line ${line}`);
  }
  const unseen = declaration.ports.subtract(lookedAt(inventory, host, declaration));
  if (!unseen.isEmpty)
    add('never-observed', `no audit looks at ${unseen} of it, declared in ${file}, line ${line}`);
  return drifts;
}

/** The ports of a declaration that some audit covers, from a vantage for which it holds. */
function lookedAt(inventory: Inventory, host: Host, declaration: Declaration): PortSet {
  const audits = inventory.audits.filter(
    (audit) =>
      selects(audit, host) &&
      (declaration.from === null || declaration.from.some((from) => audit.from.includes(from))),
  );
  return PortSet.unionOf(
    audits.map((audit) => (audit.ports.kind === 'declared' ? declaration.ports : audit.ports.ports)),
  );
}

function expiredDrift(inventory: Inventory, exception: Exception): Drift {
  const host = inventory.hosts.find((one) => one.name === exception.host) ?? null;
  const evidence = `accepted by ${exception.approvedBy} until ${exception.expires} (${exception.reason}), which has passed`;
  return hygieneDrift({
    kind: 'exception-expired',
    host,
    ports: exception.ports,
    declaration: null,
    evidence,
  });
}

function hygieneDrift(about: {
  kind: DriftKind;
  host: Host | null;
  ports: PortSet;
  declaration: Declaration | null;
  evidence: string;
}): Drift {
  const { kind, host, ports, declaration } = about;
  const only = ports.size === 1 ? ports.first : null;
  const declared = declaration?.expect ?? null;
  const name = host?.name ?? '';
  return {
    key: [kind, '', name, ports.toString()].join('|'),
    kind,
    host: name,
    address: host?.addresses.size === 1n ? host.addresses.toString() : null,
    port: only,
    declared,
    observed: null,
    reason: null,
    service: declaration?.service ?? null,
    owner: declaration?.owner ?? host?.owner ?? null,
    ...weigh({ kind, port: only, declared, criticality: host?.criticality ?? null, vantage: 'local' }),
    evidence: only === null ? `ports ${ports}: ${about.evidence}` : about.evidence,
    exception: null,
  };
}
