/*
 * The drift that needs no packet: what in the inventory itself wants its owner's hand.
 *
 * Only the hosts of the audit at hand are judged, and `never-observed` only by the audits that the inventory
 * names: a declaration on which none of them ever casts a look is a promise that nobody keeps.
 */
import { AddressSet } from './address-set.js';
import { type AuditPlan, selects } from './audit-plan.js';
import { isPast } from './day.js';
import type { Drift, DriftKind } from './drift.js';
import type { Audit, Declaration, Exception, Group, Host, Inventory } from './inventory.js';
import { PortSet } from './port-set.js';
import { weigh } from './severity.js';

export function inventoryDrift(plan: AuditPlan, today: string): Drift[] {
  const { inventory } = plan;
  const looks = looksOf(inventory);
  const groupsByTag = new Map<string, Group[]>();
  for (const group of inventory.groups)
    for (const tag of group.tags) groupsByTag.set(tag, [...(groupsByTag.get(tag) ?? []), group]);
  const byAddress = inventory.groups.filter(({ addresses }) => !addresses.isEmpty);
  const drifts = plan.hosts.flatMap((host) => {
    const groups = new Set([
      ...host.tags.flatMap((tag) => groupsByTag.get(tag) ?? []),
      ...byAddress.filter(({ addresses }) => !addresses.intersect(host.addresses).isEmpty),
    ]);
    return declarationsOf(host, groups).flatMap((one) => declarationDrift(looks, host, one, today));
  });
  const hosts = new Map(plan.hosts.map((host) => [host.name, host]));
  for (const exception of inventory.exceptions) {
    const host = hosts.get(exception.host);
    if (host && isPast(exception.expires, today) && !isRenewed(inventory, exception, today))
      drifts.push(expiredDrift(host, exception));
  }
  return onceEach(drifts);
}

/** Of a host's own declarations and its groups' what is left of each once the host's own have won. */
function declarationsOf(host: Host, groups: Iterable<Group>): Declaration[] {
  const left = Array.from(groups, ({ ports }) => ports)
    .flat()
    .map((one) => {
      const stronger = host.ports.filter(
        ({ from }) => from === null || one.from?.every((v) => from.includes(v)),
      );
      return { ...one, ports: one.ports.subtract(PortSet.unionOf(stronger.map(({ ports }) => ports))) };
    });
  return [...host.ports, ...left.filter(({ ports }) => !ports.isEmpty)];
}

/** Two declarations of the same ports, for two vantages, are one thing to put right: the first speaks for both. */
function onceEach(drifts: readonly Drift[]): Drift[] {
  const byKey = new Map<string, Drift>();
  for (const drift of drifts) if (!byKey.has(drift.key)) byKey.set(drift.key, drift);
  return [...byKey.values()];
}

function declarationDrift(looks: Looks, host: Host, declaration: Declaration, today: string): Drift[] {
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
  const unseen = unseenOf(looks, host, declaration);
  if (!unseen.isEmpty)
    add('never-observed', `no audit looks at ${unseen} of it, declared in ${file}, line ${line}`);
  return drifts;
}

type Looks = ReadonlyArray<{ readonly audit: Audit; readonly at: (host: Host) => boolean }>;

/** Does an audit reach a host? Also a machine that it does not name, within a block that it does. */
function looksOf({ audits, hosts }: Inventory): Looks {
  return audits.map((audit) => {
    let reached: AddressSet | null = null;
    const reach = (): AddressSet =>
      AddressSet.unionOf(hosts.filter((host) => selects(audit, host)).map(({ addresses }) => addresses));
    const isWithin = (host: Host): boolean => {
      reached ??= reach();
      for (const [first] of host.addresses.ranges()) if (reached.has(first)) return true;
      return false;
    };
    return { audit, at: (host) => selects(audit, host) || isWithin(host) };
  });
}

/** The ports of a declaration that no audit covers from a vantage for which it holds. */
function unseenOf(looks: Looks, host: Host, { from, ports }: Declaration): PortSet {
  let unseen = ports;
  for (const { audit, at } of looks) {
    if (unseen.isEmpty) break;
    if ((from !== null && !from.some((one) => audit.from.includes(one))) || !at(host)) continue;
    unseen = audit.ports.kind === 'declared' ? PortSet.empty : unseen.subtract(audit.ports.ports);
  }
  return unseen;
}

/** All of its ports are accepted anew: there is nothing left to do. */
function isRenewed({ exceptions }: Inventory, old: Exception, today: string): boolean {
  const alive = exceptions.filter(({ host, expires }) => host === old.host && !isPast(expires, today));
  return old.ports.subtract(PortSet.unionOf(alive.map(({ ports }) => ports))).isEmpty;
}

function expiredDrift(host: Host, exception: Exception): Drift {
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
  host: Host;
  ports: PortSet;
  declaration: Declaration | null;
  evidence: string;
}): Drift {
  const { kind, host, ports, declaration } = about;
  const only = ports.size === 1 ? ports.first : null;
  const declared = declaration?.expect ?? null;
  return {
    key: [kind, '', host.name, ports.toString()].join('|'),
    kind,
    host: host.name,
    address: host.addresses.size === 1n ? host.addresses.toString() : null,
    port: only,
    declared,
    observed: null,
    reason: null,
    service: declaration?.service ?? null,
    owner: declaration?.owner ?? host.owner,
    ...weigh({ kind, port: only, declared, criticality: host.criticality, vantage: 'local' }),
    evidence: only === null ? `ports ${ports}: ${about.evidence}` : about.evidence,
    exception: null,
  };
}
