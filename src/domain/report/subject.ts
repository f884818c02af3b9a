/*
 * What a report is about, of all that an inventory declares: the audits, hosts and declarations that its parameters leave, and whether
 * a finding belongs to them. Pure. What the parameters name and the inventory does not have is refused, so that a slip of the pen
 * never makes an empty report that looks like a good one.
 *
 * The trap: an address that nobody has declared has no owner and no tags. It belongs to a report of all, of a scope or of an audit
 * that sweeps it, and to none of an owner or of tags.
 */
import { AddressSet } from '../address-set.js';
import { selects, sweepOf } from '../audit-plan.js';
import { hostExpectations } from '../expectations.js';
import type { Finding } from '../finding.js';
import type { Audit, Declared, Host, Inventory } from '../inventory.js';
import type { ReportParameters } from './parameters.js';

/** A declaration at a host, and from where it holds. */
export interface SubjectService {
  readonly declared: Declared;
  readonly vantages: readonly string[];
}

export interface ReportSubject {
  readonly audits: readonly Audit[];
  readonly hosts: readonly Host[];
  readonly services: readonly SubjectService[];
  readonly isAbout: (finding: Pick<Finding, 'host' | 'address' | 'owner'>) => boolean;
}

type Narrowing = Pick<ReportParameters, 'audits' | 'scope' | 'owner' | 'tags'>;

export type Narrowed =
  | { readonly ok: true; readonly subject: ReportSubject }
  | { readonly ok: false; readonly why: string };

export function subjectOf(inventory: Inventory, asked: Narrowing): Narrowed {
  const why = unknownIn(inventory, asked);
  if (why !== null) return { ok: false, why };
  const { owner, tags } = asked;
  const audits = inventory.audits.filter(
    ({ name }) => asked.audits.length === 0 || asked.audits.includes(name),
  );
  const reach = reachOf(inventory, asked.scope);
  const among = inventory.hosts.filter(
    (host) =>
      tags.every((tag) => host.tags.includes(tag)) &&
      (reach === null || !host.addresses.intersect(reach).isEmpty) &&
      (asked.audits.length === 0 || audits.some((audit) => selects(audit, host))),
  );
  const services = servicesOf(inventory, audits, among).filter(
    ({ declared }) => owner === null || declared.owner === owner,
  );
  const theirs = new Set(services.map(({ declared }) => declared.host));
  const hosts = among.filter((host) => owner === null || host.owner === owner || theirs.has(host));
  const swept = asked.audits.length === 0 ? null : AddressSet.unionOf(audits.map(sweepOf));
  const isAbout = belongs(inventory, asked, { hosts, reach, swept });
  return { ok: true, subject: { audits, hosts, services, isAbout } };
}

function unknownIn({ audits, scopes, owners, hosts }: Inventory, asked: Narrowing): string | null {
  const audit = asked.audits.find((name) => !audits.some((one) => one.name === name));
  if (audit !== undefined) return `the inventory has no audit '${audit}'`;
  if (asked.scope !== null && !scopes.some(({ name }) => name === asked.scope))
    return `the inventory has no scope '${asked.scope}'`;
  if (asked.owner !== null && !owners.has(asked.owner)) return `the inventory has no owner '${asked.owner}'`;
  const tag = asked.tags.find((one) => !hosts.some(({ tags }) => tags.includes(one)));
  return tag === undefined ? null : `no host of the inventory has the tag '${tag}'`;
}

/** Null for everywhere. */
function reachOf({ scopes }: Inventory, name: string | null): AddressSet | null {
  const scope = scopes.find((one) => one.name === name);
  if (!scope) return null;
  return scope.allow.subtract(AddressSet.unionOf(scopes.map(({ exclude }) => exclude)));
}

function servicesOf(
  inventory: Inventory,
  audits: readonly Audit[],
  hosts: readonly Host[],
): SubjectService[] {
  const vantages = [...new Set(audits.flatMap(({ from }) => from))].sort();
  const expectations = (vantages.length === 0 ? ['local'] : vantages).map((vantage) => ({
    vantage,
    of: hostExpectations(inventory, vantage),
  }));
  return hosts.flatMap((host) => {
    const found = new Map<string, { declared: Declared; vantages: string[] }>();
    for (const { vantage, of } of expectations) {
      for (const declared of of(host).declared) {
        const { ports, place, expect } = declared;
        const key = `${expect} ${ports} ${place.file}:${place.line}`;
        const known = found.get(key);
        if (known) known.vantages.push(vantage);
        else found.set(key, { declared, vantages: [vantage] });
      }
    }
    return [...found.values()];
  });
}

function belongs(
  inventory: Inventory,
  { audits, owner, tags }: Narrowing,
  left: { hosts: readonly Host[]; reach: AddressSet | null; swept: AddressSet | null },
): ReportSubject['isAbout'] {
  const chosen = new Set(left.hosts.map(({ name }) => name));
  const declared = new Set(inventory.hosts.map(({ name }) => name));
  const isEverything = audits.length === 0 && tags.length === 0 && left.reach === null;
  return (finding) => {
    if (owner !== null && finding.owner !== owner) return false;
    if (isEverything) return true;
    const { host, address } = finding;
    if (left.reach !== null && address !== null && !left.reach.has(address)) return false;
    if (declared.has(host)) return chosen.has(host);
    if (tags.length > 0 || address === null) return false;
    return left.swept === null || left.swept.has(address);
  };
}
