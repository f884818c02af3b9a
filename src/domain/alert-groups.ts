/*
 * Which of the notices whose time has come go into one message, and what that message says. Pure.
 *
 * What begins is grouped as its route wants it; what goes on or ends belongs to the message in which it began. A storm is one
 * message a receiver: forty of them at once say less than one with a number. A digest is one message, of everything.
 */
import { advise } from './advice.js';
import { type Alert, type AlertCause, type AlertFinding, SHOWN_MOST } from './alert.js';
import { dueBy } from './deadlines.js';
import { SEVERITIES, type Severity } from './drift.js';
import type { Finding } from './finding.js';
import type { Deadlines } from './inventory.js';
import type { GroupKey } from './receiver.js';

/** More groups at once than anybody reads one by one. */
const GROUPS_MOST = 10;

/** What routes and groups ask of a finding: there may be very many at once. */
export type FindingOutline = Pick<
  Finding,
  'key' | 'kind' | 'severity' | 'state' | 'host' | 'owner' | 'address'
> & { readonly id: string };

export interface Due {
  readonly receiver: string;
  readonly groupKey: string;
  readonly audit: string | null;
  readonly cause: AlertCause;
  /** Of the message in which it began; null where it begins now. */
  readonly thread: string | null;
  readonly because: string;
  readonly finding: FindingOutline;
}

export interface AlertGroup {
  readonly receiver: string;
  readonly cause: AlertCause;
  readonly groupKey: string;
  readonly thread: string | null;
  readonly notices: readonly [Due, ...Due[]];
}

export function groupKeyOf(
  finding: Pick<Finding, GroupKey & keyof Finding>,
  audit: string | null,
  groupBy: readonly GroupKey[],
): string {
  return groupBy.map((key) => `${key} ${(key === 'audit' ? audit : finding[key]) ?? '-'}`).join(', ');
}

/** @param hasDigest does the receiver want everything at once? */
export function groupDue(due: readonly Due[], hasDigest: (receiver: string) => boolean): AlertGroup[] {
  const groups = new Map<string, [Due, ...Due[]]>();
  const put = (key: string, notice: Due): void => {
    const group = groups.get(key);
    if (group) group.push(notice);
    else groups.set(key, [notice]);
  };
  for (const notice of due) {
    const { receiver, cause, groupKey, thread } = notice;
    if (hasDigest(receiver)) put(JSON.stringify([receiver]), notice);
    else put(JSON.stringify([receiver, cause, cause === 'opened' ? groupKey : (thread ?? groupKey)]), notice);
  }
  return collapsed(Array.from(groups.values(), (notices) => groupOf(notices, hasDigest)));
}

function groupOf(notices: [Due, ...Due[]], hasDigest: (receiver: string) => boolean): AlertGroup {
  const { receiver, cause, groupKey, thread } = notices[0];
  const isDigest = hasDigest(receiver);
  return {
    receiver,
    cause: isDigest ? 'digest' : cause,
    groupKey,
    thread: isDigest ? null : thread,
    notices,
  };
}

/** Where a receiver would get too many messages of one cause, they are one. */
function collapsed(groups: readonly AlertGroup[]): AlertGroup[] {
  const byReceiver = new Map<string, AlertGroup[]>();
  for (const group of groups) {
    const key = JSON.stringify([group.receiver, group.cause]);
    byReceiver.set(key, [...(byReceiver.get(key) ?? []), group]);
  }
  return Array.from(byReceiver.values()).flatMap((own) => {
    if (own.length <= GROUPS_MOST) return own;
    const notices = own.flatMap((group) => [...group.notices]) as [Due, ...Due[]];
    return [{ ...own[0]!, groupKey: 'storm', thread: null, notices }];
  });
}

export type StandingFinding = Finding & { readonly id: string };

export interface Around {
  readonly key: string;
  readonly thread: string;
  /** Has everything that was told in this thread ended? */
  readonly isOver: boolean;
  readonly deadlines: Deadlines;
  /** Where the service is reached; null where it does not know. */
  readonly url: string | null;
  readonly now: Date;
}

/** The findings that the group's message shows: the gravest first. */
export function shownOf({ notices }: AlertGroup): FindingOutline[] {
  const rank = ({ severity }: FindingOutline): number => SEVERITIES.indexOf(severity);
  const findings = notices.map(({ finding }) => finding);
  findings.sort((a, b) => rank(a) - rank(b) || Number(a.id) - Number(b.id));
  return findings.slice(0, SHOWN_MOST);
}

/** @param whole the findings that {@link shownOf} names, in its order */
export function composeAlert(group: AlertGroup, whole: readonly StandingFinding[], around: Around): Alert {
  const { key, thread, isOver, url, now } = around;
  const findings = group.notices.map(({ finding }) => finding);
  const counts = Object.fromEntries(
    SEVERITIES.map((severity) => [severity, findings.filter((one) => one.severity === severity).length]),
  ) as Record<Severity, number>;
  const audits = new Set(group.notices.map(({ audit }) => audit));
  return {
    ...{ key, thread, counts, isOver, cause: group.cause },
    severity: whole[0]!.severity,
    title: titleOf(group),
    findings: whole.map((finding) => shown(finding, around)),
    total: findings.length,
    because: Array.from(new Set(group.notices.map(({ because }) => because)))
      .slice(0, 3)
      .join('; '),
    audit: audits.size === 1 ? [...audits][0]! : null,
    url:
      url === null ? null : findings.length === 1 ? `${url}/findings/${findings[0]!.id}` : `${url}/findings`,
    at: now.toISOString(),
  };
}

function titleOf({ cause, notices }: AlertGroup): string {
  const count = notices.length;
  const findings = `${count.toLocaleString('en')} ${count === 1 ? 'finding' : 'findings'}`;
  const kinds = new Set(notices.map(({ finding }) => finding.kind));
  const what = kinds.size === 1 ? `: ${[...kinds][0]}` : '';
  if (cause === 'digest') {
    const over = notices.filter((notice) => notice.cause === 'resolved').length;
    return `Digest: ${(count - over).toLocaleString('en')} open, ${over.toLocaleString('en')} over`;
  }
  if (cause === 'resolved') return `${findings} ${count === 1 ? 'is' : 'are'} over${what}`;
  if (cause === 'still-open') return `${findings} still open${what}`;
  if (cause === 'overdue') return `${findings} past the due date${what}`;
  return `${count.toLocaleString('en')} new ${count === 1 ? 'finding' : 'findings'}${what}`;
}

function shown(finding: StandingFinding, { deadlines, url }: Around): AlertFinding {
  const { id, kind, severity, state, host, address, port, service, owner, declared, observed, evidence } =
    finding;
  return {
    ...{ id, kind, severity, state, host, address, port, service, owner, declared, observed, evidence },
    advice: advise(finding),
    since: (finding.openedAt ?? finding.firstSeen).toISOString(),
    dueAt: dueBy(finding, deadlines)?.toISOString() ?? null,
    url: url === null ? null : `${url}/findings/${id}`,
  };
}

/** Says that it is one. */
export function testAlert(key: string, receiver: string, now: Date): Alert {
  return {
    ...{ key, thread: key, cause: 'test', severity: 'low', isOver: false, audit: null, url: null },
    title: 'A test: this receiver can be reached',
    findings: [],
    total: 0,
    counts: { critical: 0, high: 0, medium: 0, low: 0 },
    because: `somebody wanted to see whether ${receiver} can be reached`,
    at: now.toISOString(),
  };
}
