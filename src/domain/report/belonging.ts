/*
 * What a report that is narrowed down is about: what lies in a scope, is an owner's, has all of some tags. Pure.
 *
 * The promise: it errs to the side of telling. What can't be placed, such as a name that led nowhere, belongs to every scope: left out,
 * it would make a report look better than what is known.
 */
import { AddressSet, parseAddress } from '../address-set.js';
import type { ReportHead } from './head.js';
import type { ReportParameters } from './parameters.js';

export interface Subject {
  readonly host: string;
  readonly address: string | null;
  readonly owner: string | null;
}

/** What is known of hosts by their names and addresses. */
export interface Places {
  readonly tagsOf: (subject: Pick<Subject, 'host' | 'address'>) => readonly string[];
  readonly addressesOf: (host: string) => AddressSet;
}

export type Scope = ReportHead['scopes'][number];
type Narrowing = Pick<ReportParameters, 'scope' | 'owner' | 'tags'>;

export const isNarrowed = ({ scope, owner, tags }: Narrowing): boolean =>
  scope !== null || owner !== null || tags.length > 0;

/** @param scopes all of the inventory: what one of them excludes is excluded from each */
export function belonging(
  { scope, owner, tags }: Narrowing,
  scopes: ReadonlyArray<Pick<Scope, 'name' | 'allow' | 'exclude'>>,
): (subject: Subject, places: Places) => boolean {
  const reach = scope === null ? null : reachOf(scope, scopes);
  return (subject, places) => {
    if (owner !== null && subject.owner !== owner) return false;
    if (tags.length > 0) {
      const its = places.tagsOf(subject);
      if (!tags.every((tag) => its.includes(tag))) return false;
    }
    return reach === null || liesIn(reach, subject, places);
  };
}

function liesIn(reach: AddressSet, { host, address }: Subject, places: Places): boolean {
  const at = address === null ? null : parseAddress(address);
  if (at !== null) return reach.has(at);
  const known = places.addressesOf(host);
  return known.isEmpty || !known.intersect(reach).isEmpty;
}

function reachOf(name: string, scopes: ReadonlyArray<Pick<Scope, 'name' | 'allow' | 'exclude'>>): AddressSet {
  const all = (texts: readonly string[]): AddressSet =>
    AddressSet.unionOf(texts.map((text) => AddressSet.parse(text)));
  const allowed = all(scopes.filter((scope) => scope.name === name).flatMap(({ allow }) => allow));
  return allowed.subtract(all(scopes.flatMap(({ exclude }) => exclude)));
}
