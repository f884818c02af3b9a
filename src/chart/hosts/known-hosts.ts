/*
 * What is known of some hosts: theirs addresses' rows and findings, read together in two queries however many hosts they are.
 */
import { Injectable } from '@nestjs/common';
import { LOCAL_VANTAGE } from '../../scans/scheduler.js';
import { type AliveFinding, ChartQueries } from '../chart.queries.js';
import type { HostEntry, Hosts } from './host-list.js';
import { type KnownAddress, knownAddress } from './known-address.js';

/** Of a host with more addresses, so many are looked up for a list. */
const ADDRESSES_MOST = 64;

@Injectable()
export class KnownHosts {
  constructor(private readonly queries: ChartQueries) {}

  /** By host's name, its addresses in their order. */
  async of(hosts: Hosts, entries: readonly HostEntry[]): Promise<Map<string, KnownAddress[]>> {
    const addresses = entries.flatMap((one) => one.addresses.slice(0, ADDRESSES_MOST));
    const known = await this.at(hosts, addresses);
    return new Map(
      entries.map((one) => [
        one.name,
        one.addresses.slice(0, ADDRESSES_MOST).flatMap((address) => known.get(address) ?? []),
      ]),
    );
  }

  async at({ inventory, expected }: Hosts, addresses: readonly string[]): Promise<Map<string, KnownAddress>> {
    const charted = await this.queries.charted(LOCAL_VANTAGE, addresses);
    const findings = new Map<string, AliveFinding[]>();
    for (const one of await this.queries.aliveAt(addresses)) {
      const here = findings.get(one.address!);
      if (here) here.push(one);
      else findings.set(one.address!, [one]);
    }
    const undeclared = inventory?.undeclared ?? 'ignored';
    return new Map(
      addresses.map((address) => [
        address,
        knownAddress(
          address,
          charted.get(address) ?? null,
          expected(address),
          findings.get(address) ?? [],
          undeclared,
        ),
      ]),
    );
  }
}
