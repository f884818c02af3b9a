/*
 * The text of a first inventory, from what a scan saw: everything that answered is declared as it was found, and whose it is
 * and why is left to be filled in. What it says can be checked, applied and audited as it is.
 *
 * Each declaration carries a review date, so that what nobody has looked at does not stay for ever; a host on which
 * everything says open is named in a comment and not declared. Names that others gave go through YAML's own quoting.
 */
import { stringify } from 'yaml';
import { AddressSet } from './address-set.js';
import { isWildcardHost } from './compare.js';
import { dayOf } from './day.js';
import type { HostObserved } from './observation.js';
import type { PortSet } from './port-set.js';
import { serviceName } from './top-ports.js';

export interface Discovered {
  readonly hosts: readonly HostObserved[];
  /** What was looked at. */
  readonly addresses: AddressSet;
  readonly ports: PortSet;
  /** Who allowed it; null where only loopback was looked at. */
  readonly authorisedBy: string | null;
  readonly at: Date;
}

const REVIEW_DAYS = 30;
const DAY_MS = 86_400_000;
const OWNER = 'unassigned';

export function starterInventory({ hosts, addresses, ports, authorisedBy, at }: Discovered): string {
  const answering = hosts.filter(({ open }) => !open.isEmpty);
  const believed = answering.filter((host) => !isWildcardHost(host));
  const wild = answering.filter(isWildcardHost).map(({ address }) => address);
  const named = uniqueNames(believed);
  const inventory = {
    version: 1,
    owners: { [OWNER]: { name: 'Nobody yet: fill in who answers for each host' } },
    ...(AddressSet.loopback.containsAll(addresses)
      ? {}
      : { scopes: [{ name: 'discovered', allow: addresses.toStrings(), authorisedBy }] }),
    hosts: believed.map((host) => hostOf(host, named.get(host)!, at)),
    audits: auditsOf(believed, addresses, ports),
  };
  const found = believed.length === 1 ? '1 host' : `${believed.length} hosts`;
  const head = [
    `# Written by portolan discover on ${dayOf(at)}: ${found} with open ports, as found and not as wanted.`,
    "# Fill in each owner and reason, change 'expect' where a port should not be open, then: portolan check",
    ...wild.map(
      (address) => `# ${address} says open to everything: nothing of it is believed, and it is not declared.`,
    ),
  ];
  return `${head.join('\n')}\n${stringify(inventory, { lineWidth: 110 })}`;
}

function hostOf({ address, open }: HostObserved, name: string, at: Date) {
  const reviewBy = dayOf(new Date(at.getTime() + REVIEW_DAYS * DAY_MS));
  return {
    name,
    address,
    owner: OWNER,
    ports: Array.from(open, (port) => ({
      port,
      ...(serviceName(port) === null ? {} : { service: serviceName(port) }),
      expect: 'open',
      why: `found on ${dayOf(at)}; fill in the reason`,
      reviewBy,
    })),
  };
}

/** The DNS name that was asked for, else the address; a name that several addresses have is told apart by these. */
function uniqueNames(hosts: readonly HostObserved[]): Map<HostObserved, string> {
  const counts = new Map<string, number>();
  for (const { name } of hosts) if (name !== null) counts.set(name, (counts.get(name) ?? 0) + 1);
  return new Map(
    hosts.map((host) => {
      const plain = `host-${host.address.replace(/[.:]+/g, '-').replace(/^-|-$/g, '')}`;
      const isOwn = host.name !== null && counts.get(host.name) === 1;
      return [host, isOwn ? host.name! : plain];
    }),
  );
}

/** One for what is declared, often; one for everything that was looked at, at night, for strangers too. */
function auditsOf(believed: readonly HostObserved[], addresses: AddressSet, ports: PortSet): object[] {
  const sweep = {
    name: 'sweep',
    hosts: { addresses: addresses.toStrings() },
    ports: ports.toString(),
    schedule: '0 2 * * *',
  };
  if (believed.length === 0) return [sweep];
  return [{ name: 'declared', hosts: 'all', ports: 'declared', every: '15m' }, sweep];
}
