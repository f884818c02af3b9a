/*
 * Services by name, and what owners answer for, from what is declared and how it stands. Pure. A service that nothing declares any more is
 * listed for as long as its ports were looked at lately; what is declared and was never looked at is listed as not known.
 */
import type { DeclaredIndex } from '../../domain/declared-index.js';
import { type Availability, availabilityOfAll } from '../../domain/history-availability.js';
import type { Declared } from '../../domain/inventory.js';
import type { FailedPort } from './standings.queries.js';
import type { Standings } from './standings-keeper.js';

export interface ServiceStanding {
  /** Null for all ports whose service the inventory does not name. */
  readonly service: string | null;
  readonly hosts: number;
  /** Ports at hosts, by what is declared. */
  readonly declared: number;
  readonly declaredOpen: number;
  /** Ports at addresses that were looked at, as they were seen last. */
  readonly looked: number;
  readonly open: number;
  readonly failing: number;
  readonly unknown: number;
  readonly figures: Availability;
  readonly before: Availability;
  readonly trend: number | null;
  readonly worst: FailedPort | null;
}

type Group = Standings['groups'][number];

type Index = Pick<DeclaredIndex, 'services' | 'owners'>;

/** A large inventory takes a while to be walked through, and stays the same from one page to the next. */
const made = new WeakMap<Standings, { of: Index; lists: Map<string | null, readonly ServiceStanding[]> }>();

/** Those in drift first, then those that failed longest. @param owner null for everybody's */
export function serviceStandings(
  index: Index,
  standings: Standings,
  owner: string | null,
): readonly ServiceStanding[] {
  let known = made.get(standings);
  if (known?.of !== index) {
    known = { of: index, lists: new Map() };
    made.set(standings, known);
  }
  const before = known.lists.get(owner);
  if (before) return before;
  const list = standingsOf(index, standings, owner);
  known.lists.set(owner, list);
  return list;
}

function standingsOf(
  { services, owners }: Index,
  { groups, period }: Standings,
  owner: string | null,
): ServiceStanding[] {
  const declared = new Map<string | null, readonly Declared[]>(
    owner === null ? services : byService(owners.get(owner) ?? []),
  );
  const looked = new Map<string | null, Group[]>();
  for (const group of groups) {
    if (owner !== null && group.owner !== owner) continue;
    looked.set(group.service, [...(looked.get(group.service) ?? []), group]);
  }
  const lengthMs = period.to.getTime() - period.from.getTime();
  return Array.from(new Set([...declared.keys(), ...looked.keys()]), (service) =>
    standingOf(service, declared.get(service) ?? [], looked.get(service) ?? [], lengthMs),
  ).sort(
    (a, b) =>
      b.failing - a.failing ||
      b.figures.failingMs - a.figures.failingMs ||
      byText(a.service ?? '', b.service ?? ''),
  );
}

function standingOf(
  service: string | null,
  declared: readonly Declared[],
  groups: readonly Group[],
  lengthMs: number,
): ServiceStanding {
  const sum = (of: (group: Group) => number): number => groups.reduce((all, group) => all + of(group), 0);
  const looked = sum(({ ports }) => ports);
  const over = (asDeclaredMs: number, failingMs: number): Availability =>
    availabilityOfAll([
      {
        ...{ asDeclaredMs, failingMs, availability: null, unknownShare: 0 },
        unknownMs: Math.max(0, looked * lengthMs - asDeclaredMs - failingMs),
      },
    ]);
  const figures = over(
    sum((group) => group.asDeclaredMs),
    sum((group) => group.failingMs),
  );
  const before = over(
    sum((group) => group.asDeclaredBeforeMs),
    sum((group) => group.failingBeforeMs),
  );
  const worst = groups.flatMap((group) => group.worst ?? []).sort((a, b) => b.failingMs - a.failingMs);
  return {
    service,
    hosts: new Set(declared.map(({ host }) => host.name)).size,
    declared: declared.reduce((all, { ports }) => all + ports.size, 0),
    declaredOpen: declared.reduce((all, { ports, expect }) => all + (expect === 'open' ? ports.size : 0), 0),
    looked,
    open: sum(({ open }) => open),
    failing: sum(({ failing }) => failing),
    unknown: sum(({ unknown }) => unknown),
    ...{ figures, before, worst: worst[0] ?? null },
    trend:
      figures.availability === null || before.availability === null
        ? null
        : figures.availability - before.availability,
  };
}

function byService(declared: readonly Declared[]): Map<string | null, Declared[]> {
  const services = new Map<string | null, Declared[]>();
  for (const one of declared) {
    const list = services.get(one.service);
    if (list) list.push(one);
    else services.set(one.service, [one]);
  }
  return services;
}

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
