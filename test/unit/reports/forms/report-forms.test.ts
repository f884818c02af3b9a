/* The forms by their names: each has a place of its own, a name for its file, and a line in the menu. And JSON written as it is made. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { REPORT_KINDS, type ReportKind } from '../../../../src/domain/report/parameters.js';
import {
  FORM_NAMES,
  formOfEnding,
  formsOf,
  REPORT_FORMS,
} from '../../../../src/reports/forms/report-forms.js';
import { batched, joinRows, jsonText, Rows, rowsOf } from '../../../../src/reports/forms/rows.js';
import { writeForm } from '../../../../src/reports/forms/write-form.js';
import { driftSnapshot } from '../../../fixtures/report-snapshots.js';

const menu = readFileSync(
  new URL('../../../../templates/fragments/reports/forms.hbs', import.meta.url),
  'utf8',
);

it('has every form in the menu, and nothing else', () => {
  const linked = Array.from(
    menu.matchAll(/href="\/runs\/\{\{run\}\}\/report\.([\w.-]+)"/g),
    ([, ending]) => ending!,
  );
  expect(linked.sort()).toEqual(FORM_NAMES.map((name) => REPORT_FORMS[name].ending as string).sort());
});

it('finds each form by the ending of its address, and no other', () => {
  for (const name of FORM_NAMES) expect(formOfEnding(REPORT_FORMS[name].ending)).toBe(name);
  for (const ending of ['', 'pdf', 'constructor', 'HTML', 'csv.hosts'])
    expect(formOfEnding(ending)).toBeNull();
});

/** What each kind is offered as. What is made of findings and hosts has one run to be made of; what was asked for has pages, evidence, and its rows. */
const RUN = ['html', 'csv', 'csv-hosts', 'json', 'oscal-ap', 'oscal-ar', 'oscal-poam', 'sarif', 'junit'];
const OFFERED: Readonly<Record<ReportKind | 'run', readonly string[]>> = {
  run: RUN,
  exposure: ['html', 'csv', 'json'],
  drift: ['html', 'csv', 'json'],
  compliance: ['html', 'csv', 'json'],
  attestation: ['html', 'csv', 'json'],
  exceptions: ['html', 'csv', 'json'],
};

it('offers each kind the forms that it can be in, beside its PDF', () => {
  expect(Object.keys(OFFERED)).toEqual(['run', ...REPORT_KINDS]);
  expect(formsOf(true)).toEqual(OFFERED.run);
  for (const kind of REPORT_KINDS) expect(formsOf(false), kind).toEqual(OFFERED[kind]);
});

it('says of each what it is, and ends its file so', () => {
  expect(FORM_NAMES.map((form) => [form, REPORT_FORMS[form].type, REPORT_FORMS[form].ending])).toEqual([
    ['html', 'text/html; charset=utf-8', 'html'],
    ['csv', 'text/csv; charset=utf-8; header=present', 'csv'],
    ['csv-hosts', 'text/csv; charset=utf-8; header=present', 'hosts.csv'],
    ['json', 'application/json; charset=utf-8', 'json'],
    // OSCAL has no registered type.
    ['oscal-ap', 'application/json; charset=utf-8', 'oscal-ap.json'],
    ['oscal-ar', 'application/json; charset=utf-8', 'oscal-ar.json'],
    ['oscal-poam', 'application/json; charset=utf-8', 'oscal-poam.json'],
    ['sarif', 'application/sarif+json; charset=utf-8', 'sarif'],
    ['junit', 'application/xml; charset=utf-8', 'junit.xml'],
  ]);
});

describe('JSON', () => {
  it('is the very text that was hashed', () => {
    const text = `${JSON.stringify(driftSnapshot)} `;
    expect(Array.from(writeForm('json', { text, sha256: 'ab' })).join('')).toBe(text);
  });

  it('that is written as it is made is what JSON.stringify would write', () => {
    const items = [1, 2, 3].map((one) => ({ one }));
    const made = {
      ...{
        a: rowsOf(items, (item) => item),
        left: undefined,
        none: new Rows(() => []),
        list: [],
        nothing: null,
      },
      deep: [
        {
          rows: joinRows(
            rowsOf(items, (item) => item),
            undefined,
            rowsOf([0], () => ({ two: '"' })),
          ),
        },
      ],
      empty: rowsOf([], () => ({})),
    };
    expect(JSON.parse(Array.from(jsonText(made)).join(''))).toEqual({
      ...{ a: items, none: [], list: [], nothing: null },
      deep: [{ rows: [...items, { two: '"' }] }],
    });
  });

  it('comes in pieces that are not small, and lose nothing', () => {
    const pieces = Array.from(batched(Array(100).fill('abc'), 50));
    expect(pieces.join('')).toBe('abc'.repeat(100));
    expect(pieces.slice(0, -1).every((piece) => piece.length >= 50)).toBe(true);
  });
});

it('makes HTML that forbids itself everything but its own style, fonts and pictures', () => {
  const html = Array.from(writeForm('html', { text: JSON.stringify(driftSnapshot), sha256: 'abc123' })).join(
    '',
  );
  expect(html).toMatch(/<meta http-equiv="Content-Security-Policy" content="default-src 'none'/);
  expect(html).not.toMatch(/<script|(?:src|href)="https?:/);
  expect(html).toContain('abc123');
});

it('refuses evidence that is none, before the first piece', () => {
  for (const form of FORM_NAMES.filter((name) => name !== 'json'))
    expect(() => writeForm(form, { text: '{}', sha256: 'ab' })).toThrow(/format/);
});
