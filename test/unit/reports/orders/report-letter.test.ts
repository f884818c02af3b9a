/* A report as a mail: what its text says and what is attached, in each language, and what nobody may make of it. */
import { describe, expect, test } from 'vitest';
import { LANGUAGES, REPORT_KINDS, ReportParameters } from '../../../../src/domain/report/parameters.js';
import { wordsIn } from '../../../../src/reports/drawing/words.js';
import { EXCEPTIONS } from '../../../../src/reports/kinds/exceptions-kind.js';
import { summaryOf } from '../../../../src/reports/orders/letter-summary.js';
import { LETTER_WORDS } from '../../../../src/reports/orders/letter-words.js';
import {
  ATTACHED_MOST_BYTES,
  type LetterOf,
  reportLetter,
} from '../../../../src/reports/orders/report-letter.js';
import { driftSnapshot } from '../../../fixtures/report-snapshots.js';
import { registerOf } from '../../../support/exceptions-facts.js';

const SHA256 = 'a'.repeat(64);

function letter(more: Partial<LetterOf> = {}, asked: Record<string, unknown> = {}) {
  return reportLetter({
    ...{ schedule: 'monthly', reportId: '12', madeAt: new Date('2026-08-01T04:00:00Z') },
    parameters: ReportParameters.parse({ kind: 'drift', from: '2026-07-01', to: '2026-07-31', ...asked }),
    ...{
      pdf: Buffer.from('%PDF'),
      pdfSha256: SHA256,
      signedBy: 'CN=Portolan',
      isWhole: true,
      checkpoint: null,
    },
    summary: { word: 'drift', because: '3 ports answer', tiles: [{ label: 'findings', count: 3, of: 40 }] },
    url: 'https://portolan.example.test/',
    ...more,
  });
}

test('it says what it is, what it found, its hash, how to check it, and where it is', () => {
  const { subject, text, attachments } = letter(
    {},
    { owner: 'shop', scope: 'harbour', tags: ['pci', 'web'] },
  );
  expect(subject).toBe('Drift over a period, 2026-07-01 to 2026-07-31');
  expect(text).toBe(`Drift over a period
2026-07-01 to 2026-07-31
Owner: shop
Scope: harbour
Tags: pci, web
Made 2026-08-01 04:00 UTC

drift: 3 ports answer
  findings: 3 / 40

The report is attached: portolan-monthly-shop-2026-08-01.pdf, 1 kB.
SHA-256 of the PDF: ${SHA256}
It is signed by CN=Portolan.

To check it, wherever you are:
  portolan verify portolan-monthly-shop-2026-08-01.pdf
Its hash alone, which has to be the one above:
  sha256sum portolan-monthly-shop-2026-08-01.pdf

It is kept at https://portolan.example.test/reports/12

Portolan sent this by itself, by the schedule monthly; an answer reaches nobody.
`);
  expect(attachments.map(({ name, type }) => [name, type])).toEqual([
    ['portolan-monthly-shop-2026-08-01.pdf', 'application/pdf'],
  ]);
});

test('it speaks the language of its report', () => {
  const { subject, text } = letter({}, { language: 'de', title: null });
  expect(subject).toBe('Abweichungen über einen Zeitraum, 2026-07-01 bis 2026-07-31');
  expect(text).toContain('Der Bericht liegt bei');
  expect(text).not.toMatch(/attached|answer reaches/);
});

test('each language has a word for each kind, and no two share one', () => {
  for (const language of LANGUAGES)
    expect(new Set(REPORT_KINDS.map((kind) => LETTER_WORDS[language].kinds[kind])).size).toBe(
      REPORT_KINDS.length,
    );
});

describe('what is attached', () => {
  test('nothing for whom no details are told, and nothing of what it says', () => {
    const { text, attachments } = letter({ isWhole: false });
    expect(attachments).toEqual([]);
    expect(text).not.toMatch(/3 ports|findings/);
    expect(text).toContain('https://portolan.example.test/reports/12');
  });

  test('a file of ten mebibytes, and none that is larger', () => {
    expect(letter({ pdf: Buffer.alloc(ATTACHED_MOST_BYTES) }).attachments).toHaveLength(1);
    const { text, attachments } = letter({ pdf: Buffer.alloc(ATTACHED_MOST_BYTES + 1) });
    expect(attachments).toEqual([]);
    expect(text).toContain('10.5 MB and is too large for a mail');
  });

  test('what goes along is named, and goes with the report alone', () => {
    const checkpoint = { name: 'checkpoint.json', type: 'application/json', bytes: Buffer.from('{}') };
    expect(letter({ checkpoint }).attachments).toHaveLength(2);
    expect(letter({ checkpoint }).text).toContain('checkpoint.json is what the ledger had signed');
    expect(letter({ checkpoint, isWhole: false }).attachments).toEqual([]);
  });
});

test('where nobody knows its address, it is named by its number', () => {
  expect(letter({ url: null }).text).toContain('Portolan keeps it as report 12.');
});

test('a framework has the name that people know, and one that nobody knows the name it was asked for by', () => {
  const framed = (framework: string) => letter({}, { framework }).text;
  expect(framed('iso-27001-2022')).toContain('Framework: ISO/IEC 27001:2022');
  expect(framed('our-own')).toContain('Framework: our-own');
});

test('titles and names of others stay text: on their line, in their header, in their file name', () => {
  const { subject, text, attachments } = letter(
    { schedule: '../a"\r\nBcc: x@example.test', signedBy: 'CN=\u202eevil\nX' },
    { title: 'A\r\nBcc: y@example.test', owner: 'o'.repeat(200) },
  );
  expect(subject).not.toMatch(/[\r\n]/);
  expect(subject.length).toBeLessThanOrEqual(150);
  expect(text).not.toMatch(/^Bcc:/m);
  expect(text).not.toContain('\u202e');
  expect(text.length).toBeLessThan(3000);
  expect(attachments[0]!.name).toMatch(/^[A-Za-z0-9.-]{1,200}\.pdf$/);
});

test('of a run its verdict is told, and of what is no evidence of ours nothing', () => {
  const { verdict, because } = driftSnapshot;
  expect(summaryOf(JSON.stringify(driftSnapshot), wordsIn('en'))).toEqual({
    word: verdict,
    because,
    tiles: [],
  });
  expect(() => summaryOf('{"format":"portolan-other/9"}', wordsIn('en'))).toThrow(
    /portolan-other\/9 is not known/,
  );
});

test('of what was asked for the word and the large numbers of its cover are told, in its language', () => {
  const evidence = JSON.stringify(registerOf({}));
  for (const language of LANGUAGES) {
    const words = wordsIn(language);
    const { word, tiles } = EXCEPTIONS.document(registerOf({}), words);
    const told = summaryOf(evidence, words);
    expect(told).toMatchObject({ word, tiles: tiles.map(({ label, count }) => ({ label, count })) });
    expect(letter({ summary: told }).text).toContain(`  ${tiles[0]!.label}: ${tiles[0]!.count}`);
  }
});
