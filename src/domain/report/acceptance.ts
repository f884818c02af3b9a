/*
 * What the history of a finding says of its acceptance: who approved it, who asked, why, since when and until when. Pure.
 *
 * The trap: a comment is a step of the history too, and may be written to look like an acceptance. A step that brings a finding into
 * the state is none; of those that leave it there, only one that names the approver and the end that the finding itself has.
 */
export interface AcceptanceStep {
  readonly at: Date;
  readonly from: string | null;
  readonly why: string;
}

export interface Acceptance {
  readonly since: Date;
  /** The last day, `YYYY-MM-DD`; null where it is not to be read. */
  readonly until: string | null;
  readonly approvedBy: string | null;
  readonly requestedBy: string | null;
  readonly reason: string | null;
}

const TERMS = /^accepted by (.+?) until (\d{4}-\d{2}-\d{2})(?:, as (.+?) asked)?: ([\s\S]*)$/;

/**
 * @param steps that lead to being accepted, or leave it so, in their order
 * @param now the terms as the finding has them; null where it is accepted no more
 */
export function acceptanceOf(
  steps: readonly AcceptanceStep[],
  now: { readonly until: string | null; readonly approvedBy: string | null } | null,
): Acceptance | null {
  const begun = steps.findLastIndex(({ from }) => from !== 'accepted');
  const first = steps[begun];
  if (!first) return null;
  const isByHand = now !== null && now.approvedBy !== null;
  const start = isByHand ? `accepted by ${now.approvedBy} until ${now.until}` : null;
  const renewed = start === null ? undefined : steps.slice(begun).find(({ why }) => why.startsWith(start));
  const [, approvedBy, until, requestedBy, reason] = TERMS.exec((renewed ?? first).why) ?? [];
  return {
    since: first.at,
    until: now?.until ?? until ?? null,
    approvedBy: now?.approvedBy ?? approvedBy ?? null,
    requestedBy: requestedBy ?? null,
    reason: reason ?? null,
  };
}
