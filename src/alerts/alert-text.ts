/*
 * What an alert says, in words that all channels share: a line of what it is, how many of which severity, a line a finding,
 * how many more there are, who is told and why, and the link. Each channel escapes and cuts it after its own rules.
 *
 * The promises: names, banners and evidence come from others, so that all of it has gone through visibleText() and is on
 * one line each. Where the receiver wants no details, no address, port, host name, service nor evidence is in it, in
 * whatever field it stood: a title that names one is replaced, a link that does is shortened.
 */
import { type Alert, type AlertCause, type AlertFinding, SHOWN_MOST } from '../domain/alert.js';
import { SEVERITIES, type Severity } from '../domain/drift.js';
import { visibleText } from '../domain/visible-text.js';
import { cut, howManyFit, type SizeOf } from './cut.js';

export interface AlertText {
  /** In one line what has happened, with how grave it is: `[critical] …`, `[over] …`. */
  readonly title: string;
  /** `3 findings: 1 critical, 2 low`; null where it is about none. */
  readonly summary: string | null;
  /** Empty where the receiver wants no details. */
  readonly findings: readonly FindingText[];
  /** Who hears of it and why; null where the receiver wants no details. */
  readonly because: string | null;
  /** Where all of it is shown; null where the service does not know its own address. */
  readonly link: string | null;
  /** How many it is about, those that are not shown among them; 0 where the receiver wants no details. */
  readonly total: number;
}

export interface FindingText {
  readonly severity: Severity;
  /** `unexpected-open on atlas (203.0.113.7), port 22 (ssh)` */
  readonly subject: string;
  readonly evidence: string;
  readonly advice: string;
  /** `owned by crane-team; open since 2026-07-01 12:00 UTC; due by …` */
  readonly standing: string;
  readonly link: string | null;
}

export function alertText(alert: Alert, receiver: { readonly details: boolean }): AlertText {
  const total = receiver.details ? alert.total : 0;
  const bare = receiver.details ? visible(alert.title, LONGEST.title) : discreetTitle(alert);
  return {
    title: `[${badgeOf(alert)}] ${bare}`,
    summary: summaryOf(alert),
    findings: receiver.details ? alert.findings.slice(0, SHOWN_MOST).map(findingText) : [],
    because: receiver.details ? visible(alert.because, LONGEST.sentence) : null,
    link: linkOf(alert, receiver.details),
    total,
  };
}

/** All of it, line by line, for whatever shows plain text. */
export function alertLines(alert: Alert, receiver: { readonly details: boolean }): string[] {
  const text = alertText(alert, receiver);
  return [...openingLines(text), ...findingLines(text, text.findings.length), ...closingLines(text)];
}

/** All of it in one text that has room: the last findings give way, the first is cut short, and the link stays. */
export function fittedText(text: AlertText, room: number, sizeOf: SizeOf, gap = '\n'): string {
  const build = (findings: readonly string[]): string =>
    [...openingLines(text), ...findings, ...closingLines(text)].join(gap);
  const shown = howManyFit(text.findings.length, room, (some) => sizeOf(build(findingLines(text, some))));
  const whole = build(findingLines(text, shown));
  if (sizeOf(whole) > room) {
    const end = text.link === null ? '' : gap + text.link;
    return cut(openingLines(text).join(gap), room - sizeOf(end), sizeOf) + end;
  }
  const [first] = text.findings;
  if (shown > 0 || !first) return whole;
  const others = moreLine(text.total - 1);
  const rest = build(['', ...(others === null ? [] : [others])]);
  const line = cut(findingLine(first), room - sizeOf(rest), sizeOf);
  return line === '' ? whole : build([line, ...(others === null ? [] : [others])]);
}

const openingLines = ({ title, summary }: AlertText): string[] =>
  summary === null ? [title] : [title, summary];

/** The first findings, a line each, and how many are left unsaid. */
export function findingLines({ findings, total }: AlertText, shown: number): string[] {
  const more = moreLine(total - shown);
  return [...findings.slice(0, shown).map(findingLine), ...(more === null ? [] : [more])];
}

export const findingLine = ({ severity, subject, evidence }: FindingText): string =>
  `${severity}: ${subject}${evidence === '' ? '' : `: ${evidence}`}`;

export const moreLine = (left: number): string | null => (left > 0 ? `and ${left} more` : null);

/** Who is told and why, and the link. */
export const closingLines = ({ because, link }: AlertText): string[] => [
  ...(because === null || because === '' ? [] : [`You are told because ${because}.`]),
  ...(link === null ? [] : [link]),
];

/** How much of what others wrote is shown: enough to know what it is. */
const LONGEST = { name: 100, title: 200, sentence: 400 };

const visible = (text: string, longest: number): string => cut(visibleText(text).trim(), longest);

function findingText(finding: AlertFinding): FindingText {
  const { kind, severity, host, address, port, service, owner } = finding;
  const name = visible(host, LONGEST.name);
  const where = address === null || address === host ? name : `${name} (${visible(address, LONGEST.name)})`;
  const what = service === null || service === '' ? '' : ` (${visible(service, LONGEST.name)})`;
  const standing = [
    owner === null ? 'owned by nobody' : `owned by ${visible(owner, LONGEST.name)}`,
    `${finding.state} since ${moment(finding.since)}`,
    ...(finding.dueAt === null ? [] : [`due by ${moment(finding.dueAt)}`]),
  ];
  return {
    severity,
    subject: `${kind} on ${where}${port === null ? '' : `, port ${port}`}${what}`,
    evidence: visible(finding.evidence, LONGEST.sentence),
    advice: visible(finding.advice, LONGEST.sentence),
    standing: standing.join('; '),
    link: webLink(finding.url),
  };
}

/** `2026-07-01 12:00 UTC` */
const moment = (iso: string): string =>
  visible(iso.replace(/^(\d{4}-\d\d-\d\d)T(\d\d:\d\d).*Z$/, '$1 $2 UTC'), LONGEST.name);

const BADGES: Partial<Record<AlertCause, string>> = { test: 'test', resolved: 'partly over' };

const badgeOf = ({ cause, isOver, severity }: Alert): string =>
  cause === 'test' ? 'test' : isOver ? 'over' : (BADGES[cause] ?? severity);

function summaryOf({ total, counts }: Alert): string | null {
  if (total === 0) return null;
  const parts = SEVERITIES.filter((one) => counts[one] > 0).map((one) => `${counts[one]} ${one}`);
  const sum = `${total} ${total === 1 ? 'finding' : 'findings'}`;
  return parts.length === 0 ? sum : `${sum}: ${parts.join(', ')}`;
}

/** What is said where the title itself tells too much. */
const DISCREET: Record<AlertCause, string> = {
  opened: 'a drift has been found',
  'still-open': 'a drift is still open',
  overdue: 'a drift is overdue',
  resolved: 'a drift is over',
  digest: 'what is open',
  'scanner-health': 'runs could not be believed',
  stale: 'there has been no trustworthy run for too long',
  ledger: 'something is wrong with the ledger',
  report: 'a report was not made',
  test: 'this is a test',
};

function discreetTitle(alert: Alert): string {
  const tells = (word: string): boolean => names(alert.title, word) || names(visibleText(alert.title), word);
  const isTelling = ADDRESS_LIKE.test(alert.title) || [...placesIn(alert), ...servicesIn(alert)].some(tells);
  return isTelling ? DISCREET[alert.cause] : visible(alert.title, LONGEST.title);
}

/** Four numbers with dots, or hexadecimal parts with at least two colons: never mind whether it is one. */
const ADDRESS_LIKE = /\d+\.\d+\.\d+\.\d+|[\da-f]*:[\da-f]*:[\da-f:]*/i;

const placesIn = ({ findings }: Alert): string[] =>
  findings.flatMap(({ host, address }) => [
    host,
    host.split('.')[0]!,
    ...(address === null ? [] : [address]),
  ]);

const servicesIn = ({ findings }: Alert): string[] =>
  findings.flatMap(({ service, port, evidence }) => [
    ...(service === null ? [] : [service]),
    ...(port === null ? [] : [String(port)]),
    evidence,
  ]);

/** Does the text have the word, not as a part of another? */
function names(text: string, word: string): boolean {
  const [where, what] = [text.toLowerCase(), word.trim().toLowerCase()];
  if (what === '') return false;
  for (let at = where.indexOf(what); at >= 0; at = where.indexOf(what, at + 1)) {
    if (!isLetter(where[at - 1]) && !isLetter(where[at + what.length])) return true;
  }
  return false;
}

const isLetter = (char: string | undefined): boolean => char !== undefined && /[\p{L}\p{N}]/u.test(char);

function linkOf(alert: Alert, details: boolean): string | null {
  const one = alert.total === 1 ? (alert.findings[0]?.url ?? null) : null;
  const link = webLink(alert.url ?? one);
  if (link === null || details) return link;
  const { origin, pathname, search, hash } = new URL(link);
  const path = readable(pathname);
  const rest = readable(search + hash);
  if (placesIn(alert).some((word) => names(path, word)) || ADDRESS_LIKE.test(path)) return `${origin}/`;
  const isTelling = [...placesIn(alert), ...servicesIn(alert)].some((word) => names(rest, word));
  return isTelling || ADDRESS_LIKE.test(rest) ? `${origin}${pathname}` : link;
}

function readable(encoded: string): string {
  try {
    return decodeURIComponent(encoded);
  } catch {
    return encoded;
  }
}

/** The address as a browser writes it, so that nothing in it is markup; null for what is no web address. */
function webLink(url: string | null): string | null {
  if (url === null || !URL.canParse(url)) return null;
  const { protocol, origin, pathname, search, hash } = new URL(url);
  if (protocol !== 'https:' && protocol !== 'http:') return null;
  const rest = (pathname + search + hash).replace(/[|'"()<>[\]`*\\^{}~]/g, percentOf);
  const plain = origin + rest;
  return plain.length <= 500 ? plain : null;
}

const percentOf = (char: string): string =>
  `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
