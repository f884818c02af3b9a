/*
 * Whose reports are whose. An owner's account sees the reports that are about one of its owners alone, and asks for no others: a report of
 * a run, or of everybody, is not there for it. Pure.
 */
import { type Actor, owns } from '../../domain/access.js';
import type { ReportParameters } from '../../domain/report/parameters.js';
import { Refusal } from '../../platform/refusal.js';

/** May they see it? @param parameters null for a run's own report */
export const sees = (
  actor: Pick<Actor, 'owners'>,
  parameters: Pick<ReportParameters, 'owner'> | null,
): boolean => owns(actor, parameters?.owner ?? null);

/** The same, as they may ask for it: whoever answers for one owner alone need not say for which. Throws Refusal. */
export function asTheyMay(parameters: ReportParameters, { owners }: Pick<Actor, 'owners'>): ReportParameters {
  if (owners === null || (parameters.owner !== null && owners.includes(parameters.owner))) return parameters;
  if (parameters.owner !== null)
    throw new Refusal('bad-input', `there is no owner '${parameters.owner.slice(0, 100)}' among yours`);
  const [only, ...others] = owners;
  if (only !== undefined && others.length === 0) return { ...parameters, owner: only };
  throw new Refusal(
    'bad-input',
    owners.length === 0
      ? 'your account is about no owner, and so there is nothing that it may ask for'
      : `a report for everybody is not yours to ask for; expected one of your owners: ${owners.join(', ')}`,
  );
}
