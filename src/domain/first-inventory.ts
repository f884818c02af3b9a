/*
 * The edits by which the guided start makes a first inventory: a scope and an audit that sweeps it, and later what answered, declared
 * as it was found. Pure; each refusal says what was expected.
 *
 * A scope is made of addresses, for where a name leads is not up to whoever gives leave to scan. A name is declared as a host, and
 * looked at where it leads within the scope.
 */
import { AddressSet } from './address-set.js';
import type { Inventory } from './inventory.js';
import { type Edit, editSources } from './inventory-edit.js';
import type { Source } from './inventory-file.js';
import { type Places, parsePlaces } from './named-places.js';
import { PortSet, PortSyntaxError } from './port-set.js';
import { topPorts } from './top-ports.js';

export const FIRST_AUDIT = 'first-look';
const DECLARED_AUDIT = 'declared';

/** A first look is to be over while one waits; the file itself may ask for more. */
const MOST_PROBES = 2n ** 26n;

export interface FirstScope {
  /** Addresses, blocks, ranges and host names, as somebody wrote them. */
  readonly places: string;
  /** The same, without names. */
  readonly exclude: string;
  readonly authorisedBy: string;
  readonly until: string;
  /** `top-1000`, `1-65535`, or ports in nmap's notation. */
  readonly ports: string;
}

export type FirstText =
  | { readonly ok: true; readonly source: Source }
  | { readonly ok: false; readonly why: string };

const HEAD =
  '# Begun by the guided start. Everything here can be changed by hand, or on the pages.\nversion: 1\n';

export function firstInventory(scope: FirstScope): FirstText {
  const [{ addresses, names, wrong }, excluded] = [parsePlaces(scope.places), parsePlaces(scope.exclude)];
  const { authorisedBy, until, ports } = scope;
  const misread = [...wrong, ...excluded.wrong.map((one) => `never: ${one}`)];
  const why = misread.length > 0 ? misread.join('\n') : troubleOf({ addresses, names, excluded, ports });
  if (why !== null) return { ok: false, why };
  const exclude = excluded.addresses;
  const edits: Edit[] = [
    ...names.map((name): Edit => ({ edit: 'put', section: 'hosts', name, entry: { address: name } })),
    {
      ...{ edit: 'put', section: 'scopes', name: 'first' },
      entry: { allow: addresses, ...(exclude.length > 0 ? { exclude } : {}), authorisedBy, until },
    },
    {
      ...{ edit: 'put', section: 'audits', name: FIRST_AUDIT },
      entry: {
        ...{ hosts: { ...(names.length > 0 ? { names } : {}), addresses }, ports, schedule: '0 2 * * *' },
        confirm: { times: 1, afterMs: 2000 },
      },
    },
  ];
  const made = editSources([{ file: 'inventory.yaml', text: HEAD }], edits);
  return made.ok ? { ok: true, source: made.sources[0]! } : { ok: false, why: made.problem };
}

interface Asked {
  readonly addresses: readonly string[];
  readonly names: readonly string[];
  readonly excluded: Pick<Places, 'addresses' | 'names'>;
  readonly ports: string;
}

function troubleOf({ addresses, names, excluded, ports }: Asked): string | null {
  if (addresses.length + names.length === 0) return 'no address is given; expected for example 127.0.0.0/24';
  if (addresses.length === 0)
    return `a name alone is no leave to scan, for it may lead anywhere; expected beside ${names[0]} the addresses or blocks in which it may be looked at`;
  if (excluded.names.length > 0)
    return `'${excluded.names[0]}' is a name; expected addresses for what must never be touched, for a name may lead elsewhere tomorrow`;
  const wanted = portsOf(ports);
  if (typeof wanted === 'string') return wanted;
  const left = setOf(addresses).subtract(setOf(excluded.addresses));
  if (left.isEmpty) return 'everything that is given is excluded; expected an address that may be scanned';
  const probes = left.size * BigInt(wanted.size);
  if (probes <= MOST_PROBES) return null;
  return `that is ${probes} ports on ${left.size} addresses; expected at most ${MOST_PROBES} ports in one look: fewer addresses, or fewer ports`;
}

const setOf = (texts: readonly string[]): AddressSet =>
  AddressSet.unionOf(texts.map((text) => AddressSet.parse(text)));

function portsOf(text: string): PortSet | string {
  if (text === 'top-1000') return topPorts(1000);
  try {
    const set = PortSet.parse(text);
    return set.isEmpty ? 'no port is given; expected for example 1-1024' : set;
  } catch (error) {
    if (!(error instanceof PortSyntaxError)) throw error;
    return error.message;
  }
}

export interface FoundHost {
  readonly name: string;
  readonly address: string;
  readonly ports: ReadonlyArray<{ readonly port: number; readonly service: string }>;
}

export interface Reasons {
  readonly owner: { readonly id: string; readonly name: string; readonly email: string | null };
  readonly why: string;
  readonly reviewBy: string;
}

/** Declares what was found, whose it is and why; from then on it is looked at often. @param there hosts that stand there by name */
export function declareFound(
  hosts: readonly FoundHost[],
  { owner, why, reviewBy }: Reasons,
  there: ReadonlySet<string> = new Set(),
): Edit[] {
  const { id, ...about } = owner;
  return [
    { edit: 'put', section: 'owners', name: id, entry: about, keep: true },
    ...hosts.flatMap(({ name, address, ports }): Edit[] => {
      const declared = ports.map(({ port, service }) => ({
        ...{ port, ...(service === '' ? {} : { service }), expect: 'open', why, reviewBy },
      }));
      if (!there.has(name))
        return [{ edit: 'put', section: 'hosts', name, entry: { address, owner: id, ports: declared } }];
      return [
        { edit: 'put', section: 'hosts', name, entry: { owner: id }, keep: true },
        { edit: 'declare', host: name, declarations: declared },
      ];
    }),
    {
      ...{ edit: 'put', section: 'audits', name: DECLARED_AUDIT },
      entry: { hosts: 'all', ports: 'declared', every: '15m' },
    },
  ];
}

/** Has the guided start declared what it found? Hosts alone don't tell: names are hosts from the beginning. */
export const hasDeclared = ({ audits, hosts }: Inventory): boolean =>
  hosts.some(({ ports }) => ports.length > 0) || audits.some(({ name }) => name === DECLARED_AUDIT);
