/*
 * OSCAL: the three documents of a report are valid by NIST's schema, whatever others wrote; each UUID that one refers to is there, in it
 * or in the document that it names; and what was not seen is said.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ReportSnapshot } from '../../../../src/domain/report/exposure/exposure.js';
import { uuidOf } from '../../../../src/reports/forms/oscal-text.js';
import { writeForm } from '../../../../src/reports/forms/write-form.js';
import { cleanSnapshot, driftSnapshot } from '../../../fixtures/report-snapshots.js';
import { finding, host, snapshot } from '../../../fixtures/snapshot-parts.js';
import { generatedSnapshot } from '../../../support/generated-reports.js';

const schema = JSON.parse(
  readFileSync(new URL('../../../fixtures/oscal/oscal-1.2.1.json', import.meta.url), 'utf8'),
) as object;
const ajv = new Ajv({ strict: false, allErrors: false, unicodeRegExp: true });
addFormats.default(ajv);
const isValid = ajv.compile(schema);

const FORMS = ['oscal-ap', 'oscal-ar', 'oscal-poam'] as const;
type Json = Record<string, unknown>;

function textsOf(made: ReportSnapshot): string[] {
  const text = JSON.stringify(made);
  const sha256 = createHash('sha256').update(text).digest('hex');
  return FORMS.map((form) => Array.from(writeForm(form, { text, sha256 })).join(''));
}

const documentsOf = (made: ReportSnapshot): Json[] => textsOf(made).map((text) => JSON.parse(text) as Json);

function whyInvalid(document: Json): unknown {
  return isValid(document)
    ? null
    : isValid.errors!.filter(({ keyword }) => keyword !== 'oneOf' && keyword !== 'required').slice(0, 5);
}

interface Uuids {
  readonly defined: string[];
  /** Those that another document may define. */
  readonly named: Array<{ readonly where: string; readonly uuid: string }>;
  /** `#…`: of this document’s own back matter. */
  readonly local: string[];
}

function uuidsIn(value: unknown, where = '', found: Uuids = { defined: [], named: [], local: [] }): Uuids {
  if (Array.isArray(value)) for (const one of value) uuidsIn(one, where, found);
  else if (typeof value === 'object' && value !== null)
    for (const [key, one] of Object.entries(value)) take(key, one, `${where}.${key}`, found);
  return found;
}

function take(key: string, value: unknown, where: string, found: Uuids): void {
  if (key === 'uuid') found.defined.push(value as string);
  else if (/-uuids?$/.test(key))
    found.named.push(...([value].flat() as string[]).map((uuid) => ({ where, uuid })));
  else if (key === 'href' && String(value).startsWith('#')) found.local.push(String(value).slice(1));
  else uuidsIn(value, where, found);
}

/** What a document may not leave to another: all but the task and the activity, which the plan has. */
const ELSEWHERE = /task-uuid$/;

function check(made: ReportSnapshot): void {
  const documents = documentsOf(made);
  for (const document of documents) expect(whyInvalid(document), Object.keys(document)[0]).toBeNull();
  const uuids = documents.map((document) => uuidsIn(document));
  const all = new Set(uuids.flatMap(({ defined }) => defined));
  for (const { defined, named, local } of uuids) {
    expect(new Set(defined).size, 'each is there once').toBe(defined.length);
    const own = new Set(defined);
    expect(local.filter((uuid) => !own.has(uuid))).toEqual([]);
    const missing = named.filter(({ where, uuid }) => !(ELSEWHERE.test(where) ? all : own).has(uuid));
    expect(missing).toEqual([]);
  }
}

const of = (documents: readonly Json[], form: (typeof FORMS)[number]): Json =>
  Object.values(documents[FORMS.indexOf(form)]!)[0] as Json;

it('makes UUIDs of version 5, the same for the same names', () => {
  expect(uuidOf('a', 'b')).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(uuidOf('a', 'b')).toBe(uuidOf('a', 'b'));
  expect(uuidOf('ab')).not.toBe(uuidOf('a', 'b'));
});

it('would be told of what is not valid, and of a reference that leads nowhere', () => {
  const [plan] = documentsOf(driftSnapshot);
  const broken = structuredClone(plan!) as { 'assessment-plan': { metadata: Json; tasks: Json[] } };
  broken['assessment-plan'].metadata.title = 'two\nlines';
  expect(whyInvalid(broken)).not.toBeNull();
  expect(isValid({ ...plan, more: 1 })).toBe(false);
  const { defined, named } = uuidsIn(plan);
  expect(named.length).toBeGreaterThan(2);
  expect(defined).not.toContain(uuidOf('nowhere'));
});

describe('of runs as they are', () => {
  it('is valid, and every reference resolves', () => {
    check(cleanSnapshot);
    check(driftSnapshot);
  });

  it('gives the same bytes for the same evidence', () => {
    expect(textsOf(driftSnapshot)).toEqual(textsOf(structuredClone(driftSnapshot)));
  });

  it('calls a host, a finding and an owner the same in the next run, and what was observed otherwise', () => {
    const next = { ...driftSnapshot, run: '18', finishedAt: '2026-11-23T02:00:09.000Z' };
    const [today, tomorrow] = [driftSnapshot, next].map(
      (one) =>
        of(documentsOf(one), 'oscal-ar') as { results: Array<Record<string, Array<{ uuid: string }>>> },
    );
    const idsOf = (list: 'findings' | 'observations' | 'risks', from: typeof today) =>
      from!.results[0]![list]!.slice(-5).map(({ uuid }) => uuid);
    expect(idsOf('findings', tomorrow)).toEqual(idsOf('findings', today));
    expect(idsOf('risks', tomorrow)).toEqual(idsOf('risks', today));
    expect(idsOf('observations', tomorrow)).not.toEqual(idsOf('observations', today));
  });

  it('says what was not seen, and that a run which could not be trusted satisfies nothing', () => {
    const made = snapshot({
      verdict: 'inconclusive',
      because: 'too little was seen',
      hosts: [host('mute', '127.0.0.9', { unknown: '22,80', verdict: 'unknown' })],
    });
    check(made);
    const documents = documentsOf(made);
    const [result] = (of(documents, 'oscal-ar') as { results: Json[] }).results;
    expect(JSON.stringify(result!.observations)).toContain('not-observed');
    expect(JSON.stringify(result!.findings)).toContain('"state":"not-satisfied"');
    expect(JSON.stringify(result)).not.toContain('"state":"satisfied"');
    const items = of(documents, 'oscal-poam')['poam-items'] as Json[];
    expect(items.map(({ title }) => title)).toEqual(['Look again at what was not seen']);
  });

  it('has an item for each finding that stands, and none for one that is resolved', () => {
    const documents = documentsOf(driftSnapshot);
    const poam = of(documents, 'oscal-poam') as { 'poam-items': Json[] };
    const blind =
      driftSnapshot.hosts.some(({ unknown }) => unknown !== '') || driftSnapshot.coverage.unknown > 0;
    expect(poam['poam-items'].length).toBe(driftSnapshot.findings.length + (blind ? 1 : 0));
    const [result] = (of(documents, 'oscal-ar') as { results: Array<{ findings: Json[]; risks: Json[] }> })
      .results;
    expect(result!.risks.filter(({ status }) => status === 'closed').length).toBe(
      driftSnapshot.resolved.length,
    );
    expect(result!.findings.length).toBe(driftSnapshot.findings.length + driftSnapshot.resolved.length + 1);
  });

  it('of a clean run claims no more than that the look took place', () => {
    const documents = documentsOf(cleanSnapshot);
    const [result] = (of(documents, 'oscal-ar') as { results: Array<{ findings: Json[] }> }).results;
    expect(result!.findings.map(({ title }) => title)).toEqual(['The look took place']);
    const items = of(documents, 'oscal-poam')['poam-items'] as Json[];
    expect(items.map(({ title }) => title)).toEqual(['Nothing is to be done about this run']);
  });

  it('takes what others wrote for text, and not for Markdown', () => {
    const made = snapshot({
      verdict: 'drift',
      findings: [finding({ kind: 'host-down', host: '<b>x</b> [a](b)', evidence: '1. *one* `two`' })],
    });
    const text = textsOf(made)[1]!;
    expect(text).toContain('\\\\<b\\\\>x\\\\</b\\\\> \\\\[a\\\\](b)');
    expect(text).toContain('1\\\\. \\\\*one\\\\* \\\\`two\\\\`');
  });
});

it('is valid whatever others wrote, and every reference resolves', () => {
  fc.assert(fc.property(generatedSnapshot, check), { numRuns: 200, seed: 20261122 });
}, 120_000);
