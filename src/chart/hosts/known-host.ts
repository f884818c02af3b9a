/*
 * One host with all that is known of it, for its page and the API: found by the name that is declared, or the address that was
 * seen. What nobody knows by that name is refused.
 */
import { Injectable } from '@nestjs/common';
import { canonicalAddress } from '../../domain/address-set.js';
import type { Exception } from '../../domain/inventory.js';
import { Refusal } from '../../platform/refusal.js';
import { type AliveFinding, ChartQueries, type HostStep } from '../chart.queries.js';
import { type HostEntry, HostList, type Hosts } from './host-list.js';
import type { KnownAddress } from './known-address.js';
import { KnownHosts } from './known-hosts.js';

/** Of a host with more addresses, the findings of so many are told on its page. */
const ADDRESSES_MOST = 256;
const STEPS_SHOWN = 20;

export interface KnownHost {
  readonly hosts: Hosts;
  readonly entry: HostEntry;
  /** The address that was asked for, or the one that matters most; null where none is known. */
  readonly known: KnownAddress | null;
  /** Of all its addresses, and of its declaration. */
  readonly findings: readonly AliveFinding[];
  readonly exceptions: readonly Exception[];
}

@Injectable()
export class KnownHostFinder {
  constructor(
    private readonly list: HostList,
    private readonly several: KnownHosts,
    private readonly queries: ChartQueries,
  ) {}

  async find(name: string, address: string | null): Promise<KnownHost> {
    const hosts = await this.list.now();
    const entry = hosts.named.get(name) ?? hosts.named.get(canonicalAddress(name) ?? name);
    if (!entry) throw new Refusal('not-found', `no host is known as ${name.slice(0, 100)}`);
    const addresses = entry.addresses.slice(0, ADDRESSES_MOST);
    const alive = await this.queries.aliveAt(addresses);
    const chosen = address === null ? foremostAddress(addresses, alive) : belonging(entry, address);
    const known = chosen === null ? null : (await this.several.at(hosts, [chosen])).get(chosen)!;
    const exceptions = (hosts.inventory?.exceptions ?? []).filter(({ host }) => host === entry.name);
    const findings = [...(await this.queries.aliveOf(entry.name)), ...alive];
    return { hosts, entry, known, findings, exceptions };
  }

  steps({ entry }: KnownHost): Promise<HostStep[]> {
    return this.queries.steps(entry.addresses.slice(0, ADDRESSES_MOST), STEPS_SHOWN);
  }
}

/** The first at which something drifts, else the first. */
function foremostAddress(addresses: readonly string[], alive: readonly AliveFinding[]): string | null {
  const drifting = new Set(alive.map(({ address }) => address));
  return addresses.find((one) => drifting.has(one)) ?? addresses[0] ?? null;
}

function belonging({ name, addresses }: HostEntry, text: string): string {
  const address = canonicalAddress(text);
  if (address === null)
    throw new Refusal('bad-input', `'${text.slice(0, 100)}' is no address; expected one of ${name}`);
  if (!addresses.includes(address))
    throw new Refusal('not-found', `${address} is no address of ${name} that is known`);
  return address;
}
