/*
 * Every host that is known, declared or only seen, in the order of their names, with what a list says of each. Kept in memory
 * and made anew when the inventory, the chart or a finding has moved: ten thousand hosts are sorted, searched and counted faster
 * than a database tells of them.
 *
 * The trap is an event that is committed after a later one: it is missed for as long as MOST_AGE_MS, and no longer.
 */
import { Inject, Injectable } from '@nestjs/common';
import { AddressSet, formatAddress, parseAddress } from '../domain/address-set.js';
import { SEVERITIES } from '../domain/drift.js';
import { expectationsIndex } from '../domain/expectations.js';
import type { Expectations, Host, Inventory } from '../domain/inventory.js';
import { PortSet } from '../domain/port-set.js';
import { InventoryService } from '../inventory/inventory.service.js';
import { CLOCK, type Clock } from '../platform/clock.js';
import { LOCAL_VANTAGE } from '../scans/scheduler.js';
import { type AliveCount, ChartQueries, type SeenAddress } from './chart.queries.js';

const MOST_AGE_MS = 30_000;
/** A block of more addresses than these is represented by those that were looked at. */
const ADDRESSES_MOST = 16n;
/** On a host with more, something answers in the place of services; it says nothing about which ports are in use. */
const OPEN_COUNTED_MOST = 1000;

export interface HostEntry {
  readonly name: string;
  /** Null where it was only seen. */
  readonly host: Host | null;
  /** All of them where they are few, else those that were looked at. */
  readonly addresses: readonly string[];
  readonly declared: PortSet;
  readonly open: PortSet;
  /** When it was looked at last; null for never. */
  readonly at: Date | null;
  readonly drift: number;
  readonly accepted: number;
  /** A place in SEVERITIES; their number where there is no drift. */
  readonly worst: number;
  /** What a search finds it by. */
  readonly words: string;
}

export interface Hosts {
  readonly inventory: Inventory | null;
  readonly expected: (address: string) => Expectations;
  /** By their names. */
  readonly all: readonly HostEntry[];
  /** By their worst drift, then by their names. */
  readonly byDrift: readonly HostEntry[];
  readonly named: ReadonlyMap<string, HostEntry>;
  /** Ports by on how many hosts they are declared open, or seen open. */
  readonly ports: ReadonlyArray<readonly [port: number, hosts: number]>;
}

const collator = new Intl.Collator('en', { numeric: true });
/** `web-2` before `web-10`; names that sort alike keep one order all the same. */
export const compareNames = (a: string, b: string): number =>
  collator.compare(a, b) || (a < b ? -1 : a > b ? 1 : 0);

@Injectable()
export class HostList {
  private made: { key: string; at: number; hosts: Promise<Hosts> } | null = null;

  constructor(
    private readonly queries: ChartQueries,
    private readonly inventory: InventoryService,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async now(): Promise<Hosts> {
    const current = await this.inventory.current();
    const key = `${current?.id} ${await this.queries.tide()}`;
    const now = this.clock().getTime();
    if (this.made?.key === key && Math.abs(now - this.made.at) < MOST_AGE_MS) return this.made.hosts;
    const hosts = this.make(current?.inventory ?? null);
    const made = { key, at: now, hosts };
    this.made = made;
    hosts.catch(() => {
      if (this.made === made) this.made = null;
    });
    return hosts;
  }

  private async make(inventory: Inventory | null): Promise<Hosts> {
    const resolved = await this.queries.resolved();
    const seen = await this.queries.seen(LOCAL_VANTAGE);
    const alive = await this.queries.alive(SEVERITIES);
    return listHosts(inventory, resolved, seen, alive);
  }
}

const NOTHING_EXPECTED: Expectations = {
  ...{ host: null, declared: [] },
  ...{ open: PortSet.empty, closed: PortSet.empty, filtered: PortSet.empty },
};

function listHosts(
  inventory: Inventory | null,
  resolved: ReadonlyMap<string, readonly string[]>,
  seen: readonly SeenAddress[],
  alive: readonly AliveCount[],
): Hosts {
  const expected = inventory ? expectationsIndex(inventory, LOCAL_VANTAGE, resolved) : () => NOTHING_EXPECTED;
  const counts = new Map(alive.map((one) => [one.address ?? `host ${one.host}`, one]));
  const seenOf = new Map<string, SeenAddress[]>();
  const strangers: SeenAddress[] = [];
  for (const one of seen) {
    const { host } = expected(one.address);
    if (host === null) strangers.push(one);
    else seenOf.set(host.name, [...(seenOf.get(host.name) ?? []), one]);
  }
  const declared = (inventory?.hosts ?? []).map((host) => {
    const looked = seenOf.get(host.name) ?? [];
    const addresses = addressesOf(host, resolved, looked, expected);
    return entry(host.name, host, addresses, looked, expected, counts);
  });
  const taken = new Set(declared.map(({ name }) => name));
  const only = strangers
    .filter(({ address, answered }) => !taken.has(address) && (answered || counts.has(address)))
    .map((one) => entry(one.address, null, [one.address], [one], expected, counts));
  const all = [...declared, ...only].sort((a, b) => compareNames(a.name, b.name));
  return {
    ...{ inventory, expected, all },
    byDrift: [...all].sort((a, b) => a.worst - b.worst),
    named: new Map(all.map((one) => [one.name, one])),
    ports: rankPorts(all),
  };
}

/** An address belongs to the most exact host that claims it; others that do are not about it. */
function addressesOf(
  host: Host,
  resolved: ReadonlyMap<string, readonly string[]>,
  looked: readonly SeenAddress[],
  expected: Hosts['expected'],
): string[] {
  const addresses = new Set(looked.map(({ address }) => address));
  if (host.addresses.size <= ADDRESSES_MOST)
    for (let i = 0n; i < host.addresses.size; i++) addresses.add(formatAddress(host.addresses.at(i)));
  for (const name of host.names) for (const address of resolved.get(name) ?? []) addresses.add(address);
  return [...addresses].filter((address) => expected(address).host === host);
}

function entry(
  name: string,
  host: Host | null,
  addresses: readonly string[],
  looked: readonly SeenAddress[],
  expected: Hosts['expected'],
  counts: ReadonlyMap<string, AliveCount>,
): HostEntry {
  const found = [`host ${name}`, ...addresses].flatMap((key) => counts.get(key) ?? []);
  const sum = (of: (one: AliveCount) => number): number => found.reduce((all, one) => all + of(one), 0);
  const some = addresses[0];
  const written = host?.ports.filter(({ expect }) => expect === 'open').map(({ ports }) => ports) ?? [];
  const services = host?.ports.map(({ service }) => service ?? '') ?? [];
  const told = [name, host?.addresses.toString(), ...(host?.names ?? []), ...(host?.tags ?? []), host?.owner];
  return {
    ...{ name, host, addresses },
    declared: some === undefined ? PortSet.unionOf(written) : expected(some).open,
    open: looked.length === 1 ? looked[0]!.open : PortSet.unionOf(looked.map(({ open }) => open)),
    at: looked.reduce<Date | null>((last, { at }) => (last === null || at > last ? at : last), null),
    drift: sum(({ drift }) => drift),
    accepted: sum(({ accepted }) => accepted),
    worst: Math.min(SEVERITIES.length, ...found.map(({ worst }) => worst)),
    words: [...told, ...addresses, ...services].join(' ').toLowerCase(),
  };
}

function rankPorts(all: readonly HostEntry[]): Array<readonly [number, number]> {
  const hosts = new Map<number, number>();
  for (const { declared, open } of all) {
    const counted = open.size > OPEN_COUNTED_MOST ? declared : declared.union(open);
    if (counted.size > OPEN_COUNTED_MOST) continue;
    for (const port of counted) hosts.set(port, (hosts.get(port) ?? 0) + 1);
  }
  return [...hosts].sort(([a, one], [b, other]) => other - one || a - b);
}

/** Is any of a host's addresses in a network? */
export function isWithin({ host, addresses }: HostEntry, network: AddressSet): boolean {
  if (host && !host.addresses.intersect(network).isEmpty) return true;
  return addresses.some((text) => {
    const address = parseAddress(text);
    return address !== null && network.has(address);
  });
}
