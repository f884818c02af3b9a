/*
 * Which receivers hear of a finding, and why: a walk down the routing tree, as Alertmanager's, with one promise beyond it.
 * Nothing is without a receiver: where no route matches, the owner's own receivers do, else the owner's e-mail, else
 * whoever runs the service.
 *
 * A route's branches are looked at after the route itself has matched; where one of them takes the alert, its receivers hear
 * of it and not the route's own. What a branch does not say, it has from the route above it.
 */
import type { Finding } from './finding.js';
import type { Inventory, Owner } from './inventory.js';
import {
  OPERATORS,
  OWNER,
  type Receiver,
  type Route,
  type RouteManner,
  type RouteMatch,
  USUAL_MANNER,
} from './receiver.js';

/** What a route may ask of a finding. */
export interface Routed extends Pick<Finding, 'owner' | 'severity' | 'kind' | 'host'> {
  readonly vantage: string | null;
  readonly audit: string | null;
}

export interface Destination {
  readonly receiver: Receiver;
  readonly manner: RouteManner;
  /** In words, for whoever asks why they were told. */
  readonly because: string;
}

type Told = Pick<Inventory, 'owners' | 'receivers' | 'routes' | 'hosts'>;

export type Router = (finding: Routed) => Destination[];

/** For many findings. Each has at least one destination, and none twice. */
export function router(inventory: Told): Router {
  const tags = new Map(inventory.hosts.map((host) => [host.name, host.tags]));
  return (finding) => {
    const facts = { ...finding, tags: tags.get(finding.host) ?? [] };
    const taken: Destination[] = [];
    walk(inventory.routes, facts, inventory, taken);
    if (taken.length === 0)
      taken.push(...ownersOwn(facts.owner, inventory, USUAL_MANNER, 'no route matches it'));
    const seen = new Set<string>();
    return taken.filter(({ receiver }) => !seen.has(receiver.name) && seen.add(receiver.name));
  };
}

export const route = (finding: Routed, inventory: Told): Destination[] => router(inventory)(finding);

/** Whom a destination names for what is past its due date. */
export function escalatedTo(
  { manner, because }: Destination,
  owner: string | null,
  inventory: Told,
): Destination[] {
  return manner.escalateTo.flatMap((name) => {
    if (name === OWNER) return ownersOwn(owner, inventory, manner, because);
    return [{ receiver: receiverOf(name, inventory), manner, because }];
  });
}

/** From where a finding was seen; null for what comes from the inventory alone. Names may hold a `|`, so that no key is cut. */
export function vantageOf(
  { key, kind, address }: Pick<Finding, 'key' | 'kind' | 'address'>,
  { vantages }: Pick<Inventory, 'vantages'>,
): string | null {
  return vantages.find(({ name }) => key.startsWith(`${kind}|${name}|${address}|`))?.name ?? null;
}

/** With the tags of its host. */
export type Facts = Routed & { readonly tags: readonly string[] };

/** True where one of the routes took it. */
function walk(routes: readonly Route[], facts: Facts, inventory: Told, taken: Destination[]): boolean {
  let isTaken = false;
  for (const one of routes) {
    if (!matches(one.match, facts)) continue;
    isTaken = true;
    if (!walk(one.routes, facts, inventory, taken)) taken.push(...destinations(one, facts, inventory));
    if (!one.continues) break;
  }
  return isTaken;
}

function destinations(one: Route, { owner }: Facts, inventory: Told): Destination[] {
  const because = `the route at ${one.place.file}:${one.place.line} matches it`;
  return one.to.flatMap((name) => {
    if (name === OWNER) return ownersOwn(owner, inventory, one, because);
    return [{ receiver: receiverOf(name, inventory), manner: one, because }];
  });
}

/** Who is told for an owner. */
function ownersOwn(id: string | null, inventory: Told, manner: RouteManner, because: string): Destination[] {
  const owner = id === null ? undefined : inventory.owners.get(id);
  if (!owner) {
    const why = id === null ? 'nobody owns it' : `its owner ${id} is not declared`;
    return [{ receiver: receiverOf(OPERATORS, inventory), manner, because: `${because}; ${why}` }];
  }
  const declared = owner.receivers.filter((name) => inventory.receivers.some((one) => one.name === name));
  if (declared.length > 0)
    return declared.map((name) => ({
      receiver: receiverOf(name, inventory),
      manner,
      because: `${because}; ${owner.id} owns it`,
    }));
  if (owner.email !== null)
    return [
      {
        receiver: mailOf(owner),
        manner,
        because: `${because}; ${owner.id} owns it, and has no receiver but an e-mail address`,
      },
    ];
  return [
    {
      receiver: receiverOf(OPERATORS, inventory),
      manner,
      because: `${because}; its owner ${owner.id} has neither a receiver nor an e-mail address`,
    },
  ];
}

/** A receiver by name; whoever runs the service where it is not declared. */
export function receiverOf(
  name: string,
  { receivers, owners }: Pick<Told, 'receivers' | 'owners'>,
): Receiver {
  const declared = receivers.find((one) => one.name === name);
  if (declared) return declared;
  const owner = name.startsWith(OWNERS_MAIL) ? owners.get(name.slice(OWNERS_MAIL.length)) : undefined;
  return owner?.email ? mailOf(owner) : OPERATORS_MAIL;
}

/** Of everybody who can be told: what is declared, and what needs no declaration. */
export function receiverNames({ receivers, owners }: Pick<Told, 'receivers' | 'owners'>): string[] {
  const mailed = [...owners.values()].filter(({ email }) => email !== null);
  return [...receivers.map(({ name }) => name), ...mailed.map((owner) => mailOf(owner).name), OPERATORS];
}

/** Not a name that the inventory could give: it has a space. */
const OWNERS_MAIL = 'e-mail of ';
const NOWHERE = { file: 'built in', line: 0, column: 0 };

/** The name under which an owner without a receiver is told; null where that is nobody. */
export const ownersMail = ({ id, email, receivers }: Owner): string | null =>
  email === null || receivers.length > 0 ? null : `${OWNERS_MAIL}${id}`;

const mailOf = ({ id, email }: Owner): Receiver => ({
  ...{
    type: 'email',
    to: [email!],
    name: `${OWNERS_MAIL}${id}`,
    details: true,
    digest: null,
    place: NOWHERE,
  },
});

/** Whom `PORTOLAN_MAIL_TO` names, where the inventory does not say otherwise. */
const OPERATORS_MAIL: Receiver = {
  ...{ type: 'email', to: [], name: OPERATORS, details: true, digest: null, place: NOWHERE },
};

export function matches(match: RouteMatch, facts: Facts): boolean {
  const isIn = (list: readonly string[], value: string | null): boolean =>
    list.length === 0 || (value !== null && list.includes(value));
  return (
    isIn(match.owners, facts.owner) &&
    isIn(match.severities, facts.severity) &&
    isIn(match.kinds, facts.kind) &&
    isIn(match.vantages, facts.vantage) &&
    isIn(match.audits, facts.audit) &&
    (match.tags.length === 0 || match.tags.some((tag) => facts.tags.includes(tag)))
  );
}
