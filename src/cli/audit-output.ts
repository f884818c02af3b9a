/*
 * A run as a person reads it in a terminal: the verdict first, then each finding with what to do, then what was seen.
 */
import { styleText } from 'node:util';
import type { Severity } from '../domain/drift.js';
import type {
  Coverage,
  ReportFinding,
  ReportSnapshot,
  RunVerdict,
} from '../domain/report/exposure/exposure.js';
import { visibleText } from '../domain/visible-text.js';

type Style = Parameters<typeof styleText>[0];

const VERDICT_STYLE: Record<RunVerdict, Style> = {
  clean: ['bold', 'green'],
  drift: ['bold', 'red'],
  inconclusive: ['bold', 'yellow'],
  failed: ['bold', 'red'],
};
const SEVERITY_STYLE: Record<Severity, Style> = {
  critical: ['bold', 'red'],
  high: 'red',
  medium: 'yellow',
  low: 'dim',
};

export function describeRun(snapshot: ReportSnapshot): string {
  const { verdict, because, coverage, findings } = snapshot;
  const lines = [`${paint(VERDICT_STYLE[verdict], verdict.toUpperCase())}  ${because}`, ''];
  const isSuspected = ({ state }: ReportFinding): boolean => state === 'suspected';
  for (const finding of findings.filter((one) => !isSuspected(one)))
    lines.push(...describeFinding(finding), '');
  const suspected = findings.filter(isSuspected);
  if (suspected.length > 0) lines.push(paint('bold', 'Suspected, and confirmed by no fresh look:'), '');
  for (const finding of suspected) lines.push(...describeFinding(finding), '');
  lines.push(describeCoverage(coverage, snapshot.hosts.length));
  return `${lines.join('\n')}\n`;
}

function describeFinding(finding: ReportFinding): string[] {
  const { kind, address, port, host, severity, state } = finding;
  const where = `${bracketed(address)}${port === null ? '' : `${address === null ? '' : ':'}${port}`}`;
  const who = finding.owner === null ? 'nobody owns it' : `owner ${finding.owner}`;
  const standing =
    state === 'open' ? [] : [state === 'accepted' ? `accepted until ${finding.acceptedUntil}` : state];
  const facts = [host === address ? null : host, finding.service, who, ...standing]
    .filter((fact) => fact !== null)
    .map((fact) => visibleText(fact));
  const comparison =
    finding.observed === null ? '' : `${declaredAs(finding)}, observed ${finding.observed}: `;
  return [
    `${paint(SEVERITY_STYLE[severity], severity.padEnd(8))}  ${kind}  ${paint('bold', where)}  ${facts.join(' · ')}`,
    `          ${comparison}${visibleText(finding.evidence)}`,
    `          ${finding.advice}`,
  ];
}

const declaredAs = ({ declared }: ReportFinding): string =>
  declared === 'undeclared' || declared === null ? 'not declared' : `declared ${declared}`;

function describeCoverage({ expected, probed, answered, unknown }: Coverage, hosts: number): string {
  const number = (value: number): string => value.toLocaleString('en');
  return `${number(hosts)} ${hosts === 1 ? 'host' : 'hosts'}, ${number(expected)} ${expected === 1 ? 'port' : 'ports'} expected: ${number(probed)} probed, ${number(answered)} answered, ${number(unknown)} unknown`;
}

const bracketed = (address: string | null): string =>
  address?.includes(':') ? `[${address}]` : (address ?? '');

/** Colours only where stdout is a terminal that has them (NO_COLOR, FORCE_COLOR). */
function paint(style: Style, text: string): string {
  return process.stdout.isTTY && process.stdout.hasColors()
    ? styleText(style, text, { validateStream: false })
    : text;
}
