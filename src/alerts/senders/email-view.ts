/*
 * An alert as an e-mail shows it: what templates/alerts/email.hbs asks for, the same as plain text, and the subject. Pure.
 *
 * The words are alert-text.ts's, and so is the promise: without details there is no address, port, host, service or evidence
 * in any of the three.
 */
import type { Alert, AlertCause, AlertFinding } from '../../domain/alert.js';
import { SEVERITIES } from '../../domain/drift.js';
import { visibleText } from '../../domain/visible-text.js';
import { type AlertText, alertText, closingLines, type FindingText, moreLine } from '../alert-text.js';
import { cut } from '../cut.js';

const NAME_MOST = 100;
const SUBJECT_MOST = 150;

const CAUSES: Readonly<Record<AlertCause, string>> = {
  opened: 'new',
  'still-open': 'still open',
  overdue: 'overdue',
  resolved: 'resolved',
  digest: 'all that is open',
  'scanner-health': 'the scanner',
  stale: 'the scanner',
  ledger: 'the ledger',
  report: 'a report',
  test: 'a test',
};

export function emailView(alert: Alert, details: boolean) {
  const text = alertText(alert, { details });
  const [, badge, title] = /^\[([^\]]*)\] (.*)$/s.exec(text.title) ?? [null, alert.severity, text.title];
  return {
    subject: cut(text.title, SUBJECT_MOST),
    plain: plainText(alert, text),
    severity: alert.severity,
    badge: badge!,
    /** Is the badge how grave it is? */
    isGrave: badge === alert.severity,
    cause: CAUSES[alert.cause],
    title: title!,
    counts: SEVERITIES.filter((one) => alert.counts[one] > 0).map((one) => ({
      severity: one,
      count: alert.counts[one],
    })),
    audit: details && alert.audit !== null ? cut(alert.audit, NAME_MOST) : null,
    at: minute(alert.at),
    findings: text.findings.map((words, place) => findingView(alert.findings[place]!, words)),
    more: text.findings.length > 0 ? moreLine(text.total - text.findings.length) : null,
    isDiscreet: !details && alert.total > 0,
    url: text.link,
    because: text.because,
  };
}

function findingView(finding: AlertFinding, { evidence, advice, link }: FindingText) {
  const { severity, state, kind, host, address, port, service, owner } = finding;
  return {
    severity,
    kind,
    host: cut(host, NAME_MOST),
    address: address === host ? null : address,
    port: port === null ? null : String(port),
    service: service === null ? null : cut(service, NAME_MOST),
    owner: owner === null ? null : cut(owner, NAME_MOST),
    declared: finding.declared,
    observed: finding.observed,
    since: minute(finding.since),
    due: finding.dueAt === null ? null : finding.dueAt.slice(0, 10),
    /** Said where it is not what one expects of a message. */
    state: state === 'open' ? null : state,
    evidence,
    advice,
    url: link,
  };
}

/** The same for whoever reads plain text. */
function plainText(alert: Alert, text: AlertText): string {
  const { title, summary, findings, total } = text;
  const more = findings.length > 0 ? moreLine(total - findings.length) : null;
  const parts = [
    [title, summary ?? '', `${minute(alert.at)} UTC`],
    ...findings.map((words, place) => plainFinding(alert.findings[place]!, words, place)),
    [more ?? ''],
    closingLines(text),
    ['Portolan sent this by itself; an answer reaches nobody.'],
  ];
  const paragraphs = parts.map((lines) => lines.filter((line) => line !== '').join('\n'));
  return `${paragraphs.filter((one) => one !== '').join('\n\n')}\n`;
}

function plainFinding({ declared, observed }: AlertFinding, words: FindingText, place: number): string[] {
  // What was not looked at is left out: “observed nothing” would be something else.
  const states = [
    ...(declared === null ? [] : [`declared ${declared}`]),
    ...(observed === null ? [] : [`observed ${observed}`]),
  ].join(', ');
  const lines = [
    visibleText(states),
    words.standing,
    words.evidence,
    words.advice === '' ? '' : `To do: ${words.advice}`,
    words.link ?? '',
  ];
  return [
    `${place + 1}. ${words.severity}: ${words.subject}`,
    ...lines.filter((line) => line !== '').map((line) => `   ${line}`),
  ];
}

/** `2026-07-01 12:05` */
const minute = (iso: string): string => iso.slice(0, 16).replace('T', ' ');
