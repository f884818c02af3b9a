/*
 * What the status of a control is decided by: its conditions (control-conditions.ts), and one rule that makes a status of them. A reader can do it by hand, as every condition is printed beside the status with its numbers.
 *
 *   contradicted   something that stands against it is more than none
 *   unproven       of something without which nothing is shown there is none
 *   partly         of something there is less than all, or a rescan is all that this can be
 *   supported      all of it
 *
 * The promise: a run that cannot be trusted is counted in no condition; what is unknown is part of the whole, and never of what was
 * seen; so that less evidence never makes a better status.
 */

import type { ComplianceTallies } from './compliance.js';
import { AGAINST, type AgainstId, SHARES, type Share, type ShareId } from './control-conditions.js';
import type { ComplianceWord, ControlStatus, EvidenceRole } from './control-status.js';
import type { Control } from './framework.js';

export type ConditionWeight = 'against' | 'basis' | 'whole';
export type ConditionOutcome = 'holds' | 'in-part' | 'fails';

export interface JudgedCondition {
  readonly id: AgainstId | ShareId;
  readonly weight: ConditionWeight;
  readonly count: number;
  /** Null where one is too many. */
  readonly of: number | null;
  readonly outcome: ConditionOutcome;
}

export interface JudgedControl {
  readonly id: string;
  readonly role: EvidenceRole;
  readonly status: ControlStatus;
  readonly conditions: readonly JudgedCondition[];
}

export function judgeControl(control: Control, tallies: ComplianceTallies): JudgedControl {
  const conditions = [
    ...control.against.map((id) => againstOf(id, AGAINST[id](tallies))),
    ...control.basis.map((id) => shareOf(id, 'basis', SHARES[id](tallies))),
    ...control.whole.map((id) => shareOf(id, 'whole', SHARES[id](tallies))),
  ];
  return { id: control.id, role: control.role, status: statusOf(control.role, conditions), conditions };
}

function statusOf(
  role: EvidenceRole,
  conditions: ReadonlyArray<Pick<JudgedCondition, 'weight' | 'outcome'>>,
): ControlStatus {
  const any = (weight: ConditionWeight, outcome: ConditionOutcome): boolean =>
    conditions.some((one) => one.weight === weight && one.outcome === outcome);
  if (any('against', 'fails')) return 'contradicted';
  if (any('basis', 'fails')) return 'unproven';
  const isWhole = conditions.every(({ outcome }) => outcome === 'holds');
  return isWhole && role !== 'rescan' ? 'supported' : 'partly';
}

const againstOf = (id: AgainstId, count: number): JudgedCondition => ({
  ...{ id, weight: 'against', count, of: null },
  outcome: count === 0 ? 'holds' : 'fails',
});

/** Of nothing there is all; but where it is what everything rests on, of nothing there is nothing. */
function shareOf(id: ShareId, weight: 'basis' | 'whole', { count, of }: Share): JudgedCondition {
  const isNothing = of === 0 ? weight === 'basis' : count <= 0;
  return { id, weight, count, of, outcome: isNothing ? 'fails' : count >= of ? 'holds' : 'in-part' };
}

/** One word for all controls: a rescan can be shown no better than in part, and is asked for all of its conditions. */
export function wordOf(controls: readonly JudgedControl[]): ComplianceWord {
  if (controls.some(({ status }) => status === 'contradicted')) return 'contradicted';
  const isShown = ({ role, status, conditions }: JudgedControl): boolean =>
    status === 'supported' || (role === 'rescan' && conditions.every(({ outcome }) => outcome === 'holds'));
  return controls.length > 0 && controls.every(isShown) ? 'supported' : 'unproven';
}
