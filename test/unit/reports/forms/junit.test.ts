/*
 * JUnit XML: well-formed, as the readers of pipelines want it, whatever others wrote; its counts tie out; and only a clean run is green.
 * What its readers want is in test/support/junit-xml.ts; that a browser reads it too, test/e2e/junit-xml.test.ts shows.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ReportSnapshot } from '../../../../src/domain/report/exposure/exposure.js';
import { writeForm } from '../../../../src/reports/forms/write-form.js';
import { cleanSnapshot, driftSnapshot } from '../../../fixtures/report-snapshots.js';
import { finding, host, snapshot } from '../../../fixtures/snapshot-parts.js';
import { generatedSnapshot } from '../../../support/generated-reports.js';
import { type Element, mergedTests, readXml, xsdProblems } from '../../../support/junit-xml.js';

const xmlOf = (made: ReportSnapshot): string =>
  Array.from(writeForm('junit', { text: JSON.stringify(made), sha256: 'ab' })).join('');

/** What ours say beyond what readers ask. */
const SAID: Readonly<Record<string, Readonly<Record<string, RegExp>>>> = {
  testsuites: { tests: /^\d+$/, failures: /^\d+$/, errors: /^\d+$/, name: /./, time: /^\d+\.\d{3}$/ },
  testsuite: {
    ...{ tests: /^\d+$/, failures: /^\d+$/, errors: /^\d+$/, skipped: /^\d+$/, name: /./, id: /^\d+$/ },
    ...{ time: /^\d+\.\d{3}$/, timestamp: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/ },
  },
  testcase: { name: /./, classname: /^portolan\.[^.]*\.[^.]+$/, time: /^\d+\.\d{3}$/ },
  failure: { type: /^[a-z-]+$/, message: /^/ },
  error: { type: /^[a-z-]+$/, message: /^/ },
  skipped: { message: /^/ },
  property: { name: /./, value: /^/ },
  properties: {},
};

function checkSaid({ name, attributes, children }: Element): void {
  expect(Object.keys(attributes).sort()).toEqual(Object.keys(SAID[name]!).sort());
  for (const [key, value] of Object.entries(attributes)) expect(value).toMatch(SAID[name]![key]!);
  for (const child of children) checkSaid(child);
}

const named = (element: Element, name: string): Element[] => [
  ...(element.name === name ? [element] : []),
  ...element.children.flatMap((child) => named(child, name)),
];

function checkCounts(element: Element): void {
  const { tests, failures, errors } = element.attributes;
  expect(Number(tests)).toBe(named(element, 'testcase').length);
  expect(Number(failures)).toBe(named(element, 'failure').length);
  expect(Number(errors)).toBe(named(element, 'error').length);
}

const isGreen = (suites: Element): boolean =>
  ['failure', 'error', 'skipped'].every((outcome) => named(suites, outcome).length === 0);

function check(made: ReportSnapshot): Element {
  const suites = readXml(xmlOf(made));
  expect(suites.name).toBe('testsuites');
  expect(xsdProblems(suites)).toEqual([]);
  expect(mergedTests(suites)).toEqual([]);
  checkSaid(suites);
  for (const one of [suites, ...named(suites, 'testsuite')]) checkCounts(one);
  if (made.verdict !== 'clean')
    expect(Number(suites.attributes.failures) + Number(suites.attributes.errors)).not.toBe(0);
  if (isGreen(suites)) expect(made.verdict).toBe('clean');
  return suites;
}

it('is well-formed, of the right shape, and ties out, whatever others wrote', () => {
  fc.assert(
    fc.property(generatedSnapshot, (made) => void check(made)),
    { numRuns: 200, seed: 20261122 },
  );
}, 120_000);

it('would be told of what is not well-formed, or not as its readers want it', () => {
  const head = '<?xml version="1.0" encoding="UTF-8"?>\n';
  for (const wrong of ['<a><b></a>', '<a>&x;</a>', '<a>\u0000</a>', '<a b="1" b="2"/>', '<a/><a/>', '<a>'])
    expect(() => readXml(head + wrong), wrong).toThrow('no XML');
  const problemsOf = (inside: string): string[] => xsdProblems(readXml(head + inside));
  expect(
    problemsOf('<testsuites><testsuite name="a" tests="0" failures="0" errors="0"/></testsuites>'),
  ).toEqual([]);
  expect(problemsOf('<testsuites skipped="1"/>')).toEqual(['testsuites may have no skipped']);
  expect(problemsOf('<testsuite name="a" tests="0" errors="0"/>')).toEqual(['testsuite has no failures']);
  expect(problemsOf('<testcase name="a"><testcase name="b"/>c</testcase>')).toEqual([
    'testcase in testcase',
    'text in testcase',
  ]);
  expect(problemsOf('<testsuites time="1s"/>')).toEqual(['time of testsuites']);
});

it('tells apart what is called the same, which a reader would take for one', () => {
  const twice = finding({ kind: 'review-overdue', host: 'a', port: null });
  const hosts = [host('run', '127.0.0.2'), host('a.b', '127.0.0.3')];
  const suites = check(snapshot({ verdict: 'drift', findings: [twice, { ...twice, key: 'other' }], hosts }));
  expect(named(suites, 'failure').length).toBe(3);
  expect(named(suites, 'testsuite').map(({ attributes }) => attributes.name)).toEqual([
    ...['run', 'run #2', 'a.b', 'a'],
  ]);
  expect(new Set(named(suites, 'testcase').map(({ attributes }) => attributes.classname))).toContain(
    'portolan.nightly.a_b',
  );
});

describe('a run', () => {
  it('that is clean is green, with a test for each address', () => {
    const suites = check(cleanSnapshot);
    expect(isGreen(suites)).toBe(true);
    expect(Number(suites.attributes.tests)).toBe(cleanSnapshot.hosts.length + 1);
  });

  it('that drifts fails a test for each finding, and its verdict', () => {
    const suites = check(driftSnapshot);
    const standing = driftSnapshot.findings.filter(({ state }) => state !== 'accepted');
    expect(named(suites, 'failure').length).toBe(standing.length + 1);
    expect(named(suites, 'skipped').length).toBe(driftSnapshot.findings.length - standing.length);
  });

  it.each(['inconclusive', 'failed'] as const)(
    'that is %s is an error, though nothing was found',
    (verdict) => {
      const suites = check(snapshot({ verdict, because: 'too little was seen' }));
      expect(named(suites, 'error')[0]!.attributes).toMatchObject({ type: verdict });
    },
  );

  it('makes an error of a host that was not seen', () => {
    const hosts = [host('mute', '127.0.0.9', { unknown: '22,80', verdict: 'unknown' })];
    const suites = check(snapshot({ verdict: 'inconclusive', hosts }));
    expect(named(suites, 'error').map(({ text }) => text)).toContain(
      'Of these ports nothing can be said: 22,80.',
    );
  });

  it('of which all that drifts is accepted is not green for all that', () => {
    const accepted = finding({
      kind: 'host-down',
      host: 'a',
      state: 'accepted',
      acceptedUntil: '2026-12-31',
    });
    const suites = check(snapshot({ verdict: 'drift', findings: [accepted] }));
    expect(named(suites, 'skipped').length).toBe(1);
    expect(named(suites, 'failure').length).toBe(1);
  });
});
