/*
 * What a filter of findings says, as a condition of SQL. A filter that is not set leaves nothing behind: the database plans
 * by what is asked, and `$1 is null or …` would keep it from its indexes.
 */

import { type DriftKind, SEVERITIES, type Severity } from '../domain/drift.js';
import { FINDING_STATES, type FindingState } from '../domain/finding.js';
import type { Deadlines, Inventory } from '../domain/inventory.js';
import type { PortSet } from '../domain/port-set.js';

/** `active` is every state but resolved; `to-do` what somebody has to put right, and `overdue` what should have been by now. */
export type StateFilter = FindingState | 'active' | 'to-do' | 'overdue' | 'all';

/** For how long it has been open, as the overview counts it: at least so many days, and less than so many. */
const OPEN_DAYS = { day: [0, 1], week: [1, 7], month: [7, 30], longer: [30, null] } as const;
export type OpenFor = keyof typeof OPEN_DAYS;
export const OPEN_FOR = Object.keys(OPEN_DAYS) as [OpenFor, ...OpenFor[]];

export interface FindingFilter {
  readonly state: StateFilter;
  readonly severity: Severity | null;
  readonly kind: DriftKind | null;
  /** An owner's id, or '' for findings that nobody owns. */
  readonly owner: string | null;
  /** A part of the host's name or address. */
  readonly host: string | null;
  readonly text: string | null;
  /** Of hosts that have it in the current inventory. */
  readonly tag: string | null;
  /** A run of which has moved it. */
  readonly audit: string | null;
  readonly vantage: string | null;
  readonly ports: PortSet | null;
  /** Who looks after it, or '' for nobody. */
  readonly assignee: string | null;
  /** First seen at least so many days ago. */
  readonly ageDays: number | null;
  readonly openFor: OpenFor | null;
  /** Days, `YYYY-MM-DD` in UTC; both ends belong to them. */
  readonly first: Days;
  readonly last: Days;
  /** To be put right by the end of this day. */
  readonly dueUntil: string | null;
  /** The owners whose findings may be seen; null for all. */
  readonly seen: readonly string[] | null;
}

export interface Days {
  readonly from: string | null;
  readonly until: string | null;
}

const ANY_DAY: Days = { from: null, until: null };

export const EVERY_FINDING: FindingFilter = {
  ...{ state: 'all', severity: null, kind: null, owner: null, host: null, text: null, tag: null },
  ...{ audit: null, vantage: null, ports: null, assignee: null, ageDays: null, openFor: null },
  ...{ dueUntil: null, seen: null, first: ANY_DAY, last: ANY_DAY },
};

/** Does it ask for no more than what is kept counted? */
export function isCounted({
  state,
  severity,
  kind,
  owner,
  seen,
  first,
  last,
  ...rest
}: FindingFilter): boolean {
  const asked = [...Object.values(rest), first.from, first.until, last.from, last.until];
  return state !== 'overdue' && asked.every((value) => value === null);
}

export interface Conditions {
  readonly where: string;
  readonly parameters: readonly unknown[];
}

/** What the inventory of today says, and what time it is. */
export interface Around extends Pick<Inventory, 'deadlines' | 'hosts' | 'owners' | 'audits' | 'vantages'> {
  readonly now: Date;
}

const DAY_MS = 86_400_000;

const ACTIVE = FINDING_STATES.filter((state) => state !== 'resolved');

const TO_DO = `state in ('open', 'acknowledged')`;

type Given = (value: unknown) => string;

/** @param around needed where it asks for more than what is kept counted */
export function conditions(filter: FindingFilter, around?: Around): Conditions {
  const { state, severity, kind, owner, seen } = filter;
  const parameters: unknown[] = [];
  const given: Given = (value) => `$${parameters.push(value)}`;
  const parts: string[] = [];
  if (state === 'overdue') parts.push(due(around!.deadlines, around!.now, given));
  else if (state === 'to-do') parts.push(TO_DO);
  else if (state === 'active') parts.push(`state in (${ACTIVE.map((one) => `'${one}'`).join(', ')})`);
  else if (state !== 'all') parts.push(`state = ${given(state)}`);
  if (severity !== null) parts.push(`severity = ${given(severity)}`);
  if (kind !== null) parts.push(`kind = ${given(kind)}`);
  if (owner === '') parts.push('owner is null');
  else if (owner !== null) parts.push(`owner = ${given(owner)}`);
  if (seen !== null) parts.push(seen.length === 0 ? 'false' : `owner in (${seen.map(given).join(', ')})`);
  parts.push(...places(filter, given, around), ...times(filter, given, around));
  return { where: parts.join(' and ') || 'true', parameters };
}

/** What it says of where findings are, and of who has to do with them. */
function places(filter: FindingFilter, given: Given, around?: Around): string[] {
  const { host, text, tag, audit, vantage, ports, assignee } = filter;
  const parts: string[] = [];
  if (host !== null) {
    const part = given(containing(host));
    parts.push(`(host ilike ${part} or address ilike ${part})`);
  }
  if (text !== null) {
    const like = `words like lower(${given(containing(text))})`;
    // the words of what is resolved are with the findings alone
    const isOfAll = filter.state === 'all' || filter.state === 'resolved';
    parts.push(isOfAll ? like : `id in (select finding_id from finding_search where ${like})`);
  }
  if (tag !== null) {
    const names = around!.hosts.filter(({ tags }) => tags.includes(tag)).map(({ name }) => name);
    parts.push(`host in (select jsonb_array_elements_text(${given(JSON.stringify(names))}::jsonb))`);
  }
  if (audit !== null)
    parts.push(`id in (select event.finding_id from finding_event event join run on run.id = event.run_id
      where run.audit = ${given(audit)})`);
  if (vantage !== null)
    parts.push(`starts_with(key, concat(kind, '|', ${given(vantage)}::text, '|', address, '|'))`);
  if (ports !== null) parts.push(`${given(ports.toMultirange())}::int4multirange @> port`);
  if (assignee === '') parts.push('assignee is null');
  else if (assignee !== null) parts.push(`assignee = ${given(assignee)}`);
  return parts;
}

function times(filter: FindingFilter, given: Given, around?: Around): string[] {
  const { ageDays, openFor, first, last, dueUntil } = filter;
  const parts: string[] = [];
  const ago = (days: number): string => given(new Date(around!.now.getTime() - days * DAY_MS));
  if (ageDays !== null) parts.push(`first_seen <= ${ago(ageDays)}`);
  if (openFor !== null) {
    const [least, less] = OPEN_DAYS[openFor];
    if (least > 0) parts.push(`opened_at <= ${ago(least)}`);
    if (less !== null) parts.push(`opened_at > ${ago(less)}`);
  }
  for (const [column, { from, until }] of [
    ['first_seen', first],
    ['last_seen', last],
  ] as const) {
    if (from !== null) parts.push(`${column} >= ${given(startOf(from))}`);
    if (until !== null) parts.push(`${column} < ${given(endOf(until))}`);
  }
  if (dueUntil !== null) parts.push(due(around!.deadlines, endOf(dueUntil), given));
  return parts;
}

/** To be put right before an instant. */
function due(deadlines: Deadlines, before: Date, given: Given): string {
  const late = SEVERITIES.map((severity) => {
    const opened = new Date(before.getTime() - deadlines[severity] * DAY_MS);
    return `(severity = '${severity}' and opened_at < ${given(opened)})`;
  });
  return `${TO_DO} and (${late.join(' or ')})`;
}

const startOf = (day: string): Date => new Date(`${day}T00:00:00Z`);
const endOf = (day: string): Date => new Date(startOf(day).getTime() + DAY_MS);

/** Whatever is typed is looked for as it is: % and _ have no meaning. */
const containing = (text: string): string => `%${text.replace(/[\\%_]/g, '\\$&')}%`;
