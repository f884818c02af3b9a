/*
 * The frameworks that a compliance report can be made for, and of each the controls that scans are evidence for, with what each is
 * decided by. What a control asks, and what the report never claims of it, is in templates/report/words, in our own words.
 *
 * The trap is to show more than there is: a control that this report alone answers for the network's side is `primary`; one of which
 * it is a piece is `supporting`; and `rescan` shows that what was found was looked at again, and never that the control's own test
 * was made. The conditions are in control-conditions.ts.
 */
import type { AgainstId, ShareId } from './control-conditions.js';
import type { EvidenceRole, EvidenceTable } from './control-status.js';

export interface Control {
  readonly id: string;
  readonly role: EvidenceRole;
  /** One of these is enough to contradict it. */
  readonly against: readonly AgainstId[];
  /** Without any of these nothing is shown at all; with a part of one, a part. */
  readonly basis: readonly ShareId[];
  /** Without these it is shown in part. */
  readonly whole: readonly ShareId[];
  readonly tables: readonly EvidenceTable[];
}

export interface Framework {
  readonly id: string;
  /** Where the standard itself is to be had, as text. */
  readonly link: string;
  /** How long a period has to be to show its longest interval: the period where none was asked for. */
  readonly periodDays: number;
  readonly controls: readonly Control[];
}

export const control = (
  id: string,
  role: EvidenceRole,
  rest: Partial<Pick<Control, 'against' | 'basis' | 'whole'>> & Pick<Control, 'tables'>,
): Control => ({ id, role, against: [], whole: [], ...rest, basis: ['audits-ran', ...(rest.basis ?? [])] });

/** What has to be so that "only what is declared is open" is more than a phrase. */
export const ONLY_DECLARED = {
  against: ['open-beyond-declared', 'undeclared-hosts'],
  basis: ['undeclared-is-drift', 'hosts-seen'],
  whole: ['every-port-seen', 'declared-seen', 'nothing-suspected', 'accepted-until'],
} as const;
