/*
 * A page of declared ports, each with how it stands: what pages of services and of owners list. Pure. Those that fail come first; a
 * declaration of many ports is one line, with how many of them stand how.
 */
import type { Interval } from '../../domain/history.js';
import type { Declared, Owner } from '../../domain/inventory.js';
import { instant } from '../../platform/page-times.js';
import { portPath } from './service-pictures.js';
import type { FailedPort } from './standings.queries.js';

const PORTS_A_PAGE = 50;

/** Of a large network both lists are long, and stay the same from one page to the next. */
const sorted = new WeakMap<readonly FailedPort[], WeakMap<readonly Declared[], readonly Declared[]>>();

/** @param failing those of all services and owners */
export function failingFirst(
  declared: readonly Declared[],
  failing: readonly FailedPort[],
): readonly Declared[] {
  if (failing.length === 0) return declared;
  const lists = sorted.get(failing) ?? new WeakMap<readonly Declared[], readonly Declared[]>();
  sorted.set(failing, lists);
  const list = lists.get(declared) ?? sortedBy(declared, failing);
  lists.set(declared, list);
  return list;
}

function sortedBy(declared: readonly Declared[], failing: readonly FailedPort[]): Declared[] {
  const ports = new Map<string, number[]>();
  for (const { host, port } of failing) {
    const known = ports.get(host);
    if (known) known.push(port);
    else ports.set(host, [port]);
  }
  const fails: Declared[] = [];
  const rest: Declared[] = [];
  for (const one of declared)
    (ports.get(one.host.name)?.some((port) => one.ports.has(port)) ? fails : rest).push(one);
  return [...fails, ...rest];
}

/** @param latest of these declarations' hosts at least */
export function portRows(
  declared: readonly Declared[],
  latest: readonly Interval[],
  owners: ReadonlyMap<string, Owner>,
  now: Date,
) {
  const byHost = new Map<string, Interval[]>();
  for (const one of latest) byHost.set(one.host, [...(byHost.get(one.host) ?? []), one]);
  return declared.map(({ host, ports, expect, service, owner, why }) => {
    const seen = (byHost.get(host.name) ?? []).filter(({ port }) => ports.has(port));
    const count = (state: Interval['state']): number => seen.filter((one) => one.state === state).length;
    const [failing, asDeclared] = [count('failing'), count('as-declared')];
    const first = ports.size === 1 ? [...ports][0]! : null;
    const lookedAt = seen.reduce<Date | null>(
      (last, { until }) => (last === null || until > last ? until : last),
      null,
    );
    return {
      ...{ host: host.name, hostPath: `/hosts/${encodeURIComponent(host.name)}`, ports: `${ports}`, expect },
      path: first === null ? null : portPath(host.name, first),
      ...{ service, why, owner: owner === null ? null : (owners.get(owner)?.name ?? owner) },
      ...{ failing, asDeclared, isOne: seen.length === 1, unknown: seen.length - failing - asDeclared },
      mark: failing > 0 ? 'drift' : asDeclared > 0 ? 'match' : 'unknown',
      observed: [...new Set(seen.map(({ observed }) => observed))].join(', '),
      looked: lookedAt && instant(lookedAt, now),
    };
  });
}

export interface Cut<T> {
  readonly rows: readonly T[];
  readonly page: number;
  readonly last: number;
  readonly total: number;
  readonly previous: string | null;
  readonly next: string | null;
}

/** @param link the path of a page */
export function cutPage<T>(list: readonly T[], page: number, link: (page: number) => string): Cut<T> {
  const last = Math.max(1, Math.ceil(list.length / PORTS_A_PAGE));
  const at = Math.min(page, last);
  return {
    rows: list.slice((at - 1) * PORTS_A_PAGE, at * PORTS_A_PAGE),
    ...{ page: at, last, total: list.length },
    previous: at > 1 ? link(at - 1) : null,
    next: at < last ? link(at + 1) : null,
  };
}
