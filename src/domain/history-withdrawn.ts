/*
 * Ports that are in the history and in the inventory no more: nobody will look at them again, so that whatever went on
 * there would go on for ever. As with findings it errs to the side of keeping: a host with DNS names may be anywhere.
 */
import { expectationsIndex } from './expectations.js';
import type { PortPlace } from './history.js';
import type { Incident } from './history-incidents.js';
import type { Expectations, Inventory } from './inventory.js';

/** The same incidents, each that goes on where nothing is declared any more marked as withdrawn. */
export function markWithdrawn(incidents: readonly Incident[], inventory: Inventory): Incident[] {
  const isDeclared = declaredIn(inventory);
  return incidents.map((incident) =>
    incident.end === null && !isDeclared(incident) ? { ...incident, isWithdrawn: true } : incident,
  );
}

function declaredIn(inventory: Inventory): (place: PortPlace & { readonly host: string }) => boolean {
  const named = new Set(inventory.hosts.filter(({ names }) => names.length > 0).map(({ name }) => name));
  const indexes = new Map<string, (address: string) => Expectations>();
  return ({ host, address, port, vantage }) => {
    if (named.has(host)) return true;
    const expect = indexes.get(vantage) ?? expectationsIndex(inventory, vantage);
    indexes.set(vantage, expect);
    return expect(address).declared.some(({ ports }) => ports.has(port));
  };
}
