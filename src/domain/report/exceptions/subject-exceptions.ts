/*
 * The exceptions of an inventory that a report is about, and those of them that have ended. Pure.
 */
import { isPast } from '../../day.js';
import type { Exception, Inventory } from '../../inventory.js';
import { PortSet } from '../../port-set.js';
import type { ReportSubject } from '../subject.js';

/** To an owner: those of their hosts, and those of ports that they answer for elsewhere. */
export function exceptionsOf(
  { exceptions }: Inventory,
  { hosts, services }: ReportSubject,
  owner: string | null,
): Exception[] {
  const named = new Map(hosts.map((host) => [host.name, host]));
  const theirs = new Map<string, PortSet>();
  for (const { declared } of owner === null ? [] : services)
    theirs.set(declared.host.name, declared.ports.union(theirs.get(declared.host.name) ?? PortSet.empty));
  return exceptions.filter(({ host: name, ports }) => {
    const host = named.get(name);
    if (!host || owner === null || host.owner === owner) return host !== undefined;
    return !(theirs.get(name) ?? PortSet.empty).intersect(ports).isEmpty;
  });
}

/** Those whose day has passed, and that nobody has renewed for all of their ports. */
export function endedOf(exceptions: readonly Exception[], today: string): Exception[] {
  const alive = new Map<string, PortSet>();
  for (const { host, ports, expires } of exceptions)
    if (!isPast(expires, today)) alive.set(host, ports.union(alive.get(host) ?? PortSet.empty));
  return exceptions.filter(
    ({ host, ports, expires }) =>
      isPast(expires, today) && !ports.subtract(alive.get(host) ?? PortSet.empty).isEmpty,
  );
}
