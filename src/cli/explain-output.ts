/*
 * An explanation as a person reads it in a terminal: one line a question.
 */
import type { Explanation } from '../domain/explain.js';
import { visibleText } from '../domain/visible-text.js';

export function describeExplanation(explanation: Explanation, source: string): string {
  const { address, port, host, declared, observed, findings, exceptions, route } = explanation;
  const where = `${address.includes(':') ? `[${address}]` : address}:${port}`;
  const rows: Array<[string, string]> = [
    [
      'port',
      `${where}${host === null ? ', of no declared host' : `, host ${host}`}, seen from ${explanation.vantage}`,
    ],
    ['declared', joined([declared.expect, declared.service, declared.why, declared.place])],
    ['observed', describeObserved(observed)],
    ['verdict', `${explanation.verdict}: ${explanation.because}`],
  ];
  if (findings.length === 0) rows.push(['finding', 'none']);
  for (const finding of findings) {
    rows.push([
      'finding',
      `${finding.kind}, ${finding.state}, ${finding.severity} (${finding.severityReasons.join('; ')})`,
    ]);
    for (const { at, actor, to, why } of finding.history)
      rows.push(['', `${at}  ${to}, by ${actor}: ${why}`]);
  }
  for (const { reason, approvedBy, expires, expired } of exceptions) {
    rows.push([
      'exception',
      `${reason}, approved by ${approvedBy}, ${expired ? 'ended' : 'until'} ${expires}`,
    ]);
  }
  rows.push([
    'route',
    route.owner === null ? 'nobody owns it' : joined([route.owner, route.email, ...route.receivers]),
  ]);
  for (const { receiver, type, because } of route.told) rows.push(['', `${receiver} (${type}): ${because}`]);
  rows.push(['source', source]);
  return rows.map(([name, text]) => `${name.padEnd(10)}${visibleText(text)}\n`).join('');
}

function describeObserved({ state, reason, connectMs, at, run }: Explanation['observed']): string {
  if (at === null || run === null) return 'unknown: no run has looked at it';
  const time = connectMs === null ? '' : ` in ${connectMs.toFixed(1)} ms`;
  return `${state} (${reason})${time}, at ${at}, in run ${run}`;
}

const joined = (parts: ReadonlyArray<string | null>): string =>
  parts.filter((part) => part !== null).join(' · ');
