/*
 * Findings as pages show them, and the filter with its choices. Pure.
 */

import { dueBy } from '../domain/deadlines.js';
import { type DriftKind, SEVERITIES } from '../domain/drift.js';
import { FINDING_STATES } from '../domain/finding.js';
import { tagsOf } from '../domain/tags.js';
import { instant } from '../platform/page-times.js';
import { type Around, OPEN_FOR, type OpenFor } from './finding-conditions.js';
import { type Asked, filterQuery } from './finding-filter.js';
import { FINDING_ORDERS, type FindingOrder } from './finding-order.js';
import type { ListedFinding } from './findings.queries.js';
import { UNOWNED } from './unowned.js';

export function findingRow(
  finding: Omit<ListedFinding, 'place'>,
  { owners, deadlines, now }: Pick<Around, 'owners' | 'deadlines' | 'now'>,
) {
  const { address, port, host, owner } = finding;
  const known = owner === null ? undefined : owners.get(owner);
  const due = dueBy(finding, deadlines);
  return {
    ...finding,
    where: endpoint(address, port) ?? host,
    showsHost: address !== null && host !== address,
    hasStates: finding.declared !== null || finding.observed !== null,
    owner:
      owner === null
        ? null
        : {
            id: owner,
            path: `/owners/${encodeURIComponent(owner)}`,
            name: known?.name ?? owner,
            email: known?.email ?? null,
          },
    firstSeen: instant(finding.firstSeen, now),
    lastSeen: instant(finding.lastSeen, now),
    due: due && { ...instant(due, now), isOver: due < now },
  };
}

export function endpoint(address: string | null, port: number | null): string | null {
  if (address === null || port === null) return address;
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

const STATE_LABELS: Record<string, string> = {
  active: 'Not resolved',
  'to-do': 'To put right',
  all: 'All',
  overdue: 'Overdue',
  suspected: 'Suspected',
  open: 'Open',
  acknowledged: 'Acknowledged',
  accepted: 'Accepted',
  resolved: 'Resolved',
};
const OPEN_LABELS: Record<OpenFor, string> = {
  day: 'less than a day',
  week: '1 to 7 days',
  month: '7 to 30 days',
  longer: '30 days or longer',
};
const ORDER_LABELS: Record<FindingOrder, string> = {
  severity: 'severity',
  due: 'due date',
  newest: 'newest',
  host: 'host',
};

interface Choices {
  readonly kinds: readonly DriftKind[];
  readonly owners: readonly string[];
  readonly unowned: boolean;
}

export function filterView(
  asked: Asked,
  choices: Choices,
  bySeverity: ReadonlyMap<string, number>,
  around: Around,
) {
  const { filter, order } = asked;
  const { first, last } = filter;
  const query = filterQuery({ filter, order: 'severity' });
  const rest = [...query.keys()].filter(
    (name) => !['severity', 'kind', 'owner', 'host', 'q', 'state'].includes(name),
  );
  return {
    states: ['active', 'to-do', 'overdue', ...FINDING_STATES, 'all'].map((value) => ({
      value,
      label: STATE_LABELS[value]!,
      chosen: filter.state === value,
    })),
    severities: SEVERITIES.map((value) => ({
      value,
      count: bySeverity.get(value) ?? 0,
      chosen: filter.severity === value,
    })),
    kinds: listed(choices.kinds, filter.kind),
    owners: ownersOf(filter.owner, choices, around),
    tags: listed(tagsOf(around.hosts), filter.tag),
    audits: listed(named(around.audits), filter.audit),
    vantages: listed(named(around.vantages), filter.vantage),
    host: filter.host ?? '',
    q: filter.text ?? '',
    port: filter.ports?.toString() ?? '',
    assignee: filter.assignee === '' ? UNOWNED : (filter.assignee ?? ''),
    age: filter.ageDays ?? '',
    openFor: OPEN_FOR.map((value) => ({
      value,
      label: OPEN_LABELS[value],
      chosen: filter.openFor === value,
    })),
    days: [
      { name: 'firstFrom', label: 'First seen from', value: first.from ?? '' },
      { name: 'firstUntil', label: 'First seen until', value: first.until ?? '' },
      { name: 'lastFrom', label: 'Last seen from', value: last.from ?? '' },
      { name: 'lastUntil', label: 'Last seen until', value: last.until ?? '' },
      { name: 'dueUntil', label: 'Due until', value: filter.dueUntil ?? '' },
    ],
    unowned: UNOWNED,
    asksMore: rest.length > 0,
    filtered: query.size > 0,
    sort: order === 'severity' ? '' : order,
    orders: FINDING_ORDERS.map((one) => ({
      label: ORDER_LABELS[one],
      chosen: one === order,
      path: pathOf('/findings', filterQuery({ filter, order: one })),
    })),
    query: `${filterQuery(asked)}`,
  };
}

export const pathOf = (path: string, query: URLSearchParams): string =>
  query.size === 0 ? path : `${path}?${query}`;

const named = (list: ReadonlyArray<{ readonly name: string }>): string[] => list.map(({ name }) => name);

/** What is chosen is there to be chosen, whatever there is. */
function listed(values: readonly string[], chosen: string | null) {
  const all = chosen !== null && !values.includes(chosen) ? [...values, chosen] : values;
  return all.map((value) => ({ value, chosen: value === chosen }));
}

function ownersOf(asked: string | null, { owners, unowned }: Choices, around: Around) {
  const chosen = asked === '' ? UNOWNED : asked;
  const values = unowned || asked === '' ? [...owners, UNOWNED] : owners;
  return listed(values, chosen).map((one) => ({
    ...one,
    label: one.value === UNOWNED ? 'nobody is named' : (around.owners.get(one.value)?.name ?? one.value),
  }));
}
