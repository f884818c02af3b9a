/* SARIF: valid by OASIS's schema, whatever others wrote, and a run that could not be trusted never looks like peace. */
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

const {
  id: _id,
  $schema: _draft4,
  ...schema
} = JSON.parse(
  readFileSync(new URL('../../../fixtures/sarif/sarif-2.1.0-rtm.5.json', import.meta.url), 'utf8'),
) as Record<string, unknown>;
// One of its patterns is none where Unicode is strict.
const ajv = new Ajv({ strict: false, allErrors: true, unicodeRegExp: false });
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
    readonly tool: { readonly driver: { readonly rules: ReadonlyArray<{ readonly id: string }> } };
    readonly results: ReadonlyArray<{
      readonly ruleId: string;
      readonly ruleIndex: number;
      readonly level: string;
      readonly message: { readonly text: string };
      readonly suppressions: readonly object[];
      readonly baselineState: string;
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
  const { results, tool, invocations } = log.runs[0]!;
  expect(results.length).toBe(made.findings.length);
  for (const { ruleId, ruleIndex } of results) expect(tool.driver.rules[ruleIndex]!.id).toBe(ruleId);
  const isTrusted = made.verdict === 'clean' || made.verdict === 'drift';
  expect(invocations[0]!.executionSuccessful).toBe(isTrusted);
}

it('is valid, of runs as they are and whatever others wrote', () => {
  check(cleanSnapshot);
  check(driftSnapshot);
  fc.assert(fc.property(generatedSnapshot, check), { numRuns: 200, seed: 20261122 });
}, 120_000);

it('would be told of what is not valid', () => {
  expect(isValid({ ...sarifOf(cleanSnapshot), version: '2.0.0' })).toBe(false);
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
