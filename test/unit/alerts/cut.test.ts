/* Text is cut at a word, never through a character, and never to more than has room. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { bytesOf, cut, howManyFit } from '../../../src/alerts/cut.js';

it('what has room stays as it is', () => {
  expect(cut('one two', 7)).toBe('one two');
  expect(cut('', 0)).toBe('');
});

it('what has none ends at a word, with an ellipsis', () => {
  expect(cut('one two three', 12)).toBe('one two…');
  expect(cut('one two three', 6)).toBe('one…');
  expect(cut('incomprehensibilities', 8)).toBe('incompr…');
  expect(cut('one two', 1)).toBe('…');
  expect(cut('one two', 0)).toBe('');
});

it('a word that is far away is cut instead', () => {
  expect(cut(`a ${'b'.repeat(100)}`, 60)).toBe(`a ${'b'.repeat(57)}…`);
});

it('no character is cut in two', () => {
  expect(cut('😀😀😀', 4)).toBe('😀…');
  expect(cut('😀😀😀', 2)).toBe('…');
});

it('bytes are counted where bytes are meant', () => {
  expect(cut('ééééé', 8, bytesOf)).toBe('éé…');
});

it('whatever is counted, it has room, and is a beginning', () => {
  const sizes = [
    bytesOf,
    (text: string) => text.length,
    (text: string) => text.replace(/&/g, '&amp;').length,
  ];
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary', maxLength: 80 }),
      fc.nat(90),
      fc.constantFrom(...sizes),
      (text, room, sizeOf) => {
        const short = cut(text, room, sizeOf);
        expect(sizeOf(short)).toBeLessThanOrEqual(room);
        expect(short === text || text.startsWith(short.replace(/…$/, ''))).toBe(true);
      },
    ),
  );
});

it('as many as fit', () => {
  expect(howManyFit(5, 30, (shown) => shown * 10)).toBe(3);
  expect(howManyFit(5, 100, (shown) => shown * 10)).toBe(5);
  expect(howManyFit(5, 0, (shown) => 10 + shown)).toBe(0);
});
