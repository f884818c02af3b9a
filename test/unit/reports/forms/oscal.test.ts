/*
 * OSCAL: the three documents of a report are valid by NIST's schema and by the constraints of its metaschemas, whatever others wrote; what
 * one refers to is there, in it or in the plan that it names; and what was not seen is said.
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
import { brokenConstraints, type Json } from '../../../support/oscal-constraints.js';
import { danglingReferences } from '../../../support/oscal-references.js';

const schema = JSON.parse(
  readFileSync(new URL('../../../fixtures/oscal/oscal-1.2.1.json', import.meta.url), 'utf8'),
) as object;
const ajv = new Ajv({ strict: false, allErrors: false, unicodeRegExp: true });
addFormats.default(ajv);
const isValid = ajv.compile(schema);

const FORMS = ['oscal-ap', 'oscal-ar', 'oscal-poam'] as const;

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

function check(made: ReportSnapshot): Json[] {
  const documents = documentsOf(made);
  const [plan] = documents;
  for (const [at, document] of documents.entries()) {
    const name = Object.keys(document)[0];
    expect(whyInvalid(document), name).toBeNull();
    expect(brokenConstraints(document), name).toEqual([]);
    expect(danglingReferences(document, FORMS[at] === 'oscal-ar' ? plan! : null), name).toEqual([]);
  }
  expect(planNamedBy(of(documents, 'oscal-ar'))).toBe(of(documents, 'oscal-ap').uuid);
  return documents;
}

/** The UUID of the document that `import-ap` leads to, by the resource in between, whose file is beside this one. */
function planNamedBy(results: Json): unknown {
  const { href } = results['import-ap'] as { href: string };
  const { resources } = results['back-matter'] as { resources: Json[] };
  const { 'document-ids': ids, rlinks } = resources.find(({ uuid }) => `#${String(uuid)}` === href)! as {
    'document-ids': Json[];
    rlinks: Array<{ href: string }>;
  };
  expect(rlinks[0]!.href).toMatch(/^\.\/[^/]+\.oscal-ap\.json$/);
  return ids[0]!.identifier;
}

const of = (documents: readonly Json[], form: (typeof FORMS)[number]): Json =>
  Object.values(documents[FORMS.indexOf(form)]!)[0] as Json;

it('makes UUIDs of version 5, the same for the same names', () => {
  expect(uuidOf('a', 'b')).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(uuidOf('a', 'b')).toBe(uuidOf('a', 'b'));
  expect(uuidOf('ab')).not.toBe(uuidOf('a', 'b'));
});

it('would be told of what is not valid', () => {
  const [plan] = documentsOf(driftSnapshot);
  const broken = structuredClone(plan!) as { 'assessment-plan': { metadata: Json; tasks: Json[] } };
  broken['assessment-plan'].metadata.title = 'two\nlines';
  expect(whyInvalid(broken)).not.toBeNull();
  expect(isValid({ ...plan, more: 1 })).toBe(false);
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

it('is valid whatever others wrote, every reference resolves, and other evidence gives other documents', () => {
  const evidenceOf = new Map<unknown, string>();
  fc.assert(
    fc.property(generatedSnapshot, (made) => {
      const evidence = JSON.stringify(made);
      for (const document of check(made)) {
        const [{ uuid }] = Object.values(document) as [Json];
        expect(evidenceOf.get(uuid) ?? evidence).toBe(evidence);
        evidenceOf.set(uuid, evidence);
      }
    }),
    { numRuns: 200, seed: 20261122 },
  );
  expect(evidenceOf.size).toBeGreaterThan(500);
}, 120_000);
