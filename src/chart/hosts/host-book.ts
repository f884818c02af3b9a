/*
 * What the inventory alone says of every host, in the order of their names: made once a version of it, and once names lead elsewhere.
 * With ten thousand hosts, sorting them and finding out which addresses are whose takes most of a second; a run that has ended
 * must not cost that again.
 */
import { formatAddress } from '../../domain/address-set.js';
import { expectationsIndex } from '../../domain/expectations.js';
import type { Expectations, Host, Inventory } from '../../domain/inventory.js';
import { PortSet } from '../../domain/port-set.js';
import { LOCAL_VANTAGE } from '../../scans/scheduler.js';

/** A block of more addresses than these is represented by those that were looked at. */
const ADDRESSES_MOST = 16n;

export interface EnteredHost {
  readonly name: string;
  readonly host: Host;
  /** All of them where they are few. */
  readonly addresses: readonly string[];
  /** Ports that are declared open. */
  readonly declared: PortSet;
  /** What a search finds it by. */
  readonly words: string;
}

export interface HostBook {
  readonly inventory: Inventory | null;
  readonly expected: (address: string) => Expectations;
  readonly hosts: readonly EnteredHost[];
  readonly names: ReadonlySet<string>;
}

const collator = new Intl.Collator('en', { numeric: true });
/** `web-2` before `web-10`; names that sort alike keep one order all the same. */
export const compareNames = (a: string, b: string): number =>
  collator.compare(a, b) || (a < b ? -1 : a > b ? 1 : 0);

const NOTHING_EXPECTED: Expectations = {
  ...{ host: null, declared: [] },
  ...{ open: PortSet.empty, closed: PortSet.empty, filtered: PortSet.empty },
};

type Resolved = ReadonlyMap<string, readonly string[]>;

export function makeHostBook(inventory: Inventory | null, resolved: Resolved): HostBook {
  const expected = inventory
    ? remembering(expectationsIndex(inventory, LOCAL_VANTAGE, resolved))
    : () => NOTHING_EXPECTED;
  const hosts = (inventory?.hosts ?? []).map((host) => enter(host, resolved, expected));
  hosts.sort((a, b) => compareNames(a.name, b.name));
  return { inventory, expected, hosts, names: new Set(hosts.map(({ name }) => name)) };
}

/** Addresses that are asked for are few, and always the same ones. */
function remembering(expected: HostBook['expected']): HostBook['expected'] {
  const known = new Map<string, Expectations>();
  return (address) => {
    const before = known.get(address);
    if (before) return before;
    const made = expected(address);
    known.set(address, made);
    return made;
  };
}

function enter(host: Host, resolved: Resolved, expected: HostBook['expected']): EnteredHost {
  const addresses = addressesOf(host, resolved, expected);
  const some = addresses[0];
  const written = host.ports.filter(({ expect }) => expect === 'open').map(({ ports }) => ports);
  const services = host.ports.map(({ service }) => service ?? '');
  const told = [host.name, host.addresses.toString(), ...host.names, ...host.tags, host.owner ?? ''];
  return {
    ...{ name: host.name, host, addresses },
    declared: some === undefined ? PortSet.unionOf(written) : expected(some).open,
    words: [...told, ...addresses, ...services].join(' ').toLowerCase(),
  };
}

/** An address belongs to the most exact host that claims it; others that do are not about it. */
function addressesOf(host: Host, resolved: Resolved, expected: HostBook['expected']): string[] {
  const addresses = new Set<string>();
  if (host.addresses.size <= ADDRESSES_MOST)
    for (let i = 0n; i < host.addresses.size; i++) addresses.add(formatAddress(host.addresses.at(i)));
  for (const name of host.names) for (const address of resolved.get(name) ?? []) addresses.add(address);
  return [...addresses].filter((address) => expected(address).host === host);
}
