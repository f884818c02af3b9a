/*
 * One port at a host, from what is declared, what the history says and who looked last. The host is one that the inventory names, or an
 * address at which something was seen; where there is neither, there is no such port. What was taken out of the inventory stays
 * here for as long as its history is kept.
 */
import { Inject, Injectable } from '@nestjs/common';
import { canonicalAddress, formatAddress } from '../../domain/address-set.js';
import { dayOf, isPast } from '../../domain/day.js';
import { declaredIndex } from '../../domain/declared-index.js';
import { expectationsFor } from '../../domain/expectations.js';
import { byPlace, type Interval } from '../../domain/history.js';
import type { Declared, Exception, Host, Inventory } from '../../domain/inventory.js';
import { InventoryService } from '../../inventory/inventory.service.js';
import { CLOCK, type Clock } from '../../platform/clock.js';
import { Refusal } from '../../platform/refusal.js';
import { LOCAL_VANTAGE } from '../../scans/scheduler.js';
import { type LastLook, type PortFinding, ServiceQueries } from './service.queries.js';

/** A host of more addresses is looked for by its name: most of them will have no such port. */
const ADDRESSES_MOST = 64;

export interface ExceptionAt extends Pick<Exception, 'reason' | 'approvedBy' | 'expires'> {
  readonly isPast: boolean;
}

export interface PortKnown {
  /** As the inventory names it, else an address. */
  readonly host: string;
  readonly port: number;
  readonly addresses: readonly string[];
  readonly isHostDeclared: boolean;
  readonly declared: Declared | null;
  readonly ownerName: string | null;
  readonly exceptions: readonly ExceptionAt[];
  readonly intervals: readonly Interval[];
  /** The same by place: an address, from a vantage. */
  readonly places: ReadonlyMap<string, readonly Interval[]>;
}

export interface PortSeen {
  readonly looks: readonly LastLook[];
  readonly findings: readonly PortFinding[];
}

@Injectable()
export class ServicePort {
  constructor(
    private readonly queries: ServiceQueries,
    private readonly inventory: InventoryService,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @param path the port as it stands in a path */
  async known(name: string, path: string): Promise<PortKnown> {
    const port = /^\d{1,5}$/.test(path) && Number(path) <= 65_535 ? Number(path) : null;
    if (port === null) throw noPort(name, path);
    const inventory = (await this.inventory.current())?.inventory ?? null;
    const host = inventory && (declaredIndex(inventory, LOCAL_VANTAGE).hosts.get(name) ?? null);
    const addresses = await this.addressesOf(name, port);
    const intervals = await this.queries.intervals(addresses, port);
    const declared = inventory && declarationOf(inventory, host, addresses, port);
    const owner = declared?.owner ?? intervals.at(-1)?.owner ?? host?.owner ?? null;
    return {
      ...{ host: name, port, addresses, declared, intervals, places: byPlace(intervals) },
      isHostDeclared: host !== null,
      ownerName: owner === null ? null : (inventory?.owners.get(owner)?.name ?? owner),
      exceptions: inventory ? this.exceptionsOf(inventory, declared?.host.name ?? name, port) : [],
    };
  }

  /** Refuses where nothing is declared, kept or seen. */
  async seen(known: PortKnown): Promise<PortSeen> {
    const { host, port, addresses, declared, intervals } = known;
    const looks = await this.queries.lastLooks(addresses, port);
    const findings = await this.queries.findings(addresses, port);
    if (!declared && intervals.length === 0 && looks.length === 0 && findings.length === 0)
      throw noPort(host, String(port));
    return { looks, findings };
  }

  /** @param port null for wherever the host has any */
  async addressesOf(name: string, port: number | null): Promise<string[]> {
    const inventory = (await this.inventory.current())?.inventory ?? null;
    const host = inventory && (declaredIndex(inventory, LOCAL_VANTAGE).hosts.get(name) ?? null);
    const written = host?.addresses;
    if (
      host &&
      written &&
      !written.isEmpty &&
      written.size <= BigInt(ADDRESSES_MOST) &&
      host.names.length === 0
    )
      return Array.from(written, formatAddress);
    const address = host === null ? canonicalAddress(name) : null;
    return address === null ? this.queries.addressesOf(name.replaceAll('\0', ''), port) : [address];
  }

  private exceptionsOf(inventory: Inventory, host: string, port: number): ExceptionAt[] {
    const today = dayOf(this.clock());
    return inventory.exceptions
      .filter((one) => one.host === host && one.ports.has(port))
      .map(({ reason, approvedBy, expires }) => ({
        ...{ reason, approvedBy, expires, isPast: isPast(expires, today) },
      }));
  }
}

function declarationOf(
  inventory: Inventory,
  host: Host | null,
  addresses: readonly string[],
  port: number,
): Declared | null {
  const expected = host
    ? declaredIndex(inventory, LOCAL_VANTAGE).expectations.get(host.name)!
    : expectationsFor(inventory, addresses[0] ?? '', LOCAL_VANTAGE);
  return expected.declared.find(({ ports }) => ports.has(port)) ?? null;
}

const noPort = (host: string, port: string): Refusal =>
  new Refusal(
    'not-found',
    `nothing is declared or known of port ${port.slice(0, 10)} at ${host.slice(0, 100)}`,
  );
