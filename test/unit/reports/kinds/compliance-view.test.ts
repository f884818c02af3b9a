/*
 * The pages of compliance and of the register of exceptions: every framework in every language has words for all that it shows, the same
 * snapshot gives the same bytes, what others wrote stays text, and no page says that anything is compliant.
 */
import { describe, expect, it } from 'vitest';
import { AGAINST, SHARES } from '../../../../src/domain/report/compliance/control-conditions.js';
import { FRAMEWORKS, wordKey } from '../../../../src/domain/report/compliance/frameworks.js';
import { LANGUAGES } from '../../../../src/domain/report/parameters.js';
import type { TableBlock } from '../../../../src/reports/drawing/document.js';
import { renderDocument } from '../../../../src/reports/drawing/render-document.js';
import { wordsIn } from '../../../../src/reports/drawing/words.js';
import { COMPLIANCE } from '../../../../src/reports/kinds/compliance-kind.js';
import { EXCEPTIONS } from '../../../../src/reports/kinds/exceptions-kind.js';
import { readEvidence } from '../../../../src/reports/kinds/formats.js';
import {
  complianceOf,
  factsOf,
  finding,
  fixedOf,
  inventoryText,
  WHOLE,
} from '../../../support/compliance-facts.js';
import { registerOf } from '../../../support/exceptions-facts.js';

/** As its evidence says it, read again. */
function wordIn(snapshot: object): string[] {
  const evidence = readEvidence(JSON.stringify(snapshot));
  if (evidence.of === 'run') throw new Error('expected a report that was asked for');
  const { paper, language } = evidence.parameters;
  return [paper, evidence.document(wordsIn(language)).word];
}

const acceptance = {
  ...{ since: new Date('2026-11-01T00:00:00Z'), until: '2027-01-31', approvedBy: 'Grace' },
  ...{ requestedBy: 'Ada', reason: 'until the new gate is there' },
};

function troubled(framework: string) {
  const facts = factsOf({
    framework,
    inventory: inventoryText([{ ...WHOLE, owner: false, why: false }]),
    findings: [
      finding({ host: '<b>web</b>', port: null, kind: 'undeclared-host', address: '2001:db8::1' }),
      finding({ id: '2', state: 'accepted', acceptance }),
      finding({ id: '3', state: 'suspected', owner: null }),
    ],
    fixed: fixedOf([{ ...finding({ id: '4' }), resolvedAt: new Date('2026-11-11T11:11:11Z'), run: null }]),
    signed: [],
  });
  const [first, second, ...rest] = facts.runs;
  const runs = [{ ...first!, verdict: 'failed' as const, because: 'no <i>way</i>' }, second!, ...rest];
  return complianceOf({ ...facts, runs, seen: [] });
}

describe.each(LANGUAGES)('in %s', (language) => {
  const words = wordsIn(language);

  it.each(FRAMEWORKS.map(({ id }) => id))(
    '%s has words for all that it shows, and the same bytes twice',
    (framework) => {
      for (const snapshot of [complianceOf(factsOf({ framework })), troubled(framework)]) {
        const html = renderDocument(COMPLIANCE.document(snapshot, words), { language });
        expect(renderDocument(COMPLIANCE.document(structuredClone(snapshot), words), { language })).toBe(
          html,
        );
        expect(html).not.toMatch(/<b>web|<i>way/);
        for (const { id } of snapshot.controls) expect(html).toContain(id);
      }
    },
  );

  it('every condition and every control has words', () => {
    for (const id of [...Object.keys(AGAINST), ...Object.keys(SHARES)])
      expect(words.say(`compliance.condition.${id}`)).not.toBe('');
    for (const { id, controls } of FRAMEWORKS)
      for (const control of controls)
        for (const part of ['title', 'asks', 'never'])
          expect(words.say(`frameworks.${wordKey(id)}.controls.${wordKey(control.id)}.${part}`)).not.toBe('');
  });

  it('nothing is ever called compliant', () => {
    const texts = words.keys
      .filter(
        (key) =>
          /^(compliance|frameworks|exceptions|evidence)\./.test(key) &&
          key !== 'compliance.read.not-compliance',
      )
      .flatMap((key) => words.shapes(key))
      .map((shape) => shape.map((part) => (typeof part === 'string' ? part : '')).join(''));
    expect(texts.length).toBeGreaterThan(300);
    expect(texts.filter((text) => /\bcompliant\b|\bkonform\b|certified|zertifiziert/i.test(text))).toEqual(
      [],
    );
  });

  it('the register of exceptions shows each with its reason', () => {
    const findings = [
      finding({ id: '2', state: 'accepted', acceptance: { ...acceptance, reason: '<u>gate</u>' } }),
    ];
    const snapshot = registerOf({
      declared: [{ host: 'web-2', ports: '9090', expires: '2026-11-01' }],
      findings,
    });
    const html = renderDocument(EXCEPTIONS.document(snapshot, words), { language });
    expect(html).toContain('legacy');
    expect(html).not.toContain('<u>');
    expect(html).toContain('gate');
  });
});

it('a snapshot that was kept is drawn by its format, in the language that it was asked for in', () => {
  const facts = factsOf({ framework: 'nis2', parameters: { language: 'de', paper: 'Letter' } });
  const told = wordIn(complianceOf(facts));
  expect(told).toEqual(['Letter', 'Gestützt']);
  const register = registerOf({ declared: [{ host: 'web-2', ports: '9090', expires: '2026-11-01' }] });
  expect(wordIn(register)).toEqual(['A4', 'Expired']);
});

it('says that no review is recorded, and what is not claimed', () => {
  const words = wordsIn('en');
  const document = COMPLIANCE.document(troubled('pci-dss-4.0.1'), words);
  const text = JSON.stringify(document);
  expect(document).toMatchObject({ bearing: 'drift', word: 'Contradicted' });
  expect(text).toContain('There is no sign that a review happened.');
  expect(text).toContain(
    'It never claims that this was a vulnerability scan'.replace(
      'vulnerability scan',
      'scan for vulnerabilities',
    ),
  );
  expect(document.tiles.reduce((sum, { count }) => sum + count, 0)).toBe(document.tiles[0]!.of);
});

it('of a long table the first rows are shown, and how many more there are', () => {
  const findings = Array.from({ length: 200 }, (_, at) => finding({ id: String(at + 1), port: 1000 + at }));
  const document = COMPLIANCE.document(complianceOf(factsOf({ findings })), wordsIn('en'));
  const section = document.sections.find(({ id }) => id === 'findings')!;
  expect(section.blocks[0]).toMatchObject({ block: 'table' });
  expect((section.blocks[0] as TableBlock).rows).toHaveLength(60);
  expect(section.blocks[1]).toMatchObject({ text: 'And 140 more rows, in the JSON.' });
});
