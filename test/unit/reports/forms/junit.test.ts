/*
 * JUnit XML: well-formed, as the readers of pipelines want it, whatever others wrote; its counts tie out; and only a clean run is green.
 * The rules are those of the schema that Jenkins reads it by (junit-10.xsd), as assertions.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ReportSnapshot } from '../../../../src/domain/report/exposure/exposure.js';
import { writeForm } from '../../../../src/reports/forms/write-form.js';
import { cleanSnapshot, driftSnapshot } from '../../../fixtures/report-snapshots.js';
import { finding, host, snapshot } from '../../../fixtures/snapshot-parts.js';
import { generatedSnapshot } from '../../../support/generated-reports.js';

interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: Element[];
  text: string;
}

const xmlOf = (made: ReportSnapshot): string =>
  Array.from(writeForm('junit', { text: JSON.stringify(made), sha256: 'ab' })).join('');

/** What XML 1.0 may hold (§2.2), and in text and values no markup but references. */
const CHAR = /^[\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]*$/u;
const PLAIN = /^(?:[^<&]|&(?:amp|lt|gt|quot|apos);)*$/;
const TAG = /<(\/?)([a-z]+)((?: [a-z.]+="[^"<]*")*)(\/?)>/y;

/** A reader of the little of XML that is used; throws at everything else. */
function read(xml: string): Element {
  expect(xml).toMatch(CHAR);
  const head = '<?xml version="1.0" encoding="UTF-8"?>\n';
  expect(xml.startsWith(head)).toBe(true);
  const top: Element = { name: '', attributes: {}, children: [], text: '' };
  const open = [top];
  let at = head.length;
  while (at < xml.length) {
    const next = xml.indexOf('<', at);
    const text = xml.slice(at, next < 0 ? xml.length : next);
    expect(text).toMatch(PLAIN);
    open.at(-1)!.text += text;
    if (next < 0) break;
    TAG.lastIndex = next;
    const tag = TAG.exec(xml);
    if (!tag) throw new Error(`no tag: ${xml.slice(next, next + 80)}`);
    at = TAG.lastIndex;
    step(open, tag);
  }
  expect(open.length).toBe(1);
  expect(top.children.length).toBe(1);
  return top.children[0]!;
}

function step(open: Element[], [, ends, name, attributes, isWhole]: RegExpExecArray): void {
  if (ends) {
    expect(open.pop()!.name).toBe(name);
    return;
  }
  const pairs = Array.from(attributes!.matchAll(/ ([a-z.]+)="([^"]*)"/g), ([, key, value]) => [key!, value!]);
  for (const [, value] of pairs) expect(value).toMatch(PLAIN);
  expect(new Set(pairs.map(([key]) => key)).size).toBe(pairs.length);
  const element = { name: name!, attributes: Object.fromEntries(pairs), children: [], text: '' };
  open.at(-1)!.children.push(element);
  if (!isWhole) open.push(element);
}

const COUNTS = { tests: /^\d+$/, failures: /^\d+$/, errors: /^\d+$/ };
const SECONDS = /^\d+\.\d{3}$/;
const ALLOWED: Readonly<Record<string, Readonly<Record<string, RegExp>>>> = {
  testsuites: { ...COUNTS, name: /./, time: SECONDS },
  testsuite: {
    ...{ ...COUNTS, skipped: /^\d+$/, name: /./, id: /^\d+$/, time: SECONDS },
    timestamp: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/,
  },
  testcase: { name: /./, classname: /./, time: SECONDS },
  failure: { type: /^[a-z-]+$/, message: /^/ },
  error: { type: /^[a-z-]+$/, message: /^/ },
  skipped: { message: /^/ },
  property: { name: /./, value: /^/ },
  properties: {},
};
const INSIDE: Readonly<Record<string, RegExp>> = {
  testsuites: /^testsuite$/,
  testsuite: /^(properties|testcase)$/,
  testcase: /^(failure|error|skipped)$/,
  properties: /^property$/,
};

function checkShape(element: Element): void {
  const allowed = ALLOWED[element.name]!;
  expect(Object.keys(element.attributes).sort()).toEqual(Object.keys(allowed).sort());
  for (const [key, value] of Object.entries(element.attributes)) expect(value).toMatch(allowed[key]!);
  for (const child of element.children) {
    expect(child.name).toMatch(INSIDE[element.name] ?? /^$/);
    checkShape(child);
  }
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
  const suites = read(xmlOf(made));
  expect(suites.name).toBe('testsuites');
  checkShape(suites);
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

it('would be told of what is not well-formed', () => {
  expect(() => read('<?xml version="1.0" encoding="UTF-8"?>\n<a><b></a>')).toThrow();
  expect(() => read('<?xml version="1.0" encoding="UTF-8"?>\n<a>&x;</a>')).toThrow();
  expect(() => read('<?xml version="1.0" encoding="UTF-8"?>\n<a>\u0000</a>')).toThrow();
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
