/*
 * The edits by which the guided start makes a first inventory: a scope and an audit that sweeps it, and later what answered, declared
 * as it was found. Pure; each refusal says what was expected.
 */
import { AddressSet, AddressSyntaxError } from './address-set.js';
import { type Edit, editSources } from './inventory-edit.js';
import type { Source } from './inventory-file.js';
import { PortSet, PortSyntaxError } from './port-set.js';
import { topPorts } from './top-ports.js';

export const FIRST_AUDIT = 'first-look';

/** A first look is to be over while one waits; the file itself may ask for more. */
const MOST_PROBES = 2n ** 26n;

export interface FirstScope {
  readonly addresses: readonly string[];
  readonly exclude: readonly string[];
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
  const why = troubleOf(scope);
  if (why !== null) return { ok: false, why };
  const { addresses, exclude, authorisedBy, until, ports } = scope;
  const edits: Edit[] = [
    {
      ...{ edit: 'put', section: 'scopes', name: 'first' },
      entry: { allow: addresses, ...(exclude.length > 0 ? { exclude } : {}), authorisedBy, until },
    },
    {
      ...{ edit: 'put', section: 'audits', name: FIRST_AUDIT },
      entry: {
        ...{ hosts: { addresses }, ports, schedule: '0 2 * * *' },
        confirm: { times: 1, afterMs: 2000 },
      },
    },
  ];
  const made = editSources([{ file: 'inventory.yaml', text: HEAD }], edits);
  return made.ok ? { ok: true, source: made.sources[0]! } : { ok: false, why: made.problem };
}

function troubleOf({ addresses, exclude, ports }: FirstScope): string | null {
  if (addresses.length === 0) return 'no address is given; expected for example 127.0.0.0/24';
  const allowed = setOf(addresses);
  const excluded = setOf(exclude);
  if (typeof allowed === 'string') return allowed;
  if (typeof excluded === 'string') return excluded;
  const wanted = portsOf(ports);
  if (typeof wanted === 'string') return wanted;
  const left = allowed.subtract(excluded);
  if (left.isEmpty) return 'everything that is given is excluded; expected an address that may be scanned';
  const probes = left.size * BigInt(wanted.size);
  if (probes <= MOST_PROBES) return null;
  return `that is ${probes} ports on ${left.size} addresses; expected at most ${MOST_PROBES} ports in one look: fewer addresses, or fewer ports`;
}

function setOf(texts: readonly string[]): AddressSet | string {
  try {
    return AddressSet.unionOf(texts.map((text) => AddressSet.parse(text)));
  } catch (error) {
    if (!(error instanceof AddressSyntaxError)) throw error;
    return `${error.message}. A scope is made of addresses; names of hosts are declared later`;
  }
}

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

/** Declares what was found, whose it is and why; from then on it is looked at often. */
export function declareFound(hosts: readonly FoundHost[], { owner, why, reviewBy }: Reasons): Edit[] {
  const { id, ...about } = owner;
  return [
    { edit: 'put', section: 'owners', name: id, entry: about, keep: true },
    ...hosts.map(({ name, address, ports }): Edit => {
      const declared = ports.map(({ port, service }) => ({
        ...{ port, ...(service === '' ? {} : { service }), expect: 'open', why, reviewBy },
      }));
      return { edit: 'put', section: 'hosts', name, entry: { address, owner: id, ports: declared } };
    }),
    {
      ...{ edit: 'put', section: 'audits', name: 'declared' },
      entry: { hosts: 'all', ports: 'declared', every: '15m' },
    },
  ];
}
