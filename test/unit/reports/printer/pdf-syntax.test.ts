/* Objects of a PDF: read, and written again, they are what they were. */
import { expect, it } from 'vitest';
import { Ref, readValue, writeValue } from '../../../../src/reports/printer/pdf-syntax.js';

const twice = (number: number): number => 2 * number;

it.each([
  ['<</Type /Page /Kids [1 0 R 2 0 R] /N 0>>', '<</Type /Page/Kids [2 0 R 4 0 R]/N 0>>'],
  ['[1 0 0 1 -7.5 .25 0 0 R]', '[1 0 0 1 -7.5 .25 0 0 R]'],
  ['[(3 0 R \\) \\\\) <3020>/A#20b true null]', '[(3 0 R \\) \\\\) <3020> /A#20b true null]'],
  ['<</A<</B[<</C(x)/D 5 0 R>>]>>>>', '<</A <</B [<</C (x)/D 10 0 R>>]>>>>'],
  ['  \n12', '12'],
])('%s', (text, written) => {
  const { value, end } = readValue(text, 0);
  expect(end).toBe(text.length);
  expect(writeValue(value, twice)).toBe(written);
});

it('knows a reference', () => {
  expect(readValue('12 0 R', 0).value).toEqual(new Ref(12));
});

it.each(['', '<<', '[1', '>>', '<</A>>', '<<1 2>>', '(open', 'obj', '[12 1 R]'])('%j is none', (text) => {
  expect(() => {
    const { end } = readValue(text, 0);
    if (end < text.length) readValue(text, end);
  }).toThrow(/what the browser printed can’t be read at byte \d+/);
});
