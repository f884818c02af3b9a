/*
 * Everything that is declared, by host, by owner and by service: what pages ask of a large inventory again and again. Made once of
 * each inventory, and kept for as long as that is. A declaration of many ports stands here once.
 */
import { hostExpectations } from './expectations.js';
import type { Declared, Expectations, Host, Inventory } from './inventory.js';

export interface DeclaredIndex {
  readonly hosts: ReadonlyMap<string, Host>;
  /** By the host's name. */
  readonly expectations: ReadonlyMap<string, Expectations>;
  /** By the owner's id. */
  readonly owners: ReadonlyMap<string, readonly Declared[]>;
  /** By name; null for those that have none. */
  readonly services: ReadonlyMap<string | null, readonly Declared[]>;
}

const made = new WeakMap<Inventory, Map<string, DeclaredIndex>>();

export function declaredIndex(inventory: Inventory, vantage: string): DeclaredIndex {
  const known = made.get(inventory) ?? new Map<string, DeclaredIndex>();
  made.set(inventory, known);
  const before = known.get(vantage);
  if (before) return before;
  const index = indexOf(inventory, vantage);
  known.set(vantage, index);
  return index;
}

function indexOf(inventory: Inventory, vantage: string): DeclaredIndex {
  const expectationsOf = hostExpectations(inventory, vantage);
  const expectations = new Map(inventory.hosts.map((host) => [host.name, expectationsOf(host)]));
  const owners = new Map<string, Declared[]>();
  const services = new Map<string | null, Declared[]>();
  for (const { declared } of expectations.values()) {
    for (const one of declared) {
      if (one.owner !== null) push(owners, one.owner, one);
      push(services, one.service, one);
    }
  }
  const hosts = new Map(inventory.hosts.map((host) => [host.name, host]));
  return { hosts, expectations, owners, services };
}

const extents = new WeakMap<readonly Declared[], { ports: number; hosts: number }>();

/** How many ports at how many hosts; of a list that is kept it is counted once. */
export function extentOf(declared: readonly Declared[]): { readonly ports: number; readonly hosts: number } {
  const known = extents.get(declared);
  if (known) return known;
  const extent = {
    ports: declared.reduce((all, { ports }) => all + ports.size, 0),
    hosts: new Set(declared.map(({ host }) => host.name)).size,
  };
  extents.set(declared, extent);
  return extent;
}

function push<K, V>(lists: Map<K, V[]>, key: K, value: V): void {
  const list = lists.get(key);
  if (list) list.push(value);
  else lists.set(key, [value]);
}
