/*
 * Does an attestation add up? Each owner's numbers are those of what is listed as theirs, they make the totals, and what is said to be
 * overdue is so by the day on which the report was made. Pure; a sentence for the first thing that does not tie out.
 */
import { dayOf, isPast } from '../../day.js';
import type { AttestationSnapshot, AttestedCounts } from './attestation.js';
import { attestationVerdict, countsOf, listsOf, ownersIn } from './build-attestation.js';

export function attestationProblem(snapshot: AttestationSnapshot): string | null {
  const { owners, totals, verdict } = snapshot;
  const listed = ownersIn(snapshot);
  if (owners.length !== listed.size || owners.some(({ owner }) => !listed.has(owner)))
    return 'its owners are not those whose things it lists';
  for (const { owner, counts } of owners) {
    const wrong = difference(countsOf(listsOf(snapshot, owner)), counts);
    if (wrong !== null) return `of ${owner ?? 'nobody'} it lists ${wrong}`;
  }
  const wrong = difference(countsOf(snapshot), totals);
  if (wrong !== null) return `in all it lists ${wrong}`;
  if (attestationVerdict(totals) !== verdict) return `its lists do not make it ${verdict}`;
  return datesProblem(snapshot) ?? ownerProblem(snapshot) ?? signedProblem(snapshot);
}

function difference(listed: AttestedCounts, said: AttestedCounts): string | null {
  for (const [name, count] of Object.entries(listed) as Array<[keyof AttestedCounts, number]>)
    if (count !== said[name]) return `${count} for ${name}, and says ${said[name]}`;
  return null;
}

function datesProblem({ services, exceptions, findings, madeAt }: AttestationSnapshot): string | null {
  const today = dayOf(new Date(madeAt));
  const service = services.find(
    ({ reviewBy, isOverdue }) => isOverdue !== (reviewBy !== null && isPast(reviewBy, today)),
  );
  if (service) return `the review of ${service.host} ${service.ports} is not as overdue as it says`;
  const exception = exceptions.find(({ expires, hasEnded }) => hasEnded !== isPast(expires, today));
  if (exception) return `the exception of ${exception.host} ${exception.ports} has not ended as it says`;
  const finding = findings.find(({ due, isOverdue }) => isOverdue !== (due !== null && due < madeAt));
  return finding ? `finding ${finding.key} is not as overdue as it says` : null;
}

function signedProblem({ owners, signed, madeAt }: AttestationSnapshot): string | null {
  const told = new Set(owners.map(({ owner }) => owner));
  if (new Set(signed.map(({ owner }) => owner)).size !== signed.length) return 'an owner is signed for twice';
  const wrong = signed.find(({ owner, at }) => !told.has(owner) || at > madeAt);
  return wrong ? `${wrong.owner} can’t have been signed for before` : null;
}

function ownerProblem({ owners, parameters }: AttestationSnapshot): string | null {
  if (parameters.owner === null) return null;
  const other = owners.find(({ owner }) => owner !== parameters.owner);
  return other ? `it tells of ${other.owner ?? 'nobody'}, and was asked for ${parameters.owner}` : null;
}
