/*
 * A run as SARIF 2.1.0 (OASIS), for a pipeline's code scanning: a rule for each kind of drift and severity, a result for each finding that
 * stands, placed in the inventory, which is the file that can be changed. What is resolved is no result, and what was not seen is a
 * notification: a run that could not be trusted has `executionSuccessful: false`, so that its lack of results is not taken for peace.
 *
 * The promise: the rules are the same in every file, and a finding keeps its rule (while it weighs the same) and its fingerprint from run to
 * run. The traps, all of GitHub's code scanning: it weighs rules and not results, hence a rule a severity; it knows a result again by
 * `primaryLocationLineHash` alone; and it wants a place in a file, to the column, of which the evidence knows the file only.
 */
import { createHash } from 'node:crypto';
import { advise } from '../../domain/advice.js';
import { DRIFT_KINDS, type DriftKind, SEVERITIES, type Severity } from '../../domain/drift.js';
import type { ReportFinding, ReportSnapshot, RunVerdict } from '../../domain/report/exposure/exposure.js';
import {
  fileUri,
  instantOf,
  kindTitle,
  number,
  oneLine,
  placeOf,
  sarifMessage,
  sentenceOf,
  statesOf,
} from './form-text.js';
import { uuidOf } from './oscal-text.js';
import { joinRows, Rows, rowsOf } from './rows.js';

const LEVELS = {
  critical: 'error',
  high: 'error',
  medium: 'warning',
  low: 'note',
} as const satisfies Readonly<Record<Severity, string>>;
/** Within the ranges that GitHub calls critical (9.0), high (7.0), medium (4.0) and low; no score of anybody's. */
const SECURITY_SEVERITY: Readonly<Record<Severity, string>> = {
  ...{ critical: '9.5', high: '8.0', medium: '5.5', low: '2.0' },
};
/** The first character: which line declares it, the evidence does not say. */
const SOMEWHERE = { startLine: 1, startColumn: 1, endLine: 1, endColumn: 2 } as const;
/** As `portolan audit` ends. */
const EXIT_CODES: Readonly<Record<RunVerdict, number>> = { clean: 0, drift: 1, failed: 2, inconclusive: 3 };

export function sarifOf(snapshot: ReportSnapshot, sha256: string) {
  const { tool, inventory, audit, run, verdict, because, coverage, vantage } = snapshot;
  const isTrusted = verdict === 'clean' || verdict === 'drift';
  return {
    $schema: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: { name: 'Portolan', version: oneLine(tool.version), rules: RULES.map(ruleOf) },
        },
        automationDetails: {
          id: `portolan/${oneLine(audit)}/${oneLine(run).replaceAll('/', '-')}`,
          guid: uuidOf('sarif', sha256),
          description: { text: sarifMessage(`Run ${run} of audit ${audit}: ${verdict}. ${because}`) },
        },
        invocations: [
          {
            executionSuccessful: isTrusted,
            exitCode: EXIT_CODES[verdict],
            exitCodeDescription: oneLine(because),
            arguments: snapshot.arguments.map(oneLine),
            startTimeUtc: instantOf(snapshot.startedAt),
            endTimeUtc: instantOf(snapshot.finishedAt),
            toolExecutionNotifications: joinRows(
              isTrusted ? undefined : new Rows(() => [untrusted(snapshot)]),
              coverage.unknown === 0 ? undefined : new Rows(() => [unknown(snapshot)]),
              unseenHosts(snapshot),
            ),
          },
        ],
        artifacts: [
          {
            location: { uri: fileUri(inventory.path), index: 0 },
            description: { text: 'The inventory that declares what should answer.' },
            roles: ['analysisTarget'],
            hashes: /^[0-9a-f]{64}$/.test(inventory.sha256) ? { 'sha-256': inventory.sha256 } : undefined,
          },
        ],
        results: rowsOf(snapshot.findings, resultOf(snapshot, sha256)) ?? [],
        columnKind: 'utf16CodeUnits',
        properties: {
          ...{ verdict, because: oneLine(because), audit: oneLine(audit), run: oneLine(run) },
          ...{ vantage: oneLine(vantage), coverage, evidenceSha256: sha256 },
          ...{ hosts: snapshot.hosts.length, resolved: snapshot.resolved.length },
        },
      },
    ],
  };
}

const RULES = DRIFT_KINDS.flatMap((kind) => SEVERITIES.map((severity) => ({ kind, severity })));
const ruleId = (kind: DriftKind, severity: Severity): string => `${kind}/${severity}`;
const RULE_INDEX = new Map(RULES.map(({ kind, severity }, index) => [ruleId(kind, severity), index]));

/** What a kind of drift is, and what is done about it. */
function ruleOf({ kind, severity }: (typeof RULES)[number]) {
  const advice = advise({ kind, declared: 'closed' });
  const title = kindTitle(kind);
  return {
    id: ruleId(kind, severity),
    name: `${title} ${severity}`.replace(/ (.)/g, (_all, letter: string) => letter.toUpperCase()),
    shortDescription: { text: `${title}, of ${severity} severity.` },
    fullDescription: { text: advice },
    help: { text: advice },
    defaultConfiguration: { level: LEVELS[severity] },
    properties: {
      ...{ tags: ['security', kind], precision: 'high' },
      'security-severity': SECURITY_SEVERITY[severity],
    },
  };
}

const resultOf = ({ inventory, tool }: ReportSnapshot, sha256: string) => {
  const artifactLocation = { uri: fileUri(inventory.path), index: 0 };
  return (finding: ReportFinding) => ({
    ruleId: ruleId(finding.kind, finding.severity),
    ruleIndex: RULE_INDEX.get(ruleId(finding.kind, finding.severity)),
    level: LEVELS[finding.severity],
    message: { text: sarifMessage(messageOf(finding)) },
    locations: [
      {
        physicalLocation: { artifactLocation, region: SOMEWHERE },
        logicalLocations: [
          {
            name: oneLine(placeOf(finding)),
            fullyQualifiedName: oneLine(
              [finding.host, finding.address, finding.port].filter(isSaid).join('/'),
            ),
            kind: finding.port === null ? 'host' : 'port',
          },
        ],
      },
    ],
    guid: uuidOf('sarif-result', finding.key, sha256),
    correlationGuid: uuidOf('finding', finding.key, inventory.path),
    fingerprints: { [`${tool.name}/v1`]: oneLine(finding.key) },
    partialFingerprints: { primaryLocationLineHash: lineHash(finding.key) },
    baselineState: finding.isNew ? 'new' : 'unchanged',
    suppressions: finding.state === 'accepted' ? [suppressionOf(finding)] : [],
    properties: {
      ...{
        kind: finding.kind,
        severity: finding.severity,
        severityReasons: finding.severityReasons.map(oneLine),
      },
      ...{ state: finding.state, declared: finding.declared, observed: finding.observed },
      ...{
        service: finding.service && oneLine(finding.service),
        owner: finding.owner && oneLine(finding.owner),
      },
      ...{ firstSeen: finding.firstSeen, lastSeen: finding.lastSeen },
    },
  });
};

/** In the form that GitHub gives its own: sixteen hexadecimal digits, and which of that hash it is. */
const lineHash = (key: string): string => `${createHash('sha256').update(key).digest('hex').slice(0, 16)}:1`;

const isSaid = (part: string | number | null): part is string | number => part !== null;

function messageOf(finding: ReportFinding): string {
  const states = statesOf(finding);
  const parts = [
    `${placeOf(finding)}${states === null ? '' : `: ${states}`}.`,
    sentenceOf(finding.evidence),
    ...(finding.state === 'suspected' ? ['It is suspected: no fresh look has confirmed it yet.'] : []),
    sentenceOf(finding.advice),
  ];
  return parts.join(' ');
}

const suppressionOf = ({ acceptedUntil }: ReportFinding) => ({
  kind: 'external',
  status: 'accepted',
  justification:
    acceptedUntil === null ? 'The risk is accepted.' : `The risk is accepted until ${acceptedUntil}.`,
});

const untrusted = ({ verdict, because }: ReportSnapshot) => ({
  level: 'error',
  descriptor: { id: `run-${verdict}` },
  message: {
    text: sarifMessage(`The run is ${verdict}, and its results are not all that there is: ${because}`),
  },
});

const unknown = ({ coverage }: ReportSnapshot) => ({
  level: 'warning',
  descriptor: { id: 'ports-unknown' },
  message: {
    text: `Of ${number(coverage.unknown)} of ${number(coverage.expected)} pairs of address and port nothing can be said.`,
  },
});

const unseenHosts = ({ hosts }: ReportSnapshot): Rows | undefined =>
  rowsOf(
    hosts.filter((host) => host.unknown !== ''),
    (host) => ({
      level: 'note',
      descriptor: { id: 'host-unknown' },
      message: {
        text: sarifMessage(
          `${placeOf({ ...host, port: null })}: of these ports nothing can be said: ${host.unknown}`,
        ),
      },
    }),
  );
