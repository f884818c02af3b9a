/* Joining, with prints that are written by hand: what a browser makes of it all is in test/e2e/pdf-parts.test.ts. */
import { PdfDict, PdfStream } from '@libpdf/core';
import { expect, it } from 'vitest';
import { PART_LINK } from '../../../../src/reports/drawing/cut-html.js';
import { JoinedPdf } from '../../../../src/reports/printer/joined-pdf.js';
import { PdfReading, tagsIn } from '../../../support/pdf-tags.js';
import { smallNumbers, smallPart, smallPdf } from '../../../support/small-prints.js';

const font = Buffer.from('abc');
const leadingTo = (place: string): string => `/A <</Type /Action /S /URI /URI (${PART_LINK}${place})>>`;
const FIRST = { heading: 'One', level: 1, link: leadingTo('there'), place: 'here', font };
const PARTS = [
  FIRST,
  { heading: '12 0 R \\(two\\)', level: 3, link: '/Dest /here', place: 'between', font },
  { heading: 'Three', level: 2, link: '/Dest /between', place: 'there', font: Buffer.from('xyz') },
];

function joined(
  parts = PARTS,
  numbers: Buffer | null = smallNumbers(['', '/F4 8 Tf <0002> Tj', '<0003> Tj']),
): Buffer {
  const pdf = new JoinedPdf();
  for (const part of parts) expect(pdf.add(smallPart(part))).toBe(1);
  return pdf.finish(numbers ? [numbers] : []);
}

const drawn = (read: PdfReading, index: number): string =>
  read
    .list(read.pages[index]!.dict.get('Contents'))
    .map((one) => Buffer.from((read.follow(one) as PdfStream).getDecodedData()).toString('latin1'))
    .join('|');

it('has the pages of all parts, one document above their tags, and the title of the first', async () => {
  const read = await PdfReading.of(joined());
  expect(read.pages).toHaveLength(3);
  expect(read.pdf.getTitle()).toBe('One');
  expect(read.pdf.getLanguage()).toBe('en');
  const document = read.document();
  expect(Array.from(tagsIn(document), ({ name }) => name)).toEqual([
    ...['Document', 'H1', 'Link', 'H3', 'Link', 'H2', 'Link'],
  ]);
  expect(document.kids.map(({ pieces }) => pieces)).toEqual([[[0, 0]], [], [[1, 0]], [], [[2, 0]], []]);
  const leads = read.leads();
  for (const [index, page] of read.pages.entries())
    expect(leads.get(page.dict.getNumber('StructParents')!.value)).toEqual([
      document.kids[2 * index]!.number,
    ]);
});

it('has one outline, by the rank of the headings', async () => {
  expect((await PdfReading.of(joined())).outline()).toEqual([
    { depth: 0, title: 'One', page: 0 },
    { depth: 1, title: '12 0 R (two)', page: 1 },
    { depth: 1, title: 'Three', page: 2 },
  ]);
});

it('links lead from any part to any other', async () => {
  expect((await PdfReading.of(joined())).links()).toEqual([
    { from: 0, to: 2, name: 'there' },
    { from: 1, to: 0, name: 'here' },
    { from: 2, to: 1, name: 'between' },
  ]);
});

it('a font that is the same in two parts is there once, and another one by itself', async () => {
  const read = await PdfReading.of(joined());
  const fonts = read.pages.map(({ dict }) => {
    const all = read.dict(read.dict(dict.get('Resources')).get('Font'));
    return String(all.get('F4'));
  });
  expect(fonts[0]).toBe(fonts[1]);
  expect(fonts[2]).not.toBe(fonts[0]);
});

it('numbers are laid over the pages, belong to no tag, and take nobody’s names', async () => {
  const read = await PdfReading.of(joined());
  expect(drawn(read, 0)).toBe('/NonStruct <</MCID 0>>BDC BT /F4 8 Tf <0001> Tj ET EMC (One)');
  expect(drawn(read, 1)).toBe(
    'q\n|/NonStruct <</MCID 0>>BDC BT /F4 8 Tf <0001> Tj ET EMC (12 0 R \\(two\\))|Q\n/Artifact <</Type /Pagination /Subtype /Footer>> BDC\nq\n/NF4 8 Tf <0002> Tj\nQ\nEMC\n',
  );
  const all = read.dict(read.dict(read.pages[1]!.dict.get('Resources')).get('Font'));
  expect(Array.from(all.keys(), ({ value }) => value)).toEqual(['F4', 'NF4']);
  expect(read.follow(all.get('NF4'))).toBeInstanceOf(PdfDict);
});

it('its last table of places is of lines, as the seal expects of a print', () => {
  const text = joined().toString('latin1');
  const start = Number(/startxref\n(\d+)\n%%EOF\n$/.exec(text)![1]);
  expect(text.slice(start)).toMatch(
    /^xref\n0 1\n0000000000 65535 f \n[\d\snf]+trailer\n<<[^>]*\/XRefStm \d+>>\nstartxref/,
  );
});

it('what can’t be joined is an error, and says what', () => {
  expect(() => joined([FIRST])).toThrow(/links to there, which no part of it has/);
  expect(() => joined(PARTS, smallNumbers(['a']))).toThrow('3 pages were printed, and numbers for 1');
  const pdf = new JoinedPdf();
  expect(() => pdf.add(Buffer.from('%PDF-1.4 and no more'))).toThrow(
    /its table of objects is not where it should be/,
  );
  const bare = smallPdf(['<</Type /Catalog /Pages 2 0 R>>', '<</Type /Pages /Kids [] /Count 0>>']);
  expect(() => pdf.add(bare)).toThrow('it has no tags');
  expect(() => pdf.add(smallPart(FIRST).subarray(0, -40))).toThrow(/can’t be read/);
});
