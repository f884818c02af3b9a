/*
 * SARIF: valid by OASIS's schema and by what GitHub's code scanning asks, whatever others wrote; a run that could not be trusted never
 * looks like peace; and a finding is known again in the next run.
 */
import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ReportSnapshot } from '../../../../src/domain/report/exposure/exposure.js';
import { writeForm } from '../../../../src/reports/forms/write-form.js';
import { cleanSnapshot, driftSnapshot } from '../../../fixtures/report-snapshots.js';
import { finding, host, snapshot } from '../../../fixtures/snapshot-parts.js';
import { generatedSnapshot } from '../../../support/generated-reports.js';
import { githubProblems, githubSeverity } from '../../../support/github-code-scanning.js';

const {
  id: _id,
  $schema: _draft4,
  ...schema
} = JSON.parse(
  readFileSync(new URL('../../../fixtures/sarif/sarif-2.1.0.json', import.meta.url), 'utf8'),
) as Record<string, unknown>;
const ajv = new Ajv({ strict: false, allErrors: true });
addFormats.default(ajv);
const isValid = ajv.compile(schema);

interface Sarif {
  readonly runs: ReadonlyArray<{
    readonly invocations: ReadonlyArray<{
      readonly executionSuccessful: boolean;
      readonly exitCode: number;
      readonly toolExecutionNotifications?: ReadonlyArray<{
        readonly level: string;
        readonly descriptor: { readonly id: string };
        readonly message: { readonly text: string };
      }>;
    }>;
    readonly automationDetails: { readonly id: string };
    readonly tool: {
      readonly driver: {
        readonly rules: ReadonlyArray<{
          readonly id: string;
          readonly properties: { readonly tags: string[]; readonly 'security-severity': string };
        }>;
      };
    };
    readonly results: ReadonlyArray<{
      readonly ruleId: string;
      readonly ruleIndex: number;
      readonly level: string;
      readonly message: { readonly text: string };
      readonly suppressions: readonly object[];
      readonly baselineState: string;
      readonly fingerprints: Readonly<Record<string, string>>;
      readonly partialFingerprints: Readonly<Record<string, string>>;
      readonly locations: readonly object[];
      readonly properties: { readonly kind: string; readonly severity: string };
    }>;
  }>;
}

function sarifOf(made: ReportSnapshot): Sarif {
  const text = JSON.stringify(made);
  return JSON.parse(Array.from(writeForm('sarif', { text, sha256: 'ab' })).join('')) as Sarif;
}

const runOf = (made: ReportSnapshot): Sarif['runs'][number] => sarifOf(made).runs[0]!;

function check(made: ReportSnapshot): void {
  const log = sarifOf(made);
  expect(isValid(log) ? [] : isValid.errors).toEqual([]);
  expect(githubProblems(log as never)).toEqual([]);
  const { results, tool, invocations } = log.runs[0]!;
  expect(results.length).toBe(made.findings.length);
  for (const { ruleIndex, properties } of results) {
    const { id, properties: rule } = tool.driver.rules[ruleIndex]!;
    expect(id).toBe(`${properties.kind}/${properties.severity}`);
    expect(githubSeverity(rule['security-severity'])).toBe(properties.severity);
    expect(rule.tags).toContain(properties.kind);
  }
  const isTrusted = made.verdict === 'clean' || made.verdict === 'drift';
  expect(invocations[0]!.executionSuccessful).toBe(isTrusted);
}

it('is valid, of runs as they are and whatever others wrote', () => {
  check(cleanSnapshot);
  check(driftSnapshot);
  fc.assert(fc.property(generatedSnapshot, check), { numRuns: 200, seed: 20261122 });
}, 120_000);

it('would be told of what is not valid, and of what code scanning does not read', () => {
  expect(isValid({ ...sarifOf(cleanSnapshot), version: '2.0.0' })).toBe(false);
  // biome-ignore lint/suspicious/noExplicitAny: it is broken at places that no type allows
  const problemsOf = (breakIt: (run: any) => unknown): string[] => {
    const log = structuredClone(sarifOf(driftSnapshot));
    breakIt(log.runs[0]);
    return githubProblems(log as never);
  };
  expect(problemsOf(() => undefined)).toEqual([]);
  const physical = 'runs[].results[].locations[].physicalLocation';
  expect(problemsOf(({ results }) => (results[1].locations = []))).toEqual([
    'runs[].results[].locations[] is missing',
  ]);
  expect(problemsOf(({ results }) => delete results[0].locations[0].physicalLocation.region.endLine)).toEqual(
    [`${physical}.region.endLine is missing`],
  );
  expect(problemsOf(({ results }) => (results[0].partialFingerprints = { other: 'x' }))).toEqual([
    'runs[].results[].partialFingerprints.primaryLocationLineHash is missing',
  ]);
  expect(problemsOf(({ tool }) => (tool.driver.rules[0].help.text = ''))).toEqual([
    'runs[].tool.driver.rules[].help.text is missing',
  ]);
  expect(problemsOf(({ tool }) => (tool.driver.rules[0].properties['security-severity'] = '0.0'))).toEqual([
    'runs[].tool.driver.rules[].properties.security-severity: 0.0',
  ]);
  expect(problemsOf(({ results }) => (results[0].ruleIndex = 47))).toContainEqual(
    expect.stringContaining('is no rule, or not where it says'),
  );
});

describe('a finding', () => {
  const next = { ...driftSnapshot, run: '18', findings: [...driftSnapshot.findings].reverse() };

  it('keeps its rule and its fingerprint in the next run, and has them for itself', () => {
    const known = (made: ReportSnapshot) =>
      new Map(
        runOf(made).results.map(({ ruleId, fingerprints, partialFingerprints }) => [
          fingerprints['portolan/v1'],
          [ruleId, partialFingerprints.primaryLocationLineHash],
        ]),
      );
    expect(known(next)).toEqual(known(driftSnapshot));
    const hashes = Array.from(known(next).values(), ([, hash]) => hash!);
    for (const hash of hashes) expect(hash).toMatch(/^[0-9a-f]{16}:1$/);
    expect(new Set(hashes).size).toBe(driftSnapshot.findings.length);
  });

  it('is of one category from run to run, whatever a run is called, under rules that are the same in all', () => {
    const categoryOf = (made: ReportSnapshot): string =>
      runOf(made).automationDetails.id.replace(/\/[^/]*$/, '');
    expect(categoryOf({ ...next, run: '2026/11/22' })).toBe(categoryOf(driftSnapshot));
    expect(categoryOf({ ...next, audit: 'weekly' })).not.toBe(categoryOf(driftSnapshot));
    expect(runOf(cleanSnapshot).tool.driver.rules).toEqual(runOf(driftSnapshot).tool.driver.rules);
  });

  it('of a port is placed in the inventory, and at its host, address and port', () => {
    const made = snapshot({
      findings: [
        finding({ kind: 'unexpected-open', host: 'web-1', address: '2001:db8::17', port: 8080 }),
        finding({ kind: 'host-down', host: 'web-1' }),
      ],
    });
    const [port, whole] = runOf(made).results.map(({ locations }) => locations);
    expect(port).toMatchObject([
      {
        physicalLocation: { artifactLocation: { uri: expect.stringContaining('.yaml') } },
        logicalLocations: [
          {
            name: 'web-1 ([2001:db8::17]:8080)',
            fullyQualifiedName: 'web-1/2001:db8::17/8080',
            kind: 'port',
          },
        ],
      },
    ]);
    expect(whole).toMatchObject([{ logicalLocations: [{ kind: 'host' }] }]);
  });
});

describe('a run', () => {
  it('that is inconclusive or failed was no success, and says why', () => {
    for (const verdict of ['inconclusive', 'failed'] as const) {
      const hosts = [host('mute', '127.0.0.9', { unknown: '22', verdict: 'unknown' })];
      const [invocation] = runOf(
        snapshot({ verdict, because: 'the scanner saw {nothing}', hosts }),
      ).invocations;
      expect(invocation).toMatchObject({ executionSuccessful: false });
      expect(invocation!.exitCode).toBeGreaterThan(1);
      const said = invocation!.toolExecutionNotifications!;
      expect(said.map(({ level, descriptor }) => [level, descriptor.id])).toEqual([
        ['error', `run-${verdict}`],
        ['warning', 'ports-unknown'],
        ['note', 'host-unknown'],
      ]);
      expect(said[0]!.message.text).toContain('the scanner saw {{nothing}}');
    }
  });

  it('that is clean was one, and has nothing to notify of', () => {
    const { invocations, results } = runOf(cleanSnapshot);
    expect(invocations[0]).toMatchObject({ executionSuccessful: true, exitCode: 0 });
    expect(invocations[0]!.toolExecutionNotifications).toBeUndefined();
    expect(results).toEqual([]);
  });
});

it('weighs, suppresses what is accepted, and tells what is new', () => {
  const of = (facts: Parameters<typeof finding>[0]) =>
    runOf(snapshot({ findings: [finding(facts)] })).results[0]!;
  const base = { kind: 'host-down', host: 'a' } as const;
  expect(of({ ...base, severity: 'critical', isNew: true })).toMatchObject({
    level: 'error',
    baselineState: 'new',
  });
  expect(of({ ...base, severity: 'medium' })).toMatchObject({ level: 'warning', suppressions: [] });
  const accepted = of({ ...base, severity: 'low', state: 'accepted', acceptedUntil: '2026-12-31' });
  expect(accepted).toMatchObject({ level: 'note', suppressions: [{ status: 'accepted' }] });
  expect(of({ ...base, evidence: '[here](http://elsewhere.test) {0}' }).message.text).toContain(
    '[here\\](http://elsewhere.test) {{0}}',
  );
});
