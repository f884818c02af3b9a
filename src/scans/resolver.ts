/*
 * Looks up the addresses of the inventory's DNS names, all A and AAAA records, once at a run's start. A name that
 * does not resolve has no address, which leaves its ports unknown; it never fails the run.
 */
import { lookup } from 'node:dns/promises';
import { canonicalAddress } from '../domain/address-set.js';
import type { Host } from '../domain/inventory.js';

export async function resolveNames(hosts: readonly Host[]): Promise<Record<string, string[]>> {
  const names = Array.from(new Set(hosts.flatMap((host) => host.names))).sort();
  const answers = await Promise.all(names.map(async (name) => [name, await addressesOf(name)] as const));
  return Object.fromEntries(answers);
}

async function addressesOf(name: string): Promise<string[]> {
  try {
    const records = await lookup(name, { all: true, order: 'verbatim' });
    const texts = records.map(({ address }) => canonicalAddress(address)).filter((text) => text !== null);
    return Array.from(new Set(texts)).sort();
  } catch {
    return [];
  }
}
