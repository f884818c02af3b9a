/*
 * What a filter of findings says, as a condition of SQL. A filter that is not set leaves nothing behind: the database plans
 * by what is asked, and `$1 is null or …` would keep it from its indexes.
 */

import { type DriftKind, SEVERITIES, type Severity } from '../domain/drift.js';
import { FINDING_STATES, type FindingState } from '../domain/finding.js';
import type { Deadlines } from '../domain/inventory.js';

/** `active` is every state but resolved; `overdue` what should have been put right by now. */
export type StateFilter = FindingState | 'active' | 'overdue' | 'all';

export interface FindingFilter {
  readonly state: StateFilter;
  readonly severity: Severity | null;
  readonly kind: DriftKind | null;
  /** An owner's id, or '' for findings that nobody owns. */
  readonly owner: string | null;
  /** A part of the host's name or address. */
  readonly host: string | null;
  readonly text: string | null;
  /** The owners whose findings may be seen; null for all. */
  readonly seen: readonly string[] | null;
}

export interface Conditions {
  readonly where: string;
  readonly parameters: readonly unknown[];
}

/** By when findings of each severity have to be put right, and what time it is. */
export interface Now {
  readonly deadlines: Deadlines;
  readonly now: Date;
}

const DAY_MS = 86_400_000;

const ACTIVE = FINDING_STATES.filter((state) => state !== 'resolved');

const TEXT = `concat_ws(' ', kind, host, case when position(':' in address) > 0 then '[' || address || ']' else address end
  || coalesce(':' || port, ''), service, owner, declared, observed, evidence)`;

/** @param now needed where it asks for what is overdue */
export function conditions(filter: FindingFilter, now?: Now): Conditions {
  const { state, severity, kind, owner, host, text, seen } = filter;
  const parameters: unknown[] = [];
  const given = (value: unknown): string => `$${parameters.push(value)}`;
  const parts: string[] = [];
  if (state === 'overdue') parts.push(overdue(now!, given));
  else if (state === 'active') parts.push(`state in (${ACTIVE.map((one) => `'${one}'`).join(', ')})`);
  else if (state !== 'all') parts.push(`state = ${given(state)}`);
  if (severity !== null) parts.push(`severity = ${given(severity)}`);
  if (kind !== null) parts.push(`kind = ${given(kind)}`);
  if (owner === '') parts.push('owner is null');
  else if (owner !== null) parts.push(`owner = ${given(owner)}`);
  if (seen !== null) parts.push(seen.length === 0 ? 'false' : `owner in (${seen.map(given).join(', ')})`);
  if (host !== null) {
    const part = given(containing(host));
    parts.push(`(host ilike ${part} or address ilike ${part})`);
  }
  if (text !== null) parts.push(`${TEXT} ilike ${given(containing(text))}`);
  return { where: parts.join(' and ') || 'true', parameters };
}

function overdue({ deadlines, now }: Now, given: (value: unknown) => string): string {
  const late = SEVERITIES.map((severity) => {
    const before = new Date(now.getTime() - deadlines[severity] * DAY_MS);
    return `(severity = '${severity}' and opened_at < ${given(before)})`;
  });
  return `state in ('open', 'acknowledged') and (${late.join(' or ')})`;
}

/** Whatever is typed is looked for as it is: % and _ have no meaning. */
const containing = (text: string): string => `%${text.replace(/[\\%_]/g, '\\$&')}%`;
