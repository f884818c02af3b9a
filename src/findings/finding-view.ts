/*
 * Findings as pages show them, and the filter with its choices. Pure.
 */
import { type DriftKind, SEVERITIES } from '../domain/drift.js';
import { FINDING_STATES } from '../domain/finding.js';
import { instant } from '../platform/page-times.js';
import type { FindingFilter } from './finding-conditions.js';
import type { ListedFinding } from './findings.queries.js';

/** What the URL says for findings that nobody owns: no owner's id has a blank in it. */
export const UNOWNED = 'nobody named';

type OwnerNames = ReadonlyMap<string, { readonly name: string; readonly email: string | null }>;

export function findingRow(finding: ListedFinding, owners: OwnerNames, now: Date) {
  const { address, port, host, owner } = finding;
  const known = owner === null ? undefined : owners.get(owner);
  return {
    ...finding,
    where: endpoint(address, port) ?? host,
    showsHost: address !== null && host !== address,
    hasStates: finding.declared !== null || finding.observed !== null,
    owner: owner === null ? null : { id: owner, name: known?.name ?? owner, email: known?.email ?? null },
    firstSeen: instant(finding.firstSeen, now),
    lastSeen: instant(finding.lastSeen, now),
  };
}

function endpoint(address: string | null, port: number | null): string | null {
  if (address === null || port === null) return address;
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

const STATE_LABELS: Record<string, string> = {
  active: 'Not resolved',
  all: 'All',
  overdue: 'Overdue',
  suspected: 'Suspected',
  open: 'Open',
  acknowledged: 'Acknowledged',
  accepted: 'Accepted',
  resolved: 'Resolved',
};

export function filterView(
  filter: FindingFilter,
  choices: { kinds: readonly DriftKind[]; owners: readonly string[]; unowned: boolean },
  bySeverity: ReadonlyMap<string, number>,
  names: OwnerNames,
) {
  const kinds =
    filter.kind && !choices.kinds.includes(filter.kind) ? [...choices.kinds, filter.kind] : choices.kinds;
  const owners = [...choices.owners.map((id) => ({ value: id, label: names.get(id)?.name ?? id }))];
  if (choices.unowned || filter.owner === '') owners.push({ value: UNOWNED, label: 'nobody is named' });
  const owner = filter.owner === '' ? UNOWNED : filter.owner;
  if (owner !== null && !owners.some(({ value }) => value === owner))
    owners.push({ value: owner, label: owner });
  return {
    states: ['active', 'overdue', ...FINDING_STATES, 'all'].map((value) => ({
      value,
      label: STATE_LABELS[value]!,
      chosen: filter.state === value,
    })),
    severities: SEVERITIES.map((value) => ({
      value,
      count: bySeverity.get(value) ?? 0,
      chosen: filter.severity === value,
    })),
    anySeverity: filter.severity === null,
    allSeverities: Array.from(bySeverity.values()).reduce((all, count) => all + count, 0),
    kinds: kinds.map((value) => ({ value, chosen: filter.kind === value })),
    owners: owners.map((one) => ({ ...one, chosen: one.value === owner })),
    host: filter.host ?? '',
    q: filter.text ?? '',
    filtered:
      filter.state !== 'active' ||
      [filter.severity, filter.kind, filter.owner, filter.host, filter.text].some((value) => value !== null),
  };
}
