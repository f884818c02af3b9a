/*
 * Declarations that contradict each other at the same level, or say the same thing twice.
 *
 * A more exact declaration wins (see `expectations.ts`), so that only equals can contradict: declarations of
 * one host, or of groups that meet on some host, with the same number of ports, for overlapping vantages.
 */
import type { AddressSet } from './address-set.js';
import type { Declaration, Group, Host, Inventory } from './inventory.js';
import { overlaps, type Stretch } from './inventory-overlaps.js';
import { MOST_PROBLEMS, type Problem, problem, quoted } from './inventory-problem.js';

export function contradictions({ hosts, groups }: Inventory): Problem[] {
  const problems = new Map<string, Problem>();
  const add = (found: Iterable<Problem>): void => {
    for (const one of found) {
      if (problems.size >= MOST_PROBLEMS) return;
      // Declarations that are shared by an alias, or groups that meet on many hosts, would be told of many times.
      problems.set(`${JSON.stringify(one.place)} ${JSON.stringify(one.other)}`, one);
    }
  };
  for (const host of hosts) add(among(host.ports, `of host ${quoted(host.name)}`));
  for (const group of groups) add(among(group.ports, 'of one group'));
  for (const { one, other, host } of meetingGroups(hosts, groups)) {
    add(across(one.ports, other.ports, `of two groups that meet on host ${quoted(host.name)}`));
  }
  return [...problems.values()];
}

function* among(declarations: readonly Declaration[], whose: string): Generator<Problem> {
  const bySize = new Map<number, Array<Stretch<number, Declaration>>>();
  for (const item of declarations) {
    const stretches = bySize.get(item.ports.size) ?? [];
    for (const [first, last] of item.ports.ranges()) stretches.push({ lo: first, hi: last + 1, item });
    bySize.set(item.ports.size, stretches);
  }
  for (const stretches of bySize.values()) {
    if (stretches.length < 2) continue;
    const order = new Map(declarations.map((declaration, i) => [declaration, i]));
    for (const [a, b] of overlaps(stretches)) {
      const inOrder = order.get(a.item)! < order.get(b.item)!;
      const found = between(inOrder ? a.item : b.item, inOrder ? b.item : a.item, whose);
      if (found) yield found;
    }
  }
}

function* across(
  one: readonly Declaration[],
  other: readonly Declaration[],
  whose: string,
): Generator<Problem> {
  for (const first of one) {
    for (const second of other) {
      const found = between(first, second, whose);
      if (found) yield found;
    }
  }
}

function between(first: Declaration, second: Declaration, whose: string): Problem | null {
  if (first.ports.size !== second.ports.size || !meet(first.from, second.from)) return null;
  const shared = first.ports.intersect(second.ports);
  if (shared.isEmpty) return null;
  const ports = `${shared.size === 1 ? 'port' : 'ports'} ${shared} ${whose}`;
  if (first.expect !== second.expect) {
    const what = `${ports} cannot be ${second.expect} here and ${first.expect} elsewhere`;
    return problem(second.place, what, first.place);
  }
  return first.ports.equals(second.ports)
    ? problem(second.place, `${ports} ${shared.size === 1 ? 'is' : 'are'} declared twice`, first.place)
    : null;
}

function meet(one: readonly string[] | null, other: readonly string[] | null): boolean {
  return one === null || other === null || one.some((vantage) => other.includes(vantage));
}

interface Meeting {
  readonly one: Group;
  readonly other: Group;
  readonly host: Host;
}

/** Each two groups that hold for the same address of some host, once. */
function meetingGroups(hosts: readonly Host[], groups: readonly Group[]): Meeting[] {
  const byTag = new Map<string, number[]>();
  groups.forEach(({ tags }, i) => {
    for (const tag of tags) byTag.set(tag, [...(byTag.get(tag) ?? []), i]);
  });
  const byAddress = groups.flatMap(({ addresses }, i) => (addresses.isEmpty ? [] : [i]));
  const meetings = new Map<string, Meeting>();
  for (const host of hosts) {
    const tagged = new Set(host.tags.flatMap((tag) => byTag.get(tag) ?? []));
    const areas: Array<{ at: number; area: AddressSet | 'whole' }> = [...tagged].map((at) => ({
      at,
      area: 'whole',
    }));
    for (const at of byAddress) {
      const area = groups[at]!.addresses.intersect(host.addresses);
      if (!tagged.has(at) && !area.isEmpty) areas.push({ at, area });
    }
    areas.sort((a, b) => a.at - b.at);
    areas.forEach((a, i) => {
      for (const b of areas.slice(i + 1)) {
        const key = `${a.at} ${b.at}`;
        const apart = a.area !== 'whole' && b.area !== 'whole' && a.area.intersect(b.area).isEmpty;
        if (apart || meetings.has(key)) continue;
        meetings.set(key, { one: groups[a.at]!, other: groups[b.at]!, host });
      }
    });
  }
  return [...meetings.values()];
}
