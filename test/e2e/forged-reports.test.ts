/*
 * A report that somebody has changed before they signed it with a key of their own, so that every byte is signed: what it shows is
 * something else than its words say, or it is two files in one. None of it is sound.
 */
import { type PDF, PdfArray, PdfBool, type PdfDict, PdfRef, PdfString } from '@libpdf/core';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Evidence } from '../../src/reports/seal/evidence.js';
import type { SigningKey } from '../../src/reports/seal/signing-key.js';
import { verifyReport } from '../../src/reports/seal/verify-report.js';
import { driftSnapshot } from '../fixtures/report-snapshots.js';
import { dict, draw, follow, name, numbers, same, stream } from '../support/forged-pdf.js';
import { forged, rebuilt, segment } from '../support/forged-reports.js';
import { evidenceOf, htmlOf, keyOf, printed } from '../support/sealed-report.js';
import { holder } from '../support/signers.js';

const evidence: Evidence = evidenceOf(driftSnapshot);
let print: Buffer;
let stranger: SigningKey;
beforeAll(async () => {
  [print] = (await printed(htmlOf(driftSnapshot))) as [Buffer];
  stranger = await keyOf(await holder('Portolan on bridge'));
});

const judged = async (file: Buffer): Promise<{ isSound: boolean; fails: string }> => {
  const { isSound, checks } = await verifyReport(file);
  const fails = checks.filter(({ outcome }) => outcome === 'fails');
  return { isSound, fails: fails.map(({ name, says }) => `${name}: ${says}`).join('; ') };
};

/** Upon the second page. */
function note(pdf: PDF, entries: Record<string, unknown>): void {
  const page = pdf.getPages()[1]!.dict;
  const shown = follow(pdf, page.get('Annots'));
  const own = pdf.register(dict({ Type: name('Annot'), Rect: numbers(0, 0, 600, 800), ...entries }));
  page.set('Annots', new PdfArray([...(shown instanceof PdfArray ? Array.from(shown) : []), own]));
}

function attachments(pdf: PDF): { names: PdfArray; files: PdfDict } {
  const names = follow(pdf, pdf.getCatalog().get('Names')) as PdfDict;
  const tree = follow(pdf, names.get('EmbeddedFiles')) as PdfDict;
  const listed = follow(pdf, tree.get('Names')) as PdfArray;
  const file = follow(pdf, listed.at(1)) as PdfDict;
  return { names: listed, files: follow(pdf, file.get('EF')) as PdfDict };
}
const otherFile = (pdf: PDF): PdfRef =>
  pdf.register(stream({ Type: name('EmbeddedFile') }, Buffer.from('{"verdict":"clean"}')));

describe('with something upon its pages or in it that no report has', () => {
  it('nothing changed, it is sound: so is what follows but for the change', async () => {
    expect(await judged(await forged(print, evidence, stranger))).toEqual({ isSound: true, fails: '' });
  });

  it.each<[string, (pdf: PDF) => void, RegExp]>([
    [
      'a note',
      (pdf) => note(pdf, { Subtype: name('FreeText'), Contents: PdfString.fromString('All clear') }),
      /notes upon its pages/,
    ],
    ['a stamp', (pdf) => note(pdf, { Subtype: name('Stamp') }), /notes upon its pages/],
    [
      'a link with a picture',
      (pdf) =>
        note(pdf, { Subtype: name('Link'), AP: dict({ N: pdf.register(stream({}, Buffer.from('q Q'))) }) }),
      /pictures upon its pages/,
    ],
    [
      'a link to elsewhere',
      (pdf) =>
        note(pdf, {
          Subtype: name('Link'),
          A: dict({ S: name('URI'), URI: PdfString.fromString('https://elsewhere.test') }),
        }),
      /URI/,
    ],
    [
      'a link that starts a program',
      (pdf) => note(pdf, { Subtype: name('Link'), A: dict({ S: name('Launch'), Win: dict({}) }) }),
      /can do something: Launch/,
    ],
    [
      'a field',
      (pdf) => note(pdf, { Subtype: name('Widget'), FT: name('Tx'), V: PdfString.fromString('All clear') }),
      /field/,
    ],
    [
      'a field without a place',
      (pdf) => note(pdf, { Subtype: name('Widget'), Rect: numbers(0, 0, 0, 0), FT: name('Btn') }),
      /more than one field/,
    ],
    ['a file in a note', (pdf) => note(pdf, { Subtype: name('FileAttachment') }), /notes upon its pages/],
    [
      'a layer',
      (pdf) => pdf.getCatalog().set('OCProperties', dict({ OCGs: new PdfArray([]) })),
      /OCProperties/,
    ],
    [
      'a script that runs when it is opened',
      (pdf) =>
        pdf
          .getCatalog()
          .set('OpenAction', dict({ S: name('JavaScript'), JS: PdfString.fromString('app.alert(1)') })),
      /OpenAction|JavaScript/,
    ],
    [
      'a script whose name is written otherwise',
      (pdf) => pdf.getCatalog().set('Extra', dict({ 'J#53': PdfString.fromString('x') })),
      /J#?#?|another way|JS/,
    ],
    ['what is done when a page is shown', (pdf) => pdf.getPages()[0]!.dict.set('AA', dict({})), /says AA/],
    [
      'fields that are drawn anew',
      (pdf) => pdf.getCatalog().set('Extra', dict({ NeedAppearances: PdfBool.TRUE })),
      /drawn by whoever shows it/,
    ],
    [
      'letters that are not drawn',
      (pdf) => draw(pdf, Buffer.from('BT 3 Tr /F4 8 Tf <0001> Tj ET')),
      /not drawn/,
    ],
    ['letters that cut', (pdf) => draw(pdf, Buffer.from('BT\n7  Tr\nET')), /not drawn/],
  ])('%s, it is not', async (_, change, says) => {
    const found = await judged(await forged(print, evidence, stranger, change));
    expect(found.isSound).toBe(false);
    expect(found.fails).toMatch(says);
  });
});

describe('with other evidence beside it', () => {
  it.each<[string, (pdf: PDF) => void, RegExp]>([
    [
      'of the same name',
      (pdf) => {
        const { names } = attachments(pdf);
        names.push(PdfString.fromString('evidence.json'));
        names.push(
          pdf.register(
            dict({
              Type: name('Filespec'),
              F: PdfString.fromString('evidence.json'),
              UF: PdfString.fromString('evidence.json'),
              EF: dict({ F: otherFile(pdf) }),
            }),
          ),
        );
      },
      /more than one file named/,
    ],
    [
      'for readers who look for its name in Unicode',
      (pdf) => attachments(pdf).files.set('UF', otherFile(pdf)),
      /no report has/,
    ],
    [
      'of the document alone',
      (pdf) => {
        const own = pdf.register(
          dict({
            Type: name('Filespec'),
            F: PdfString.fromString('totals.json'),
            EF: dict({ F: otherFile(pdf) }),
          }),
        );
        pdf.getCatalog().set('AF', new PdfArray([own]));
      },
      /no report has/,
    ],
  ])('%s, it is not', async (_, change, says) => {
    const found = await judged(await forged(print, evidence, stranger, change));
    expect(found).toEqual({ isSound: false, fails: expect.stringMatching(says) });
  });

  it('that its pages do not fit', async () => {
    const milder = evidenceOf({ ...driftSnapshot, findings: driftSnapshot.findings.slice(3) });
    expect(await judged(await forged(print, milder, stranger))).toMatchObject({
      isSound: false,
      fails: expect.stringMatching(/^pages: /),
    });
  });
});

describe('two files in one', () => {
  it('the same objects in another order are one', async () => {
    const file = await forged(
      rebuilt(print, (all) => [...all.slice(1), all[0]!]),
      evidence,
      stranger,
    );
    expect(await judged(file)).toEqual({ isSound: true, fails: '' });
  });

  it.each<[string, () => Buffer, RegExp]>([
    [
      'an object that no table names',
      () =>
        rebuilt(print, (all) => [
          ...all.slice(0, 3),
          segment(null, '3 0 obj\n<</Other true>>\nendobj\n'),
          ...all.slice(3),
        ]),
      /does not end where the next begins/,
    ],
    [
      'words between two objects',
      () => rebuilt(print, (all) => [...all.slice(0, 3), segment(null, '% words\n'), ...all.slice(3)]),
      /does not end where the next begins/,
    ],
    [
      'an object named in two places',
      () => rebuilt(print, same, (places) => `2 1\n${String(places.get(3)).padStart(10, '0')} 00000 n \n`),
      /not one print with one seal/,
    ],
    [
      'an object under another’s number',
      () => rebuilt(print, (all) => [segment(all[0]!.number, '7 0 obj\n<<>>\nendobj\n'), ...all.slice(1)]),
      /is not there/,
    ],
    [
      'a table of packed objects that is none',
      () => rebuilt(print, same, undefined, '/XRefStm 12'),
      /packed objects is not where/,
    ],
    [
      'bytes before its beginning',
      () => Buffer.concat([Buffer.from('%!PS-Adobe\n'), print]),
      /not one print with one seal|no signature/,
    ],
    [
      'a password',
      () => rebuilt(print, same, undefined, '/Encrypt <</Filter /Standard>>'),
      /not one print with one seal|says Encrypt/,
    ],
  ])('%s', async (_, make, says) => {
    const made = make();
    const found = await judged(await forged(made, evidence, stranger).catch(() => made));
    expect(found.isSound).toBe(false);
    expect(found.fails).toMatch(says);
  });
});
