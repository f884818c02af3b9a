/*
 * Builds an attestation out of the inventory and the findings that stand. Pure: the same give the same report. A port's own owner answers
 * for it, else its host's; what has neither is listed as nobody's, and never left out.
 */

import { AddressSet } from '../../address-set.js';
import { dayOf, isPast } from '../../day.js';
import { dueBy } from '../../deadlines.js';
import { SEVERITIES } from '../../drift.js';
import { hostExpectations } from '../../expectations.js';
import type { Finding } from '../../finding.js';
import type { Declared, Host, Inventory } from '../../inventory.js';
import { belonging, type Places, type Subject } from '../belonging.js';
import type { ReportHead } from '../head.js';
import type {
  AttestationSnapshot,
  AttestedBefore,
  AttestedCounts,
  AttestedException,
  AttestedFinding,
  AttestedOwner,
  AttestedService,
} from './attestation.js';

export type StandingFinding = Pick<
  Finding,
  'key' | 'kind' | 'severity' | 'host' | 'address' | 'port' | 'service' | 'owner' | 'openedAt'
> &
  Pick<Finding, 'acceptedUntil' | 'acceptedBy'> & {
    readonly id: string;
    readonly state: 'open' | 'acknowledged' | 'accepted';
  };

/** @param inventory null before one was loaded */
export function buildAttestation(
  head: ReportHead,
  inventory: Inventory | null,
  standing: readonly StandingFinding[],
  signed: readonly AttestedBefore[],
): AttestationSnapshot {
  const { parameters, scopes, madeAt } = head;
  const at = new Date(madeAt);
  const belongs = belonging(parameters, scopes);
  const places = placesIn(inventory);
  const isTold = (one: Subject): boolean => belongs(one, places);
  const told = standing.filter(isTold);
  const all = inventory?.hosts ?? [];
  const hosts = all
    .filter((host) => isTold({ host: host.name, address: null, owner: host.owner }))
    .map(({ owner, name, addresses, names, tags, criticality }) => ({
      ...{ owner, host: name, addresses: [...addresses.toStrings(), ...names] },
      ...{ tags, criticality },
    }));
  const services = inventory ? servicesOf(inventory, dayOf(at)).filter((one) => isTold(whose(one))) : [];
  const exceptions = [
    ...(inventory ? declaredExceptions(inventory, dayOf(at)) : []),
    ...told.flatMap((one) => acceptedByHand(one, dayOf(at))),
  ].filter((one) => isTold(whose(one)));
  const findings = told.flatMap((one) => findingOf(one, inventory, at)).sort(gravestFirst);
  const lists = { hosts, services, exceptions, findings };
  const totals = countsOf(lists);
  const owners = ownersOf(lists, inventory);
  return {
    format: 'portolan-attestation/1',
    ...head,
    verdict: attestationVerdict(totals),
    owners,
    ...lists,
    totals,
    signed: signed.filter((one) => owners.some(({ owner }) => owner === one.owner)),
  };
}

export type AttestedLists = Pick<AttestationSnapshot, 'hosts' | 'services' | 'exceptions' | 'findings'>;

export function countsOf({ hosts, services, exceptions, findings }: AttestedLists): AttestedCounts {
  return {
    ...{ hosts: hosts.length, services: services.length },
    reviews: services.filter(({ isOverdue }) => isOverdue).length,
    exceptions: exceptions.length,
    ended: exceptions.filter(({ hasEnded }) => hasEnded).length,
    findings: findings.length,
    overdue: findings.filter(({ isOverdue }) => isOverdue).length,
  };
}

export function attestationVerdict(totals: AttestedCounts): AttestationSnapshot['verdict'] {
  if (totals.reviews + totals.ended + totals.findings > 0) return 'drift';
  return totals.hosts + totals.services > 0 ? 'clean' : 'inconclusive';
}

/** What of all is one owner's. */
export function listsOf(lists: AttestedLists, owner: string | null): AttestedLists {
  const its = <One extends { readonly owner: string | null }>(list: readonly One[]): One[] =>
    list.filter((one) => one.owner === owner);
  const { hosts, services, exceptions, findings } = lists;
  return {
    ...{ hosts: its(hosts), services: its(services) },
    ...{ exceptions: its(exceptions), findings: its(findings) },
  };
}

export const ownersIn = ({ hosts, services, exceptions, findings }: AttestedLists): Set<string | null> =>
  new Set([...hosts, ...services, ...exceptions, ...findings].map(({ owner }) => owner));

function ownersOf(lists: AttestedLists, inventory: Inventory | null): AttestedOwner[] {
  return Array.from(ownersIn(lists))
    .sort(nobodyLast)
    .map((owner) => {
      const known = owner === null ? undefined : inventory?.owners.get(owner);
      const counts = countsOf(listsOf(lists, owner));
      return { owner, name: known?.name ?? owner, email: known?.email ?? null, counts };
    });
}

function placesIn(inventory: Inventory | null): Places {
  const hosts = new Map((inventory?.hosts ?? []).map((host) => [host.name, host]));
  return {
    tagsOf: ({ host }) => hosts.get(host)?.tags ?? [],
    addressesOf: (host) => hosts.get(host)?.addresses ?? AddressSet.empty,
  };
}

const whose = ({ owner, host }: { owner: string | null; host: string }): Subject => ({
  ...{ owner, host, address: null },
});

/** Of each host what is declared open, once, also where it holds for several vantages. */
function servicesOf(inventory: Inventory, today: string): AttestedService[] {
  const vantages = inventory.vantages.map(({ name }) => hostExpectations(inventory, name));
  return inventory.hosts.flatMap((host) => {
    const found = new Map<string, AttestedService>();
    for (const of of vantages)
      for (const declared of of(host).declared) {
        const { place, expect, ports } = declared;
        const key = `${place.file}:${place.line} ${ports}`;
        if (expect === 'open' && !found.has(key)) found.set(key, serviceOf(host, declared, today));
      }
    return Array.from(found.values());
  });
}

function serviceOf(host: Host, declared: Declared, today: string): AttestedService {
  const { ports, service, why, requestedBy, approvedBy, reviewBy } = declared;
  return {
    ...{ owner: declared.owner ?? host.owner, host: host.name, ports: ports.toString() },
    ...{ service, why, requestedBy, approvedBy, reviewBy },
    isOverdue: reviewBy !== null && isPast(reviewBy, today),
  };
}

function declaredExceptions({ exceptions, hosts }: Inventory, today: string): AttestedException[] {
  const owners = new Map(hosts.map(({ name, owner }) => [name, owner]));
  return exceptions.map(({ host, ports, reason, approvedBy, expires }) => ({
    ...{ owner: owners.get(host) ?? null, host, ports: ports.toString(), reason, approvedBy, expires },
    ...{ hasEnded: isPast(expires, today), finding: null },
  }));
}

function acceptedByHand(finding: StandingFinding, today: string): AttestedException[] {
  const { state, acceptedBy, acceptedUntil, owner, host, port, id } = finding;
  if (state !== 'accepted' || acceptedBy === null || acceptedUntil === null) return [];
  return [
    {
      ...{ owner, host, ports: port === null ? '' : String(port), reason: null, approvedBy: acceptedBy },
      ...{ expires: acceptedUntil, hasEnded: isPast(acceptedUntil, today), finding: id },
    },
  ];
}

function findingOf(finding: StandingFinding, inventory: Inventory | null, at: Date): AttestedFinding[] {
  const { state, acceptedUntil: _, acceptedBy: __, openedAt, ...rest } = finding;
  if (state === 'accepted') return [];
  const due = inventory && dueBy(finding, inventory.deadlines);
  return [
    {
      ...{ ...rest, state, openedAt: openedAt?.toISOString() ?? null },
      ...{ due: due?.toISOString() ?? null, isOverdue: due !== null && due < at },
    },
  ];
}

function gravestFirst(a: AttestedFinding, b: AttestedFinding): number {
  return (
    Number(b.isOverdue) - Number(a.isOverdue) ||
    SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) ||
    compareTexts(a.host, b.host) ||
    compareTexts(a.address ?? '', b.address ?? '') ||
    (a.port ?? -1) - (b.port ?? -1) ||
    compareTexts(a.key, b.key)
  );
}

const nobodyLast = (a: string | null, b: string | null): number =>
  a === null || b === null ? Number(a === null) - Number(b === null) : compareTexts(a, b);

const compareTexts = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
