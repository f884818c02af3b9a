/*
 * All tags that hosts have, in order. Found once for each inventory, since every list of hosts or findings offers them.
 */
import type { Host } from './inventory.js';

const found = new WeakMap<readonly Host[], readonly string[]>();

export function tagsOf(hosts: readonly Host[]): readonly string[] {
  const known = found.get(hosts);
  if (known) return known;
  const tags = new Set<string>();
  for (const host of hosts) for (const tag of host.tags) tags.add(tag);
  const sorted = Array.from(tags).sort();
  found.set(hosts, sorted);
  return sorted;
}
