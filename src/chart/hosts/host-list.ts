/*
 * Every host that is known, declared or only seen, in the order of their names, with what a list says of each. Kept in memory,
 * in three layers: what the inventory says (host-book.ts), what was seen, and which findings live; each is made anew when its own
 * source has moved. Ten thousand hosts are searched and counted faster than a database tells of them.
 *
 * The trap is an event that is committed after a later one: it is missed for as long as MOST_AGE_MS, and no longer.
 */
import { Inject, Injectable } from '@nestjs/common';
import { type AddressSet, parseAddress } from '../../domain/address-set.js';
import { SEVERITIES } from '../../domain/drift.js';
import type { Host } from '../../domain/inventory.js';
import { PortSet } from '../../domain/port-set.js';
import { InventoryService } from '../../inventory/inventory.service.js';
import { CLOCK, type Clock } from '../../platform/clock.js';
import { LOCAL_VANTAGE } from '../../scans/scheduler.js';
import { type AliveCount, ChartQueries, type SeenAddress } from '../chart.queries.js';
import { compareNames, type EnteredHost, type HostBook, makeHostBook } from './host-book.js';

const MOST_AGE_MS = 30_000;
/** On a host with more, something answers in the place of services; it says nothing about which ports are in use. */
const OPEN_COUNTED_MOST = 1000;

interface SeenHost extends Omit<EnteredHost, 'host'> {
  /** Null where it was only seen. */
  readonly host: Host | null;
  readonly open: PortSet;
  /** One that is not declared, and silent, is listed as long as a finding of it lives. */
  readonly isListed: boolean;
  /** When it was looked at last; null for never. */
  readonly at: Date | null;
}

export interface HostEntry extends SeenHost {
  readonly drift: number;
  readonly accepted: number;
  /** A place in SEVERITIES; their number where there is no drift. */
  readonly worst: number;
}

export interface Hosts extends Pick<HostBook, 'inventory' | 'expected'> {
  /** By their names. */
  readonly all: readonly HostEntry[];
  /** By their worst drift, then by their names. */
  readonly byDrift: readonly HostEntry[];
  readonly named: ReadonlyMap<string, HostEntry>;
  /** Ports by on how many hosts they are declared open, or seen open. */
  readonly ports: ReadonlyArray<readonly [port: number, hosts: number]>;
}

interface Seen {
  readonly book: HostBook;
  readonly hosts: readonly SeenHost[];
  readonly ports: Hosts['ports'];
}

@Injectable()
export class HostList {
  private made: { key: string; at: number; hosts: Promise<Hosts> } | null = null;
  private book: { key: string; book: HostBook } | null = null;
  private seen: { key: string; seen: Seen } | null = null;

  constructor(
    private readonly queries: ChartQueries,
    private readonly inventory: InventoryService,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async now(): Promise<Hosts> {
    const current = await this.inventory.current();
    const { mark, event } = await this.queries.tide();
    const version = current?.id ?? 'none';
    const key = `${version} ${mark} ${event}`;
    const now = this.clock().getTime();
    if (this.made?.key === key && Math.abs(now - this.made.at) < MOST_AGE_MS) return this.made.hosts;
    const hosts = this.seenBy(version, mark).then(async (seen) => count(seen, await this.queries.alive()));
    const made = { key, at: now, hosts };
    this.made = made;
    hosts.catch(() => {
      if (this.made === made) this.made = null;
    });
    return hosts;
  }

  private async seenBy(version: string, mark: string): Promise<Seen> {
    const key = `${version} ${mark}`;
    if (this.seen?.key === key) return this.seen.seen;
    const resolved = await this.queries.resolved();
    const bookKey = `${version} ${JSON.stringify([...resolved])}`;
    if (this.book?.key !== bookKey) {
      const current = await this.inventory.current();
      this.book = { key: bookKey, book: makeHostBook(current?.inventory ?? null, resolved) };
    }
    const seen = look(this.book.book, await this.queries.seen(LOCAL_VANTAGE));
    this.seen = { key, seen };
    return seen;
  }
}

function look(book: HostBook, seen: readonly SeenAddress[]): Seen {
  const seenOf = new Map<Host, SeenAddress[]>();
  const strangers: SeenAddress[] = [];
  for (const one of seen) {
    const { host } = book.expected(one.address);
    const list = host && seenOf.get(host);
    if (list) list.push(one);
    else if (host) seenOf.set(host, [one]);
    else if (!book.names.has(one.address)) strangers.push(one);
  }
  const declared = book.hosts.map((one): SeenHost => {
    const looked = seenOf.get(one.host) ?? [];
    const more = looked.map(({ address }) => address).filter((address) => !one.addresses.includes(address));
    return {
      ...one,
      addresses: more.length === 0 ? one.addresses : [...one.addresses, ...more],
      ...sumUp(looked),
      isListed: true,
    };
  });
  const only = strangers.map(({ address, open, at, answered }): SeenHost => {
    return {
      name: address,
      host: null,
      addresses: [address],
      declared: PortSet.empty,
      words: address,
      ...{ open, at, isListed: answered },
    };
  });
  // Sorted runs one after the other are soon laid together.
  const hosts =
    only.length === 0 ? declared : [...declared, ...only].sort((a, b) => compareNames(a.name, b.name));
  return { book, hosts, ports: rankPorts(hosts) };
}

function sumUp(looked: readonly SeenAddress[]): Pick<SeenHost, 'open' | 'at'> {
  const [first] = looked;
  if (!first) return { open: PortSet.empty, at: null };
  if (looked.length === 1) return { open: first.open, at: first.at };
  return {
    open: PortSet.unionOf(looked.map(({ open }) => open)),
    at: new Date(looked.reduce((last, { at }) => Math.max(last, at.getTime()), 0)),
  };
}

function rankPorts(all: readonly SeenHost[]): Array<readonly [number, number]> {
  const hosts = new Map<number, number>();
  for (const { declared, open } of all) {
    const counted = open.size > OPEN_COUNTED_MOST ? declared : declared.union(open);
    if (counted.size > OPEN_COUNTED_MOST) continue;
    for (const port of counted) hosts.set(port, (hosts.get(port) ?? 0) + 1);
  }
  return [...hosts].sort(([a, one], [b, other]) => other - one || a - b);
}

function count({ book, hosts, ports }: Seen, alive: readonly AliveCount[]): Hosts {
  const atAddress = new Map<string, AliveCount>();
  const ofHost = new Map<string, AliveCount>();
  for (const one of alive) {
    if (one.address === null) ofHost.set(one.host, one);
    else atAddress.set(one.address, one);
  }
  const all = hosts.flatMap((one): HostEntry[] => {
    let [drift, accepted, worst] = [0, 0, SEVERITIES.length as number];
    const add = (found: AliveCount | undefined): void => {
      if (!found) return;
      drift += found.drift;
      accepted += found.accepted;
      worst = Math.min(worst, found.worst);
    };
    add(ofHost.get(one.name));
    for (const address of one.addresses) add(atAddress.get(address));
    return one.isListed || drift + accepted > 0 ? [{ ...one, drift, accepted, worst }] : [];
  });
  const byWorst = Array.from({ length: SEVERITIES.length + 1 }, (): HostEntry[] => []);
  for (const one of all) byWorst[one.worst]!.push(one);
  const named = new Map(all.map((one) => [one.name, one]));
  return { inventory: book.inventory, expected: book.expected, all, byDrift: byWorst.flat(), named, ports };
}

/** Is any of a host's addresses in a network? */
export function isWithin({ host, addresses }: SeenHost, network: AddressSet): boolean {
  if (host && !host.addresses.intersect(network).isEmpty) return true;
  return addresses.some((text) => {
    const address = parseAddress(text);
    return address !== null && network.has(address);
  });
}
