/*
 * What people do to a finding: acknowledge, accept, reopen, assign, comment. Pure: the finding as it is then, and the step
 * for its history, or why it may not be.
 *
 * Promises: a risk is accepted until a day that is still to come, and by somebody else than who asks for it; nobody can
 * resolve a finding by hand, as only a look at the network can.
 */
import type { Actor } from './access.js';
import { dayOf, isPast } from './day.js';
import type { Finding, FindingEvent, FindingState } from './finding.js';

export type Action =
  | { readonly do: 'acknowledge'; readonly why: string }
  | {
      readonly do: 'accept';
      readonly why: string;
      /** The last day on which it holds, `YYYY-MM-DD` in UTC. */
      readonly until: string;
      readonly requestedBy: string;
      readonly approvedBy: string;
    }
  | { readonly do: 'reopen'; readonly why: string }
  | { readonly do: 'assign'; readonly to: string | null }
  | { readonly do: 'comment'; readonly text: string };

export type Acted =
  | { readonly ok: true; readonly finding: Finding; readonly event: FindingEvent }
  | { readonly ok: false; readonly why: string };

export type Approval =
  | { readonly ok: true; readonly approvedBy: string }
  | { readonly ok: false; readonly why: string };

/**
 * Who approves a risk that somebody accepts. With an account it is they, and nobody else's name stands there; an owner does not
 * approve a risk of their own. Where there is no sign-in it is whoever they say.
 */
export function approvalBy(
  { account, role, name }: Pick<Actor, 'account' | 'role' | 'name'>,
  given: string,
): Approval {
  if (account === null) return { ok: true, approvedBy: given };
  if (role === 'owner')
    return { ok: false, why: 'an owner can’t approve a risk of their own; ask an operator to accept it' };
  return { ok: true, approvedBy: name };
}

/** May they approve a risk at all? Who may not is not offered to. */
export const mayApprove = (actor: Pick<Actor, 'account' | 'role' | 'name'>): boolean =>
  approvalBy(actor, '').ok;

/** The longest that a risk may be accepted for at once. */
const ACCEPTED_MOST_DAYS = 366;
const DAY_MS = 86_400_000;

export function act(finding: Finding, action: Action, actor: string, now: Date): Acted {
  const step = (changes: Partial<Finding>, why: string): Acted => {
    const after = { ...finding, ...changes };
    const event = { key: finding.key, at: now, actor, from: finding.state, to: after.state, why };
    return { ok: true, finding: after, event };
  };
  const mayNot = (why: string): Acted => ({ ok: false, why });
  const only = (states: readonly FindingState[], what: string): string | null =>
    states.includes(finding.state) ? null : `a finding that is ${finding.state} can't be ${what}`;
  switch (action.do) {
    case 'acknowledge': {
      const wrong = only(['open'], 'acknowledged; expected one that is open');
      return wrong ? mayNot(wrong) : step({ state: 'acknowledged' }, action.why);
    }
    case 'accept': {
      const wrong =
        only(['open', 'acknowledged', 'accepted'], 'accepted; expected one that is open') ??
        acceptanceProblem(action, now);
      if (wrong) return mayNot(wrong);
      const { until, requestedBy, approvedBy, why } = action;
      return step(
        { state: 'accepted', acceptedUntil: until, acceptedBy: approvedBy },
        `accepted by ${approvedBy} until ${until}, as ${requestedBy} asked: ${why}`,
      );
    }
    case 'reopen': {
      const wrong = only(
        ['acknowledged', 'accepted'],
        'reopened; expected one that is acknowledged or accepted',
      );
      return wrong
        ? mayNot(wrong)
        : step({ state: 'open', openedAt: now, acceptedUntil: null, acceptedBy: null }, action.why);
    }
    case 'assign': {
      if (finding.assignee === action.to) return mayNot(`it is already ${action.to ?? 'nobody'}'s`);
      return step(
        { assignee: action.to },
        action.to === null ? 'assigned to nobody' : `assigned to ${action.to}`,
      );
    }
    case 'comment':
      return step({}, action.text);
  }
}

function acceptanceProblem(
  { until, requestedBy, approvedBy }: Extract<Action, { do: 'accept' }>,
  now: Date,
): string | null {
  if (sameName(requestedBy, approvedBy))
    return `${approvedBy} can't approve what ${requestedBy} asks for; expected somebody else`;
  if (!isDay(until)) return `'${until}' is no day; expected YYYY-MM-DD`;
  if (isPast(until, dayOf(now))) return `${until} has passed; expected a day that is still to come`;
  if (Date.parse(until) - now.getTime() > ACCEPTED_MOST_DAYS * DAY_MS)
    return `${until} is too far away; expected at most ${ACCEPTED_MOST_DAYS} days, to be looked at again then`;
  return null;
}

const isDay = (text: string): boolean =>
  /^\d{4}-\d{2}-\d{2}$/.test(text) && new Date(`${text}T00:00:00Z`).toJSON()?.slice(0, 10) === text;

/** Who writes a name in another way is not somebody else. */
export const sameName = (one: string, other: string): boolean => bareName(one) === bareName(other);
const bareName = (name: string): string =>
  name
    .normalize('NFKC')
    .replace(/\p{Cf}/gu, '')
    .replace(/\s+/g, ' ')
    .trim()
    .toLowerCase();
