/*
 * An alert as lines of syslog (RFC 5424): one a finding, and one for the rest or for an alert that is about none. As structured
 * data, or in ArcSight's CEF. Pure.
 *
 * The promise: whatever others wrote stays inside its value, by the escapes of each format, and a line is one line. The trap:
 * the two formats escape differently, and CEF its header and its extension as well; a CEF line has no byte order mark, for its
 * readers want `CEF:` first.
 */
import type { Alert, AlertFinding } from '../../domain/alert.js';
import type { Severity } from '../../domain/drift.js';
import { visibleText } from '../../domain/visible-text.js';
import { alertText, findingLine, moreLine } from '../alert-text.js';
import { cut } from '../cut.js';
import { stableId } from '../stable-id.js';

export interface Origin {
  /** Of this machine. */
  readonly hostname: string;
  readonly version: string;
}

interface Line {
  readonly finding: AlertFinding | null;
  readonly words: string;
  readonly link: string | null;
}

/** local0, which is for programs that the RFC does not know. */
const FACILITY = 16;
const LEVEL: Readonly<Record<Severity, number>> = { critical: 2, high: 3, medium: 4, low: 5 };
const INFORMATIONAL = 6;
/** The number that RFC 5612 keeps for examples: we have none of our own. */
const ENTERPRISE = 32473;
const VALUE_MOST = 300;

export function syslogLines(
  alert: Alert,
  details: boolean,
  format: 'rfc5424' | 'cef',
  origin: Origin,
): string[] {
  return linesOf(alert, details).map((line) => {
    const head = `${headerOf(alert, line, origin)} `;
    return format === 'cef'
      ? `${head}- ${cefOf(alert, line, origin)}`
      : `${head}${structured(alert, line, origin)} \ufeff${line.words}`;
  });
}

function linesOf(alert: Alert, details: boolean): Line[] {
  const text = alertText(alert, { details });
  const findings = text.findings.map((words, place) => ({
    finding: alert.findings[place]!,
    words: `${alert.cause}: ${findingLine(words)}`,
    link: words.link,
  }));
  const more = moreLine(text.total - findings.length);
  if (findings.length > 0 && more === null) return findings;
  const whole = findings.length > 0 ? [text.title, more] : [text.title, text.summary];
  const words = whole.filter((part) => part !== null).join(': ');
  return [...findings, { finding: null, words, link: text.link }];
}

function headerOf(alert: Alert, { finding }: Line, { hostname }: Origin): string {
  const level = alert.isOver || alert.cause === 'test' ? INFORMATIONAL : LEVEL[(finding ?? alert).severity];
  return `<${FACILITY * 8 + level}>1 ${timestamp(alert.at)} ${printable(hostname, 255)} portolan - ${alert.cause}`;
}

const timestamp = (iso: string): string => new Date(iso).toISOString();

/** PRINTUSASCII of the RFC; its nil where nothing is left. */
const printable = (text: string, most: number): string => text.replace(/[^!-~]/g, '').slice(0, most) || '-';

function structured(alert: Alert, line: Line, { version }: Origin): string {
  const parameters = Object.entries(valuesOf(alert, line)).map(
    ([name, value]) => ` ${name}="${quoted(value)}"`,
  );
  return `[origin software="portolan" swVersion="${quoted(version)}"][portolan@${ENTERPRISE}${parameters.join('')}]`;
}

/** RFC 5424, 6.3.3 */
const quoted = (value: string): string => value.replace(/["\\\]]/g, '\\$&');

function valuesOf(alert: Alert, { finding, link }: Line): Record<string, string> {
  const values: Record<string, string | number | null> = {
    key: stableId(alert.key),
    thread: stableId(alert.thread),
    severity: (finding ?? alert).severity,
    over: String(alert.isOver),
    total: alert.total,
    ...(finding === null
      ? {}
      : {
          id: finding.id,
          kind: finding.kind,
          state: finding.state,
          host: finding.host,
          address: finding.address,
          port: finding.port,
          service: finding.service,
          owner: finding.owner,
          declared: finding.declared,
          observed: finding.observed,
          advice: finding.advice,
          since: finding.since,
          due: finding.dueAt,
        }),
    url: link,
  };
  return shownOf(values);
}

/** Those that there are, visible and not too long. A link is whole or not at all. */
function shownOf(values: Readonly<Record<string, string | number | null>>): Record<string, string> {
  const shown = Object.entries(values).filter(([, value]) => value !== null && value !== '');
  return Object.fromEntries(
    shown.map(([name, value]) => [
      name,
      name === 'url' || name === 'request' ? String(value) : cut(visibleText(String(value)), VALUE_MOST),
    ]),
  );
}

const CEF_SEVERITY: Readonly<Record<Severity, number>> = { critical: 10, high: 8, medium: 5, low: 3 };

/** `CEF:0|vendor|product|version|event class|name|severity|extension` */
function cefOf(alert: Alert, line: Line, origin: Origin): string {
  const { finding, words } = line;
  const name = finding === null ? words : `${alert.cause}: ${finding.kind}`;
  const severity = alert.isOver ? 0 : CEF_SEVERITY[(finding ?? alert).severity];
  const header = [
    'Portolan',
    'Portolan',
    origin.version,
    finding?.kind ?? alert.cause,
    name,
    String(severity),
  ];
  const extension = Object.entries(extensionOf(alert, line, origin)).map(
    ([key, value]) => `${key}=${value.replace(/[\\=]/g, '\\$&')}`,
  );
  return `CEF:0|${header.map((field) => field.replace(/[\\|]/g, '\\$&')).join('|')}|${extension.join(' ')}`;
}

function extensionOf(
  alert: Alert,
  { finding, words, link }: Line,
  { hostname }: Origin,
): Record<string, string> {
  const common = {
    rt: Date.parse(alert.at),
    cat: alert.cause,
    dvchost: printable(hostname, 100),
    cnt: finding === null ? alert.total : 1,
    msg: words,
    request: link,
  };
  if (finding === null) return shownOf(common);
  const { address, declared, observed, owner, dueAt } = finding;
  const isSix = address?.includes(':') ?? false;
  return shownOf({
    ...common,
    externalId: finding.id.slice(0, 40),
    start: Date.parse(finding.since),
    dhost: finding.host,
    dst: isSix ? null : address,
    ...(isSix ? { c6a3Label: 'Destination IPv6 Address', c6a3: address } : {}),
    dpt: finding.port,
    app: finding.service,
    outcome: finding.state,
    ...labelled('cs1', 'declared', declared),
    ...labelled('cs2', 'observed', observed),
    ...labelled('cs3', 'owner', owner),
    ...labelled('cs4', 'advice', finding.advice),
    ...labelled('cs5', 'thread', stableId(alert.thread)),
    ...labelled('cs6', 'key', stableId(alert.key)),
    ...(dueAt === null ? {} : { deviceCustomDate1Label: 'due', deviceCustomDate1: Date.parse(dueAt) }),
  });
}

const labelled = (key: string, label: string, value: string | null): Record<string, string> =>
  value === null || value === '' ? {} : { [`${key}Label`]: label, [key]: value };
